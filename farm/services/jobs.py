"""The desk for jobs: submit, show, list, cancel, retry, why, events, files."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from farm.errors import ConflictError
from farm.journal.entry import Entry, NewJob
from farm.journal.events import JournalEvent
from farm.journal.job_filter import Filter
from farm.services.job_log import JobLog, for_tenant
from farm.services.job_status import iso, parts, status, status_of_entry, where_from

if TYPE_CHECKING:
    from farm.controller.controller import FarmController


_EVENT: Final = "event"
_JOB: Final = "job"
"""Kinds of sealed tokens."""


class JobDesk:
    """A ``tenant`` of None means all tenants; another tenant's job is treated as nonexistent."""

    def __init__(self, controller: FarmController) -> None:
        self._controller = controller
        self._jobs = controller.journal.jobs

    def submit(self, job: NewJob) -> tuple[str, bool]:
        """Accept a job into the journal; return its id, and whether the idempotency key matched an earlier job.

        Raises:
            ConflictError: the idempotency key was used with another document.
            QueueFullError: there are too many unfinished jobs.
        """
        with self._controller.handing_over:
            entry = self._jobs.accept(job, time.time())
            if entry.job_id == job.job_id:
                self._controller.take_up(entry)
        return entry.job_id, entry.job_id != job.job_id

    def cancel(self, tenant: str | None, job_id: str) -> bool:
        """Cancel a job permanently, also across restarts; returns False if there is no such job."""
        entry = self._get(tenant, job_id)
        if entry is not None and not entry.final:
            with self._controller.handing_over:
                self._jobs.withdraw(job_id)
                self._controller.conductor.cancel(job_id)
        return entry is not None

    def reprioritise(
        self, tenant: str | None, job_id: str, priority: int, cause: str
    ) -> dict[str, Any] | None:
        """Change the priority of an unfinished job and return its status; None if there is no such job.

        The change survives restarts. Running leases continue; waiting ones are reordered at once.

        Args:
            tenant: The tenant whose jobs are visible; None for all.
            job_id: Which job.
            priority: Its priority from now on; higher goes first among its tenant's jobs.
            cause: Recorded in the job's history.

        Raises:
            ConflictError: the job has ended.
        """
        entry = self._get(tenant, job_id)
        if entry is None:
            return None
        with self._controller.handing_over:
            changed = self._jobs.reprioritise(job_id, priority, cause, time.time())
            if changed:
                self._controller.conductor.reprioritise(job_id, priority)
        if not changed:
            ended = self._jobs.get(job_id) or entry
            raise ConflictError(
                f"job {job_id} is {ended.state}; only jobs that have not ended have a place to change"
            )
        return self.show(tenant, job_id)

    def retry(self, tenant: str | None, job_id: str, fresh_id: str) -> str | None:
        """Retry an ended job as a new job, and return its id; None if there is no such job.

        Retrying a job twice creates one new job.

        Raises:
            ConflictError: the job has not ended, or is done, or its row of a batch has another job by now.
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
            # No header can contain a newline, so this never collides with a client's key.
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
        """Return a job's status, with its segments while it is unfinished; None if there is no such job."""
        entry = self._get(tenant, job_id)
        if entry is None:
            return None
        view = None if entry.final else self._controller.conductor.job(job_id)
        return {**self._status(entry), "parts": [] if view is None else parts(view, measured=tenant is None)}

    def page(self, only: Filter, limit: int, cursor: str = "") -> tuple[list[dict[str, Any]], str | None]:
        """Return the status of the newest jobs, and the cursor of the next page; None if this is the last.

        Raises:
            DocumentError: this farm did not issue the cursor.
        """
        if cursor:
            before = self._controller.journal.seal.serial(cursor, _JOB, field="cursor")
            only = replace(only, before=before)
        found = self._jobs.newest(limit + 1, only)
        more = (
            self._controller.journal.seal.token(found[limit - 1].serial, _JOB) if len(found) > limit else None
        )
        return [self._status(entry) for entry in found[:limit]], more

    def why(self, tenant: str | None, job_id: str) -> str | None:
        """Explain in a sentence what a job waits for or why it ended; None if there is no such job."""
        entry = self._get(tenant, job_id)
        if entry is None:
            return None
        if entry.final:
            return f"{entry.state}: {entry.message or entry.cause}"
        if self._controller.conductor.job(job_id) is None:
            return f"{entry.state}: it ends at this moment"
        return self._controller.conductor.explain(job_id)

    def story(self, tenant: str | None, job_id: str) -> list[dict[str, Any]] | None:
        """Return a job's events in order; None if there is no such job."""
        if self._get(tenant, job_id) is None:
            return None
        return [self._event(one) for one in self._controller.journal.events.of(job_id)]

    def logs(self, tenant: str | None, job_id: str, limit: int) -> JobLog | None:
        """Return the log lines of all machines about a job; None if there is no such job.

        Machines, workers, folders and farm's code are hidden from callers who cannot see all tenants' jobs.

        Args:
            tenant: The tenant whose jobs are visible; None for all.
            job_id: Which job.
            limit: Maximum number of lines; the newest are returned.
        """
        if self._get(tenant, job_id) is None:
            return None
        found = self._controller.fleet.job_log(job_id, limit)
        if tenant is None:
            return found
        hidden = tuple("" for _ in found.silent)
        return JobLog(tuple(map(for_tenant, found.lines)), found.nodes, hidden)

    def events(
        self, tenant: str | None, after: str | None, limit: int, job_id: str | None = None
    ) -> tuple[list[dict[str, Any]], str]:
        """Return the events after a given one (None: after the newest), and the token from which to continue.

        A tenant's token refers to the last of its own events: any other would reveal when others' jobs progress.

        Raises:
            DocumentError: this farm did not issue the token.
        """
        events, seal = self._controller.journal.events, self._controller.journal.seal
        # Queried first: events committed in between are found below or the next time.
        newest = events.last(tenant)
        if after is None:
            return [], seal.token(newest, _EVENT)
        first = seal.serial(after, _EVENT, field="after")
        found = events.after(first, limit, tenant=tenant, job_id=job_id)
        last = max(first, newest if len(found) < limit else 0, found[-1].serial if found else 0)
        return [self._event(one) for one in found], seal.token(last, _EVENT)

    def file(self, tenant: str | None, job_id: str, kind: str) -> str | None:
        """Return the path of a job's video, cover or report on the machine that wrote it.

        Empty until published; None if there is no such job.
        """
        entry = self._get(tenant, job_id)
        if entry is None:
            return None
        return {"video": entry.video, "cover": entry.cover, "report": entry.report}[kind]

    def hidden(self, job_id: str) -> tuple[int, ...] | None:
        """Return the indexes of a job's segments whose reuse is hidden from its tenant; None for all."""
        return self._jobs.hidden(job_id)

    def had(self, tenant: str, keys: list[str]) -> list[str]:
        """Return which of these segments a tenant has had in a job of its own."""
        return sorted(self._controller.journal.rendered.known(tenant, keys))

    def webhooks(self, tenant: str | None, job_id: str) -> list[dict[str, Any]] | None:
        """Return the delivery status of a job's webhook messages; None if there is no such job."""
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
            for one in self._controller.journal.outbox.of(job_id)
        ]

    def _event(self, event: JournalEvent) -> dict[str, Any]:
        return {
            "id": self._controller.journal.seal.token(event.serial, _EVENT),
            "kind": event.kind,
            "job": event.job_id,
            "tenant": event.tenant,
            "node": event.node,
            "state": event.state,
            "cause": event.cause,
            "at": iso(event.at_s),
        }

    def _get(self, tenant: str | None, job_id: str) -> Entry | None:
        entry = self._jobs.get(job_id)
        return entry if entry is not None and tenant in (None, entry.tenant) else None

    def _status(self, entry: Entry) -> dict[str, Any]:
        view = None if entry.final else self._controller.conductor.job(entry.job_id)
        if view is None and not entry.final:
            # It ended between the two queries.
            entry = self._jobs.get(entry.job_id) or entry
        halts = self._controller.journal.halts
        told = status_of_entry(entry, halts) if view is None else status(view, time.time(), halts)
        if view is not None and view.state.final:
            # The end is not on disk yet: it is not reported until it is durable.
            told |= {
                "state": entry.state,
                "cause": entry.cause,
                "finished_at": None,
                "message": "",
                "problems": [],
                "production": None,
            }
        return told | where_from(entry)
