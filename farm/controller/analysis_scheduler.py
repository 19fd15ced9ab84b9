"""The analysis scheduler: has every asset of the library analysed, and again by newer analysers."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from farm.controller.catalog_handle import CatalogHandle
from farm.errors import FarmError, MediaCondemnedError, QueueFullError
from farm.journal.entry import NewJob
from farm.scheduling.job_state import JobKind
from farm.worker.analysis_job import ANALYSIS_TENANT, analysis_document

AT_ONCE: Final = 500
PERIOD_S: Final = 0.5
OUTDATED_S: Final = 3600.0
"""Interval for finding assets with outdated analyses; new versions of analysers are loaded by a restart."""

MORE_S: Final = 60.0
"""Interval instead of :data:`OUTDATED_S` while there are more outdated analyses than can be submitted at once."""

Submit = Callable[[NewJob], object]
Analysers = Callable[[], Mapping[str, tuple[int, Sequence[str]]]]
"""Returns (version, kinds) of the analysers, by name."""


class AnalysisScheduler:
    """Submits a job for each pending asset, in a separate thread, since its catalog queries may be slow.

    Each version of the analysers analyses each asset once.
    """

    def __init__(
        self, catalog_handle: CatalogHandle, submit: Submit, fresh_id: Callable[[], str], analysers: Analysers
    ) -> None:
        self._catalog_handle = catalog_handle
        self._submit = submit
        self._fresh_id = fresh_id
        self._analysers = analysers
        self._wanted = threading.Event()
        self._wanted.set()
        self._asked: set[str] = set()
        self._outdated_due_s = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="analysis scheduler", daemon=True)
        self.trouble = ""
        """Why assets are not analysed; empty if all is well."""

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; pending assets stay in the catalog."""
        self._stop.set()
        self._wanted.set()
        if self._thread.is_alive():
            self._thread.join()

    def arrived(self) -> None:
        """Signal that assets have arrived."""
        self._wanted.set()

    def step(self, now_s: float) -> None:
        """Submit analyses of pending and outdated assets."""
        try:
            if now_s >= self._outdated_due_s:
                self._outdated_due_s = now_s + OUTDATED_S
                self._analyse_again()
            if self._wanted.is_set():
                self._wanted.clear()
                self._submit_arrived()
            self.trouble = ""
        except FarmError as error:
            # Another command may have the catalog open for a moment; pending assets stay there.
            self.trouble = f"assets are not analysed: {error}"
            self._wanted.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            self.step(time.monotonic())
            self._stop.wait(PERIOD_S)

    def _submit_arrived(self) -> None:
        waiting = self._catalog_handle.catalog().assets.arriving(AT_ONCE + len(self._asked))
        self._asked &= set(waiting)
        fresh = [sha256 for sha256 in waiting if sha256 not in self._asked]
        for sha256 in fresh[:AT_ONCE]:
            if not self._ask(sha256):
                return
            self._asked.add(sha256)
        if len(fresh) > AT_ONCE:
            self._wanted.set()

    def _analyse_again(self) -> None:
        old = self._catalog_handle.catalog().assets.outdated(self._analysers(), AT_ONCE)
        if len(old) == AT_ONCE:
            self._outdated_due_s = time.monotonic() + MORE_S
        for sha256, _ in old:
            if not self._ask(sha256):
                return

    def _ask(self, sha256: str) -> bool:
        """Submit an analysis; returns False if it must be retried: the queue is full, or the media are condemned."""
        versions = ",".join(f"{name}@{version}" for name, (version, _) in sorted(self._analysers().items()))
        known = hashlib.sha256(versions.encode()).hexdigest()[:16]
        job = NewJob(
            self._fresh_id(),
            analysis_document(sha256),
            f"asset {sha256[:12]}",
            tenant=ANALYSIS_TENANT,
            idempotency_key=f"look\n{sha256}\n{known}",
            options={"kind": JobKind.ANALYSIS.value},
            media=(sha256,),
        )
        try:
            self._submit(job)
        except (QueueFullError, MediaCondemnedError):
            self._wanted.set()
            return False
        return True
