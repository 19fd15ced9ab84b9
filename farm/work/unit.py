"""What the scheduler keeps about jobs and the units of work that they are made of."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

from farm.plan.segment import Plan, Segment
from farm.work.job_state import JobRequest, JobState
from farm.work.need import ANY, Need
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
    LOOK = "look"
    """Asset to findings."""

    # Enum's own is a call into Python, and these are in keys that the scheduler looks up all the time.
    __hash__ = str.__hash__


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try that failed without the job's fault."""

    worker_id: str
    """Who tried."""
    node: str
    """Where; empty where the worker names no machine."""
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
    estimate_s: float
    """What it should take, by the plan."""
    segments: dict[str, Segment | None] = field(default_factory=dict)
    """The jobs that want it, by id, each with its own segment."""
    fences: list[int] = field(default_factory=list)
    """The leases that it is under: none while it waits, two where a straggler is run twice."""
    attempts: list[Attempt] = field(default_factory=list)
    """Tries that failed."""


@dataclass(slots=True, eq=False)
class Job:
    """An unfinished job."""

    request: JobRequest
    """What it was asked to be."""
    order: int
    """Its place in the order of arrival."""
    accepted_s: float
    """When it was accepted."""
    rank: float
    """Its place in its tenant's queue; least first."""
    listing: int = 0
    """How often its rank was changed: entries of the ready queue from before a change count for nothing."""
    state: JobState = JobState.ACCEPTED
    """Where it stands."""
    plan: Plan | None = None
    """Its plan, once made."""
    need: Need = ANY
    """What its waiting units need of a worker; changes only while nothing waits."""
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
    listed: set[tuple[Need, bool]] = field(default_factory=set)
    """The lanes of the ready queue that it stands in."""

    @property
    def segment_need(self) -> Need:
        """What its segments need of a worker; ``ANY`` until planned."""
        if self.plan is None:
            return ANY
        device = "" if self.plan.device == "cpu" else self.plan.device
        tags = tuple(sorted(set(self.request.tags)))
        return Need(self.plan.quality.encoder, tags, device, self.plan.drawn_by)

    @property
    def assembly_need(self) -> Need:
        """What assembling needs of a worker: it draws the cover, and a segment that the store has dropped."""
        return Need(plugins=self.plan.drawn_by) if self.plan is not None else ANY

    @property
    def first_waiting(self) -> Unit | None:
        """Its first unit that waits."""
        while self.ready and not self.waits(self.ready[0]):
            self.ready.popleft()
        return self.ready[0] if self.ready else None

    def waits(self, unit: Unit) -> bool:
        """Whether a unit is one of its own and under no lease."""
        return not unit.fences and unit.name in self.units
