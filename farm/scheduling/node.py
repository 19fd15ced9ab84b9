"""A node: what may be leased there, and why."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from math import inf

from farm.scheduling.event import WorkerFacts
from farm.scheduling.instruction import NodeCondition
from farm.scheduling.pool import Pool
from farm.scheduling.rules import Rules

USABLE = frozenset({NodeCondition.READY, NodeCondition.PROBATION})
"""The conditions under which a node gets leases."""


@dataclass(slots=True, eq=False)
class WorkerSlot:
    """A living worker."""

    facts: WorkerFacts
    """What is known about it."""
    node: Node
    """The machine that it runs on."""
    pool: Pool
    """The pool of workers with the same ability."""
    fence: int | None = None
    """The lease that it holds."""
    last_job_id: str = ""
    """The job that it last worked for, whose media are warm there."""


@dataclass(frozen=True, slots=True)
class Drain:
    """A request to drain a node."""

    deadline_s: float | None
    """Until when its leases may run; None for no deadline."""
    cause: str
    """Who requested it and why."""


@dataclass(slots=True, eq=False)
class Node:
    """A machine that has workers, or had some and may have them again."""

    name: str
    """Its unique name."""
    slots: dict[str, WorkerSlot] = field(default_factory=dict)
    """Its living workers."""
    pools: dict[Pool, None] = field(default_factory=dict)
    """The pools that its workers so far belonged to."""
    running: int = 0
    """How many leases its workers hold."""
    faults: deque[tuple[float, str]] = field(default_factory=deque)
    """(time, job id) of its faults since the last success there."""
    strikes: int = 0
    """How many quarantines it had since the last success there."""
    quarantined_until_s: float | None = None
    """When its quarantine ends; None if it is not quarantined."""
    quarantine_cause: str = ""
    """Why it is in quarantine or on probation."""
    probation: bool = False
    """Whether it is on probation after a quarantine."""
    drain: Drain | None = None
    """Whether and how it is drained."""
    disk_full: str = ""
    """Why its disk counts as full; empty if it does not."""
    disk_failed_s: float = -inf
    """When a task last found its disk full."""
    reported_s: float = -inf
    """When it last reported."""
    disk_free_bytes: int | None = None
    """What it last reported; None if it never did."""
    reported_condition: NodeCondition = NodeCondition.READY
    """The condition that was last reported."""
    empty_since_s: float | None = None
    """Since when it has had no workers."""

    @property
    def condition(self) -> NodeCondition:
        """What may be leased here; if several reasons apply, the one that lasts longest."""
        if self.drain is not None:
            return NodeCondition.DRAINING if self.running else NodeCondition.DRAINED
        if self.disk_full:
            return NodeCondition.DISK_FULL
        if self.quarantined_until_s is not None:
            return NodeCondition.QUARANTINED
        return NodeCondition.PROBATION if self.probation else NodeCondition.READY

    @property
    def cause(self) -> str:
        """The reason for its condition; empty if it is ready."""
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
        """Whether it may get another lease now."""
        return self.usable and not (self.probation and self.running)

    @property
    def plain(self) -> bool:
        """Whether it is not draining, full or doubted."""
        return self.drain is None and not self.disk_full and not self.doubted

    @property
    def doubted(self) -> bool:
        """Whether it is in quarantine or on probation."""
        return self.quarantined_until_s is not None or self.probation

    def fault(self, job_id: str, now_s: float, rules: Rules) -> bool:
        """Record a fault; return whether it calls for a quarantine."""
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
        """Begin a quarantine, twice as long as the previous one."""
        length_s = min(rules.quarantine_limit_s, rules.quarantine_s * 2.0**self.strikes)
        self.quarantined_until_s = now_s + length_s
        self.quarantine_cause = cause
        self.probation = False
        self.strikes += 1
        self.faults.clear()

    def trust(self) -> None:
        """Forget all faults and end quarantine and probation."""
        self.faults.clear()
        self.strikes = 0
        self.quarantined_until_s = None
        self.quarantine_cause = ""
        self.probation = False
