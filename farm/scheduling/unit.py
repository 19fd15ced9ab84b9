"""The scheduler's records of jobs and of the units of work that they consist of."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

from farm.plan.segment import Plan, Segment
from farm.scheduling.job_state import JobRequest, JobState
from farm.scheduling.need import ANY, Need
from farm.worker.task import SegmentResult

UnitName = tuple[str, str]
"""The identity of a unit: its kind with a segment key, or its kind with a job's id."""


class UnitKind(StrEnum):
    """What a unit does."""

    PLAN = "plan"
    """Document to plan."""
    SEGMENT = "segment"
    """One segment."""
    ASSEMBLE = "assemble"
    """Segments to file."""
    ANALYSIS = "look"
    """Asset to findings."""

    # Enum's own __hash__ is a call into Python code, and these are in keys that the scheduler looks up constantly.
    __hash__ = str.__hash__


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try that failed through no fault of the job."""

    worker_id: str
    """Which worker tried."""
    node: str
    """On which node; empty if the worker names none."""
    message: str
    """What happened."""

    def __str__(self) -> str:
        where = f"{self.worker_id} on {self.node}" if self.node else self.worker_id
        return f"{where}: {self.message}"


@dataclass(slots=True, eq=False)
class Unit:
    """Work to be done once, for one job or for several that share a segment."""

    kind: UnitKind
    """What is done."""
    name: UnitName
    """Its identity; jobs that need the same unit share it."""
    label: str
    """For people, as ``segment 3 of 7``."""
    estimate_s: float
    """How long it should take according to the plan."""
    segments: dict[str, Segment | None] = field(default_factory=dict)
    """The jobs that need it, by id, each with its own segment."""
    fences: list[int] = field(default_factory=list)
    """The leases that it is under: none while it waits, two while a straggler is run twice."""
    attempts: list[Attempt] = field(default_factory=list)
    """Tries that failed."""


@dataclass(slots=True, eq=False)
class Job:
    """An unfinished job."""

    request: JobRequest
    """Its request."""
    order: int
    """Its place in the order of arrival."""
    accepted_s: float
    """When it was accepted."""
    rank: float
    """Its rank in its tenant's queue; lowest first."""
    listing: int = 0
    """How often its rank was changed: older entries of the ready queue are stale."""
    state: JobState = JobState.ACCEPTED
    """Where it stands."""
    plan: Plan | None = None
    """Its plan, once made."""
    need: Need = ANY
    """What its waiting units need of a worker; changes only while no unit is waiting."""
    results: dict[str, SegmentResult] = field(default_factory=dict)
    """Its finished segments, by key."""
    units: dict[UnitName, Unit] = field(default_factory=dict)
    """The units still to be done in its current state."""
    assembly: Unit | None = None
    """Its last unit; kept because it is reopened if a stored segment turns out to be missing."""
    ready: deque[Unit] = field(default_factory=deque)
    """Units that were waiting when they were put here; those under a lease are skipped."""
    waiting: int = 0
    """How many of its units are waiting."""
    running: int = 0
    """How many leases are held on its behalf."""
    listed: set[tuple[Need, bool]] = field(default_factory=set)
    """The lanes of the ready queue in which it is listed."""

    @property
    def segment_need(self) -> Need:
        """What its segments need of a worker; ``ANY`` until planned."""
        if self.plan is None:
            return ANY
        device = "" if self.plan.device == "cpu" else self.plan.device
        tags = tuple(sorted(set(self.request.tags)))
        return Need(self.plan.needed_encoder, tags, device, self.plan.drawn_by)

    @property
    def assembly_need(self) -> Need:
        """What assembling needs of a worker: it renders the cover, and segments that the store has dropped."""
        return Need(plugins=self.plan.drawn_by) if self.plan is not None else ANY

    @property
    def first_waiting(self) -> Unit | None:
        """Its first waiting unit."""
        while self.ready and not self.waits(self.ready[0]):
            self.ready.popleft()
        return self.ready[0] if self.ready else None

    def waits(self, unit: Unit) -> bool:
        """Whether a unit is one of its own and under no lease."""
        return not unit.fences and unit.name in self.units
