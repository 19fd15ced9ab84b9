"""Quotas: how many upload bytes, production bytes and assets a tenant may have."""

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
    """A tenant's limits; all are on by default."""

    upload_bytes: int = 200 * GIB
    """Bytes of uploads that it owns. Content shared with another tenant counts for both."""
    assets: int = 1_000_000
    """Entries in its library."""
    production_bytes: int = 2048 * GIB
    """Bytes of finished videos."""


NAMES: Final = tuple(field.name for field in fields(Quota))


@dataclass(frozen=True, slots=True)
class StoredMedia:
    """What a tenant has stored."""

    items: int
    """Number of items."""
    size_bytes: int
    """Total size."""


class Quotas:
    """The table of quotas, and the sums that they are checked against."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, tenant: str) -> Quota:
        """Return a tenant's quotas, with defaults for those it has not set."""
        rows = self._database.rows(_QUOTA, (tenant,))
        return _quota(rows[0] if rows else None)

    def set(self, tenant: str, changes: dict[str, int | None]) -> Quota:
        """Change a tenant's quotas; None restores a default. Quotas not named are unchanged.

        Raises:
            DocumentError: an invalid tenant name, an unknown quota, or a number out of range.
        """
        problems = (
            []
            if TENANT.fullmatch(tenant)
            else [Problem("tenant", f"`{tenant[:80]}` is not a valid tenant name")]
        )
        for name, value in changes.items():
            if name not in NAMES:
                problems.append(Problem(name, f"is not a quota; allowed: {', '.join(NAMES)}"))
            elif value is not None and not 0 <= value < 2**62:
                problems.append(Problem(name, f"{value} is out of range; allowed: 0 or more, or none"))
        if problems:
            raise DocumentError(problems, source="quotas")
        with self._database.transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO quotas (tenant) VALUES (?)", (tenant,))
            for name, value in changes.items():
                connection.execute(f"UPDATE quotas SET {name} = ? WHERE tenant = ?", (value, tenant))
        return self.of(tenant)

    def stored(self, tenant: str, kind: str) -> StoredMedia:
        """Return how many ``uploads`` or ``productions`` a tenant has, and their bytes."""
        rows = self._database.rows(_SUM, (tenant, kind))
        return StoredMedia(rows[0]["items"], rows[0]["bytes"]) if rows else StoredMedia(0, 0)

    def all_stored(self, kind: str) -> dict[str, StoredMedia]:
        """Return how many ``uploads`` or ``productions`` each tenant has, and their bytes."""
        rows = self._database.rows("SELECT * FROM stored_sums WHERE kind = ? AND items > 0", (kind,))
        return {row["tenant"]: StoredMedia(row["items"], row["bytes"]) for row in rows}

    def check_upload(self, tenant: str, size_bytes: int) -> None:
        """Refuse an upload that would exceed the tenant's quota.

        Raises:
            QuotaError: the upload would exceed the quota.
        """
        _compare_upload(
            tenant, self.stored(tenant, "uploads").size_bytes, size_bytes, self.of(tenant).upload_bytes
        )

    def check_productions(self, tenant: str) -> None:
        """Refuse further videos for a tenant whose finished ones fill its quota.

        Raises:
            QuotaError: the quota is full.
        """
        with self._database.transaction() as connection:
            check_productions(connection, tenant)

    def check_assets(self, tenant: str, have: int, more: int) -> None:
        """Refuse additions that would take a library beyond its quota.

        Args:
            tenant: The library's tenant.
            have: Entries that it has.
            more: Entries to be added.

        Raises:
            QuotaError: the quota would be exceeded.
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
    """Refuse, in the transaction that would record it, an upload that exceeds the tenant's quota.

    Raises:
        QuotaError: the upload would exceed the quota.
    """
    quota = _quota(connection.execute(_QUOTA, (tenant,)).fetchone())
    found = connection.execute(_SUM, (tenant, "uploads")).fetchone()
    _compare_upload(tenant, found["bytes"] if found is not None else 0, size_bytes, quota.upload_bytes)


def check_productions(connection: sqlite3.Connection, tenant: str) -> None:
    """Refuse, in the transaction that would accept a job, further videos if finished ones fill the tenant's quota.

    Raises:
        QuotaError: the quota is full.
    """
    found = connection.execute(_SUM, (tenant, "productions")).fetchone()
    used = found["bytes"] if found is not None else 0
    limit = _quota(connection.execute(_QUOTA, (tenant,)).fetchone()).production_bytes
    if used >= limit:
        raise QuotaError(
            f'tenant "{tenant}" has {format_bytes(used)} of finished videos, its quota is {format_bytes(limit)}; fetch '
            f"them and wait until the retention rules remove the oldest, or ask the operator for more "
            f"(`farm tenants set {tenant} --production-bytes N`)",
            quota="production_bytes", used=used, limit=limit,
        )  # fmt: skip


def _compare_upload(tenant: str, used: int, more: int, limit: int) -> None:
    if used + more > limit:
        raise QuotaError(
            f'tenant "{tenant}" has {format_bytes(used)} of uploads and adds {format_bytes(more)}, its quota is '
            f"{format_bytes(limit)}; wait until the retention rules remove unused ones, or ask "
            f"the operator for more (`farm tenants set {tenant} --upload-bytes N`)",
            quota="upload_bytes", used=used, limit=limit,
        )  # fmt: skip


def _quota(row: sqlite3.Row | None) -> Quota:
    own = {} if row is None else {name: row[name] for name in NAMES if row[name] is not None}
    return Quota(**(asdict(Quota()) | own))


def format_bytes(size_bytes: int) -> str:
    """Format a number of bytes with a suitable unit, such as ``1.5 GiB``."""
    size = float(size_bytes)
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if abs(size) < 1024 or unit == "TiB":
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    raise AssertionError("unreachable")
