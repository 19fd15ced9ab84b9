"""The catalog's one writer at a time: takes spooled records in and answers for them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, astuple, dataclass, fields
from pathlib import Path
from typing import Any, Final

import duckdb
from duckdb import DuckDBPyConnection

from farm.errors import StoreError
from farm_catalog.door import PATIENCE_S, connect
from farm_catalog.migration import migrate
from farm_catalog.run_record import RunRecord, SegmentRecord
from farm_catalog.stats import Stats, measure

BATCH: Final = 500

_PARTS: Final = {
    "segments": tuple(field.name for field in fields(SegmentRecord)),
    "plugins": ("plugin", "version"),
    "warnings": ("warning",),
}
_COLUMNS: Final = tuple(field.name for field in fields(RunRecord) if field.name not in _PARTS)


@dataclass(frozen=True, slots=True)
class Intake:
    """What became of the spooled files."""

    taken: int
    """Records that are in the catalog now."""
    repeated: int
    """Records that were there before."""
    damaged: tuple[str, ...]
    """Files that hold no record; they stay, under a name that ends in ``.damaged``."""


class Catalog:
    """An open catalog that can be written; use it in one process at a time."""

    def __init__(self, connection: DuckDBPyConnection, path: Path) -> None:
        self._connection = connection
        self._path = path

    @staticmethod
    @contextmanager
    def open(path: Path, *, patience_s: float = PATIENCE_S) -> Iterator[Catalog]:
        """Open a catalog, making or bringing up to date what is needed.

        Raises:
            MachineError: another process keeps the file.
            StoreError: the file is no catalog, or of a newer farm.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = connect(path, read_only=False, patience_s=patience_s)
        try:
            migrate(connection, str(path))
            yield Catalog(connection, path)
        finally:
            connection.close()

    def add(self, records: Iterable[RunRecord]) -> int:
        """Take records in, in one commit; return how many were there before."""
        return self._add({(record.job_id, record.finished_at_s): record for record in records})

    def ingest(self, spool: Path) -> Intake:
        """Take all spooled records in; a file goes only after its record is committed."""
        taken = repeated = 0
        damaged: list[str] = []
        waiting = sorted(spool.glob("[!.]*.json"))
        for first in range(0, len(waiting), BATCH):
            records: dict[tuple[str, float], RunRecord] = {}
            files = []
            for file in waiting[first : first + BATCH]:
                try:
                    record = RunRecord.from_json(file.read_text(encoding="utf-8"), str(file))
                except (StoreError, UnicodeDecodeError):
                    file.rename(file.with_name(f"{file.name}.damaged"))
                    damaged.append(str(file))
                    continue
                except FileNotFoundError:
                    continue
                files.append(file)
                records[(record.job_id, record.finished_at_s)] = record
            known = self._add(records)
            taken += len(records) - known
            repeated += known + len(files) - len(records)
            for file in files:
                file.unlink(missing_ok=True)
        return Intake(taken, repeated, tuple(damaged))

    def stats(self, since_s: float = 0.0) -> Stats:
        """Add up the runs that ended since then."""
        return measure(self._connection, since_s)

    def _add(self, records: dict[tuple[str, float], RunRecord]) -> int:
        """Add the records that are not there yet; returns how many were."""
        connection = self._connection
        try:
            connection.begin()
            known = records.keys() & self._known([record.job_id for record in records.values()])
            fresh = {key: record for key, record in records.items() if key not in known}
            runs = [asdict(record) for record in fresh.values()]
            self._insert("runs", [{name: run[name] for name in _COLUMNS} for run in runs])
            for part, names in _PARTS.items():
                self._insert(
                    f"run_{part}",
                    [
                        dict(zip(("job_id", "finished_at_s", *names), (*key, *_values(row)), strict=True))
                        for key, record in fresh.items()
                        for row in getattr(record, part)
                    ],
                )
            connection.commit()
        except duckdb.Error as error:
            connection.rollback()
            raise StoreError(
                f"the catalog {self._path} took nothing in: {error}; the records stay where they are"
            ) from error
        return len(known)

    def _known(self, job_ids: list[str]) -> set[tuple[str, float]]:
        rows = self._connection.execute(
            "SELECT job_id, finished_at_s FROM runs"
            """ WHERE job_id IN (SELECT unnest(from_json(?::JSON, '["VARCHAR"]')))""",
            [json.dumps(job_ids)],
        ).fetchall()
        return {(job_id, finished_at_s) for job_id, finished_at_s in rows}

    def _insert(self, table: str, rows: list[dict[str, Any]]) -> None:
        """Insert rows as one JSON value: bound one by one they take DuckDB a hundred times as long."""
        if not rows:
            return
        columns = self._connection.execute(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ?", [table]
        ).fetchall()
        self._connection.execute(
            f"INSERT INTO {table} BY NAME SELECT unnest(from_json(?::JSON, ?), max_depth := 2)",
            [json.dumps(rows), json.dumps([dict(columns)])],
        )


def _values(row: SegmentRecord | tuple[str, str] | str) -> tuple[Any, ...]:
    match row:
        case SegmentRecord():
            return astuple(row)
        case str():
            return (row,)
        case _:
            return row
