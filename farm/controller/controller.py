"""The controller: combines journal, scheduler and executor into a running farm, restored from the journal."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from functools import cache
from typing import Final

from farm.contract.access import AccessService
from farm.contract.audit import AuditService
from farm.contract.batches import BatchService
from farm.contract.fleet import FarmStats, FleetService, Health
from farm.contract.jobs import JobService
from farm.contract.services import Services
from farm.contract.storage import StorageService
from farm.controller.analysis_scheduler import AnalysisScheduler
from farm.controller.catalog_handle import CatalogHandle
from farm.controller.catalog_ingester import CatalogIngester
from farm.controller.gauges import gauges
from farm.controller.journal_writer import JournalWriter
from farm.controller.recurring import Recurring
from farm.controller.storage_thread import StorageThread
from farm.controller.webhook_dispatcher import WebhookDispatcher
from farm.errors import FarmError
from farm.journal.journal import Journal
from farm.journal.rendered import KEPT_S
from farm.journal.retention import RetentionKind
from farm.plugins.difference import mixture
from farm.plugins.registry import load_registry
from farm.scheduling.conductor import Conductor
from farm.scheduling.executor import Executor
from farm.scheduling.rules import parse_rules
from farm.scheduling.scheduler import Scheduler
from farm.services.access import JournalAccess
from farm.services.audit import JournalAudit
from farm.services.batches import JournalBatches
from farm.services.fleet import FleetOperations
from farm.services.intake import JobIntake, fresh_id
from farm.services.jobs import JournalJobs
from farm.services.library import build_library
from farm.services.library_media import Media
from farm.services.media_access import MediaAccess
from farm.services.production_ends import record_ends
from farm.services.storage import JournalStorage
from farm.services.worker_fleet import LocalFleet, WorkerFleet
from farm.settings import Settings
from farm.store.open import blob_store, library_store, production_store
from farm.telemetry.measures import Measures, Meter, NoMeter
from farm.worker.analysis_job import analyser_kinds

FEED_S: Final = 0.5
FEED_JOBS: Final = 200
FOLLOW_S: Final = 1.0
MEASURE_S: Final = 5.0
STAND_S: Final = 1.0
AUDIT_S: Final = 1.0
LIVE_S: Final = 10.0
"""Interval for recording that the farm is up: a killed farm counts as down from its last such record or change."""
MAINTAIN_S: Final = 600.0
FIRST_S: Final = 2.0
"""Delay of the catalog's maintenance after startup, which has priority."""
PRUNE_S: Final = 600.0
PRUNE_JOBS: Final = 1_000


class FarmController:
    """Everything of a farm except its workers and API. ``run`` is for one thread; the services are thread-safe."""

    def __init__(
        self,
        settings: Settings,
        executor: Executor,
        *,
        fleet: WorkerFleet | None = None,
        meter: Meter | None = None,
    ) -> None:
        self.settings = settings
        self.journal = journal = Journal.open(
            settings.journal,
            max_unfinished=settings.max_unfinished,
            tenant_unfinished=settings.unfinished_each,
        )
        # From here on, an earlier controller that is still alive can no longer write.
        epoch = journal.database.take_epoch()
        journal.halts.come_up(time.time())
        self.measures = Measures(meter or NoMeter())
        self._journal_writer = JournalWriter(
            journal, self.measures, lambda job_id: self.conductor.job(job_id)
        )
        # Fences increase across restarts too: an event of an earlier controller's lease is never mistaken for ours.
        self.conductor = Conductor(
            executor,
            scheduler=Scheduler(
                parse_rules(settings.rules),
                first_fence=(epoch << 40) + 1,
                checked=settings.check_scheduler,
            ),
            observer=self._journal_writer,
        )
        self.catalog_handle = CatalogHandle(settings.catalog)
        self.webhook_dispatcher = WebhookDispatcher(journal, settings)
        self.since_s = time.time()
        self.trouble = ""
        """Why the loop stopped; empty while it runs."""
        self.intake = JobIntake(journal, self.conductor)
        self._registry = cache(load_registry)
        self._analysis_scheduler = AnalysisScheduler(
            self.catalog_handle, self.intake.accept, fresh_id, lambda: analyser_kinds(self._registry())
        )
        self.library = build_library(
            self.catalog_handle.catalog,
            Media(library_store(settings), blob_store(settings)),
            self._registry,
            quotas=journal.quotas,
            arrived=self._analysis_scheduler.arrived,
            accept=self.intake.accept,
            fresh_id=fresh_id,
        )
        files = production_store(settings)
        self.catalog_ingester = CatalogIngester(
            settings,
            journal.jobs,
            self.catalog_handle,
            lambda runs: record_ends(self.library, journal.jobs, files, runs),
            busy=lambda: self.conductor.unfinished > 0,
        )
        # A backup of a large catalog takes minutes, in which runs are still recorded.
        self._maintenance = Recurring(
            "catalog maintenance",
            self.library.maintenance.tend,
            "the catalog is not maintained",
            every_s=MAINTAIN_S,
            first_s=FIRST_S,
            logged=True,
        )
        self.storage_thread = StorageThread(
            settings, journal, self.conductor, self.catalog_handle.catalog, self.measures, self.intake
        )
        self._worker_fleet = fleet or LocalFleet(settings.logs)
        self.fleet = FleetOperations(
            journal,
            self.conductor,
            self._worker_fleet,
            self.measures,
            health=self.health,
            stats=self._stats,
        )
        self.audit = JournalAudit(journal)
        media = MediaAccess(journal.owners, self.catalog_handle.catalog)
        self.services = Services(
            {
                JobService: JournalJobs(
                    journal, self.conductor, self.intake, media, self._worker_fleet.job_log
                ),
                BatchService: JournalBatches(journal, self.intake, media),
                AccessService: JournalAccess(journal, self.conductor),
                AuditService: self.audit,
                FleetService: self.fleet,
                StorageService: JournalStorage(
                    settings, journal, self.catalog_handle.catalog, media, self.storage_thread
                ),
                **self.library.services(),
            }
        )
        """The implementations of the contract, except previews."""
        chores = (
            self._audit,
            self._stand,
            self._live,
            self._feed,
            self._follow,
            self._measure,
            self._prune,
        )
        self._due_s = dict.fromkeys(chores, 0.0)
        self.fleet.take_up_orders()
        self.intake.resume(journal.jobs.unfinished())

    def start(self) -> None:
        """Start the background threads."""
        self.catalog_ingester.start()
        self._maintenance.start()
        self._analysis_scheduler.start()
        self.webhook_dispatcher.start()
        self.storage_thread.start()

    def run(self) -> None:
        """Run until the process ends; after any exception that it raises, in-memory state must not be trusted."""
        while True:
            self.step()

    def step(self) -> None:
        """Process events, write changes to the journal, and run the chores that are due."""
        self.conductor.step()
        self._journal_writer.flush()
        while self._journal_writer.ended:
            self.conductor.forget(self._journal_writer.ended.popleft())
        now_s = time.monotonic()
        for chore, due_s in self._due_s.items():
            if now_s >= due_s:
                self._due_s[chore] = now_s + chore()

    def close(self) -> None:
        """Stop the threads and close the journal."""
        self.storage_thread.stop()
        self._analysis_scheduler.stop()
        self._maintenance.stop()
        self.catalog_ingester.stop()
        self.catalog_handle.close()
        self.webhook_dispatcher.stop()
        with suppress(FarmError):
            self.audit.flush()
        self.journal.close()

    def health(self) -> Health:
        """Return whether jobs are accepted and processed."""
        workers, wanted = len(self.conductor.workers), self._worker_fleet.wanted
        trouble = [
            one
            for one in (
                self.trouble,
                self._worker_fleet.trouble,
                self.catalog_ingester.trouble,
                self._maintenance.trouble,
                self.webhook_dispatcher.trouble,
                self._analysis_scheduler.trouble,
                self.storage_thread.trouble,
            )
            if one
        ]
        if workers == 0 and (wanted > 0 or self.conductor.unfinished):
            trouble.append("no worker is ready; accepted jobs are waiting")
        mixed = mixture(mark for worker in self.conductor.workers for mark in worker.plugins)
        if mixed:
            trouble.append(f"{mixed}; `farm down` and `farm up` load the installed versions everywhere")
        return Health(
            ok=not self.trouble,
            # A farm scaled down to no workers is ready for more.
            ready=not self.trouble and (workers > 0 or wanted == 0),
            workers=workers,
            workers_wanted=wanted,
            unfinished=self.conductor.unfinished,
            since_s=self.since_s,
            trouble=trouble,
            pid=os.getpid(),
        )

    def _stats(self, since_s: float) -> FarmStats:
        counts = self.journal.jobs.counts()
        totals: dict[str, int] = {}
        for states in counts.values():
            for state, number in states.items():
                totals[state] = totals.get(state, 0) + number
        return FarmStats.model_validate(
            {
                **self.catalog_ingester.stats(since_s),
                "jobs": totals,
                "tenants": counts,
                "webhooks": self.journal.outbox.counts(),
                "workers": len(self.conductor.workers),
            }
        )

    def _stand(self) -> float:
        """Stop if another controller has taken over, even if there is nothing to write."""
        self.journal.database.check_epoch()
        return STAND_S

    def _audit(self) -> float:
        self.audit.flush()
        return AUDIT_S

    def _live(self) -> float:
        """Record that the farm is up."""
        self.journal.halts.live(time.time())
        return LIVE_S

    def _feed(self) -> float:
        return 0.0 if self.intake.feed_batches(FEED_JOBS) == FEED_JOBS else FEED_S

    def _follow(self) -> float:
        self.fleet.follow_queue()
        self.fleet.follow_removals()
        return FOLLOW_S

    def _measure(self) -> float:
        collected_s = self.storage_thread.collected_s or self.since_s
        self.measures.standing(gauges(self.journal, self.conductor, self._worker_fleet.wanted, collected_s))
        return MEASURE_S

    def _prune(self) -> float:
        """Prune old records from the journal; the catalog keeps the data derived from them."""
        days = self.journal.retention.rule(RetentionKind.JOBS).days
        if days is None:
            return PRUNE_S
        before_s = time.time() - days * 86_400.0
        self.journal.events.prune(before_s)
        self.journal.halts.prune(before_s)
        self.journal.batches.prune(before_s, PRUNE_JOBS)
        self.journal.rendered.prune(time.time() - KEPT_S)
        self.audit.prune()
        gone = self.journal.jobs.prune(before_s, PRUNE_JOBS)
        return 0.0 if len(gone) == PRUNE_JOBS else PRUNE_S
