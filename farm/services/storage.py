"""The desk for storage: owners of media, quotas, retention rules, usage, garbage collection, verification."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from farm.controller.storage_thread import StorageTask, StorageWork
from farm.journal.quotas import Quota
from farm.journal.retention import Kind, Rule
from farm.retention.usage import TenantUsed, Usage, tenants_of, usage_of
from farm_catalog.asset_entry import OFFICIAL

if TYPE_CHECKING:
    from farm.controller.controller import FarmController


class StorageDesk:
    """Operators may see and use every tenant's media; to anyone else, another tenant's media seem not to exist."""

    def __init__(self, controller: FarmController) -> None:
        self._controller = controller
        self._journal = controller.journal

    def note(self, tenant: str, sha256: str, size_bytes: int) -> None:
        """Make a tenant the owner of media, before the file is put into the store.

        Raises:
            MediaCondemnedError: the garbage collector is removing them.
            QuotaError: the tenant would exceed its quota of upload bytes.
        """
        self._journal.owners.note(tenant, sha256, size_bytes, time.time())

    def owns(self, tenant: str, operates: bool, sha256: str) -> bool:
        """Whether a tenant may use the media, or the caller is an operator; counts as a use of them."""
        return sha256 not in self.foreign(tenant, operates, [sha256])

    def foreign(self, tenant: str, operates: bool, media: Sequence[str]) -> list[str]:
        """Return which media a tenant neither owns nor holds in its library or the official one; empty for operators.

        Counts as a use of those that it owns.

        Raises:
            MediaCondemnedError: the garbage collector is removing one of them.
        """
        owned = self._journal.owners.use(tenant, media, time.time())
        rest = [one for one in media if one not in owned]
        if not rest:
            return []
        held = set(rest) if operates else self._controller.catalog_handle.catalog().assets.held(tenant, rest)
        self._journal.owners.spare(held)
        return [one for one in rest if one not in held]

    def check_upload(self, tenant: str, sha256: str, size_bytes: int) -> None:
        """Check the tenant's quota before an upload's bytes are read.

        Raises:
            QuotaError: the upload would exceed it.
        """
        if not self._journal.owners.owns(tenant, sha256):
            self._journal.quotas.check_upload(tenant, size_bytes)

    def check_assets(self, owner: str, more: int) -> None:
        """Check an owner's quota of assets; the official library has none.

        Raises:
            QuotaError: there would be too many.
        """
        if owner != OFFICIAL:
            have = self._controller.catalog_handle.catalog().assets.held_count(owner)
            self._journal.quotas.check_assets(owner, have, more)

    def usage(self) -> Usage:
        """Count what the farm stores; lists every file.

        Raises:
            MachineError: the shared place cannot be reached.
        """
        return usage_of(self._controller.settings, self._journal, self._controller.catalog_handle.catalog)

    def tenants(self) -> tuple[TenantUsed, ...]:
        """Return the usage and quotas of each tenant."""
        return tenants_of(self._journal, self._controller.catalog_handle.catalog())

    def quotas(self, tenant: str) -> Quota:
        """Return a tenant's quotas."""
        return self._journal.quotas.of(tenant)

    def set_quotas(self, tenant: str, changes: Mapping[str, int | None]) -> Quota:
        """Change a tenant's quotas; None resets one to the default.

        Raises:
            DocumentError: the tenant's name is invalid, there is no such quota, or a number is out of range.
        """
        return self._journal.quotas.set(tenant, dict(changes))

    def rules(self) -> list[tuple[str, Kind, Rule, bool]]:
        """Return all retention rules as (tenant, kind, rule, whether it was set explicitly)."""
        return self._journal.retention.rules()

    def keep(self, kind: str, tenant: str, rule: Rule) -> None:
        """Set a retention rule.

        Raises:
            DocumentError: there is no such kind or tenant, or a number is out of range.
        """
        self._journal.retention.keep(kind, tenant, rule)

    def reset(self, kind: str, tenant: str) -> bool:
        """Drop a rule, so that the next wider one applies; returns False if none was set.

        Raises:
            DocumentError: there is no such kind.
        """
        return self._journal.retention.reset(kind, tenant)

    def order(self, work: StorageWork) -> StorageTask:
        """Have garbage collected, or the stores verified.

        Raises:
            ConflictError: such a task is already running.
        """
        return self._controller.keeping.order(work)

    def task(self) -> StorageTask | None:
        """Return the current or last storage task; None if there was none since the farm started."""
        return self._controller.keeping.task()

    def render_again(self, job_id: str) -> bool:
        """Re-run a finished job under its own name; returns False if it is not one."""
        with self._controller.handing_over:
            entry = self._journal.jobs.reopen(job_id, "its files are damaged and are made again", time.time())
            if entry is not None:
                self._controller.take_up(entry)
        return entry is not None
