"""Storage commands on this machine while no farm is running: the same results as from a farm's API."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from farm.journal.journal import Journal
from farm.journal.retention import Rule
from farm.retention.collector import Collector
from farm.retention.usage import usage_of
from farm.retention.verify import Verifier
from farm.settings import Settings
from farm_catalog.catalog import Catalog

Told = dict[str, Any]


class LocalStorage:
    """Holds journal and catalog open for as long as it is used."""

    def __init__(self, settings: Settings, journal: Journal, catalog: Catalog) -> None:
        self._settings = settings
        self._journal = journal
        self._catalog = catalog

    def usage(self) -> Told:
        """Count what is stored."""
        return asdict(usage_of(self._settings, self._journal, lambda: self._catalog))

    def rules(self) -> list[Told]:
        """List the retention rules."""
        return [
            {"kind": kind.value, "tenant": tenant, "own": own, **asdict(rule)}
            for tenant, kind, rule, own in self._journal.retention.rules()
        ]

    def keep(self, kind: str, tenant: str, rule: Rule) -> None:
        """Set a rule; raises DocumentError if it is invalid."""
        self._journal.retention.keep(kind, tenant, rule)

    def reset(self, kind: str, tenant: str) -> bool:
        """Drop a rule; returns False if none was set."""
        return self._journal.retention.reset(kind, tenant)

    def collect(self, *, dry_run: bool) -> Told:
        """Collect garbage."""
        collector = Collector(self._settings, self._journal, lambda: self._catalog)
        return asdict(collector.collect(dry_run=dry_run))

    def verify(self, *, repair: bool) -> Told:
        """Verify everything that is stored."""
        verifier = Verifier(
            self._settings, self._journal, lambda: self._catalog, render_again=self._render_again
        )
        return asdict(verifier.verify(repair=repair))

    def _render_again(self, job_id: str) -> bool:
        # The next farm to start resumes it.
        cause = "its files are damaged and are made again"
        return self._journal.jobs.reopen(job_id, cause, time.time()) is not None


@contextmanager
def local_storage(settings: Settings) -> Iterator[LocalStorage]:
    """Open the storage of this machine.

    Raises:
        MachineError: another process has the catalog open.
        StoreError: the journal cannot be used.
    """
    journal = Journal.open(settings.journal)
    try:
        with Catalog.open(settings.catalog) as catalog:
            yield LocalStorage(settings, journal, catalog)
    finally:
        journal.close()
