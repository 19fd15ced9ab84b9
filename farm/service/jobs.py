"""The desk for jobs: submit, show, list, cancel, retry, why, events, files."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from farm.errors import ConflictError
from farm.journal.entry import Entry, NewJob
from farm.journal.events import JournalEvent
from farm.journal.jobs import Filter
from farm.service.job_status import iso, parts, status, status_of_entry, where_from

if TYPE_CHECKING:
    from farm.service.office import Office


class JobDesk:
    """A ``tenant`` of None is everybody; another's job is one that does not exist."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._jobs = office.journal.jobs

    def submit(self, job: NewJob) -> tuple[str, bool]:
        """Accept a job and return its id, and whether the key gave an earlier one; it is in the journal then.

        Raises:
            ConflictError: the idempotency key was used with another document.
            QueueFullError: there are too many unfinished jobs.
        """
        with self._office.handing_over:
            entry = self._jobs.accept(job, time.time())
            if entry.job_id == job.job_id:
                self._office.take_up(entry)
        return entry.job_id, entry.job_id != job.job_id

    def cancel(self, tenant: str | None, job_id: str) -> bool:
        """Withdraw a job for good, over restarts too; returns False where there is no such job."""
        entry = self._get(tenant, job_id)
        if entry is not None and not entry.final:
            with self._office.handing_over:
                self._jobs.withdraw(job_id)
                self._office.conductor.cancel(job_id)
        return entry is not None

    def retry(self, tenant: str | None, job_id: str, fresh_id: str) -> str | None:
        """Try an ended job anew as another job, whose id is returned; None where there is no such job.

        A retry asked for twice is one job.

        Raises:
            ConflictError: the job has not ended, or is done, or another stands for its row of a batch.
            QueueFullError: there are too many unfinished jobs.
        """
        entry = self._get(tenant, job_id)
        if entry is None:
            return None
        if entry.state not in ("failed", "cancelled"):
            raise ConflictError(
                f"job {job_id} is {entry.state}; only failed and cancelled jobs are tried anew"
            )
        job = NewJob(
            fresh_id,
            entry.document,
            entry.source,
            tenant=entry.tenant,
            # No header can hold this, so that nobody's own key is in its way.
            idempotency_key=f"retry\n{job_id}",
            priority=entry.priority,
            tags=entry.tags,
            options=entry.options,
            webhook=entry.webhook,
            batch_id=entry.batch_id,
            batch_row=entry.batch_row,
            retry_of=job_id,
            media=self._jobs.media_of(job_id),
        )
        made, _ = self.submit(job)
        return made

    def show(self, tenant: str | None, job_id: str) -> dict[str, Any] | None:
        """Say where a job stands, segment by segment while it is made; None where there is no such job."""
        entry = self._get(tenant, job_id)
        if entry is None:
            return None
        view = None if entry.final else self._office.conductor.job(job_id)
        return {**self._status(entry), "parts": [] if view is None else parts(view)}

    def page(self, only: Filter, limit: int) -> tuple[list[dict[str, Any]], int | None]:
        """Say where the newest jobs stand, and where the next page begins; None where this is the last."""
        found = self._jobs.newest(limit + 1, only)
        more = found[limit - 1].serial if len(found) > limit else None
        return [self._status(entry) for entry in found[:limit]], more

    def why(self, tenant: str | None, job_id: str) -> str | None:
        """Say in a sentence what a job waits for or why it ended; None where there is no such job."""
        entry = self._get(tenant, job_id)
        if entry is None:
            return None
        if entry.final:
            return f"{entry.state}: {entry.message or entry.cause}"
        if self._office.conductor.job(job_id) is None:
            return f"{entry.state}: it ends at this moment"
        return self._office.conductor.explain(job_id)

    def story(self, tenant: str | None, job_id: str) -> list[dict[str, Any]] | None:
        """Tell all that happened to a job, in order; None where there is no such job."""
        if self._get(tenant, job_id) is None:
            return None
        return [_event(one) for one in self._office.journal.events.of(job_id)]

    def events(
        self, tenant: str | None, after: int | None, limit: int, job_id: str | None = None
    ) -> tuple[list[dict[str, Any]], int]:
        """Tell what happened after an event (None: after the newest), and after which event to go on."""
        events = self._office.journal.events
        # Asked for first: what is committed in between is found below or the next time.
        newest = events.last()
        if after is None:
            return [], newest
        found = events.after(after, limit, tenant=tenant, job_id=job_id)
        last = max(after, newest if len(found) < limit else 0, found[-1].serial if found else 0)
        return [_event(one) for one in found], last

    def file(self, tenant: str | None, job_id: str, kind: str) -> str | None:
        """Return where a job's video, cover or report was written, on whichever machine made it.

        Empty until published; None where there is no job.
        """
        entry = self._get(tenant, job_id)
        if entry is None:
            return None
        return {"video": entry.video, "cover": entry.cover, "report": entry.report}[kind]

    def webhooks(self, tenant: str | None, job_id: str) -> list[dict[str, Any]] | None:
        """Tell what became of a job's webhook messages; None where there is no such job."""
        if self._get(tenant, job_id) is None:
            return None
        return [
            {
                "id": one.event_id,
                "url": one.url,
                "state": one.state,
                "tries": one.tries,
                "said": one.said,
                "next_try_at": iso(one.due_s) if one.state == "waiting" else None,
            }
            for one in self._office.journal.outbox.of(job_id)
        ]

    def _get(self, tenant: str | None, job_id: str) -> Entry | None:
        entry = self._jobs.get(job_id)
        return entry if entry is not None and tenant in (None, entry.tenant) else None

    def _status(self, entry: Entry) -> dict[str, Any]:
        view = None if entry.final else self._office.conductor.job(entry.job_id)
        if view is None and not entry.final:
            # It ended between the two looks.
            entry = self._jobs.get(entry.job_id) or entry
        told = status_of_entry(entry) if view is None else status(view, time.time())
        if view is not None and view.state.final:
            # The end is not on disk yet: nobody is told of it before it cannot be undone.
            told |= {
                "state": entry.state,
                "cause": entry.cause,
                "finished_at": None,
                "message": "",
                "problems": [],
                "production": None,
            }
        return told | where_from(entry)


def _event(event: JournalEvent) -> dict[str, Any]:
    return {
        "id": event.serial,
        "kind": event.kind,
        "job": event.job_id,
        "tenant": event.tenant,
        "node": event.node,
        "state": event.state,
        "cause": event.cause,
        "at": iso(event.at_s),
    }
