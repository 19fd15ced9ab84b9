"""Pruning of old rows from the journal and the catalog."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from farm.journal.journal import Journal
from farm.journal.retention import RetentionKind
from farm_catalog.age import Age

PRUNED: Final = 1_000
"""Jobs removed from the journal per commit."""


def prune_jobs(journal: Journal, before_s: float) -> int:
    """Remove jobs that ended before this time and have no files left, with events and batches; return how many jobs."""
    pruned = 0
    journal.events.prune(before_s)
    while gone := journal.jobs.prune(before_s, PRUNED):
        pruned += len(gone)
        if len(gone) < PRUNED:
            break
    while journal.batches.prune(before_s, PRUNED) == PRUNED:
        pass
    return pruned


def prunings(age: Age) -> tuple[tuple[RetentionKind, Callable[[float], int]], ...]:
    """Return the functions that remove the catalog's rows from before a time, each with its rule's kind.

    Productions come after their events, since a production that has events is kept.
    """
    return (
        (RetentionKind.RUNS, age.runs),
        (RetentionKind.RUN_DETAILS, age.run_details),
        (RetentionKind.EVENTS, age.events),
        (RetentionKind.RUNS, age.productions),
    )
