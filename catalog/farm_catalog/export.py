"""The catalog's tables as Parquet files."""

from __future__ import annotations

import secrets
import shutil
import time
from pathlib import Path

from duckdb import DuckDBPyConnection

from farm.errors import MachineError
from farm_catalog.catalog import EXPORTS, Catalog


def export(catalog: Catalog) -> tuple[Path, dict[str, int]]:
    """Write every table as NAME.parquet, in one snapshot; return their folder and the number of rows of each.

    Raises:
        MachineError: the disk is full.
        StoreError: they could not be written.
    """
    # The only folder that SQL may write to.
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    folder = catalog.path.parent / EXPORTS / f"{stamp}-{secrets.token_hex(3)}"

    def work(connection: DuckDBPyConnection) -> dict[str, int]:
        connection.begin()
        try:
            tables = [
                name
                for (name,) in connection.execute(
                    "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main' AND NOT temporary"
                    " ORDER BY table_name"
                ).fetchall()
            ]
            written = {}
            for name in tables:
                row = connection.execute(
                    f"COPY \"{name}\" TO '{folder / name}.parquet' (FORMAT parquet, COMPRESSION zstd)"
                ).fetchone()
                written[name] = int(row[0]) if row is not None else 0
            return written
        finally:
            connection.rollback()

    try:
        folder.mkdir(parents=True)
        return folder, catalog.writer.read(work)
    except OSError as error:
        raise MachineError(f"{folder} cannot be written: {error.strerror}") from error
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def move(folder: Path, target: Path) -> list[Path]:
    """Move an export's files into a folder, replacing files of the same name.

    Raises:
        MachineError: the folder cannot be written.
    """
    moved = []
    try:
        target.mkdir(parents=True, exist_ok=True)
        for file in sorted(folder.glob("*.parquet")):
            moved.append(Path(shutil.move(file, target / file.name)))
        folder.rmdir()
    except OSError as error:
        raise MachineError(f"{target} cannot be written: {error.strerror}") from error
    return moved
