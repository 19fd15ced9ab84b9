"""Instructions of the scheduler: what it wants done, and what it reports to observers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from farm.errors import Problem
from farm.plan.segment import Plan
from farm.scheduling.job_state import JobState
from farm.worker.fault import Blame
from farm.worker.task import AnalysisResult, AssemblyResult, SegmentResult, Task


@dataclass(frozen=True, slots=True)
class Lease:
    """A worker's numbered right to try a task; the executor reports its end exactly once."""

    fence: int
    """Its number, higher than that of any earlier lease."""
    worker_id: str
    """The worker that holds it."""
    task: Task
    """What to do."""


@dataclass(frozen=True, slots=True)
class Revoke:
    """The result of a lease is no longer needed: stop it at its next frame.

    Its worker stays occupied until the executor reports the lease's end: as revoked, or with its result
    if it was already done.
    """

    fence: int
    """Which lease."""
    worker_id: str
    """The worker that holds it."""
    cause: str
    """Why."""


@dataclass(frozen=True, slots=True)
class Kill:
    """A worker is written off: kill its process and replace it.

    Anything it reports later, under any fence, is ignored.
    """

    worker_id: str
    """Which worker."""
    cause: str
    """Why."""


class NodeCondition(StrEnum):
    """What may be leased on a node."""

    READY = "ready"
    """As many leases as it has workers."""
    PROBATION = "probation"
    """One lease at a time, until one succeeds."""
    QUARANTINED = "quarantined"
    """Nothing for some time: too many failures there."""
    DRAINING = "draining"
    """Nothing new; running leases may finish."""
    DRAINED = "drained"
    """Nothing; nothing is running there."""
    DISK_FULL = "disk_full"
    """Nothing until it reports free disk space."""


@dataclass(frozen=True, slots=True)
class NodeChanged:
    """A node's condition changed, or was kept for a reason worth reporting."""

    node: str
    """Which node."""
    condition: NodeCondition
    """Its condition from now on."""
    cause: str
    """What caused the change."""
    at_s: float
    """When, on the clock of the caller of the scheduler."""


@dataclass(frozen=True, slots=True)
class Reprioritised:
    """A job's priority changed."""

    job_id: str
    """Which job."""
    priority: int
    """Its new priority."""


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
    """The segment; marked as reused if another job paid for it."""


@dataclass(frozen=True, slots=True)
class Publish:
    """A job is done; issued once."""

    job_id: str
    """Which job."""
    production: AssemblyResult
    """The finished file."""


@dataclass(frozen=True, slots=True)
class AssetAnalysed:
    """An asset was analysed; issued once."""

    job_id: str
    """Which job."""
    result: AnalysisResult
    """What was found."""


@dataclass(frozen=True, slots=True)
class Fail:
    """A job has failed permanently."""

    job_id: str
    """Which job."""
    message: str
    """The full explanation, for people."""
    problems: tuple[Problem, ...] = ()
    """What is wrong with the document, if that is the reason."""
    blame: Blame = Blame.JOB
    """Whose fault it ultimately was."""


@dataclass(frozen=True, slots=True)
class JobStateChanged:
    """A job's state changed."""

    job_id: str
    """Which job."""
    before: JobState | None
    """Its previous state; None for a new job."""
    state: JobState
    """Its new state."""
    cause: str
    """What caused the change."""
    at_s: float
    """When, on the clock of the caller of the scheduler."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Something failed through no fault of the job and is retried."""

    job_id: str
    """Which job."""
    what: str
    """What is retried, as ``segment 3 of 7``."""
    cause: str
    """Where it failed and why."""
    tries: int
    """How often it has failed so far."""
    at_s: float
    """When, on the clock of the caller of the scheduler."""
    blame: Blame = Blame.HOST
    """Whose fault it was."""
    node: str = ""
    """Where it failed."""
    worker_id: str = ""
    """On which worker."""
    fence: int = 0
    """The lease that failed; 0 if there was none."""


Instruction = (
    Lease
    | Revoke
    | Kill
    | NodeChanged
    | Reprioritised
    | Planned
    | Rendered
    | Publish
    | AssetAnalysed
    | Fail
    | Retry
    | JobStateChanged
)
