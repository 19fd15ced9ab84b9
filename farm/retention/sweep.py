"""A sweep: the context shared by all parts of one run of the collector."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from farm.journal.journal import Journal
from farm.journal.retention import EVERYBODY, RetentionKind, RetentionRule
from farm.retention.horizon import DAY_S
from farm.retention.outcome import RemovalTally
from farm.retention.places import Places

BATCH: Final = 200
"""Media condemned, or uploads released, per commit."""


@dataclass(frozen=True, slots=True)
class Graces:
    """Grace periods, which hold however short the rules are; tests and simulations use shorter ones."""

    blob_s: float = DAY_S
    """For blobs since they were stored or last used: a job may have found them without yet being known to use them."""
    upload_s: float = 3_600.0
    """For uploads and productions: their owner may be about to use them."""


DEFAULT_GRACES: Final = Graces()


@dataclass(frozen=True, slots=True)
class Sweep:
    """One run of the collector, or a dry run."""

    journal: Journal
    """Owners, jobs, rules."""
    places: Places
    """The locations of blobs, productions and uploads."""
    graces: Graces
    """Grace periods."""
    tally: RemovalTally
    """Counts the removed items."""
    now_s: float
    """When the run began, seconds since the epoch."""
    clock: Callable[[], float]
    """Returns seconds since the epoch."""
    step: Callable[[str], None]
    """Called with its name before each step; an exception that it raises ends the run there."""
    dry_run: bool = False
    """Whether nothing is removed or recorded."""

    def rule(self, kind: RetentionKind, tenant: str = EVERYBODY) -> RetentionRule:
        """Return the retention rule of a kind."""
        return self.journal.retention.rule(kind, tenant)


def overdue(since_s: float | None, rule: RetentionRule, now_s: float) -> bool:
    """Whether a rule's days are over for an item that has been unused since then."""
    return since_s is not None and rule.days is not None and now_s - since_s >= rule.days * DAY_S
