"""What the scheduler keeps about jobs, workers and the units of work between them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

from farm.plan.segment import Plan, Segment
from farm.work.event import WorkerFacts
from farm.work.job_state import JobRequest, JobState
from farm.work.task import SegmentResult

UnitName = tuple[str, str]
"""What makes two units one: a kind with a segment key, or a kind with a job's id."""


class UnitKind(StrEnum):
    """What a unit does."""

    PLAN = "plan"
    """Document to plan."""
    SEGMENT = "segment"
    """One segment."""
    ASSEMBLE = "assemble"
    """Segments to file."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try that failed without the job's fault."""

    worker_id: str
    """Who tried."""
    node: str
    """Where."""
    message: str
    """What happened."""

    def __str__(self) -> str:
        where = f"{self.worker_id} on {self.node}" if self.node else self.worker_id
        return f"{where}: {self.message}"


@dataclass(slots=True, eq=False)
class Unit:
    """A thing to do once, for one job or for several that want the same segment."""

    kind: UnitKind
    """What is done."""
    name: UnitName
    """What makes it one with another job's unit."""
    label: str
    """For people, as ``segment 3 of 7``."""
    segments: dict[str, Segment | None] = field(default_factory=dict)
    """The jobs that want it, by id, each with its own segment."""
    fence: int | None = None
    """The lease that it is under; None while it waits."""
    attempts: list[Attempt] = field(default_factory=list)
    """Tries that failed."""

    @property
    def avoid(self) -> frozenset[str]:
        """The workers that failed at it."""
        return frozenset(attempt.worker_id for attempt in self.attempts)


@dataclass(slots=True, eq=False)
class Job:
    """An unfinished job."""

    request: JobRequest
    """What it was asked to be."""
    order: int
    """Its place in the order of arrival."""
    state: JobState = JobState.ACCEPTED
    """Where it stands."""
    plan: Plan | None = None
    """Its plan, once made."""
    results: dict[str, SegmentResult] = field(default_factory=dict)
    """Its finished segments, by key."""
    units: dict[UnitName, Unit] = field(default_factory=dict)
    """What is still to be done now."""
    assembly: Unit | None = None
    """Its last unit; kept because it is opened again when a stored segment was gone."""
    ready: deque[Unit] = field(default_factory=deque)
    """Units that waited when they were put here; those under a lease are skipped."""
    waiting: int = 0
    """How many of its units wait."""
    running: int = 0
    """How many leases are held in its name."""
    listed: set[tuple[str, bool]] = field(default_factory=set)
    """The lanes of the ready queue that it stands in."""

    @property
    def need(self) -> str:
        """The encoder that its waiting units need; empty where any worker will do."""
        rendering = self.plan is not None and self.state in (JobState.QUEUED, JobState.RENDERING)
        return self.plan.quality.encoder if rendering and self.plan is not None else ""


@dataclass(slots=True, eq=False)
class Seat:
    """A living worker."""

    facts: WorkerFacts
    """What is known about it."""
    needs: tuple[str, ...]
    """The needs that it can meet."""
    fence: int | None = None
    """The lease that it holds."""
    last_job_id: str = ""
    """The job that it worked for last: its media are warm there."""


@dataclass(slots=True, eq=False)
class Held:
    """A lease that has not ended."""

    seat: Seat
    """Who holds it."""
    unit: Unit | None
    """What it is for; None once revoked."""
    job_id: str
    """In whose name."""
