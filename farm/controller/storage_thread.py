"""The storage thread: collects garbage daily and when a disk is running full, and verifies the stores on request."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Final, assert_never

from farm.errors import ConflictError, FarmError
from farm.journal.entry import NewJob
from farm.journal.journal import Journal
from farm.retention.collector import Collector
from farm.retention.marks import Running, running_of
from farm.retention.sweep import Graces
from farm.retention.verify import Verifier
from farm.scheduling.conductor import Conductor
from farm.scheduling.job_state import JobKind
from farm.scheduling.rules import Rules, parse_rules
from farm.services.intake import JobIntake
from farm.services.store_tasks import StorageTask, StorageWork
from farm.settings import Settings
from farm.store.blobs import GRACE_S, BlobStore
from farm.store.open import blob_store, production_store
from farm.store.temp import free_bytes
from farm.telemetry.log import log
from farm.telemetry.measures import Measures
from farm.worker.analysis_job import ANALYSIS_TENANT, analysis_document
from farm_catalog.catalog import Catalog

LOOK_S: Final = 30.0
"""Interval for checking the disks, and whether collection is due."""
FIRST_S: Final = 600.0
"""Delay after startup until the first collection of a farm that never collected: startup has priority."""
AGAIN_S: Final = 900.0
"""Minimum interval between collections because of a full disk."""
ALARM_AT: Final = 2.0
"""A disk with less free space than this multiple of the floor (below which its node gets no more leases) is reported,
and the farm's own is emptied."""
COLLECTED: Final = "collected"


class StorageThread:
    """Runs one task at a time."""

    def __init__(
        self,
        settings: Settings,
        journal: Journal,
        conductor: Conductor,
        catalog: Callable[[], Catalog],
        measures: Measures,
        intake: JobIntake,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._journal = journal
        self._conductor = conductor
        self._catalog = catalog
        self._measures = measures
        self._intake = intake
        self._clock = clock
        self.graces = Graces()
        """Grace periods, which hold however short the rules are."""
        self._rules: Rules = parse_rules(settings.rules)
        self._lock = threading.Lock()
        self._wanted: StorageTask | None = None
        self._task: StorageTask | None = None
        self._wake = threading.Event()
        self._over = False
        self._emptied_s = float("-inf")
        self._since_s = clock()
        self._thread = threading.Thread(target=self._run, name="storage", daemon=True)
        self._low: tuple[str, ...] = ()
        self._failed = ""

    @property
    def trouble(self) -> str:
        """Problems for the operator: disks that are running full, why a task failed; empty if there are none."""
        return "; ".join((*self._low, *([self._failed] if self._failed else [])))

    @property
    def collected_s(self) -> float | None:
        """When garbage was last collected, seconds since the epoch; None if it never was."""
        recorded = self._journal.orders.get(COLLECTED)
        return None if recorded is None else float(recorded)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread after its current task."""
        self._over = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def task(self) -> StorageTask | None:
        """Return the current or last task; None if there was none since the start."""
        with self._lock:
            return self._wanted or self._task

    def order(self, work: StorageWork) -> StorageTask:
        """Order an operation; return its task.

        Raises:
            ConflictError: another one is ordered or running.
        """
        with self._lock:
            if self._wanted is not None or (self._task is not None and self._task.running):
                busy = self._wanted or self._task
                assert busy is not None
                raise ConflictError(
                    f"`farm store {busy.work}` is running ({busy.cause}); try again when it has ended"
                )
            self._wanted = StorageTask(work, "by operator", self._clock(), True)
            self._wake.set()
            return self._wanted

    def step(self) -> None:
        """Run the task that is ordered or due, if any."""
        with self._lock:
            task, self._wanted = self._wanted, None
            if task is not None:
                self._task = task
        if task is not None:
            self._do(task)
            return
        lacks_bytes = self._check_disks()
        now_s = self._clock()
        if lacks_bytes and now_s - self._emptied_s >= AGAIN_S:
            self._emptied_s = now_s
            self._do(StorageTask(StorageWork.COLLECT, "a disk is running full", now_s, True), lacks_bytes)
        elif now_s >= self._due_s():
            self._do(StorageTask(StorageWork.COLLECT, "it is due", now_s, True))

    def _run(self) -> None:
        self._guarded(lambda: self._collector().finish())
        while not self._over:
            self._wake.clear()
            self._guarded(self.step)
            if not self._over:
                self._wake.wait(min(LOOK_S, self._settings.collect_every_s))

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:
            # The cause may be temporary. Carry on, so that health reports the error until it is resolved.
            self._failed = f"the stores are not maintained: {error}"
            log.warning(self._failed)

    def _due_s(self) -> float:
        last_s = self.collected_s
        return self._since_s + FIRST_S if last_s is None else last_s + self._settings.collect_every_s

    def _do(self, task: StorageTask, lacks_bytes: int = 0) -> None:
        with self._lock:
            self._task = task
        try:
            done = self._done(task, lacks_bytes)
            self._failed = ""
        except FarmError as error:
            done = replace(task, running=False, failed=str(error))
            self._failed = f"`farm store {task.work}` failed: {error}"
            log.warning(self._failed)
        except BaseException as error:
            with self._lock:
                self._task = replace(task, running=False, failed=f"{type(error).__name__}: {error}")
            raise
        with self._lock:
            self._task = done

    def _done(self, task: StorageTask, lacks_bytes: int) -> StorageTask:
        match task.work:
            case StorageWork.COLLECT | StorageWork.DRY_RUN:
                dry_run = task.work is StorageWork.DRY_RUN
                outcome = self._collector().collect(dry_run=dry_run, free_bytes=lacks_bytes)
                if not dry_run:
                    self._trim(lacks_bytes)
                    self._journal.orders.give(COLLECTED, self._clock())
                    self._measures.collected({one.kind: one.size_bytes for one in outcome.freed})
                    log.info(
                        "garbage collected: %d bytes in %.1f s (%s)",
                        outcome.freed_bytes,
                        outcome.took_s,
                        task.cause,
                    )
                return replace(task, running=False, outcome=outcome)
            case StorageWork.VERIFY | StorageWork.REPAIR:
                found = self._verifier().verify(repair=task.work is StorageWork.REPAIR)
                for one in found.damages:
                    log.error(
                        "damaged %s %s in %s: %s; %s", one.kind, one.name, one.place, one.what, one.mended
                    )
                lost = sum(one.lost for one in found.damages)
                self._measures.damaged(len(found.damages), lost)
                return replace(task, running=False, verification=found)
        assert_never(task.work)

    def _collector(self) -> Collector:
        return Collector(
            self._settings,
            self._journal,
            self._catalog,
            self._running,
            graces=self.graces,
            clock=self._clock,
        )

    def _verifier(self) -> Verifier:
        return Verifier(
            self._settings,
            self._journal,
            self._catalog,
            render_again=self._intake.render_again,
            analyse_again=self._analyse_again,
        )

    def _running(self) -> Running:
        conductor = self._conductor
        # Query in the stepping thread, which adds and drops jobs.
        views = conductor.ask(lambda _: conductor.jobs())
        return running_of([view.plan for view in views if view.plan is not None and not view.state.final])

    def _analyse_again(self, sha256: str) -> bool:
        job = NewJob(
            uuid.uuid4().hex[:16],
            analysis_document(sha256),
            f"asset {sha256[:12]}",
            tenant=ANALYSIS_TENANT,
            options={"kind": JobKind.ANALYSIS.value},
            media=(sha256,),
        )
        self._intake.accept(job)
        return True

    def _check_disks(self) -> int:
        """Record which disks run full; return how many bytes this machine's must free to be out of danger."""
        alarm_bytes = int(ALARM_AT * self._rules.disk_floor_bytes)
        here_bytes = free_bytes(self._settings.home)
        nodes = self._conductor.ask(lambda scheduler: scheduler.nodes())
        disks = {"the farm's own disk": here_bytes} | {
            f"node {one.name}": one.disk_free_bytes for one in nodes if one.disk_free_bytes is not None
        }
        floor = f"{self._rules.disk_floor_bytes / 2**30:.1f} GiB"
        self._low = tuple(
            f"{name} has {free / 2**30:.1f} GiB free; below {floor} it gets no more work: see "
            "`farm store usage`; `farm store keep` shortens how long files are kept"
            for name, free in disks.items()
            if free < alarm_bytes
        )
        return (
            max(0, int(alarm_bytes * self._rules.disk_relief) - here_bytes) if here_bytes < alarm_bytes else 0
        )

    def _trim(self, lacks_bytes: int) -> None:
        """Trim this machine's copies of files from a shared place."""
        settings = self._settings
        blob_store(settings).sweep()
        if settings.store_url:
            production_store(settings).trim()
        if settings.store_url and lacks_bytes:
            cache = BlobStore(settings.store, 0, media_grace_s=GRACE_S)
            held = sum(path.stat().st_size for path in settings.store.glob("??/*"))
            replace(cache, limit_bytes=max(0, held - lacks_bytes)).trim()
