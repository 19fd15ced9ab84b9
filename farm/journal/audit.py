"""The audit log: what callers had the farm do, one row a request that may change something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from farm.journal.database import Database


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Something that a caller asked for."""

    at_s: float
    """When, seconds since the epoch."""
    key_id: str
    """The API key's name; empty for a command on the farm's machine, or without a key."""
    tenant: str
    """In whose name."""
    role: str
    """What the caller may: ``read``, ``submit``, ``operate``."""
    address: str
    """Where from; empty for a command on the farm's machine."""
    action: str
    """The method and the route, as ``DELETE /v1/keys/{key_id}``, or the command."""
    target: str
    """What it was done to: the address asked for, or that of what was made."""
    status: int
    """The HTTP status answered; 0 for a command."""
    serial: int = 0
    """Its place in the log; 0 before it is in it."""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries to show."""

    since_s: float = 0.0
    """Only those of this time or later."""
    key_id: str = ""
    """Only those of this key."""
    tenant: str = ""
    """Only those in this tenant's name."""
    action: str = ""
    """Only those whose action holds this text."""
    before: int = 0
    """Only those with a lower serial: where the page before ended; 0 for the newest."""


class Audit:
    """The table of entries."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, entries: Sequence[AuditEntry]) -> None:
        """Write entries down; they are on disk when this returns."""
        if not entries:
            return
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT INTO audit (at_s, key_id, tenant, role, address, action, target, status)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (e.at_s, e.key_id, e.tenant, e.role, e.address, e.action, e.target, e.status)
                    for e in entries
                ],
            )

    def page(self, only: AuditFilter, limit: int) -> list[AuditEntry]:
        """Return the newest entries that the filter lets through, newest first."""
        parts, values = ["at_s >= ?"], [only.since_s]
        conditions: list[tuple[str, str | int]] = [
            ("key_id = ?", only.key_id),
            ("tenant = ?", only.tenant),
            ("instr(action, ?) > 0", only.action),
            ("serial < ?", only.before),
        ]
        for condition, value in conditions:
            if value:
                parts.append(condition)
                values.append(value)  # type: ignore[arg-type]  # SQLite takes both
        rows = self._database.rows(
            f"SELECT * FROM audit WHERE {' AND '.join(parts)} ORDER BY serial DESC LIMIT ?", (*values, limit)
        )
        return [AuditEntry(**dict(row)) for row in rows]

    def prune(self, before_s: float, keep: int, limit: int) -> int:
        """Remove at most ``limit`` entries: those from before then, and the oldest beyond ``keep``."""
        with self._database.transaction() as connection:
            (newest,) = connection.execute("SELECT coalesce(max(serial), 0) FROM audit").fetchone()
            removed = 0
            # One after the other: each finds its rows by an index, however long the log is.
            for condition, value in (("at_s < ?", before_s), ("serial <= ?", newest - keep)):
                removed += connection.execute(
                    f"DELETE FROM audit WHERE serial IN (SELECT serial FROM audit WHERE {condition} LIMIT ?)",
                    (value, limit - removed),
                ).rowcount
            return removed
