"""Runs: records of jobs that have ended, each ingested once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, astuple, dataclass, fields
from pathlib import Path
from typing import Any, Final

from duckdb import DuckDBPyConnection

from farm.errors import StoreError
from farm_catalog import bulk
from farm_catalog.run_record import RunRecord, SegmentRecord
from farm_catalog.stats import Stats, measure
from farm_catalog.writer import CatalogWriter

BATCH: Final = 500

_PARTS: Final = {
    "segments": tuple(field.name for field in fields(SegmentRecord)),
    "plugins": ("plugin", "version"),
    "warnings": ("warning",),
}
_COLUMNS: Final = tuple(field.name for field in fields(RunRecord) if field.name not in _PARTS)


@dataclass(frozen=True, slots=True)
class SpoolIntake:
    """The outcome of ingesting spooled files."""

    taken: int
    """Records that were added to the catalog."""
    repeated: int
    """Records that were already there."""
    damaged: tuple[str, ...]
    """Files without a valid record; they are kept, renamed to end in ``.damaged``."""


class Runs:
    """The catalog's table of runs."""

    def __init__(self, writer: CatalogWriter) -> None:
        self._writer = writer

    def add(self, records: Iterable[RunRecord]) -> int:
        """Add records, in one commit; return how many were already there."""
        given = {(record.job_id, record.finished_at_s): record for record in records}
        return self._writer.write(lambda connection: _add(connection, given))

    def drop(self, records: Iterable[RunRecord]) -> None:
        """Remove these runs with their details, so that they can be ingested again."""
        given = [[record.job_id, record.finished_at_s] for record in records]
        if given:
            self._writer.write(lambda connection: _drop(connection, given))

    def ingest(self, spool: Path) -> SpoolIntake:
        """Ingest all spooled records; a file is deleted only after its record is committed."""
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
            known = self.add(records.values())
            taken += len(records) - known
            repeated += known + len(files) - len(records)
            for file in files:
                file.unlink(missing_ok=True)
        return SpoolIntake(taken, repeated, tuple(damaged))

    def stats(self, since_s: float = 0.0) -> Stats:
        """Add up the runs that ended since then."""
        return self._writer.read(lambda connection: measure(connection, since_s))


def _add(connection: DuckDBPyConnection, records: dict[tuple[str, float], RunRecord]) -> int:
    """Add the records that are not there yet; return how many were."""
    known = records.keys() & _known(connection, [record.job_id for record in records.values()])
    fresh = {key: record for key, record in records.items() if key not in known}
    runs = [asdict(record) for record in fresh.values()]
    bulk.insert(connection, "runs", [{name: run[name] for name in _COLUMNS} for run in runs])
    for part, names in _PARTS.items():
        bulk.insert(
            connection,
            f"run_{part}",
            [
                dict(zip(("job_id", "finished_at_s", *names), (*key, *_values(row)), strict=True))
                for key, record in fresh.items()
                for row in getattr(record, part)
            ],
        )
    return len(known)


def _drop(connection: DuckDBPyConnection, keys: list[list[Any]]) -> None:
    rows = [{"job_id": job_id, "finished_at_s": at_s} for job_id, at_s in keys]
    connection.execute("CREATE OR REPLACE TEMP TABLE dropped (job_id VARCHAR, finished_at_s DOUBLE)")
    bulk.insert(connection, "dropped", rows)
    for table in ("runs", *(f"run_{part}" for part in _PARTS)):
        connection.execute(f"DELETE FROM {table} WHERE (job_id, finished_at_s) IN (FROM dropped)")
    connection.execute("DROP TABLE dropped")


def _known(connection: DuckDBPyConnection, job_ids: list[str]) -> set[tuple[str, float]]:
    rows = connection.execute(
        f"SELECT job_id, finished_at_s FROM runs WHERE job_id IN {bulk.IN_LIST}", [bulk.names(job_ids)]
    ).fetchall()
    return {(job_id, finished_at_s) for job_id, finished_at_s in rows}


def _values(row: SegmentRecord | tuple[str, str] | str) -> tuple[Any, ...]:
    match row:
        case SegmentRecord():
            return astuple(row)
        case str():
            return (row,)
        case _:
            return row
