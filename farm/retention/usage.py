"""Usage: how many files and bytes a farm stores, by kind and tenant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from farm.journal.journal import Journal
from farm.journal.retention import RetentionKind
from farm.retention.places import Places
from farm.settings import Settings
from farm.store.temp import free_bytes
from farm_catalog.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Used:
    """Files of one kind in one place."""

    kind: str
    """Their kind: ``media``, ``segments``, ``library``, ``productions``, ``partial``, ``journal`` or ``catalog``."""
    place: str
    """Their place: ``store``, ``library``, ``shared`` or ``home``."""
    items: int
    """How many."""
    size_bytes: int
    """Their total size."""


@dataclass(frozen=True, slots=True)
class TenantUsed:
    """A tenant's usage and quotas."""

    tenant: str
    """Its name."""
    uploads: int
    """Media that it owns."""
    upload_bytes: int
    """Their bytes; content with several owners counts for each of them."""
    upload_limit_bytes: int
    """Quota for their bytes."""
    assets: int
    """Entries in its library."""
    asset_limit: int
    """Quota for the entries."""
    productions: int
    """Finished videos whose files exist."""
    production_bytes: int
    """Their bytes."""
    production_limit_bytes: int
    """Quota for their bytes."""


@dataclass(frozen=True, slots=True)
class Usage:
    """A farm's usage."""

    files: tuple[Used, ...]
    """By kind and place."""
    tenants: tuple[TenantUsed, ...]
    """By tenant."""
    unneeded: int
    """Unused media and productions that are waiting to be removed."""
    disk_free_bytes: int
    """Free space on the file system of FARM_HOME."""


def usage_of(settings: Settings, journal: Journal, catalog: Callable[[], Catalog]) -> Usage:
    """Count what a farm stores; lists every file, which takes seconds per million files.

    Raises:
        MachineError: the shared place cannot be reached.
    """
    places = Places.of(settings)
    sums: dict[tuple[str, str], list[int]] = {}

    def add(kind: str, place: str, items: int, size_bytes: int) -> None:
        found = sums.setdefault((kind, place), [0, 0])
        found[0] += items
        found[1] += size_bytes

    for one in places.blobs:
        for prefix in one.prefixes():
            for blob in one.blobs(prefix):
                add(one.derived.value if blob.suffix else "media", one.label, 1, blob.size_bytes)
    where = "shared" if places.productions.place is not None else "home"
    for _, stored in places.productions.walk():
        add(RetentionKind.PRODUCTIONS.value, where, 1, stored.size_bytes)
    for _, size_bytes, _ in places.uploads.walk():
        add(RetentionKind.PARTIAL.value, "home", 1, size_bytes)
    for kind, path in (("journal", settings.journal), ("catalog", settings.catalog)):
        for part in path.parent.glob(f"{path.name}*"):
            add(kind, "home", 1, part.stat().st_size)
    files = tuple(Used(kind, place, *found) for (kind, place), found in sorted(sums.items()))
    unneeded = len(journal.owners.unneeded_under(""))
    return Usage(files, tenants_of(journal, catalog()), unneeded, free_bytes(settings.home))


def tenants_of(journal: Journal, catalog: Catalog) -> tuple[TenantUsed, ...]:
    """Return the usage and quotas of each tenant."""
    uploads, made = (journal.quotas.all_stored(kind) for kind in ("uploads", "productions"))
    assets = catalog.assets.held_counts()
    usage = []
    for tenant in sorted({*uploads, *made, *assets}):
        quota = journal.quotas.of(tenant)
        up, out = uploads.get(tenant), made.get(tenant)
        usage.append(
            TenantUsed(
                tenant=tenant,
                uploads=up.items if up is not None else 0,
                upload_bytes=up.size_bytes if up is not None else 0,
                upload_limit_bytes=quota.upload_bytes,
                assets=assets.get(tenant, 0),
                asset_limit=quota.assets,
                productions=out.items if out is not None else 0,
                production_bytes=out.size_bytes if out is not None else 0,
                production_limit_bytes=quota.production_bytes,
            )
        )
    return tuple(usage)
