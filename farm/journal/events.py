"""The event log, in order: each change to a job or a node, with time and cause."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from farm.journal.database import Database


@dataclass(frozen=True, slots=True)
class JournalEvent:
    """A recorded event."""

    serial: int
    """Its position in the order of events, from which a reader resumes."""
    kind: str
    """``state`` of a job, ``retry`` of a part of it, its ``priority``, or ``node``."""
    job_id: str | None
    """The job it happened to; None for a node."""
    tenant: str
    """The job's tenant; empty for a node."""
    node: str
    """The node it happened to; empty for a job."""
    state: str
    """The new state of the job or node; for a retry, what is retried; for a priority, the new one."""
    cause: str
    """What caused it."""
    at_s: float
    """Time, in seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Incident:
    """Something to record that does not change a job's state."""

    kind: str
    """``retry`` or ``node``."""
    state: str
    """What happened."""
    cause: str
    """Why."""
    at_s: float
    """Time, in seconds since the epoch."""
    job_id: str | None = None
    """The job that it happened to."""
    tenant: str = ""
    """The job's tenant."""
    node: str = ""
    """The node that it happened to."""


class Events:
    """The table of events."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, job_id: str) -> list[JournalEvent]:
        """Return a job's events in order."""
        return self._read("job_id = ? ORDER BY serial", (job_id,))

    def after(
        self, serial: int, limit: int, *, tenant: str | None = None, job_id: str | None = None
    ) -> list[JournalEvent]:
        """Return the events after a serial, in order, optionally only a tenant's or a job's."""
        where, values = ["serial > ?"], [serial, tenant, job_id]
        if tenant is not None:
            where.append("tenant = ?")
        if job_id is not None:
            where.append("job_id = ?")
        given = tuple(value for value in values if value is not None)
        return self._read(f"{' AND '.join(where)} ORDER BY serial LIMIT ?", (*given, limit))

    def prune(self, before_s: float) -> int:
        """Remove node events from before then; return how many. A job's events are removed with the job."""
        with self._database.transaction() as connection:
            return connection.execute(
                "DELETE FROM events WHERE job_id IS NULL AND at_s < ?", (before_s,)
            ).rowcount

    def last(self, tenant: str | None = None) -> int:
        """Return the serial of the newest event, optionally only a tenant's; 0 if there is none."""
        where, values = ("", ()) if tenant is None else (" WHERE tenant = ?", (tenant,))
        (row,) = self._database.rows(f"SELECT coalesce(max(serial), 0) AS last FROM events{where}", values)
        last: int = row["last"]
        return last

    def _read(self, condition: str, values: tuple[Any, ...]) -> list[JournalEvent]:
        rows = self._database.rows(f"SELECT * FROM events WHERE {condition}", values)
        return [JournalEvent(**dict(row)) for row in rows]


def add_event(
    connection: sqlite3.Connection,
    kind: str,
    state: str,
    cause: str,
    at_s: float,
    *,
    job_id: str | None = None,
    tenant: str = "",
    node: str = "",
) -> None:
    """Insert an event, within a transaction."""
    connection.execute(
        "INSERT INTO events (kind, job_id, tenant, node, state, cause, at_s) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (kind, job_id, tenant, node, state, cause, at_s),
    )


def add_incident(connection: sqlite3.Connection, one: Incident) -> None:
    """Insert an incident, within a transaction."""
    add_event(
        connection,
        one.kind,
        one.state,
        one.cause,
        one.at_s,
        job_id=one.job_id,
        tenant=one.tenant,
        node=one.node,
    )
