"""What the scheduler is told."""

from __future__ import annotations

from dataclasses import dataclass

from farm.plan.segment import Plan
from farm.work.fault import Fault
from farm.work.job_state import JobRequest
from farm.work.task import Production, SegmentResult


@dataclass(frozen=True, slots=True)
class WorkerFacts:
    """What is known about a worker."""

    worker_id: str
    """Its name; a worker that is started anew has a new one."""
    node: str = ""
    """The machine it runs on."""
    encoders: tuple[str, ...] = ("libx264",)
    """The encoders that were seen to work on it."""


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
    """A lease ended without an outcome because it was revoked in time; its worker lives."""

    fence: int
    """Which lease."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Time went by."""


Event = (
    JobSubmitted
    | JobCancelled
    | WorkerJoined
    | WorkerLost
    | PlanDone
    | SegmentDone
    | AssembleDone
    | TaskFailed
    | TaskRevoked
    | Tick
)
