"""The audit log of callers' actions: one row per request that may change something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from farm.journal.database import Database


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """An action requested by a caller."""

    at_s: float
    """Time of the request, in seconds since the epoch."""
    key_id: str
    """The API key's name; empty for a command on the farm's machine, or without a key."""
    tenant: str
    """The tenant on whose behalf it was made."""
    role: str
    """The caller's role: ``read``, ``submit``, ``operate``."""
    address: str
    """The caller's network address; empty for a command on the farm's machine."""
    action: str
    """The method and route, such as ``DELETE /v1/keys/{key_id}``, or the command."""
    target: str
    """What it was applied to: the requested path, or that of the created resource."""
    status: int
    """The HTTP status of the response; 0 for a command."""
    serial: int = 0
    """Its position in the log; 0 until it is written."""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Selects the entries to show."""

    since_s: float = 0.0
    """Only entries from this time on."""
    key_id: str = ""
    """Only entries for this key."""
    tenant: str = ""
    """Only entries for this tenant."""
    action: str = ""
    """Only entries whose action contains this text."""
    before: int = 0
    """Only entries with a lower serial: where the previous page ended; 0 to start with the newest."""


class Audit:
    """The table of audit entries."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, entries: Sequence[AuditEntry]) -> None:
        """Write entries; they are on disk when this returns."""
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
        """Return the newest entries matching the filter, newest first."""
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
        """Remove at most ``limit`` entries: those older than ``before_s``, and the oldest beyond ``keep``."""
        with self._database.transaction() as connection:
            (newest,) = connection.execute("SELECT coalesce(max(serial), 0) FROM audit").fetchone()
            removed = 0
            # Two separate statements, so that each finds its rows through an index, however long the log is.
            for condition, value in (("at_s < ?", before_s), ("serial <= ?", newest - keep)):
                removed += connection.execute(
                    f"DELETE FROM audit WHERE serial IN (SELECT serial FROM audit WHERE {condition} LIMIT ?)",
                    (value, limit - removed),
                ).rowcount
            return removed
