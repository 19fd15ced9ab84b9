"""The journal writer: writes changes of jobs and nodes to the journal, many per commit."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable

from farm.journal.ending import JobEnding
from farm.journal.events import Incident
from farm.journal.halts import Halts
from farm.journal.jobs import Step
from farm.journal.journal import Journal
from farm.journal.rendered import Had
from farm.scheduling.instruction import (
    Instruction,
    JobStateChanged,
    Kill,
    Lease,
    NodeChanged,
    NodeCondition,
    Planned,
    Rendered,
    Retry,
    Revoke,
)
from farm.scheduling.job_state import JobState
from farm.scheduling.job_view import JobView
from farm.scheduling.run_record import record_text
from farm.services.job_status import summary_of
from farm.telemetry.log import ids, lease_ids, log
from farm.telemetry.measures import Measures


class JournalWriter:
    """An observer of the conductor, from which ``view_of`` gets the view of a job.

    Observed changes are on disk after :meth:`flush`, which must be called in the same thread.
    """

    def __init__(
        self, journal: Journal, measures: Measures, view_of: Callable[[str], JobView | None]
    ) -> None:
        self._journal = journal
        self._measures = measures
        self._view_of = view_of
        self._changes: list[Step | JobEnding | Incident | Had] = []
        self.ended: deque[str] = deque()
        """Jobs whose end is in the journal, so that the conductor may forget them."""

    def on_event(self, instruction: Instruction) -> None:
        """Buffer the change for the journal, log it, and count it."""
        match instruction:
            case JobStateChanged(job_id, before, state, cause, at_s):
                view = self._view_of(job_id) if state.final else None
                if view is not None:
                    self._changes.append(_ending(instruction, view, self._journal.halts))
                elif before is not None:
                    self._changes.append(Step(job_id, state.value, cause, at_s))
            case Retry(job_id, what, cause, tries, at_s):
                view = self._view_of(job_id)
                tenant = view.request.tenant if view is not None else ""
                self._changes.append(Incident("retry", what, cause, at_s, job_id=job_id, tenant=tenant))
                self._measures.retried(instruction.blame)
                log.warning(
                    "retry: %s: %s",
                    what,
                    cause,
                    extra=ids(
                        job=job_id,
                        tenant=tenant,
                        node=instruction.node,
                        worker=instruction.worker_id,
                        fence=instruction.fence,
                        blame=instruction.blame.value,
                        tries=tries,
                    ),
                )
            case NodeChanged(node, condition, cause, at_s):
                self._changes.append(Incident("node", condition.value, cause, at_s, node=node))
                level = logging.INFO if condition is NodeCondition.READY else logging.WARNING
                log.log(level, "node is %s: %s", condition.value, cause, extra=ids(node=node))
            case Kill(worker_id, cause):
                log.warning("worker written off: %s", cause, extra=ids(worker=worker_id))
            case Revoke(fence, worker_id, cause):
                log.info("lease revoked: %s", cause, extra=ids(worker=worker_id, fence=fence))
            case Lease():
                log.info("lease given", extra=lease_ids(instruction))
            case Planned(job_id, plan):
                view = self._view_of(job_id)
                if view is not None and self._journal.access.has_keys():
                    keys = [segment.key for segment in plan.segments]
                    view.known = self._journal.rendered.known(view.request.tenant, keys)
            case Rendered(job_id, result):
                view = self._view_of(job_id)
                if view is not None:
                    self._measures.rendered(view, result)
                    if not result.reused:
                        # Immediately: if a new controller resumes the job, the tenant's own segments are known.
                        self._changes.append(Had(view.request.tenant, result.key, time.time()))
            case _:
                pass

    def flush(self) -> None:
        """Write buffered changes to disk; the end of a job is not reported before this."""
        if not self._changes:
            return
        self._journal.jobs.record(self._changes)
        for change in self._changes:
            if isinstance(change, JobEnding):
                view = self._view_of(change.job_id)
                if view is not None:
                    self._measures.ended(view)
                    _log_end(view)
                self.ended.append(change.job_id)
        self._changes.clear()


def _log_end(view: JobView) -> None:
    accepted_s, ended_s = view.entered_s.get(JobState.ACCEPTED), view.entered_s.get(view.state)
    failed = view.state is JobState.FAILED
    log.log(
        logging.WARNING if failed else logging.INFO,
        "job %s: %s",
        view.state.value,
        view.message or view.cause,
        extra=ids(
            job=view.request.job_id,
            tenant=view.request.tenant,
            state=view.state.value,
            blame=view.blame.value if failed and view.blame is not None else None,
            took_s=round(ended_s - accepted_s, 3) if accepted_s is not None and ended_s is not None else None,
            segments=view.segments_total,
            reused=view.segments_reused,
            retries=len(view.retries),
        ),
    )


def _ending(note: JobStateChanged, view: JobView, halts: Halts) -> JobEnding:
    made = view.production if note.state is JobState.DONE else None
    return JobEnding(
        note.job_id,
        note.state.value,
        note.cause if made is not None else view.message or note.cause,
        note.at_s,
        summary=summary_of(view, time.time(), halts),
        record=record_text(view),
        message="" if made is not None else view.message or note.cause,
        problems=view.problems,
        video=made.video if made is not None else "",
        cover=made.cover if made is not None else "",
        report=made.report if made is not None else "",
        rendered=tuple(view.results),
        hidden=view.hidden,
    )
