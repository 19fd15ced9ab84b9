"""Runs of jobs on an executor, without a farm.

Rendering and scheduling modules are imported when jobs run, so that what merely inspects a document starts without
numba and its kernels.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from farm.draft.draft import Draft
from farm.local.documents import read_document
from farm.scheduling.job_state import JobRequest
from farm.settings import Settings
from farm.worker.worker import Worker

if TYPE_CHECKING:
    from farm.scheduling.conductor import Observer
    from farm.scheduling.executor import Executor, InProcessExecutor
    from farm.scheduling.job_view import JobView


def request_for(
    path: Path, folder: Path, *, use_cache: bool, priority: int = 0, drafted: Draft | None = None
) -> JobRequest:
    """Return a request for a document on this machine.

    Args:
        path: The document. It is not read again if it is ``drafted``.
        folder: Where the finished files go.
        use_cache: Whether stored segments and sound may be reused.
        priority: Higher priorities go first.
        drafted: Its draft, if it was drafted to check it.

    Raises:
        DocumentError: there is no such document, or it is not text.
    """
    return JobRequest(
        job_id_for(path.stem),
        "" if drafted is not None else read_document(path),
        path.name,
        str(path.resolve().parent),
        str(folder),
        priority,
        use_cache,
        drafted=drafted,
    )


def job_id_for(stem: str) -> str:
    """Return a new id for a job, which begins with its name."""
    name = re.sub(r"[^A-Za-z0-9]+", "-", stem).strip("-").lower()[:40] or "job"
    return f"{name}-{secrets.token_hex(4)}"


def run(
    executor: Executor, requests: Sequence[JobRequest], observer: Observer | None = None
) -> tuple[JobView, ...]:
    """Run the jobs and return their final views, in the same order."""
    from farm.scheduling.conductor import Conductor

    conductor = Conductor(executor, observer=observer)
    for request in requests:
        conductor.submit(request)
    return conductor.run_until_done([request.job_id for request in requests])


def in_process(settings: Settings, worker: Worker | None = None) -> InProcessExecutor:
    """Return an executor that runs in this process, with a worker that has checked the documents if one is given."""
    from farm.scheduling.executor import InProcessExecutor

    return InProcessExecutor(worker or Worker(settings), limit_s=settings.element_limit_s)
