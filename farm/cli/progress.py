"""Progress bars: one per job, fed by the conductor's instructions."""

from __future__ import annotations

import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from farm.scheduling.instruction import Instruction, JobStateChanged, Planned, Rendered
from farm.scheduling.job_state import JobRequest


def bars(*, quiet: bool) -> Progress:
    """Return bars on stderr, each preceded by a name and followed by ``status``; names are not read as markup."""
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[status]}", markup=False),
        console=Console(stderr=True, quiet=quiet),
    )


class Bars:
    """One bar per job on stderr: segments done, reused, seconds."""

    def __init__(self, requests: Sequence[JobRequest], *, quiet: bool) -> None:
        self._progress = bars(quiet=quiet)
        self._tasks: dict[str, TaskID] = {
            request.job_id: self._progress.add_task(request.source, total=None, status="waiting")
            for request in requests
        }
        self._counts: dict[str, list[int]] = {request.job_id: [0, 0, 0] for request in requests}
        self._began = {request.job_id: time.monotonic() for request in requests}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def on_event(self, instruction: Instruction) -> None:
        """Update the bar of the job that an instruction is about."""
        job_id = getattr(instruction, "job_id", None)
        if job_id not in self._tasks:
            return
        task, counts = self._tasks[job_id], self._counts[job_id]
        match instruction:
            case Planned(_, plan):
                counts[1] = len(plan.segments)
                self._progress.update(task, total=counts[1], status=self._progress_text(job_id, ""))
            case Rendered(_, result):
                counts[0] += 1
                counts[2] += result.reused
                self._progress.update(
                    task, completed=min(counts[0], counts[1]), status=self._progress_text(job_id, "")
                )
            case JobStateChanged(_, _, state, _, _):
                self._progress.update(task, status=self._progress_text(job_id, state.value))
            case _:
                return

    def _progress_text(self, job_id: str, state: str) -> str:
        done, total, reused = self._counts[job_id]
        seconds = time.monotonic() - self._began[job_id]
        parts = [f"{min(done, total)}/{total} segments"] if total else []
        parts += [f"{reused} reused"] if reused else []
        parts += [f"{seconds:.1f} s"] + ([state] if state else [])
        return " · ".join(parts)
