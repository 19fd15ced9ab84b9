"""What the scheduler is told."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from farm.plan.segment import Plan
from farm.work.fault import Fault
from farm.work.job_state import JobRequest
from farm.work.task import Looked, Production, SegmentResult


@dataclass(frozen=True, slots=True)
class WorkerFacts:
    """What is known about a worker."""

    worker_id: str
    """Its name; a worker that is started anew has a new one."""
    node: str = ""
    """The unique name of the machine it runs on; a worker that names none is a machine of its own."""
    encoders: tuple[str, ...] = ("libx264",)
    """The encoders that were seen to work on it."""
    tags: tuple[str, ...] = ()
    """What else it can be asked for, as ``bigmem``."""
    address: str = ""
    """Its machine's IP address."""
    pid: int = 0
    """Its process there; 0 where unknown."""
    version: str = ""
    """The version of farm that it runs."""
    devices: tuple[str, ...] = ("cpu",)
    """What frames were seen to be composed on there."""
    plugins: tuple[str, ...] = ()
    """The plugins that it loaded, with version and files: ``acme 1.2 (3f2a91c04b7e)``."""
    disk_free_bytes: int | None = None
    """Room where its files lie, when it got ready; None where its node never reports."""


@dataclass(frozen=True, slots=True)
class TenantShare:
    """What a tenant is entitled to."""

    tenant: str
    """Which tenant."""
    weight: float = 1.0
    """Its part of the farm against the weights of the other tenants that have work; above 0."""
    max_running: int | None = None
    """How many leases it may hold at once; None for as many as it gets."""

    def __post_init__(self) -> None:
        if not 0.0 < self.weight < inf:
            raise ValueError(f"tenant {self.tenant!r}: weight is {self.weight:g}; give a number above 0")
        if self.max_running is not None and self.max_running < 0:
            raise ValueError(f"tenant {self.tenant!r}: max_running is {self.max_running}; give 0 or more")


@dataclass(frozen=True, slots=True)
class JobSubmitted:
    """A job was accepted; a job that is known already is left as it is."""

    request: JobRequest
    """What it was asked to be."""


@dataclass(frozen=True, slots=True)
class JobCancelled:
    """A job was withdrawn by its owner."""

    job_id: str
    """Which job."""
    cause: str = "cancelled on request"
    """Why."""


@dataclass(frozen=True, slots=True)
class JobReprioritised:
    """The priority of a job was changed; nothing happens where the job has ended."""

    job_id: str
    """Which job."""
    priority: int
    """Its priority from now on; higher goes first among its tenant's jobs."""


@dataclass(frozen=True, slots=True)
class WorkerJoined:
    """A worker is ready; a worker that is known already is left as it is."""

    worker: WorkerFacts
    """Which worker."""


@dataclass(frozen=True, slots=True)
class WorkerLost:
    """A worker is gone, and with it what it was doing."""

    worker_id: str
    """Which worker."""
    cause: str
    """What was seen."""


@dataclass(frozen=True, slots=True)
class PlanDone:
    """A planning lease ended well."""

    fence: int
    """Which lease."""
    plan: Plan
    """The plan."""


@dataclass(frozen=True, slots=True)
class SegmentDone:
    """A rendering lease ended well."""

    fence: int
    """Which lease."""
    result: SegmentResult
    """The segment in the store."""


@dataclass(frozen=True, slots=True)
class LookDone:
    """An asset was looked at."""

    fence: int
    """The lease that ended."""
    looked: Looked
    """What was found."""


@dataclass(frozen=True, slots=True)
class AssembleDone:
    """An assembling lease ended well."""

    fence: int
    """Which lease."""
    production: Production
    """The finished file."""


@dataclass(frozen=True, slots=True)
class TaskFailed:
    """A lease ended badly; its worker lives."""

    fence: int
    """Which lease."""
    fault: Fault
    """Why."""


@dataclass(frozen=True, slots=True)
class TaskRevoked:
    """A lease ended without an outcome because it was revoked; its worker lives."""

    fence: int
    """Which lease."""


@dataclass(frozen=True, slots=True)
class QueuePaused:
    """Nothing more is leased for a tenant; what runs goes on."""

    tenant: str
    """Which tenant; empty for the whole farm."""
    cause: str
    """Who wants it and why, as ``operator: maintenance``."""


@dataclass(frozen=True, slots=True)
class QueueResumed:
    """A pause ends; one of a tenant and one of the whole farm end separately."""

    tenant: str
    """Which tenant; empty for the whole farm."""


@dataclass(frozen=True, slots=True)
class TenantChanged:
    """A tenant's share of the farm was set."""

    share: TenantShare
    """To what."""


@dataclass(frozen=True, slots=True)
class NodeReported:
    """A node said how it is."""

    node: str
    """Which node."""
    disk_free_bytes: int
    """Room left where its worker's files lie."""
    as_of_s: float | None = None
    """When it was asked, on the feeder's clock: what was found after that, it does not know. None for now."""


@dataclass(frozen=True, slots=True)
class NodeDraining:
    """A node is to be emptied: it gets no more leases."""

    node: str
    """Which node."""
    deadline_s: float | None
    """Until when its leases may run, on the feeder's clock; None for as long as they take."""
    cause: str
    """Who wants it and why."""


@dataclass(frozen=True, slots=True)
class NodeRestored:
    """A node may be used again: drain and quarantine are lifted."""

    node: str
    """Which node."""


@dataclass(frozen=True, slots=True)
class NodeRemoved:
    """A node was taken out for good: nothing is remembered of it. One that has workers is left as it is."""

    node: str
    """Which node."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Time went by; deadlines, quarantines, stragglers and drains are looked at."""


Event = (
    JobSubmitted
    | JobCancelled
    | JobReprioritised
    | WorkerJoined
    | WorkerLost
    | PlanDone
    | SegmentDone
    | AssembleDone
    | LookDone
    | TaskFailed
    | TaskRevoked
    | QueuePaused
    | QueueResumed
    | TenantChanged
    | NodeReported
    | NodeDraining
    | NodeRestored
    | NodeRemoved
    | Tick
)
