"""Analyses assets locally, when no farm is running."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence

from farm.scheduling.conductor import Conductor
from farm.scheduling.executor import Executor
from farm.scheduling.job_state import JobKind, JobRequest
from farm.scheduling.run_record import record_text
from farm.worker.analysis_job import analysis_document
from farm_catalog.analysis_record import AnalysisRecord
from farm_catalog.catalog import Catalog

Progress = Callable[[int, int], None]


def analyse_assets(
    executor: Executor, catalog: Catalog, assets: Sequence[str], progress: Progress | None = None
) -> int:
    """Analyse assets as jobs of an executor, and store the findings; return how many were unusable."""
    conductor = Conductor(executor)
    jobs = {}
    for sha256 in assets:
        job_id = f"look-{secrets.token_hex(6)}"
        jobs[job_id] = sha256
        conductor.submit(
            JobRequest(
                job_id, analysis_document(sha256), f"asset {sha256[:12]}", None, "", kind=JobKind.ANALYSIS
            )
        )
    waiting = set(jobs)
    damaged = 0
    while waiting:
        conductor.step()
        for job_id in [
            one for one in waiting if (view := conductor.job(one)) is not None and view.state.final
        ]:
            view = conductor.job(job_id)
            assert view is not None
            record = AnalysisRecord.from_json(record_text(view), job_id)
            catalog.assets.learn(record)
            damaged += bool(record.problem)
            waiting.discard(job_id)
            conductor.forget(job_id)
            if progress is not None:
                progress(len(jobs) - len(waiting), len(jobs))
    return damaged
