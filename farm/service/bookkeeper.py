"""The bookkeeper: writes into the journal what happens to jobs and nodes, many changes a commit."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from farm.journal.events import Incident
from farm.journal.jobs import Ending, Step
from farm.journal.journal import Journal
from farm.service.job_status import status
from farm.service.measures import Measures
from farm.work.instruction import Instruction, NodeChanged, Note, Rendered, Retry
from farm.work.job_state import JobState
from farm.work.job_view import JobView
from farm.work.record import record


class Bookkeeper:
    """An observer of the conductor, which ``view_of`` asks about a job.

    What it hears is on disk after :meth:`flush`, which belongs to the same thread.
    """

    def __init__(
        self, journal: Journal, measures: Measures, view_of: Callable[[str], JobView | None]
    ) -> None:
        self._journal = journal
        self._measures = measures
        self._view_of = view_of
        self._changes: list[Step | Ending | Incident] = []
        self.ended: deque[str] = deque()
        """Jobs whose end is in the journal: the conductor may forget them."""

    def on_event(self, instruction: Instruction) -> None:
        """Take down what happened."""
        match instruction:
            case Note(job_id, before, state, cause, at_s):
                view = self._view_of(job_id) if state.final else None
                if view is not None:
                    self._changes.append(_ending(instruction, view))
                elif before is not None:
                    self._changes.append(Step(job_id, state.value, cause, at_s))
            case Retry(job_id, what, cause, _, at_s):
                view = self._view_of(job_id)
                tenant = view.request.tenant if view is not None else ""
                self._changes.append(Incident("retry", what, cause, at_s, job_id=job_id, tenant=tenant))
                self._measures.retried()
            case NodeChanged(node, condition, cause, at_s):
                self._changes.append(Incident("node", condition.value, cause, at_s, node=node))
            case Rendered(job_id, result):
                view = self._view_of(job_id)
                if view is not None:
                    self._measures.rendered(view, result)
            case _:
                pass

    def flush(self) -> None:
        """Put on disk what was taken down; nobody is told of an end before this."""
        if not self._changes:
            return
        self._journal.jobs.record(self._changes)
        for change in self._changes:
            if isinstance(change, Ending):
                view = self._view_of(change.job_id)
                if view is not None:
                    self._measures.ended(view)
                self.ended.append(change.job_id)
        self._changes.clear()


def _ending(note: Note, view: JobView) -> Ending:
    made = view.production if note.state is JobState.DONE else None
    return Ending(
        note.job_id,
        note.state.value,
        note.cause if made is not None else view.message or note.cause,
        note.at_s,
        summary=status(view, time.time()),
        record=record(view).to_json(),
        message="" if made is not None else view.message or note.cause,
        problems=view.problems,
        video=made.video if made is not None else "",
        cover=made.cover if made is not None else "",
        report=made.report if made is not None else "",
    )
