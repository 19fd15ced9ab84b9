"""The desk for what is stored: owners of media, quotas, retention rules, usage, garbage collection, verification."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from farm.journal.quotas import Quota
from farm.journal.retention import Kind, Rule
from farm.retention.usage import TenantUsed, Usage, tenants_of, usage_of
from farm.service.collecting import StorageTask, StorageWork
from farm_catalog.asset_entry import OFFICIAL

if TYPE_CHECKING:
    from farm.service.office import Office


class StorageDesk:
    """Operators see and may use media of every tenant; another tenant's media are to all others as if absent."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._journal = office.journal

    def note(self, tenant: str, sha256: str, size_bytes: int) -> None:
        """Make a tenant the owner of media, before the file is put into the store.

        Raises:
            MediaCondemnedError: the garbage collector removes them at the moment.
            QuotaError: the tenant would have more bytes of uploads than it may.
        """
        self._journal.owners.note(tenant, sha256, size_bytes, time.time())

    def owns(self, tenant: str, operates: bool, sha256: str) -> bool:
        """Whether media are a tenant's to use, or whoever asks is an operator; counts as a use of them."""
        return sha256 not in self.foreign(tenant, operates, [sha256])

    def foreign(self, tenant: str, operates: bool, media: Sequence[str]) -> list[str]:
        """Return which media a tenant neither owns nor holds in its library or the official one; none to operators.

        Those that it owns are kept as just used.

        Raises:
            MediaCondemnedError: the garbage collector removes one of them at the moment.
        """
        owned = self._journal.owners.use(tenant, media, time.time())
        rest = [one for one in media if one not in owned]
        if not rest:
            return []
        held = set(rest) if operates else self._office.librarian.catalog().assets.held(tenant, rest)
        self._journal.owners.spare(held)
        return [one for one in rest if one not in held]

    def check_upload(self, tenant: str, sha256: str, size_bytes: int) -> None:
        """Refuse an upload before its bytes are read, where it would exceed the tenant's quota.

        Raises:
            QuotaError: it would.
        """
        if not self._journal.owners.owns(tenant, sha256):
            self._journal.quotas.check_upload(tenant, size_bytes)

    def check_assets(self, owner: str, more: int) -> None:
        """Refuse assets beyond an owner's quota; the official library has none.

        Raises:
            QuotaError: there would be too many.
        """
        if owner != OFFICIAL:
            have = self._office.librarian.catalog().assets.held_count(owner)
            self._journal.quotas.check_assets(owner, have, more)

    def usage(self) -> Usage:
        """Count what the farm has; every file is listed.

        Raises:
            MachineError: the shared place cannot be reached.
        """
        return usage_of(self._office.settings, self._journal, self._office.librarian.catalog)

    def tenants(self) -> tuple[TenantUsed, ...]:
        """Return what each tenant has, and may have."""
        return tenants_of(self._journal, self._office.librarian.catalog())

    def quotas(self, tenant: str) -> Quota:
        """Return a tenant's quotas."""
        return self._journal.quotas.of(tenant)

    def set_quotas(self, tenant: str, changes: Mapping[str, int | None]) -> Quota:
        """Change a tenant's quotas; None makes one the default again.

        Raises:
            DocumentError: no tenant's name, no such quota, or a number out of range.
        """
        return self._journal.quotas.set(tenant, dict(changes))

    def rules(self) -> list[tuple[str, Kind, Rule, bool]]:
        """Return (tenant, kind, rule, whether it was set) of all retention rules."""
        return self._journal.retention.rules()

    def keep(self, kind: str, tenant: str, rule: Rule) -> None:
        """Set a retention rule.

        Raises:
            DocumentError: no such kind or tenant, or a number out of range.
        """
        self._journal.retention.keep(kind, tenant, rule)

    def reset(self, kind: str, tenant: str) -> bool:
        """Drop a rule, so that the next wider one holds; returns False where none was set.

        Raises:
            DocumentError: no such kind.
        """
        return self._journal.retention.reset(kind, tenant)

    def order(self, work: StorageWork) -> StorageTask:
        """Have garbage collected, or the stores verified.

        Raises:
            ConflictError: something of that is being done.
        """
        return self._office.keeping.order(work)

    def task(self) -> StorageTask | None:
        """Return what is done to the stores, or was done last; None where nothing was since the farm started."""
        return self._office.keeping.task()

    def render_again(self, job_id: str) -> bool:
        """Have a finished job made again under its own name; returns False where it is not one."""
        with self._office.handing_over:
            entry = self._journal.jobs.reopen(job_id, "its files are damaged and are made again", time.time())
            if entry is not None:
                self._office.take_up(entry)
        return entry is not None
