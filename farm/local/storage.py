"""The storage of this machine, while no farm is running."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import assert_never

from farm.contract.scope import everybody
from farm.contract.services import Services
from farm.contract.storage import StorageService
from farm.journal.journal import Journal
from farm.local.libraries import LocalBackend
from farm.retention.collector import Collector
from farm.retention.verify import Verifier
from farm.services.media_access import MediaAccess
from farm.services.storage import JournalStorage, StorageTasks
from farm.services.store_tasks import StorageTask, StorageWork
from farm.settings import Settings
from farm_catalog.catalog import Catalog


class ImmediateTasks(StorageTasks):
    """Carries out each task when it is ordered: a returned task has ended."""

    def __init__(self, settings: Settings, journal: Journal, catalog: Callable[[], Catalog]) -> None:
        self._settings = settings
        self._journal = journal
        self._catalog = catalog
        self._last: StorageTask | None = None

    def order(self, work: StorageWork) -> StorageTask:
        """See :class:`StorageTasks`; raises what the operation raises."""
        began_s = time.time()
        match work:
            case StorageWork.COLLECT | StorageWork.DRY_RUN:
                collector = Collector(self._settings, self._journal, self._catalog)
                outcome = collector.collect(dry_run=work is StorageWork.DRY_RUN)
                self._last = StorageTask(work, "by command", began_s, False, outcome=outcome)
            case StorageWork.VERIFY | StorageWork.REPAIR:
                verifier = Verifier(
                    self._settings, self._journal, self._catalog, render_again=self._render_again
                )
                found = verifier.verify(repair=work is StorageWork.REPAIR)
                self._last = StorageTask(work, "by command", began_s, False, verification=found)
            case _:
                assert_never(work)
        return self._last

    def task(self) -> StorageTask | None:
        """See :class:`StorageTasks`."""
        return self._last

    def _render_again(self, job_id: str) -> bool:
        # The next farm to start resumes it.
        cause = "its files are damaged and are rendered again"
        return self._journal.jobs.reopen(job_id, cause, time.time()) is not None


@contextmanager
def open_storage(settings: Settings) -> Iterator[LocalBackend]:
    """Open the storage of this machine.

    Raises:
        MachineError: another process has the catalog open.
        StoreError: the journal cannot be used.
    """
    journal = Journal.open(settings.journal)
    try:
        with Catalog.open(settings.catalog) as catalog:

            def opened() -> Catalog:
                return catalog

            storage = JournalStorage(
                settings,
                journal,
                opened,
                MediaAccess(journal.owners, opened),
                ImmediateTasks(settings, journal, opened),
            )
            yield LocalBackend(Services({StorageService: storage}), everybody())
    finally:
        journal.close()
