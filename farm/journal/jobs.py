"""Accepted jobs: accepted once, advanced from state to state, ended once."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from farm.errors import ConflictError
from farm.journal.database import Database
from farm.journal.ending import JobEnding, end
from farm.journal.entry import COLUMNS, ENDED, UNFINISHED, JobEntry, NewJob, entry_of
from farm.journal.events import Incident, add_event, add_incident
from farm.journal.job_filter import Filter, where
from farm.journal.media import media_named
from farm.journal.owners import note_job_media
from farm.journal.queue_room import QueueRoom
from farm.journal.quotas import check_productions
from farm.journal.rendered import Had, note_rendered

_BRIEF: Final = f"SELECT {COLUMNS}, '' AS document FROM jobs"


@dataclass(frozen=True, slots=True)
class Step:
    """A job's transition to an intermediate state."""

    job_id: str
    """Which job."""
    state: str
    """The new state."""
    cause: str
    """What caused the transition."""
    at_s: float
    """Time, in seconds since the epoch."""


class Jobs:
    """The table of jobs."""

    def __init__(self, database: Database, room: QueueRoom) -> None:
        self._database = database
        self._room = room

    def accept(self, job: NewJob, at_s: float) -> JobEntry:
        """Accept a job; it is on disk when this returns.

        If the tenant has used the idempotency key before, that earlier job is returned, with its own id.

        Raises:
            ConflictError: the key was used before with a different document, or the batch row already has another job.
            QueueFullError: the tenant or the farm has too many unfinished jobs.
            QuotaError: the tenant's finished videos fill its quota.
            MediaCondemnedError: the garbage collector is currently removing media that it names.
            StoreError: the journal cannot be written.
        """
        with self._database.transaction() as connection:
            before = _by_key(connection, job.tenant, job.idempotency_key)
            if before is None:
                self._room.check(connection, job.tenant)
                check_productions(connection, job.tenant)
                insert(connection, job, at_s)
                if job.retry_of is not None:
                    _take_over_row(connection, job)
                before = connection.execute("SELECT * FROM jobs WHERE job_id = ?", (job.job_id,)).fetchone()
        entry = entry_of(before)
        if entry.document != job.document:
            message = f"the idempotency key was used before, for job {entry.job_id} with another document"
            raise ConflictError(f"{message}; use a new key for a new document")
        return entry

    def record(self, changes: Sequence[Step | JobEnding | Incident | Had]) -> set[str]:
        """Record changes in order, in one commit; return the jobs that ended now.

        A job that has already ended is not changed by later records.
        """
        ended = set()
        with self._database.transaction() as connection:
            for change in changes:
                if isinstance(change, Incident):
                    add_incident(connection, change)
                    continue
                if isinstance(change, Had):
                    note_rendered(connection, change.tenant, (change.key,), change.at_s)
                    continue
                if not _move(connection, change.job_id, change.state, change.cause, change.at_s):
                    continue
                if isinstance(change, JobEnding):
                    end(connection, change)
                    ended.add(change.job_id)
        return ended

    def reopen(self, job_id: str, cause: str, at_s: float) -> JobEntry | None:
        """Reopen a finished job under its own name, because its files are damaged; None if no such job is done.

        Its webhook is not notified a second time.

        Raises:
            MediaCondemnedError: the garbage collector is currently removing media that it names.
        """
        with self._database.transaction() as connection:
            row = connection.execute(
                "UPDATE jobs SET state = 'accepted', cause = ?, video = '', cover = '', report = '', summary = '{}',"
                " record = '', recorded = 0, changed_s = ? WHERE job_id = ? AND state = 'done' RETURNING *",
                (cause, at_s, job_id),
            ).fetchone()
            if row is None:
                return None
            add_event(connection, "state", "accepted", cause, at_s, job_id=job_id, tenant=row["tenant"])
            connection.execute("DELETE FROM production_files WHERE job_id = ?", (job_id,))
            note_job_media(connection, job_id, row["tenant"], media_named(row["document"]), at_s)
        return self.get(job_id)

    def withdraw(self, job_id: str) -> None:
        """Record that a job is withdrawn, so that a new controller ends it if this one cannot."""
        with self._database.transaction() as connection:
            connection.execute(f"UPDATE jobs SET withdrawn = 1 WHERE job_id = ? AND {UNFINISHED}", (job_id,))

    def reprioritise(self, job_id: str, priority: int, cause: str, at_s: float) -> bool:
        """Change an unfinished job's priority, also for future controllers; False if it has ended.

        Raises:
            StoreError: the journal cannot be written.
        """
        with self._database.transaction() as connection:
            before = connection.execute(
                f"SELECT tenant, priority FROM jobs WHERE job_id = ? AND {UNFINISHED}", (job_id,)
            ).fetchone()
            if before is None:
                return False
            if before["priority"] != priority:
                connection.execute("UPDATE jobs SET priority = ? WHERE job_id = ?", (priority, job_id))
                message = f"priority {before['priority']} is now {priority}: {cause}"
                add_event(
                    connection,
                    "priority",
                    str(priority),
                    message,
                    at_s,
                    job_id=job_id,
                    tenant=before["tenant"],
                )
        return True

    def get(self, job_id: str) -> JobEntry | None:
        """Return a job, or None if there is none with that name."""
        rows = self._database.rows("SELECT * FROM jobs WHERE job_id = ?", (job_id,))
        return entry_of(rows[0]) if rows else None

    def hidden(self, job_id: str) -> tuple[int, ...] | None:
        """Return the indexes of a job's segments whose reuse is not disclosed to its tenant; None if not known."""
        rows = self._database.rows("SELECT hidden FROM jobs WHERE job_id = ?", (job_id,))
        return tuple(json.loads(rows[0]["hidden"])) if rows and rows[0]["hidden"] else None

    def newest(self, limit: int, only: Filter | None = None) -> list[JobEntry]:
        """Return the most recently accepted jobs matching the filter, newest first, without their documents."""
        condition, values = where(only or Filter())
        rows = self._database.rows(
            f"{_BRIEF} WHERE {condition} ORDER BY serial DESC LIMIT ?", (*values, limit)
        )
        return [entry_of(row) for row in rows]

    def media_of(self, job_id: str) -> tuple[str, ...]:
        """Return the media that a job names; none for a job that is done."""
        rows = self._database.rows("SELECT sha256 FROM job_media WHERE job_id = ? ORDER BY 1", (job_id,))
        return tuple(row["sha256"] for row in rows)

    def unfinished(self) -> list[JobEntry]:
        """Return the jobs that have not ended, in order of acceptance, for a new controller to resume."""
        rows = self._database.rows(f"SELECT * FROM jobs WHERE {UNFINISHED} ORDER BY serial")
        return [entry_of(row) for row in rows]

    def counts(self, *, unfinished: bool = False) -> dict[str, dict[str, int]]:
        """Return how many jobs each tenant has in each state, optionally only in non-final states."""
        counts: dict[str, dict[str, int]] = {}
        only = f"WHERE {UNFINISHED}" if unfinished else ""
        for row in self._database.rows(
            f"SELECT tenant, state, count(*) AS jobs FROM jobs {only} GROUP BY tenant, state"
        ):
            counts.setdefault(row["tenant"], {})[row["state"]] = row["jobs"]
        return counts

    def unrecorded(self, limit: int) -> list[tuple[str, str]]:
        """Return (job id, run record) of ended jobs missing from the catalog, oldest first."""
        rows = self._database.rows(
            "SELECT job_id, record FROM jobs WHERE recorded = 0 AND record <> '' ORDER BY serial LIMIT ?",
            (limit,),
        )
        return [(row["job_id"], row["record"]) for row in rows]

    def mark_recorded(self, job_ids: Sequence[str]) -> None:
        """Record that the catalog has these jobs' records."""
        with self._database.transaction() as connection:
            connection.executemany(
                "UPDATE jobs SET recorded = 1 WHERE job_id = ?", [(one,) for one in job_ids]
            )

    def forget_recorded(self) -> int:
        """Record that the catalog has lost all records, so that they are sent again; return how many there are."""
        with self._database.transaction() as connection:
            return connection.execute("UPDATE jobs SET recorded = 0 WHERE record <> ''").rowcount

    def prune(self, before_s: float, limit: int) -> list[JobEntry]:
        """Remove ended jobs that last changed before then, with their events; return them, oldest first.

        Jobs not yet in the catalog, with a webhook notification still pending, or with files on disk are kept.
        """
        with self._database.transaction() as connection:
            rows = connection.execute(
                f"{_BRIEF} WHERE {ENDED} AND changed_s < ? AND (recorded = 1 OR record = '')"
                " AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.job_id = jobs.job_id AND outbox.state = 'waiting')"
                " AND NOT EXISTS (SELECT 1 FROM production_files WHERE production_files.job_id = jobs.job_id)"
                " ORDER BY changed_s LIMIT ?",
                (before_s, limit),
            ).fetchall()
            for row in rows:
                for table in ("events", "outbox", "job_media", "jobs"):
                    connection.execute(f"DELETE FROM {table} WHERE job_id = ?", (row["job_id"],))
        return [entry_of(row) for row in rows]


def insert(connection: sqlite3.Connection, job: NewJob, at_s: float) -> None:
    """Insert a job into the table, with its first event."""
    connection.execute(
        "INSERT INTO jobs (job_id, tenant, idempotency_key, document, source, priority, tags, options, webhook,"
        " batch_id, batch_row, retry_of, state, cause, accepted_s, changed_s)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'accepted', 'submitted', ?, ?)",
        (
            job.job_id,
            job.tenant,
            job.idempotency_key,
            job.document,
            job.source,
            job.priority,
            json.dumps(job.tags),
            json.dumps(dict(job.options)),
            job.webhook,
            job.batch_id,
            job.batch_row,
            job.retry_of,
            at_s,
            at_s,
        ),
    )
    cause = f"retry of {job.retry_of}" if job.retry_of else "submitted"
    add_event(connection, "state", "accepted", cause, at_s, job_id=job.job_id, tenant=job.tenant)
    media = {*job.media, *media_named(job.document)}
    note_job_media(connection, job.job_id, job.tenant, media, at_s)


def _move(connection: sqlite3.Connection, job_id: str, state: str, cause: str, at_s: float) -> bool:
    moved = connection.execute(
        f"UPDATE jobs SET state = ?, cause = ?, changed_s = ? WHERE job_id = ? AND {UNFINISHED} RETURNING tenant",
        (state, cause, at_s, job_id),
    ).fetchone()
    if moved is not None:
        add_event(connection, "state", state, cause, at_s, job_id=job_id, tenant=moved["tenant"])
    return moved is not None


def _take_over_row(connection: sqlite3.Connection, job: NewJob) -> None:
    """Point a batch row at the job that retries its former one."""
    row = connection.execute(
        "SELECT job_id FROM batch_rows WHERE batch_id = ? AND batch_row = ?", (job.batch_id, job.batch_row)
    ).fetchone()
    if row is None:
        return
    if row["job_id"] != job.retry_of:
        stands = f"belongs to job {row['job_id']}" if row["job_id"] else "is waiting to be retried"
        raise ConflictError(f"row {job.batch_row} of batch {job.batch_id} {stands} already")
    connection.execute(
        "UPDATE batch_rows SET former = job_id, job_id = ?, tries = tries + 1 WHERE batch_id = ? AND batch_row = ?",
        (job.job_id, job.batch_id, job.batch_row),
    )


def _by_key(connection: sqlite3.Connection, tenant: str, key: str | None) -> sqlite3.Row | None:
    if key is None:
        return None
    found: sqlite3.Row | None = connection.execute(
        "SELECT * FROM jobs WHERE tenant = ? AND idempotency_key = ?", (tenant, key)
    ).fetchone()
    return found
