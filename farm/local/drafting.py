"""Drafts and plans of job documents, without rendering them."""

from __future__ import annotations

from pathlib import Path

from farm.draft.draft import Draft
from farm.guard.lane import Lane
from farm.local.documents import plan_task
from farm.plan.segment import Plan
from farm.settings import Settings
from farm.worker.worker import Worker


def draft_file(path: Path, settings: Settings) -> Draft:
    """Return the drafted job of a document.

    Raises:
        DocumentError: with all its problems.
    """
    task = plan_task(path, examine=True)
    return Lane(settings.element_limit_s).do(lambda: Worker(settings).draft(task))


def plan_file(path: Path, settings: Settings) -> Plan:
    """Return the plan of a document.

    Raises:
        DocumentError: with all its problems.
    """
    task = plan_task(path, examine=True)
    return Lane(settings.element_limit_s).do(lambda: Worker(settings).plan(task))
