"""Files of productions: which finished videos are on disk, their tenants and sizes."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from farm.journal.database import Database


@dataclass(frozen=True, slots=True)
class ProductionFiles:
    """A finished video with its cover and report."""

    job_id: str
    """The job that made them."""
    tenant: str
    """The owning tenant."""
    size_bytes: int
    """Size of the video."""
    made_s: float
    """When the job ended, in seconds since the epoch."""


class MadeProductions:
    """The table of productions whose files are on disk."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def tenants(self) -> list[str]:
        """Return the tenants that have finished videos."""
        return [row["tenant"] for row in self._database.rows("SELECT DISTINCT tenant FROM production_files")]

    def ages(self, tenant: str, bucket_s: float) -> list[tuple[float, int]]:
        """Return (creation time, bytes) of a tenant's videos, aggregated into buckets of ``bucket_s`` seconds."""
        rows = self._database.rows(
            "SELECT CAST(made_s / ? AS INTEGER) AS bucket, sum(size_bytes) AS bytes FROM production_files"
            " WHERE tenant = ? GROUP BY 1",
            (bucket_s, tenant),
        )
        return [(row["bucket"] * bucket_s, row["bytes"]) for row in rows]

    def made_before(
        self, tenant: str, before_s: float, after: tuple[float, str], limit: int
    ) -> list[ProductionFiles]:
        """Return a tenant's videos made before then, oldest first, starting after ``after``."""
        rows = self._database.rows(
            "SELECT * FROM production_files WHERE tenant = ? AND made_s < ? AND (made_s, job_id) > (?, ?)"
            " ORDER BY made_s, job_id LIMIT ?",
            (tenant, before_s, *after, limit),
        )
        return [ProductionFiles(**dict(row)) for row in rows]

    def known(self, job_ids: Collection[str]) -> set[str]:
        """Return which of these jobs have files on disk, or have not ended and may yet produce some."""
        found: set[str] = set()
        every = list(job_ids)
        for first in range(0, len(every), 500):
            some = every[first : first + 500]
            marks = ", ".join("?" * len(some))
            rows = self._database.rows(
                f"SELECT job_id FROM production_files WHERE job_id IN ({marks}) UNION SELECT job_id FROM jobs"
                f" WHERE job_id IN ({marks}) AND state NOT IN ('done', 'failed', 'cancelled')",
                (*some, *some),
            )
            found.update(row["job_id"] for row in rows)
        return found

    def gone(self, job_ids: Collection[str]) -> None:
        """Record that the files of these productions were removed."""
        with self._database.transaction() as connection:
            connection.executemany(
                "DELETE FROM production_files WHERE job_id = ?", [(one,) for one in job_ids]
            )


def note_production(
    connection: sqlite3.Connection, job_id: str, tenant: str, size_bytes: int, at_s: float
) -> None:
    """Record, in the transaction that ends a job, that its files are on disk."""
    connection.execute(
        "INSERT OR REPLACE INTO production_files VALUES (?, ?, ?, ?)", (job_id, tenant, size_bytes, at_s)
    )
