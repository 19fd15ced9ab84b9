"""What the scheduler wants done, and what it tells those who watch."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from farm.errors import Problem
from farm.plan.segment import Plan
from farm.work.fault import Blame
from farm.work.job_state import JobState
from farm.work.task import Looked, Production, SegmentResult, Task


@dataclass(frozen=True, slots=True)
class Lease:
    """A worker's numbered right to try a task; the executor reports its end once."""

    fence: int
    """Its number, higher than that of any lease before."""
    worker_id: str
    """Whose."""
    task: Task
    """What to do."""


@dataclass(frozen=True, slots=True)
class Revoke:
    """The outcome of a lease is not wanted any more: stop it at its next frame.

    Its worker stays taken until the executor reports the lease's end: as revoked, or with its outcome
    where it was done already.
    """

    fence: int
    """Which lease."""
    worker_id: str
    """Whose."""
    cause: str
    """Why."""


@dataclass(frozen=True, slots=True)
class Kill:
    """A worker is written off: end its process and put another in its place.

    Whatever it says later, under whichever fence, is ignored.
    """

    worker_id: str
    """Which worker."""
    cause: str
    """Why."""


class NodeCondition(StrEnum):
    """What may be leased on a node."""

    READY = "ready"
    """As much as it has workers."""
    PROBATION = "probation"
    """One lease at a time, until one ends well."""
    QUARANTINED = "quarantined"
    """Nothing for some time: too much failed there."""
    DRAINING = "draining"
    """Nothing more; leases that run may end."""
    DRAINED = "drained"
    """Nothing; nothing runs there."""
    DISK_FULL = "disk_full"
    """Nothing until it reports room on its disk."""


@dataclass(frozen=True, slots=True)
class NodeChanged:
    """A node's condition changed, or was kept for a reason worth telling."""

    node: str
    """Which node."""
    condition: NodeCondition
    """Its condition from now on."""
    cause: str
    """What made it change."""
    at_s: float
    """When, on the clock of whoever feeds the scheduler."""


@dataclass(frozen=True, slots=True)
class Reprioritised:
    """A job has another priority."""

    job_id: str
    """Which job."""
    priority: int
    """Its priority from now on."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A job has its plan."""

    job_id: str
    """Which job."""
    plan: Plan
    """The plan."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A job gained a segment."""

    job_id: str
    """Which job."""
    result: SegmentResult
    """The segment; marked as reused where another job paid for it."""


@dataclass(frozen=True, slots=True)
class Publish:
    """A job is done; said once."""

    job_id: str
    """Which job."""
    production: Production
    """The finished file."""


@dataclass(frozen=True, slots=True)
class Found:
    """An asset was looked at; said once."""

    job_id: str
    """Which job."""
    looked: Looked
    """What was found."""


@dataclass(frozen=True, slots=True)
class Fail:
    """A job is given up."""

    job_id: str
    """Which job."""
    message: str
    """The whole story, for people."""
    problems: tuple[Problem, ...] = ()
    """What is wrong with the document, where that is the reason."""
    blame: Blame = Blame.JOB
    """Whose fault it was in the end."""


@dataclass(frozen=True, slots=True)
class Note:
    """A job changed its state."""

    job_id: str
    """Which job."""
    before: JobState | None
    """Its state until now; None for a new job."""
    state: JobState
    """Its state from now on."""
    cause: str
    """What made it change."""
    at_s: float
    """When, on the clock of whoever feeds the scheduler."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Something failed without the job's fault and is tried again."""

    job_id: str
    """Which job."""
    what: str
    """What is tried again, as ``segment 3 of 7``."""
    cause: str
    """Where it failed and why."""
    tries: int
    """How often it failed so far."""
    at_s: float
    """When, on the clock of whoever feeds the scheduler."""
    blame: Blame = Blame.HOST
    """Whose fault it was."""
    node: str = ""
    """Where it failed."""
    worker_id: str = ""
    """At whose hands."""
    fence: int = 0
    """The lease that failed; 0 where there was none."""


Instruction = (
    Lease
    | Revoke
    | Kill
    | NodeChanged
    | Reprioritised
    | Planned
    | Rendered
    | Publish
    | Found
    | Fail
    | Retry
    | Note
)
