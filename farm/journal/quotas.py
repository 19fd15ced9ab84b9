"""Quotas: how many bytes of uploads and productions and how many assets a tenant may have."""

from __future__ import annotations

import sqlite3
from dataclasses import asdict, dataclass, fields
from typing import Final

from farm.errors import DocumentError, Problem, QuotaError
from farm.journal.access import TENANT
from farm.journal.database import Database

GIB: Final = 2**30


@dataclass(frozen=True, slots=True)
class Quota:
    """What a tenant may have; each is on by default."""

    upload_bytes: int = 200 * GIB
    """Bytes of uploads that it owns. Content that another tenant has as well counts for both."""
    assets: int = 1_000_000
    """Entries in its library."""
    production_bytes: int = 2048 * GIB
    """Bytes of finished videos."""


NAMES: Final = tuple(field.name for field in fields(Quota))


@dataclass(frozen=True, slots=True)
class Stored:
    """What a tenant has."""

    items: int
    """How many."""
    size_bytes: int
    """How large together."""


class Quotas:
    """The table of quotas, and the sums that they are compared with."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, tenant: str) -> Quota:
        """Return a tenant's quotas: its own, the defaults where it has none."""
        rows = self._database.rows(_QUOTA, (tenant,))
        return _quota(rows[0] if rows else None)

    def set(self, tenant: str, changes: dict[str, int | None]) -> Quota:
        """Change quotas of a tenant; None makes one the default again. What is not named stays.

        Raises:
            DocumentError: no tenant's name, no quota of that name, or a number below 0.
        """
        problems = (
            [] if TENANT.fullmatch(tenant) else [Problem("tenant", f"`{tenant[:80]}` is no tenant's name")]
        )
        for name, value in changes.items():
            if name not in NAMES:
                problems.append(Problem(name, f"is no quota; allowed: {', '.join(NAMES)}"))
            elif value is not None and not 0 <= value < 2**62:
                problems.append(Problem(name, f"{value} is out of range; allowed: 0 or more, or none"))
        if problems:
            raise DocumentError(problems, source="quotas")
        with self._database.transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO quotas (tenant) VALUES (?)", (tenant,))
            for name, value in changes.items():
                connection.execute(f"UPDATE quotas SET {name} = ? WHERE tenant = ?", (value, tenant))
        return self.of(tenant)

    def stored(self, tenant: str, kind: str) -> Stored:
        """Return how many ``uploads`` or ``productions`` a tenant has, and their bytes."""
        rows = self._database.rows(_SUM, (tenant, kind))
        return Stored(rows[0]["items"], rows[0]["bytes"]) if rows else Stored(0, 0)

    def all_stored(self, kind: str) -> dict[str, Stored]:
        """Return how many ``uploads`` or ``productions`` each tenant has, and their bytes."""
        rows = self._database.rows("SELECT * FROM stored_sums WHERE kind = ? AND items > 0", (kind,))
        return {row["tenant"]: Stored(row["items"], row["bytes"]) for row in rows}

    def check_upload(self, tenant: str, size_bytes: int) -> None:
        """Refuse an upload of so many bytes that would exceed the tenant's quota.

        Raises:
            QuotaError: it would.
        """
        _compare_upload(
            tenant, self.stored(tenant, "uploads").size_bytes, size_bytes, self.of(tenant).upload_bytes
        )

    def check_productions(self, tenant: str) -> None:
        """Refuse more videos for a tenant whose finished ones fill its quota.

        Raises:
            QuotaError: they do.
        """
        with self._database.transaction() as connection:
            check_productions(connection, tenant)

    def check_assets(self, tenant: str, have: int, more: int) -> None:
        """Refuse to let a library grow beyond its quota.

        Args:
            tenant: Whose library.
            have: Entries that it has.
            more: Entries that are to be added.

        Raises:
            QuotaError: there would be too many.
        """
        limit = self.of(tenant).assets
        if have + more > limit:
            raise QuotaError(
                f'tenant "{tenant}" has {have:,} assets and adds {more:,}, its quota is {limit:,}; remove some '
                f"(`farm assets rm`), or ask the operator for more (`farm tenants set {tenant} --assets N`)",
                quota="assets", used=have, limit=limit,
            )  # fmt: skip


_QUOTA: Final = "SELECT upload_bytes, assets, production_bytes FROM quotas WHERE tenant = ?"
_SUM: Final = "SELECT items, bytes FROM stored_sums WHERE tenant = ? AND kind = ?"


def check_upload(connection: sqlite3.Connection, tenant: str, size_bytes: int) -> None:
    """Refuse, in the transaction that would note it, an upload that exceeds the tenant's quota.

    Raises:
        QuotaError: it does.
    """
    quota = _quota(connection.execute(_QUOTA, (tenant,)).fetchone())
    found = connection.execute(_SUM, (tenant, "uploads")).fetchone()
    _compare_upload(tenant, found["bytes"] if found is not None else 0, size_bytes, quota.upload_bytes)


def check_productions(connection: sqlite3.Connection, tenant: str) -> None:
    """Refuse, in the transaction that would accept a job, more videos for a tenant whose finished ones fill its quota.

    Raises:
        QuotaError: they do.
    """
    found = connection.execute(_SUM, (tenant, "productions")).fetchone()
    used = found["bytes"] if found is not None else 0
    limit = _quota(connection.execute(_QUOTA, (tenant,)).fetchone()).production_bytes
    if used >= limit:
        raise QuotaError(
            f'tenant "{tenant}" has {told_bytes(used)} of finished videos, its quota is {told_bytes(limit)}; fetch '
            f"them and wait until the retention rules remove the oldest, or ask the operator for more "
            f"(`farm tenants set {tenant} --production-bytes N`)",
            quota="production_bytes", used=used, limit=limit,
        )  # fmt: skip


def _compare_upload(tenant: str, used: int, more: int, limit: int) -> None:
    if used + more > limit:
        raise QuotaError(
            f'tenant "{tenant}" has {told_bytes(used)} of uploads and adds {told_bytes(more)}, its quota is '
            f"{told_bytes(limit)}; wait until the retention rules let go of what it has not used for long, or ask the "
            f"operator for more (`farm tenants set {tenant} --upload-bytes N`)",
            quota="upload_bytes", used=used, limit=limit,
        )  # fmt: skip


def _quota(row: sqlite3.Row | None) -> Quota:
    own = {} if row is None else {name: row[name] for name in NAMES if row[name] is not None}
    return Quota(**(asdict(Quota()) | own))


def told_bytes(size_bytes: int) -> str:
    """Write a number of bytes in the unit that fits, as ``1.5 GiB``."""
    size = float(size_bytes)
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if abs(size) < 1024 or unit == "TiB":
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    raise AssertionError("unreachable")
