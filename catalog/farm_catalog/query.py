"""Read-only SQL queries of the catalog."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb

from farm.errors import DocumentError, Problem, StoreError
from farm_catalog.connection import PATIENCE_S, SEALED, connect
from farm_catalog.stats import Stats, measure
from farm_catalog.writer import CatalogWriter

ROWS: Final = 10_000
AGAIN_S: Final = 0.05
LIMIT_S: Final = 30.0
"""Timeout of a query on a running farm's catalog."""

_EXPLAIN: Final = re.compile(
    r"^\s*EXPLAIN\s+(\([^()]*\)\s*)?(ANALYZE\s+)?(?=(SELECT|WITH|FROM|VALUES|TABLE)\b)", re.I
)


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows that a query returned."""

    columns: tuple[str, ...]
    """Names of the columns."""
    rows: tuple[tuple[Any, ...], ...]
    """The rows."""
    cut: bool
    """Whether there are more rows than were fetched."""


def query(path: Path, sql: str, *, rows: int = ROWS, patience_s: float = PATIENCE_S) -> Answer:
    """Run one query on a catalog that is not open elsewhere; the SQL can access nothing else and change nothing.

    Raises:
        DocumentError: the SQL is invalid, or does more than read.
        MachineError: another process has the file open.
        StoreError: there is no catalog, or it is damaged.
    """
    _check(sql)
    with _open(path, patience_s) as connection:
        return _answer(connection, sql, rows)


def ask(writer: CatalogWriter, sql: str, *, rows: int = ROWS, limit_s: float = LIMIT_S) -> Answer:
    """Run one query on a catalog that is open for writing; raises what :func:`query` does.

    It sees committed data only, does not block writers, and is interrupted after ``limit_s``.
    """
    _check(sql)
    over, ended = threading.Event(), threading.Event()

    def work(connection: duckdb.DuckDBPyConnection) -> Answer:
        def stop() -> None:
            over.set()
            # Repeatedly: DuckDB ignores an interrupt that arrives before the query has begun.
            while not ended.is_set():
                connection.interrupt()
                ended.wait(AGAIN_S)

        # The connection could write; a read-only transaction cannot, whatever the statement is.
        connection.execute("BEGIN TRANSACTION READ ONLY")
        clock = threading.Timer(limit_s, stop)
        clock.start()
        try:
            return _answer(connection, sql, rows)
        except DocumentError as error:
            if not over.is_set():
                raise
            message = f"took longer than {limit_s:g} s and was aborted; ask for less, or query a backup"
            raise DocumentError([Problem("", message)], source="sql") from error
        finally:
            ended.set()
            clock.cancel()
            # No late interrupt may hit the next query.
            clock.join()
            connection.rollback()

    return writer.read(work)


def read_stats(path: Path, since_s: float = 0.0, *, patience_s: float = PATIENCE_S) -> Stats:
    """Add up the runs that ended since then, with the catalog open read-only."""
    with _open(path, patience_s) as connection:
        return measure(connection, since_s)


def _answer(connection: duckdb.DuckDBPyConnection, sql: str, rows: int) -> Answer:
    try:
        cursor = connection.execute(sql)
        columns = tuple(column[0] for column in cursor.description or ())
        found = cursor.fetchmany(rows + 1)
    except duckdb.Error as error:
        raise DocumentError([Problem("", str(error))], source="sql") from error
    return Answer(columns, tuple(found[:rows]), len(found) > rows)


def _open(path: Path, patience_s: float) -> duckdb.DuckDBPyConnection:
    if not path.exists():
        raise StoreError(f"there is no catalog at {path} yet; it is created when the first job has ended")
    return connect(path, read_only=True, config=SEALED, patience_s=patience_s)


def _check(sql: str) -> None:
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise DocumentError([Problem("", str(error))], source="sql") from error
    if len(statements) != 1:
        raise DocumentError(
            [Problem("", f"one statement at a time; these are {len(statements)}")], source="sql"
        )
    kind = statements[0].type.name
    if kind == "EXPLAIN" and not _EXPLAIN.match(sql):
        kind = "EXPLAIN of a statement that writes"
    elif kind in ("SELECT", "EXPLAIN"):
        return
    raise DocumentError([Problem("", f"{kind} is not allowed; allowed: SELECT, EXPLAIN")], source="sql")
