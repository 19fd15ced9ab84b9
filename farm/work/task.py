"""Tasks and their results: the only things that travel between scheduler, executors and workers.

Tasks are small (documents, plans, keys, paths). Pixels and encoded bytes never travel in them: a worker
reads and writes the content-addressed store, which all workers of a farm share.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from farm.plan.segment import Plan, Quality, Segment


@dataclass(frozen=True, slots=True)
class PlanTask:
    """Turn a job document into a plan."""

    job_id: str
    """Whose."""
    document: str
    """The job document, YAML or JSON."""
    source: str
    """What to call the document in messages, e.g. ``watch.yaml``."""
    folder: str | None
    """Where relative media paths start; None where only URLs and stored blobs are allowed (jobs over HTTP)."""
    examine: bool = False
    """Whether clips and sounds are decoded to look for damage; rendering finds it anyway."""


@dataclass(frozen=True, slots=True)
class SegmentTask:
    """Render one segment."""

    job_id: str
    """Whose."""
    plan: Plan
    """The plan that the segment is part of."""
    segment: Segment
    """Which segment."""
    use_cache: bool = True
    """Whether a stored segment may stand in for rendering."""


@dataclass(frozen=True, slots=True)
class AssembleTask:
    """Mix the sound, join the segments, check the file, make cover and report."""

    job_id: str
    """Whose."""
    plan: Plan
    """What to assemble."""
    segments: tuple[SegmentResult, ...]
    """The rendered segments, in order."""
    folder: str
    """Where production files go, atomically, as ``<job_id>.mp4``, ``.jpg`` and ``.json``; empty for the worker's own
    folder of productions."""
    use_cache: bool = True
    """Whether a stored sound track may stand in for mixing."""


@dataclass(frozen=True, slots=True)
class LookTask:
    """Look at an asset with all analysers that can."""

    job_id: str
    """Whose."""
    document: str
    """What to look at, as ``farm.work.look`` writes it."""


Task = PlanTask | SegmentTask | AssembleTask | LookTask


@dataclass(frozen=True, slots=True)
class Spent:
    """Where CPU went, in seconds of one core."""

    decode_s: float = 0.0
    """Reading and decoding media."""
    composite_s: float = 0.0
    """Composing frames."""
    encode_s: float = 0.0
    """Encoding pictures and sound."""
    total_s: float = 0.0
    """The whole task, the above included."""

    def __add__(self, other: Spent) -> Spent:
        return Spent(
            self.decode_s + other.decode_s,
            self.composite_s + other.composite_s,
            self.encode_s + other.encode_s,
            self.total_s + other.total_s,
        )


@dataclass(frozen=True, slots=True)
class ElementTime:
    """How long an element took in a segment."""

    name: str
    """Which, as ``basics.vignette``."""
    calls: int
    """Frames, or drawings of a sticker."""
    seconds: float
    """In all, by the clock."""


@dataclass(frozen=True, slots=True)
class SegmentResult:
    """A segment that is in the store."""

    key: str
    """Its name in the store."""
    frames: int
    """How many it holds."""
    size_bytes: int
    """Its encoded size."""
    reused: bool
    """Whether it was in the store already."""
    encoder: str
    """Which encoder made it, as ``libx264``."""
    spent: Spent
    """CPU used now; zero where reused."""
    node: str = ""
    """Where it was made."""
    device: str = ""
    """What its frames were composed on, as ``cpu`` or ``gpu (NVIDIA L4)``; empty where reused."""
    decoders: tuple[str, ...] = ()
    """What decoded its clips, as ``software`` or ``nvdec``; empty where reused or without clips."""
    warnings: tuple[str, ...] = ()
    """What was done on the CPU though a GPU was asked for."""
    elements: tuple[ElementTime, ...] = ()
    """How long each element took; empty where reused."""


@dataclass(frozen=True, slots=True)
class Production:
    """A finished file with its cover, checks and costs."""

    job_id: str
    """Whose."""
    video: str
    """Path of the MP4."""
    cover: str
    """Path of the cover JPEG."""
    report: str
    """Path of the JSON report."""
    frames: int
    """Frames in the file, counted."""
    duration_s: float
    """Length."""
    width_px: int
    """Width."""
    height_px: int
    """Height."""
    size_bytes: int
    """File size."""
    loudness_lufs: float | None
    """Integrated loudness measured in the file; None for a silent video."""
    sha256: str
    """Of the MP4."""
    warnings: tuple[str, ...] = ()
    """As in the report."""
    spent: Spent = field(default_factory=Spent)
    """CPU of assembling alone."""
    node: str = ""
    """Where it was assembled."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found in an asset."""

    record: str
    """The catalog's record of it, as JSON."""
    spent: Spent
    """What looking cost."""
    node: str = ""
    """Where it was looked at."""


__all__ = [
    "AssembleTask",
    "ElementTime",
    "LookTask",
    "Looked",
    "Plan",
    "PlanTask",
    "Production",
    "Quality",
    "SegmentResult",
    "SegmentTask",
    "Spent",
    "Task",
]
