"""The states of a job, what may follow what, and what a job was asked to be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class JobState(StrEnum):
    """Where a job stands."""

    ACCEPTED = "accepted"
    """Taken in; nothing done yet."""
    PLANNING = "planning"
    """A worker turns its document into a plan."""
    QUEUED = "queued"
    """Planned; no segment was leased yet."""
    RENDERING = "rendering"
    """Segments are being made."""
    ASSEMBLING = "assembling"
    """All segments are there; sound, join, cover and gates."""
    CHECKING = "checking"
    """The finished file is held against the plan."""
    LOOKING = "looking"
    """An asset is looked at."""
    DONE = "done"
    """Published, or looked at."""
    FAILED = "failed"
    """Given up; the problem says why."""
    CANCELLED = "cancelled"
    """Withdrawn by its owner."""

    # Enum's own is a call into Python, and every change of state looks one up.
    __hash__ = str.__hash__

    @property
    def final(self) -> bool:
        """Whether nothing follows."""
        return self in FINAL


FINAL: Final = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})

_ENDS: Final = frozenset({JobState.FAILED, JobState.CANCELLED})

FOLLOWERS: Final = {
    JobState.ACCEPTED: frozenset({JobState.PLANNING, JobState.LOOKING}) | _ENDS,
    JobState.PLANNING: frozenset({JobState.ACCEPTED, JobState.QUEUED}) | _ENDS,
    JobState.QUEUED: frozenset({JobState.RENDERING}) | _ENDS,
    JobState.RENDERING: frozenset({JobState.ASSEMBLING}) | _ENDS,
    # A stored segment can be gone when it is needed: the job goes back and makes it again.
    JobState.ASSEMBLING: frozenset({JobState.CHECKING, JobState.RENDERING}) | _ENDS,
    JobState.CHECKING: frozenset({JobState.DONE}) | _ENDS,
    JobState.LOOKING: frozenset({JobState.ACCEPTED, JobState.DONE}) | _ENDS,
    JobState.DONE: frozenset[JobState](),
    JobState.FAILED: frozenset[JobState](),
    JobState.CANCELLED: frozenset[JobState](),
}
"""Which states may follow which."""


class JobKind(StrEnum):
    """What a job makes."""

    VIDEO = "video"
    """A finished file, of a job document."""
    LOOK = "look"
    """What analysers find in an asset; the document names it."""

    __hash__ = str.__hash__


@dataclass(frozen=True, slots=True)
class JobRequest:
    """What a job was asked to be."""

    job_id: str
    """Its name, unique in the farm."""
    document: str
    """The job document, YAML or JSON."""
    source: str
    """What to call the document in messages."""
    folder: str | None
    """Where relative media paths start; None where the document came over HTTP."""
    production_folder: str
    """Where the finished files go; empty for the worker's own folder of productions."""
    priority: int = 0
    """Higher goes first."""
    use_cache: bool = True
    """Whether stored segments and sound may stand in for making them."""
    tenant: str = "default"
    """Whose share of the farm it uses."""
    tags: tuple[str, ...] = ()
    """What a worker must have to make its segments, as ``bigmem``."""
    accepted_s: float = 0.0
    """When it was accepted, on the clock of whoever feeds the scheduler; 0.0 where that is when the
    scheduler first hears of it."""
    kind: JobKind = JobKind.VIDEO
    """What it makes."""
