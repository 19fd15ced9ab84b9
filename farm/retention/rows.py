"""Rows that leave journal and catalog once they are old."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from farm.journal.journal import Journal
from farm.journal.retention import Kind
from farm_catalog.age import Age

PRUNED: Final = 1_000
"""Jobs that leave the journal in one commit."""


def prune_jobs(journal: Journal, before_s: float) -> int:
    """Remove jobs that ended before then and have no files left, with events and batches; return how many jobs."""
    pruned = 0
    journal.events.prune(before_s)
    while gone := journal.jobs.prune(before_s, PRUNED):
        pruned += len(gone)
        if len(gone) < PRUNED:
            break
    while journal.batches.prune(before_s, PRUNED) == PRUNED:
        pass
    return pruned


def prunings(age: Age) -> tuple[tuple[Kind, Callable[[float], int]], ...]:
    """Return what removes the catalog's rows from before a time, and by which rule.

    Productions come after the events that are theirs, since one that has events stays.
    """
    return (
        (Kind.RUNS, age.runs),
        (Kind.RUN_DETAILS, age.run_details),
        (Kind.EVENTS, age.events),
        (Kind.RUNS, age.productions),
    )
