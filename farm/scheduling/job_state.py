"""The states of a job, their allowed transitions, and the request of a job."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from farm.draft.draft import Draft


class JobState(StrEnum):
    """Where a job stands."""

    ACCEPTED = "accepted"
    """Accepted; nothing done yet."""
    PLANNING = "planning"
    """A worker is turning its document into a plan."""
    QUEUED = "queued"
    """Planned; no segment has been leased yet."""
    RENDERING = "rendering"
    """Segments are being made."""
    ASSEMBLING = "assembling"
    """All segments exist; sound, join, cover and gates remain."""
    CHECKING = "checking"
    """The finished file is compared with the plan."""
    ANALYSING = "looking"
    """An asset is being analysed."""
    DONE = "done"
    """Published, or analysed."""
    FAILED = "failed"
    """Failed; the problem says why."""
    CANCELLED = "cancelled"
    """Cancelled by its owner."""

    # Enum's own __hash__ is a call into Python code, and every change of state looks one up.
    __hash__ = str.__hash__

    @property
    def final(self) -> bool:
        """Whether no other state can follow."""
        return self in FINAL


FINAL: Final = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})

_ENDS: Final = frozenset({JobState.FAILED, JobState.CANCELLED})

FOLLOWERS: Final = {
    JobState.ACCEPTED: frozenset({JobState.PLANNING, JobState.ANALYSING}) | _ENDS,
    JobState.PLANNING: frozenset({JobState.ACCEPTED, JobState.QUEUED}) | _ENDS,
    JobState.QUEUED: frozenset({JobState.RENDERING, JobState.ASSEMBLING}) | _ENDS,
    JobState.RENDERING: frozenset({JobState.ASSEMBLING}) | _ENDS,
    # A stored segment may be gone when it is needed: the job then goes back to render it again.
    JobState.ASSEMBLING: frozenset({JobState.CHECKING, JobState.RENDERING}) | _ENDS,
    JobState.CHECKING: frozenset({JobState.DONE}) | _ENDS,
    JobState.ANALYSING: frozenset({JobState.ACCEPTED, JobState.DONE}) | _ENDS,
    JobState.DONE: frozenset[JobState](),
    JobState.FAILED: frozenset[JobState](),
    JobState.CANCELLED: frozenset[JobState](),
}
"""Which states may follow which."""


class JobKind(StrEnum):
    """What a job produces."""

    VIDEO = "video"
    """A finished file, from a job document."""
    ANALYSIS = "look"
    """The findings of analysers about the asset that the document names."""

    __hash__ = str.__hash__


@dataclass(frozen=True, slots=True)
class JobRequest:
    """The request for a job."""

    job_id: str
    """Its name, unique in the farm."""
    document: str
    """The job document, YAML or JSON."""
    source: str
    """What to call the document in messages."""
    folder: str | None
    """The base folder of relative media paths; None if the document came over HTTP."""
    production_folder: str
    """Where the finished files go; empty for the worker's own folder of productions."""
    priority: int = 0
    """Higher priorities go first."""
    use_cache: bool = True
    """Whether stored segments and sound may be reused."""
    tenant: str = "default"
    """The tenant whose share of the farm it uses."""
    tags: tuple[str, ...] = ()
    """The tags that a worker needs to render its segments, as ``bigmem``."""
    accepted_s: float = 0.0
    """When it was accepted, on the clock of the scheduler's caller; 0.0 means when it reaches the scheduler."""
    kind: JobKind = JobKind.VIDEO
    """What it produces."""
    drafted: Draft | None = None
    """The draft of its document, if it was drafted on this machine to check it; the document may then be empty."""
