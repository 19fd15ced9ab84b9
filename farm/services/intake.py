"""The intake: passes jobs from the journal to the scheduler, and changes by their owners."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Sequence

from farm.journal.entry import JobEntry, NewJob
from farm.journal.journal import Journal
from farm.scheduling.conductor import Conductor
from farm.scheduling.job_state import JobKind, JobRequest


class JobIntake:
    """Accepts, cancels and reprioritises jobs; thread-safe."""

    def __init__(self, journal: Journal, conductor: Conductor) -> None:
        self._journal = journal
        self._conductor = conductor
        # Held while a job is passed from the journal to the scheduler, so that no cancellation overtakes it.
        self._handing_over = threading.Lock()

    def accept(self, job: NewJob) -> tuple[str, bool]:
        """Accept a job into the journal; return its id, and whether the idempotency key matched an earlier job.

        Raises:
            ConflictError: the idempotency key was used with another document.
            QueueFullError: there are too many unfinished jobs.
            MediaCondemnedError: the garbage collector is removing media that it names.
        """
        with self._handing_over:
            entry = self._journal.jobs.accept(job, time.time())
            if entry.job_id == job.job_id:
                self.take_up(entry)
        return entry.job_id, entry.job_id != job.job_id

    def feed_batches(self, most: int) -> int:
        """Create jobs from rows of batches as far as the queue has room, ``most`` at once; return how many."""
        now_s = time.time()
        with self._handing_over:
            made = self._journal.batches.feed(most, now_s)
            for job in made:
                self.take_up(job, now_s)
        return len(made)

    def cancel(self, job_id: str) -> None:
        """Cancel a job permanently, also across restarts."""
        with self._handing_over:
            self._journal.jobs.withdraw(job_id)
            self._conductor.cancel(job_id)

    def cancel_batch(self, batch_id: str) -> None:
        """Cancel all rows of a batch that have not ended."""
        with self._handing_over:
            for job_id in self._journal.batches.cancel(batch_id):
                self._conductor.cancel(job_id)

    def reprioritise(self, job_id: str, priority: int, cause: str) -> bool:
        """Change the priority of an unfinished job; returns False if it has ended."""
        with self._handing_over:
            changed = self._journal.jobs.reprioritise(job_id, priority, cause, time.time())
            if changed:
                self._conductor.reprioritise(job_id, priority)
        return changed

    def render_again(self, job_id: str) -> bool:
        """Re-run a finished job under its own name; returns False if it is not one."""
        with self._handing_over:
            cause = "its files are damaged and are rendered again"
            entry = self._journal.jobs.reopen(job_id, cause, time.time())
            if entry is not None:
                self.take_up(entry)
        return entry is not None

    def resume(self, jobs: Sequence[JobEntry]) -> None:
        """Pass the unfinished jobs of an earlier process to the scheduler."""
        for job in jobs:
            self.take_up(job)

    def take_up(self, job: JobEntry | NewJob, accepted_s: float | None = None) -> None:
        """Pass a job in the journal to the scheduler, and cancel it there if it was withdrawn."""
        at_s = job.accepted_s if isinstance(job, JobEntry) else accepted_s or time.time()
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
        self._conductor.submit(request, accepted_s=at_s)
        if isinstance(job, JobEntry) and job.withdrawn:
            self._conductor.cancel(job.job_id)


def fresh_id() -> str:
    """Return a new unique id."""
    return uuid.uuid4().hex[:16]
