"""The controller: combines journal, scheduler and executor into a running farm, restored from the journal."""

from __future__ import annotations

import os
import threading
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import Any, Final

from farm.controller.analysis_scheduler import AnalysisScheduler
from farm.controller.catalog_handle import CatalogHandle
from farm.controller.catalog_ingester import CatalogIngester
from farm.controller.journal_writer import JournalWriter
from farm.controller.recurring import Recurring
from farm.controller.storage_thread import StorageThread
from farm.controller.webhook_dispatcher import WebhookDispatcher
from farm.errors import FarmError
from farm.journal.entry import Entry, NewJob
from farm.journal.journal import Journal
from farm.journal.rendered import KEPT_S
from farm.journal.retention import Kind
from farm.plugins.difference import mixture
from farm.plugins.registry import load_registry
from farm.scheduling.conductor import Conductor
from farm.scheduling.executor import Executor
from farm.scheduling.job_state import JobKind, JobRequest
from farm.scheduling.rules import parse_rules
from farm.scheduling.scheduler import Scheduler
from farm.services.access import AccessDesk
from farm.services.audit import AuditDesk
from farm.services.batches import BatchDesk
from farm.services.fleet import FleetDesk, LocalFleet, WorkerFleet
from farm.services.jobs import JobDesk
from farm.services.library import build_library
from farm.services.library_media import Media
from farm.services.renders import StudioDesk, note_ends
from farm.services.storage import StorageDesk
from farm.settings import Settings
from farm.telemetry.measures import Measures, Meter, NoMeter
from farm.worker.analysis_job import analyser_kinds

FEED_S: Final = 0.5
FEED_JOBS: Final = 200
FOLLOW_S: Final = 1.0
MEASURE_S: Final = 5.0
STAND_S: Final = 1.0
AUDIT_S: Final = 1.0
LIVE_S: Final = 10.0
MAINTAIN_S: Final = 600.0
FIRST_S: Final = 2.0
"""Delay of the catalog's maintenance after startup, which has priority."""
"""Interval for recording that the farm is up: a killed farm counts as down from its last such record or change."""
PRUNE_S: Final = 600.0
PRUNE_JOBS: Final = 1_000


class FarmController:
    """Everything of a farm except its workers and API. ``run`` is for one thread; the desks are thread-safe."""

    def __init__(
        self,
        settings: Settings,
        executor: Executor,
        *,
        fleet: WorkerFleet | None = None,
        meter: Meter | None = None,
    ) -> None:
        self.settings = settings
        self.journal = Journal.open(
            settings.journal,
            max_unfinished=settings.max_unfinished,
            tenant_unfinished=settings.unfinished_each,
        )
        # From here on, an earlier controller that is still alive can no longer write.
        epoch = self.journal.database.take_epoch()
        self.journal.halts.come_up(time.time())
        self.handing_over = threading.Lock()
        """Held while a job is passed from the journal to the scheduler, so that no cancellation overtakes it."""
        self.measures = Measures(meter or NoMeter())
        self._journal_writer = JournalWriter(
            self.journal, self.measures, lambda job_id: self.conductor.job(job_id)
        )
        # Fences increase across restarts too: an event of an earlier controller's lease is never taken for ours.
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
        self.webhook_dispatcher = WebhookDispatcher(self.journal, settings)
        self.since_s = time.time()
        self.trouble = ""
        """Why the loop stopped; empty while it runs."""
        self.audit = AuditDesk(self.journal)
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
        self.jobs = JobDesk(self)
        self._registry = cache(load_registry)
        self._analysis_scheduler = AnalysisScheduler(
            self.catalog_handle, self.jobs.submit, fresh_id, lambda: analyser_kinds(self._registry())
        )
        media = Media(settings.open_library(), settings.open_store())
        library = build_library(
            self.catalog_handle.catalog, media, self._registry, self._analysis_scheduler.arrived
        )
        self.assets, self.scripts, self.templates = library.assets, library.scripts, library.templates
        self.works, self.productions = library.works, library.productions
        self.learned, self.catalog = library.learned, library.catalog
        self.studio = StudioDesk(library, self.jobs.submit, fresh_id)
        files = settings.open_productions()
        self.catalog_ingester = CatalogIngester(
            settings,
            self.journal.jobs,
            self.catalog_handle,
            lambda runs: note_ends(library, self.journal.jobs, files, runs),
            busy=lambda: self.conductor.unfinished > 0,
        )
        # A backup of a large catalog takes minutes, in which runs are still recorded.
        self._maintenance = Recurring(
            "catalog maintenance",
            library.catalog.tend,
            "the catalog is not maintained",
            every_s=MAINTAIN_S,
            first_s=FIRST_S,
            logged=True,
        )
        self.batches = BatchDesk(self)
        self.access = AccessDesk(self)
        self.keeping = StorageThread(self)
        self.storage = StorageDesk(self)
        self.fleet = FleetDesk(self, fleet or LocalFleet(settings.logs))
        self.fleet.take_up_orders()
        for entry in self.journal.jobs.unfinished():
            self.take_up(entry)

    def start(self) -> None:
        """Start the background threads."""
        self.catalog_ingester.start()
        self._maintenance.start()
        self._analysis_scheduler.start()
        self.webhook_dispatcher.start()
        self.keeping.start()

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
        self.keeping.stop()
        self._analysis_scheduler.stop()
        self._maintenance.stop()
        self.catalog_ingester.stop()
        self.catalog_handle.close()
        self.webhook_dispatcher.stop()
        with suppress(FarmError):
            self.audit.flush()
        self.journal.close()

    def take_up(self, job: Entry | NewJob, accepted_s: float | None = None) -> None:
        """Pass a job in the journal to the scheduler, and cancel it there if it was withdrawn."""
        at_s = job.accepted_s if isinstance(job, Entry) else accepted_s or time.time()
        request = JobRequest(
            job_id=job.job_id,
            document=job.document,
            source=job.source,
            folder=None,
            production_folder="",
            priority=job.priority,
            use_cache=bool(job.options.get("use_cache", True)),
            tenant=job.tenant,
            tags=job.tags,
            accepted_s=at_s,
            kind=JobKind(job.options.get("kind", JobKind.VIDEO)),
        )
        self.conductor.submit(request, accepted_s=at_s)
        if isinstance(job, Entry) and job.withdrawn:
            self.conductor.cancel(job.job_id)

    def health(self) -> Mapping[str, Any]:
        """Return whether jobs are accepted and processed."""
        workers = len(self.conductor.workers)
        trouble = [
            one
            for one in (
                self.trouble,
                self.fleet.trouble,
                self.catalog_ingester.trouble,
                self._maintenance.trouble,
                self.webhook_dispatcher.trouble,
                self._analysis_scheduler.trouble,
                self.keeping.trouble,
            )
            if one
        ]
        if workers == 0 and (self.fleet.wanted > 0 or self.conductor.unfinished):
            trouble.append("no worker is ready; jobs are accepted and wait")
        mixed = mixture(mark for worker in self.conductor.workers for mark in worker.plugins)
        if mixed:
            trouble.append(f"{mixed}; `farm down` and `farm up` have all load what is installed now")
        return {
            "ok": not self.trouble,
            # A farm scaled down to no workers is ready for more.
            "ready": not self.trouble and (workers > 0 or self.fleet.wanted == 0),
            "workers": workers,
            "workers_wanted": self.fleet.wanted,
            "unfinished": self.conductor.unfinished,
            "since_s": self.since_s,
            "trouble": trouble,
            "pid": os.getpid(),
        }

    def stats(self, since_s: float) -> dict[str, Any]:
        """Return the catalog's statistics, and current counts of jobs, webhooks and workers."""
        counts = self.journal.jobs.counts()
        totals: dict[str, int] = {}
        for states in counts.values():
            for state, number in states.items():
                totals[state] = totals.get(state, 0) + number
        return {
            **self.catalog_ingester.stats(since_s),
            "jobs": totals,
            "tenants": counts,
            "webhooks": self.journal.outbox.counts(),
            "workers": len(self.conductor.workers),
        }

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
        """Create jobs from rows of batches as far as the queue has library."""
        now_s = time.time()
        with self.handing_over:
            made = self.journal.batches.feed(FEED_JOBS, now_s)
            for job in made:
                self.take_up(job, now_s)
        return 0.0 if len(made) == FEED_JOBS else FEED_S

    def _follow(self) -> float:
        self.fleet.follow_queue()
        self.fleet.follow_removals()
        return FOLLOW_S

    def _measure(self) -> float:
        self.measures.standing(self.fleet.figures())
        return MEASURE_S

    def _prune(self) -> float:
        """Prune old records from the journal; the catalog keeps what was learned from them."""
        days = self.journal.retention.rule(Kind.JOBS).days
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


def fresh_id() -> str:
    """Return a new unique id."""
    return uuid.uuid4().hex[:16]
