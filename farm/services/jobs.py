"""Jobs, on the journal and the scheduler."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from farm.contract.jobs import (
    Accepted,
    Cancelled,
    EventItem,
    EventPage,
    FileKind,
    Job,
    JobChange,
    JobFile,
    JobLogs,
    JobPage,
    JobService,
    JobSubmission,
    LogItem,
    WebhookItem,
    Why,
    job_links,
)
from farm.contract.scope import Scope
from farm.errors import AccessError, ConflictError, DocumentError, MissingError, Problem, did_you_mean
from farm.journal.entry import JobEntry, NewJob
from farm.journal.events import JournalEvent
from farm.journal.job_filter import Filter
from farm.journal.journal import Journal
from farm.scheduling.conductor import Conductor
from farm.scheduling.job_state import JobState
from farm.services.intake import JobIntake, fresh_id
from farm.services.job_log import JobLog, for_tenant
from farm.services.job_status import iso, job_of, job_of_entry, parts
from farm.services.media_access import MediaAccess
from farm.store.productions import path_of
from farm.worker.analysis_job import ANALYSIS_TENANT

STATES: Final = (*JobState, "unfinished")
_EVENT: Final = "event"
_JOB: Final = "job"
"""Kinds of sealed tokens."""


class JournalJobs(JobService):
    """Jobs as recorded in the journal, with the conductor's view of those that are unfinished."""

    def __init__(
        self,
        journal: Journal,
        conductor: Conductor,
        intake: JobIntake,
        media: MediaAccess,
        job_log: Callable[[str, int], JobLog],
    ) -> None:
        self._journal = journal
        self._conductor = conductor
        self._intake = intake
        self._media = media
        self._job_log = job_log

    def submit(self, scope: Scope, *, job: JobSubmission) -> Accepted:
        """See the contract."""
        self._media.check(scope, job.media, source=job.source)
        job_id, repeated = self._intake.accept(
            NewJob(
                fresh_id(),
                job.document,
                job.source,
                tenant=scope.tenant,
                idempotency_key=job.idempotency_key,
                priority=job.priority,
                tags=job.tags,
                options={"use_cache": job.use_cache},
                webhook=job.webhook,
                media=tuple(dict.fromkeys(sha256 for _, sha256 in job.media)),
            )
        )
        return Accepted(id=job_id, repeated=repeated, links=job_links(job_id))

    def page(
        self,
        scope: Scope,
        *,
        limit: int = 100,
        cursor: str = "",
        state: str = "",
        tenant: str = "",
        batch: str | None = None,
        source: str | None = None,
        since_s: float | None = None,
    ) -> JobPage:
        """See the contract.

        Raises:
            DocumentError: there is no such state, or this farm did not issue the cursor.
            AccessError: another tenant's jobs were asked for.
        """
        if state and state not in STATES:
            message = f"`{state}` is not a state{did_you_mean(state, STATES)}"
            raise DocumentError([Problem("state", message)], source="query")
        if scope.tenant_seen is not None and tenant not in ("", scope.tenant_seen):
            raise AccessError(
                f"the key only gives access to jobs of tenant {scope.tenant_seen}; leave `tenant` out",
                known=True,
            )
        # Analyses are the farm's own jobs: they are listed only if their tenant is asked for.
        hidden = ANALYSIS_TENANT if scope.operates and not tenant else None
        only = Filter(scope.tenant_seen or tenant or None, state or None, batch, source, since_s, hidden)
        if cursor:
            only = replace(only, before=self._journal.seal.serial(cursor, _JOB, field="cursor"))
        found = self._journal.jobs.newest(limit + 1, only)
        more = self._journal.seal.token(found[limit - 1].serial, _JOB) if len(found) > limit else None
        return JobPage(jobs=[self._status(entry) for entry in found[:limit]], next=more)

    def show(self, scope: Scope, *, job_id: str) -> Job:
        """See the contract."""
        entry = self._get(scope, job_id)
        view = None if entry.final else self._conductor.job(job_id)
        job = self._status(entry)
        if view is None:
            return job
        return job.model_copy(update={"parts": parts(view, measured=scope.operates)})

    def change(self, scope: Scope, *, job_id: str, change: JobChange) -> Job:
        """See the contract. Running leases continue; waiting ones are reordered at once.

        Raises:
            ConflictError: the job has ended.
        """
        entry = self._get(scope, job_id)
        cause = f"changed by a key of the role {scope.role.word}"
        if not self._intake.reprioritise(job_id, change.priority, cause):
            ended = self._journal.jobs.get(job_id) or entry
            raise ConflictError(
                f"job {job_id} is {ended.state}; the priority of a job that has ended cannot be changed"
            )
        return self.show(scope, job_id=job_id)

    def cancel(self, scope: Scope, *, job_id: str) -> Cancelled:
        """See the contract."""
        if not self._get(scope, job_id).final:
            self._intake.cancel(job_id)
        return Cancelled(id=job_id, links=job_links(job_id))

    def retry(self, scope: Scope, *, job_id: str) -> Accepted:
        """See the contract.

        Raises:
            ConflictError: the job has not ended, or is done, or its row of a batch has another job by now.
            QueueFullError: there are too many unfinished jobs.
        """
        entry = self._get(scope, job_id)
        if entry.state not in ("failed", "cancelled"):
            raise ConflictError(
                f"job {job_id} is {entry.state}; only failed and cancelled jobs can be retried"
            )
        made, repeated = self._intake.accept(
            NewJob(
                fresh_id(),
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
                media=self._journal.jobs.media_of(job_id),
            )
        )
        return Accepted(id=made, repeated=repeated, links=job_links(made))

    def why(self, scope: Scope, *, job_id: str) -> Why:
        """See the contract."""
        entry = self._get(scope, job_id)
        if entry.final:
            return Why(id=job_id, why=f"{entry.state}: {entry.message or entry.cause}")
        if self._conductor.job(job_id) is None:
            return Why(id=job_id, why=f"{entry.state}: it is just ending")
        return Why(id=job_id, why=self._conductor.explain(job_id))

    def history(self, scope: Scope, *, job_id: str) -> list[EventItem]:
        """See the contract."""
        self._get(scope, job_id)
        return [self._event(one) for one in self._journal.events.of(job_id)]

    def logs(self, scope: Scope, *, job_id: str, limit: int = 200) -> JobLogs:
        """See the contract. Machines, workers, folders and farm's code are hidden from tenants."""
        self._get(scope, job_id)
        found = self._job_log(job_id, limit)
        lines = found.lines if scope.operates else tuple(map(for_tenant, found.lines))
        return JobLogs(
            lines=[LogItem(**asdict(line)) for line in lines],
            nodes=found.nodes,
            silent=len(found.silent),
            silent_nodes=list(found.silent) if scope.operates else [],
        )

    def webhooks(self, scope: Scope, *, job_id: str) -> list[WebhookItem]:
        """See the contract."""
        self._get(scope, job_id)
        return [
            WebhookItem.model_validate(
                {
                    "id": one.event_id,
                    "url": one.url,
                    "state": one.state,
                    "tries": one.tries,
                    "said": one.response,
                    "next_try_at": iso(one.due_s) if one.state == "waiting" else None,
                }
            )
            for one in self._journal.outbox.of(job_id)
        ]

    def events(
        self, scope: Scope, *, after: str = "0", job: str | None = None, limit: int = 100
    ) -> EventPage:
        """See the contract.

        Raises:
            DocumentError: this farm did not issue the token.
        """
        events, seal = self._journal.events, self._journal.seal
        # Queried first: events committed in between are found below or the next time.
        newest = events.last(scope.tenant_seen)
        first = seal.serial(after, _EVENT, field="after")
        found = events.after(first, limit, tenant=scope.tenant_seen, job_id=job)
        last = max(first, newest if len(found) < limit else 0, found[-1].serial if found else 0)
        return EventPage(events=[self._event(one) for one in found], next=seal.token(last, _EVENT))

    def newest_event(self, scope: Scope) -> str:
        """See the contract."""
        return self._journal.seal.token(self._journal.events.last(scope.tenant_seen), _EVENT)

    def file(self, scope: Scope, *, job_id: str, kind: FileKind) -> JobFile:
        """See the contract."""
        entry = self._get(scope, job_id)
        paths = {"video": entry.video, "cover": entry.cover, "report": entry.report}
        hidden = self._journal.jobs.hidden(job_id) if kind == "report" and not scope.operates else ()
        main = next(iter(_files(entry)), None) if kind == "video" else None
        if main is None:
            return JobFile(paths[kind], hidden)
        return JobFile(paths[kind], hidden, main["name"], main["media_type"])

    def made(self, scope: Scope, *, job_id: str, name: str) -> JobFile:
        """See the contract."""
        entry = self._get(scope, job_id)
        files = _files(entry)
        found = next((one for one in files if one["name"] == name), None)
        if found is None:
            raise MissingError("file", f"{job_id}/{name}")
        path = path_of(Path(entry.video).parent, job_id, name, main=found is files[0])
        return JobFile(str(path), (), name, found["media_type"])

    def rendered_before(self, scope: Scope, *, keys: Sequence[str]) -> list[str]:
        """See the contract."""
        return sorted(self._journal.rendered.known(scope.tenant, list(keys)))

    def _event(self, event: JournalEvent) -> EventItem:
        return EventItem.model_validate(
            {
                "id": self._journal.seal.token(event.serial, _EVENT),
                "kind": event.kind,
                "job": event.job_id,
                "tenant": event.tenant,
                "node": event.node,
                "state": event.state,
                "cause": event.cause,
                "at": iso(event.at_s),
            }
        )

    def _get(self, scope: Scope, job_id: str) -> JobEntry:
        entry = self._journal.jobs.get(job_id)
        if entry is None or scope.tenant_seen not in (None, entry.tenant):
            raise MissingError("job", job_id)
        return entry

    def _status(self, entry: JobEntry) -> Job:
        view = None if entry.final else self._conductor.job(entry.job_id)
        if view is None and not entry.final:
            # It ended between the two queries.
            entry = self._journal.jobs.get(entry.job_id) or entry
        halts = self._journal.halts
        if view is None:
            return job_of_entry(entry, halts)
        job = job_of(view, entry, time.time(), halts)
        if not view.state.final:
            return job
        # The end is not on disk yet: it is not reported until it is durable.
        undone: dict[str, object] = {"finished_at": None, "message": "", "problems": [], "production": None}
        links = job_links(entry.job_id, entry.state)
        known = {"state": entry.state, "cause": entry.cause, "links": links}
        return job.model_copy(update=undone | known)


def _files(entry: JobEntry) -> list[dict[str, Any]]:
    """Return the files of a finished job, as its summary lists them."""
    found: list[dict[str, Any]] = ((entry.summary or {}).get("production") or {}).get("files", [])
    return found
