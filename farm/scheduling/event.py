"""The events that the scheduler handles."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from farm.plan.segment import Plan
from farm.scheduling.job_state import JobRequest
from farm.worker.fault import Fault
from farm.worker.task import AnalysisResult, AssemblyResult, SegmentResult


@dataclass(frozen=True, slots=True)
class WorkerFacts:
    """What is known about a worker."""

    worker_id: str
    """Its unique name; a restarted worker gets a new one."""
    node: str = ""
    """The unique name of the machine it runs on; a worker without one counts as a separate machine."""
    encoders: tuple[str, ...] = ("libx264",)
    """The encoders that have been found to work on it."""
    tags: tuple[str, ...] = ()
    """Other capabilities that jobs may require, such as ``bigmem``."""
    address: str = ""
    """Its machine's IP address."""
    pid: int = 0
    """Its process id there; 0 if unknown."""
    version: str = ""
    """The version of farm that it runs."""
    devices: tuple[str, ...] = ("cpu",)
    """The devices that have been found able to compose frames there."""
    plugins: tuple[str, ...] = ()
    """The plugins that it loaded, with version and file hash: ``acme 1.2 (3f2a91c04b7e)``."""
    disk_free_bytes: int | None = None
    """Free space on the disk that holds its files when it became ready; None if its node never reports."""


@dataclass(frozen=True, slots=True)
class TenantShare:
    """A tenant's share of the farm and its limit."""

    tenant: str
    """Which tenant."""
    weight: float = 1.0
    """Its share of the farm relative to the weights of the other tenants that have work; above 0."""
    max_running: int | None = None
    """How many leases it may hold at once; None for no limit."""

    def __post_init__(self) -> None:
        if not 0.0 < self.weight < inf:
            raise ValueError(f"tenant {self.tenant!r}: weight is {self.weight:g}; give a number above 0")
        if self.max_running is not None and self.max_running < 0:
            raise ValueError(f"tenant {self.tenant!r}: max_running is {self.max_running}; give 0 or more")


@dataclass(frozen=True, slots=True)
class JobSubmitted:
    """A job was accepted; a known job is left unchanged."""

    request: JobRequest
    """The job's request."""


@dataclass(frozen=True, slots=True)
class JobCancelled:
    """A job was cancelled by its owner."""

    job_id: str
    """Which job."""
    cause: str = "cancelled on request"
    """Why."""


@dataclass(frozen=True, slots=True)
class JobReprioritised:
    """The priority of a job was changed; ignored if the job has ended."""

    job_id: str
    """Which job."""
    priority: int
    """Its new priority; higher goes first among its tenant's jobs."""


@dataclass(frozen=True, slots=True)
class WorkerJoined:
    """A worker is ready; a known worker is left unchanged."""

    worker: WorkerFacts
    """Which worker."""


@dataclass(frozen=True, slots=True)
class WorkerLost:
    """A worker is gone, together with its lease."""

    worker_id: str
    """Which worker."""
    cause: str
    """What was observed."""


@dataclass(frozen=True, slots=True)
class PlanDone:
    """A planning lease succeeded."""

    fence: int
    """Which lease."""
    plan: Plan
    """The plan."""


@dataclass(frozen=True, slots=True)
class SegmentDone:
    """A rendering lease succeeded."""

    fence: int
    """Which lease."""
    result: SegmentResult
    """The segment in the store."""


@dataclass(frozen=True, slots=True)
class AnalysisDone:
    """An asset was analysed."""

    fence: int
    """The lease that ended."""
    result: AnalysisResult
    """What was found."""


@dataclass(frozen=True, slots=True)
class AssembleDone:
    """An assembling lease succeeded."""

    fence: int
    """Which lease."""
    production: AssemblyResult
    """The finished file."""


@dataclass(frozen=True, slots=True)
class TaskFailed:
    """A lease failed; its worker is still alive."""

    fence: int
    """Which lease."""
    fault: Fault
    """Why."""


@dataclass(frozen=True, slots=True)
class TaskRevoked:
    """A lease ended without a result because it was revoked; its worker is still alive."""

    fence: int
    """Which lease."""


@dataclass(frozen=True, slots=True)
class QueuePaused:
    """No new leases are granted to a tenant; running ones continue."""

    tenant: str
    """Which tenant; empty for the whole farm."""
    cause: str
    """Who requested it and why, as ``operator: maintenance``."""


@dataclass(frozen=True, slots=True)
class QueueResumed:
    """A pause ends; pauses of a tenant and of the whole farm end independently."""

    tenant: str
    """Which tenant; empty for the whole farm."""


@dataclass(frozen=True, slots=True)
class TenantChanged:
    """A tenant's share of the farm was set."""

    share: TenantShare
    """The new share."""


@dataclass(frozen=True, slots=True)
class NodeReported:
    """A node reported its state."""

    node: str
    """Which node."""
    disk_free_bytes: int
    """Free space on the disk that holds its workers' files."""
    as_of_s: float | None = None
    """When it was queried, on the clock of the scheduler's caller; later findings take precedence. None means now."""


@dataclass(frozen=True, slots=True)
class NodeDraining:
    """A node is to be drained: it gets no more leases."""

    node: str
    """Which node."""
    deadline_s: float | None
    """Until when its leases may run, on the clock of the caller of the scheduler; None for no deadline."""
    cause: str
    """Who requested it and why."""


@dataclass(frozen=True, slots=True)
class NodeRestored:
    """A node may be used again: its drain and quarantine are lifted."""

    node: str
    """Which node."""


@dataclass(frozen=True, slots=True)
class NodeRemoved:
    """A node was removed permanently and is forgotten. A node that has workers is left unchanged."""

    node: str
    """Which node."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed; deadlines, quarantines, stragglers and drains are checked."""


Event = (
    JobSubmitted
    | JobCancelled
    | JobReprioritised
    | WorkerJoined
    | WorkerLost
    | PlanDone
    | SegmentDone
    | AssembleDone
    | AnalysisDone
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
