"""A node: what is leased there, and why not more."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from math import inf

from farm.work.event import WorkerFacts
from farm.work.instruction import NodeCondition
from farm.work.pool import Pool
from farm.work.rules import Rules

USABLE = frozenset({NodeCondition.READY, NodeCondition.PROBATION})
"""The conditions under which a node gets leases."""


@dataclass(slots=True, eq=False)
class Seat:
    """A living worker."""

    facts: WorkerFacts
    """What is known about it."""
    node: Node
    """The machine that it runs on."""
    pool: Pool
    """Those who have the same to offer."""
    fence: int | None = None
    """The lease that it holds."""
    last_job_id: str = ""
    """The job that it worked for last: its media are warm there."""


@dataclass(frozen=True, slots=True)
class Drain:
    """A wish to empty a node."""

    deadline_s: float | None
    """Until when its leases may run; None for as long as they take."""
    cause: str
    """Who wants it and why."""


@dataclass(slots=True, eq=False)
class Node:
    """A machine with workers, or one that had some and may have again."""

    name: str
    """Its unique name."""
    seats: dict[str, Seat] = field(default_factory=dict)
    """Its living workers."""
    pools: dict[Pool, None] = field(default_factory=dict)
    """What its workers had to offer so far."""
    running: int = 0
    """How many leases its workers hold."""
    faults: deque[tuple[float, str]] = field(default_factory=deque)
    """When it failed in whose name, since something last ended well there."""
    strikes: int = 0
    """How many quarantines it had since something last ended well there."""
    quarantined_until_s: float | None = None
    """When its quarantine ends; None where it is in none."""
    quarantine_cause: str = ""
    """Why it is in quarantine or on probation."""
    probation: bool = False
    """Whether it has to prove itself."""
    drain: Drain | None = None
    """Whether and how it is emptied."""
    disk_full: str = ""
    """Why its disk counts as full; empty where it does not."""
    disk_failed_s: float = -inf
    """When a task found its disk full last."""
    reported_s: float = -inf
    """When it reported last."""
    disk_free_bytes: int | None = None
    """What it reported last; None where it never did."""
    told: NodeCondition = NodeCondition.READY
    """The condition that was told last."""
    empty_since_s: float | None = None
    """Since when it has no workers."""

    @property
    def condition(self) -> NodeCondition:
        """What may be leased here; of several reasons for nothing, the one that lasts longest."""
        if self.drain is not None:
            return NodeCondition.DRAINING if self.running else NodeCondition.DRAINED
        if self.disk_full:
            return NodeCondition.DISK_FULL
        if self.quarantined_until_s is not None:
            return NodeCondition.QUARANTINED
        return NodeCondition.PROBATION if self.probation else NodeCondition.READY

    @property
    def cause(self) -> str:
        """What brought it to its condition; empty where it is ready."""
        if self.drain is not None:
            return self.drain.cause
        if self.disk_full:
            return self.disk_full
        return self.quarantine_cause

    @property
    def usable(self) -> bool:
        """Whether it gets leases."""
        return self.condition in USABLE

    @property
    def open(self) -> bool:
        """Whether it gets one more lease now."""
        return self.usable and not (self.probation and self.running)

    @property
    def plain(self) -> bool:
        """Whether nothing is known against it."""
        return self.drain is None and not self.disk_full and not self.doubted

    @property
    def doubted(self) -> bool:
        """Whether it is in quarantine or on probation."""
        return self.quarantined_until_s is not None or self.probation

    def fault(self, job_id: str, now_s: float, rules: Rules) -> bool:
        """Take in a fault; returns whether it is enough for a quarantine."""
        self.faults.append((now_s, job_id))
        while self.faults[0][0] < now_s - rules.quarantine_window_s:
            self.faults.popleft()
        if self.quarantined_until_s is not None:
            return False
        if self.probation:
            return True
        enough = len(self.faults) >= rules.quarantine_faults
        return enough and len({who for _, who in self.faults}) >= rules.quarantine_jobs

    def quarantine(self, cause: str, now_s: float, rules: Rules) -> None:
        """Begin a quarantine, twice as long as the one before."""
        length_s = min(rules.quarantine_limit_s, rules.quarantine_s * 2.0**self.strikes)
        self.quarantined_until_s = now_s + length_s
        self.quarantine_cause = cause
        self.probation = False
        self.strikes += 1
        self.faults.clear()

    def trust(self) -> None:
        """Forget all faults."""
        self.faults.clear()
        self.strikes = 0
        self.quarantined_until_s = None
        self.quarantine_cause = ""
        self.probation = False
