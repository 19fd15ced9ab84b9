"""Storage: owners of media, quotas, retention rules, usage, garbage collection, verification."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from farm.contract.scope import Scope
from farm.contract.storage import (
    GcOrder,
    RuleItem,
    RuleSettings,
    StorageService,
    StoreTask,
    StoreUsage,
    TenantUsedItem,
    UsedItem,
    VerifyOrder,
)
from farm.errors import MissingError
from farm.journal.journal import Journal
from farm.journal.retention import RetentionRule
from farm.retention.usage import usage_of
from farm.services.media_access import MediaAccess
from farm.services.store_tasks import StorageTask, StorageWork, task_item
from farm.settings import Settings
from farm_catalog.catalog import Catalog


class StorageTasks(Protocol):
    """Runs one task on the stores at a time."""

    def order(self, work: StorageWork) -> StorageTask:
        """Order an operation; return its task.

        Raises:
            ConflictError: another one is ordered or running.
        """

    def task(self) -> StorageTask | None:
        """Return the current or last task; None if there was none since the start."""


class JournalStorage(StorageService):
    """Owners, quotas and rules as recorded in the journal, and the tasks on the stores."""

    def __init__(
        self,
        settings: Settings,
        journal: Journal,
        catalog: Callable[[], Catalog],
        media: MediaAccess,
        tasks: StorageTasks,
    ) -> None:
        self._settings = settings
        self._journal = journal
        self._catalog = catalog
        self._media = media
        self._tasks = tasks

    def note(self, scope: Scope, *, sha256: str, size_bytes: int) -> None:
        """See the contract."""
        self._journal.owners.note(scope.owner, sha256, size_bytes, time.time())

    def foreign(self, scope: Scope, *, media: Sequence[str]) -> list[str]:
        """See the contract."""
        return self._media.foreign(scope, media)

    def check_upload(self, scope: Scope, *, sha256: str, size_bytes: int) -> None:
        """See the contract."""
        if not self._journal.owners.owns(scope.tenant, sha256):
            self._journal.quotas.check_upload(scope.tenant, size_bytes)

    def usage(self, scope: Scope) -> StoreUsage:
        """See the contract.

        Raises:
            MachineError: the shared place cannot be reached.
        """
        return usage_item(self._settings, self._journal, self._catalog)

    def rules(self, scope: Scope) -> list[RuleItem]:
        """See the contract."""
        return rule_items(self._journal)

    def keep(self, scope: Scope, *, kind: str, rule: RuleSettings, tenant: str = "") -> list[RuleItem]:
        """See the contract.

        Raises:
            DocumentError: there is no such kind or tenant.
        """
        self._journal.retention.keep(kind, tenant, RetentionRule(rule.days, rule.bytes, rule.keep_used))
        return rule_items(self._journal)

    def reset(self, scope: Scope, *, kind: str, tenant: str = "") -> list[RuleItem]:
        """See the contract.

        Raises:
            DocumentError: there is no such kind.
            MissingError: no rule was set.
        """
        if not self._journal.retention.reset(kind, tenant):
            raise MissingError("rule", kind, detail=f"of tenant {tenant}" if tenant else "that was set")
        return rule_items(self._journal)

    def collect(self, scope: Scope, *, order: GcOrder) -> StoreTask:
        """See the contract.

        Raises:
            ConflictError: a task is already running.
        """
        return task_item(self._tasks.order(StorageWork.DRY_RUN if order.dry_run else StorageWork.COLLECT))

    def verify(self, scope: Scope, *, order: VerifyOrder) -> StoreTask:
        """See the contract.

        Raises:
            ConflictError: a task is already running.
        """
        return task_item(self._tasks.order(StorageWork.REPAIR if order.repair else StorageWork.VERIFY))

    def task(self, scope: Scope) -> StoreTask:
        """See the contract.

        Raises:
            MissingError: none ran since the farm started.
        """
        found = self._tasks.task()
        if found is None:
            raise MissingError("task", "gc, verify", detail="that ran since the farm started")
        return task_item(found)


def usage_item(settings: Settings, journal: Journal, catalog: Callable[[], Catalog]) -> StoreUsage:
    """Count what is stored; lists every file."""
    usage = usage_of(settings, journal, catalog)
    return StoreUsage(
        files=[UsedItem.model_validate(one, from_attributes=True) for one in usage.files],
        tenants=[TenantUsedItem.model_validate(one, from_attributes=True) for one in usage.tenants],
        unneeded=usage.unneeded,
        disk_free_bytes=usage.disk_free_bytes,
    )


def rule_items(journal: Journal) -> list[RuleItem]:
    """Return all retention rules in force."""
    return [
        RuleItem(
            kind=kind.value,
            tenant=tenant,
            own=own,
            days=rule.days,
            bytes=rule.bytes,
            keep_used=rule.keep_used,
        )
        for tenant, kind, rule, own in journal.retention.rules()
    ]
