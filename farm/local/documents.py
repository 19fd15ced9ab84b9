"""The tasks of planning jobs on this machine."""

from __future__ import annotations

import os
from pathlib import Path

from farm.draft.job_input import Job, check_kind, read_document, stem_of
from farm.worker.task import PlanTask


def plan_task(job: Job, *, examine: bool = False) -> PlanTask:
    """Return the task of planning a job on this machine; ``examine`` checks its media for damage.

    Raises:
        DocumentError: there is no such document, or it is not text.
    """
    check_kind(job)
    if isinstance(job, str | os.PathLike):
        path = Path(job)
        return PlanTask(path.stem, read_document(path), path.name, str(path.resolve().parent), examine)
    return PlanTask(stem_of(job), job, stem_of(job), str(Path.cwd()), examine)
