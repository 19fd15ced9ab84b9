"""The garbage collector: marks what is needed, and sweeps the rest according to the retention rules.

It may be killed at any moment. Nothing is removed while the journal could still need it; the next run completes an
interrupted one; grace periods protect files that a job may be about to use.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from farm.journal.journal import Journal
from farm.journal.retention import RetentionKind
from farm.retention.blob_sweep import remove_media, sweep_blobs
from farm.retention.collector_lock import collecting
from farm.retention.horizon import BUCKET_S, DAY_S, Ages, horizon
from farm.retention.marks import Marks, Running, nothing_runs
from farm.retention.outcome import Outcome, RemovalTally
from farm.retention.places import Places
from farm.retention.production_sweep import sweep_productions, sweep_unknown_productions
from farm.retention.rows import prune_jobs, prunings
from farm.retention.sweep import BATCH, DEFAULT_GRACES, Graces, Sweep
from farm.settings import Settings
from farm_catalog.catalog import Catalog


def no_step(_what: str) -> None:
    """Do nothing."""


class Collector:
    """Allows one run at a time per FARM_HOME, in any process; runs only on the controller's machine."""

    def __init__(
        self,
        settings: Settings,
        journal: Journal,
        catalog: Callable[[], Catalog],
        running: Callable[[], Running] = nothing_runs,
        *,
        graces: Graces = DEFAULT_GRACES,
        clock: Callable[[], float] = time.time,
        on_step: Callable[[str], None] = no_step,
    ) -> None:
        """Create the collector.

        Args:
            settings: Locations of the stores.
            journal: Owners, jobs, rules.
            catalog: Returns the open catalog.
            running: Returns the files that unfinished jobs use.
            graces: Grace periods.
            clock: Returns seconds since the epoch.
            on_step: Called with its name before each step; an exception that it raises ends the run there.
        """
        self._settings = settings
        self._journal = journal
        self._catalog = catalog
        self._running = running
        self._graces = graces
        self._clock = clock
        self._step = on_step
        self._places = Places.of(settings)

    def collect(self, *, dry_run: bool = False, free_bytes: int = 0) -> Outcome:
        """Sweep according to the rules.

        Args:
            dry_run: Remove and record nothing; report what would be removed.
            free_bytes: Bytes of segments to remove beyond the rules, because a disk is running full.

        Raises:
            ConflictError: another run is in progress.
            MachineError: the shared place cannot be reached.
            StoreError: the journal or the catalog cannot be used.
        """
        with collecting(self._settings.home):
            sweep = self._sweep(dry_run)
            if not dry_run:
                _finish_begun(sweep)
            _release_uploads(sweep)
            marks = Marks(self._journal, self._catalog, self._running())
            sweep_productions(sweep, marks)
            sweep_unknown_productions(sweep, marks)
            sweep_blobs(sweep, marks, free_bytes)
            _sweep_partial(sweep)
            _prune(sweep, self._catalog)
            return Outcome(dry_run, sweep.now_s, self._clock() - sweep.now_s, sweep.tally.freed())

    def finish(self) -> None:
        """Remove media condemned by a killed run: until then they can be neither uploaded nor used.

        Raises the same errors as :meth:`collect`.
        """
        with collecting(self._settings.home):
            _finish_begun(self._sweep())

    def _sweep(self, dry_run: bool = False) -> Sweep:
        return Sweep(
            self._journal,
            self._places,
            self._graces,
            RemovalTally(),
            self._clock(),
            self._clock,
            self._step,
            dry_run,
        )


def _finish_begun(sweep: Sweep) -> None:
    """Remove media condemned by a killed run."""
    while left := sweep.journal.owners.condemned(BATCH):
        remove_media(sweep, left, "condemned by an interrupted run")


def _release_uploads(sweep: Sweep) -> None:
    owners = sweep.journal.owners
    for tenant in owners.tenants():
        line = horizon(
            Ages(owners.ages(tenant, BUCKET_S)),
            sweep.rule(RetentionKind.UPLOADS, tenant),
            sweep.now_s,
            grace_s=sweep.graces.upload_s,
        )
        if sweep.dry_run:
            old, every = (owners.releasable(tenant, at_s) for at_s in (line.days_before_s, line.before_s))
            sweep.tally.add(RetentionKind.UPLOADS, line.reason(float("-inf")), old, 0)
            sweep.tally.add(RetentionKind.UPLOADS, line.reason(line.before_s), every - old, 0)
            continue
        while True:
            sweep.step("release uploads")
            gone = owners.release(tenant, line.before_s, BATCH)
            for one in gone:
                sweep.tally.add(RetentionKind.UPLOADS, line.reason(one.used_s), 1, 0)
            if len(gone) < BATCH:
                break


def _sweep_partial(sweep: Sweep) -> None:
    days = sweep.rule(RetentionKind.PARTIAL).days
    if days is None:
        return
    reason = f"incomplete for {days:g} days"
    if sweep.dry_run:
        old = [
            size
            for _, size, changed_s in sweep.places.uploads.walk()
            if sweep.now_s - changed_s > days * DAY_S
        ]
        sweep.tally.add(RetentionKind.PARTIAL, reason, len(old), sum(old))
    else:
        sweep.tally.add(RetentionKind.PARTIAL, reason, *sweep.places.uploads.sweep(sweep.now_s, days * DAY_S))


def _prune(sweep: Sweep, catalog: Callable[[], Catalog]) -> None:
    """Remove old rows: jobs of the journal, runs and events of the catalog."""
    if sweep.dry_run:
        return
    days = sweep.rule(RetentionKind.JOBS).days
    if days is not None:
        sweep.tally.add(
            RetentionKind.JOBS,
            f"ended {days:g} days ago",
            prune_jobs(sweep.journal, sweep.now_s - days * DAY_S),
            0,
        )
    for kind, prune in prunings(catalog().age):
        days = sweep.rule(kind).days
        if days is not None:
            sweep.step(f"prune {kind}")
            sweep.tally.add(kind, f"older than {days:g} days", prune(sweep.now_s - days * DAY_S), 0)
