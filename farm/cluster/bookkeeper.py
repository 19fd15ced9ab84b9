"""The bookkeeper: writes into the journal what happens to jobs, and leaves a record of each that ends."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from farm.cluster.job_status import status
from farm.store.journal import Journal
from farm.work.instruction import Instruction, Note
from farm.work.job_state import JobState
from farm.work.job_view import JobView
from farm.work.record import record
from farm_catalog.run_record import spool


class Bookkeeper:
    """An observer of the conductor, which ``view_of`` asks about a job."""

    def __init__(
        self, journal: Journal, spool_folder: Path, view_of: Callable[[str], JobView | None]
    ) -> None:
        self._journal = journal
        self._spool_folder = spool_folder
        self._view_of = view_of
        self.ended: deque[str] = deque()
        """Jobs whose end is in the journal: the conductor may forget them."""

    def on_event(self, instruction: Instruction) -> None:
        """Write down a change of state."""
        if not isinstance(instruction, Note):
            return
        view = self._view_of(instruction.job_id) if instruction.state.final else None
        if view is not None:
            self._end(instruction, view)
        elif instruction.before is not None:
            self._journal.record(
                instruction.job_id, instruction.state.value, instruction.cause, instruction.at_s
            )

    def _end(self, note: Note, view: JobView) -> None:
        summary = status(view, time.time())
        if note.state is JobState.DONE and view.production is not None:
            first = self._journal.publish(
                note.job_id,
                video=view.production.video,
                cover=view.production.cover,
                report=view.production.report,
                cause=note.cause,
                at_s=note.at_s,
                summary=summary,
            )
        else:
            first = self._journal.give_up(
                note.job_id,
                state=note.state.value,
                message=view.message or note.cause,
                problems=view.problems,
                at_s=note.at_s,
                summary=summary,
            )
        if first:
            spool(record(view), self._spool_folder)
        self.ended.append(note.job_id)
