"""The controller: the one process that accepts jobs and hands out work. Plain here, an actor from outside."""

from __future__ import annotations

import os
import threading
import time
import traceback
import uuid
from dataclasses import asdict
from typing import Any, Final

from farm.cluster.bookkeeper import Bookkeeper
from farm.cluster.clerk import Clerk
from farm.cluster.job_status import status, status_of_entry
from farm.cluster.ray_executor import RayExecutor
from farm.cluster.worker_actor import MakeWorker
from farm.store.journal import Journal, JournalEntry
from farm.work.conductor import Conductor
from farm.work.job_state import JobRequest
from farm.work.settings import Settings

LAST_WORDS_S: Final = 2.0


class Controller:
    """Rebuilds itself from the journal, so that it may be killed and started at any time."""

    def __init__(self, settings: Settings, workers: int, make: MakeWorker) -> None:
        self._settings = settings
        self._workers_wanted = workers
        self._journal = Journal(settings.journal)
        self._bookkeeper = Bookkeeper(
            self._journal, settings.spool, lambda job_id: self._conductor.job(job_id)
        )
        executor = RayExecutor(settings, workers=workers, detached=True, make=make)
        self._conductor = Conductor(executor, observer=self._bookkeeper)
        self._clerk = Clerk(settings)
        self._trouble = ""
        self._since_s = time.time()
        for entry in self._journal.unfinished():
            self._take_up(entry)
        self._clerk.start()
        threading.Thread(target=self._conduct, name="conductor", daemon=True).start()

    def submit(
        self,
        document: str,
        source: str,
        idempotency_key: str | None,
        priority: int,
        options: dict[str, Any],
    ) -> tuple[str, bool]:
        """Accept a job and return its id, and whether the key gave an earlier one; it is in the journal then.

        Raises:
            DocumentError: the idempotency key was used with another document.
        """
        job_id = uuid.uuid4().hex[:16]
        entry = self._journal.accept(
            job_id,
            document=document,
            source=source,
            at_s=time.time(),
            idempotency_key=idempotency_key,
            priority=priority,
            options=options,
        )
        if entry.job_id == job_id:
            self._take_up(entry)
        return entry.job_id, entry.job_id != job_id

    def cancel(self, job_id: str) -> bool:
        """Withdraw a job; returns False where there is no such job."""
        known = self._journal.get(job_id) is not None
        if known:
            self._conductor.cancel(job_id)
        return known

    def job(self, job_id: str) -> dict[str, Any] | None:
        """Say where a job stands, or None where there is no such job."""
        entry = self._journal.get(job_id)
        return None if entry is None else self._status(entry)

    def files(self, job_id: str) -> dict[str, str] | None:
        """Return the paths of a job's files, empty until published; None where there is no such job."""
        entry = self._journal.get(job_id)
        if entry is None:
            return None
        return {"video": entry.video, "cover": entry.cover, "report": entry.report}

    def jobs(self, limit: int, state: str | None) -> list[dict[str, Any]]:
        """Say where the newest jobs stand."""
        return [self._status(entry) for entry in self._journal.newest(limit, state)]

    def stats(self, since_s: float) -> dict[str, Any]:
        """Return the catalog's sums, and what is in the house now."""
        return {
            **self._clerk.stats(since_s),
            "jobs": self._journal.counts(),
            "workers": [asdict(worker) for worker in self._conductor.workers],
        }

    def health(self) -> dict[str, Any]:
        """Say whether jobs are accepted and worked on."""
        workers = len(self._conductor.workers)
        trouble = [one for one in (self._trouble, self._clerk.trouble) if one]
        if workers == 0:
            trouble.append("no worker is ready; jobs are accepted and wait")
        return {
            "ok": not self._trouble,
            "workers": workers,
            "workers_wanted": self._workers_wanted,
            "unfinished": self._conductor.unfinished,
            "since_s": self._since_s,
            "pid": os.getpid(),
            "trouble": trouble,
        }

    def _status(self, entry: JournalEntry) -> dict[str, Any]:
        view = None if entry.final else self._conductor.job(entry.job_id)
        return status_of_entry(entry) if view is None else status(view, time.time())

    def _take_up(self, entry: JournalEntry) -> None:
        request = JobRequest(
            job_id=entry.job_id,
            document=entry.document,
            source=entry.source,
            folder=None,
            production_folder=str(self._settings.productions),
            priority=entry.priority,
            use_cache=bool(entry.options.get("use_cache", True)),
        )
        self._conductor.submit(request, accepted_s=entry.accepted_s)

    def _conduct(self) -> None:
        try:
            while True:
                self._conductor.step()
                while self._bookkeeper.ended:
                    self._conductor.forget(self._bookkeeper.ended.popleft())
        except BaseException as error:
            # What is in memory cannot be trusted now. The journal can: Ray starts this actor anew from it.
            self._trouble = f"the conductor stopped: {error}"
            traceback.print_exc()
            time.sleep(LAST_WORDS_S)
            os._exit(1)
