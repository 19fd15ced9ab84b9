"""Tasks and their results: the only things that travel between scheduler, executors and workers.

Tasks are small (documents, plans, keys, paths). Pixels and encoded bytes never travel in them: a worker
reads and writes the content-addressed store, which all workers of a farm share.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from farm.plan.segment import Plan, Quality, Segment

if TYPE_CHECKING:
    from farm.draft.draft import Draft
    from farm.model.job_document import JobDocument


@dataclass(frozen=True, slots=True)
class PlanTask:
    """Turn a job document into a plan."""

    job_id: str
    """The job that it belongs to."""
    document: str | Mapping[str, Any] | JobDocument
    """The job document: YAML or JSON text, or, on the machine that it was made on, plain data or the parsed job."""
    source: str
    """The document's name in messages, e.g. ``watch.yaml``."""
    folder: str | None
    """The base folder of relative media paths; None if only URLs and stored blobs are allowed (jobs over HTTP)."""
    examine: bool = False
    """Whether clips and sounds are decoded to find damage, which rendering would find anyway."""
    drafted: Draft | None = None
    """The draft of this very document, if it was drafted on this machine to check it."""


@dataclass(frozen=True, slots=True)
class SegmentTask:
    """Render one segment."""

    job_id: str
    """The job that it belongs to."""
    plan: Plan
    """The plan that the segment is part of."""
    segment: Segment
    """Which segment."""
    use_cache: bool = True
    """Whether a stored segment may be reused instead of rendering."""


@dataclass(frozen=True, slots=True)
class AssembleTask:
    """Mix the sound, join the segments, check the file, make cover and report."""

    job_id: str
    """The job that it belongs to."""
    plan: Plan
    """The plan to assemble."""
    segments: tuple[SegmentResult, ...]
    """The rendered segments, in order."""
    folder: str
    """Where production files go, atomically, as ``<job_id>.mp4``, ``.jpg`` and ``.json``; empty for the worker's own
    folder of productions."""
    use_cache: bool = True
    """Whether a stored sound track may be reused instead of mixing."""


@dataclass(frozen=True, slots=True)
class AnalysisTask:
    """Analyse an asset with all analysers that support it."""

    job_id: str
    """The job that it belongs to."""
    document: str
    """The asset, in the form of :func:`farm.worker.analysis_job.analysis_document`."""


Task = PlanTask | SegmentTask | AssembleTask | AnalysisTask


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU time by stage, in core-seconds."""

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
    """The element's name, as ``basics.vignette``."""
    calls: int
    """The number of frames, or of drawings of a sticker."""
    seconds: float
    """Total wall-clock time."""


@dataclass(frozen=True, slots=True)
class SegmentResult:
    """A segment that is in the store."""

    key: str
    """Its name in the store."""
    frames: int
    """The number of its frames."""
    size_bytes: int
    """Its encoded size."""
    reused: bool
    """Whether it was already in the store."""
    encoder: str
    """Which encoder made it, as ``libx264``."""
    spent: Spent
    """CPU time used now; zero if reused."""
    node: str = ""
    """The machine that rendered it."""
    device: str = ""
    """What its frames were composed on, as ``cpu`` or ``gpu (NVIDIA L4)``; empty if reused."""
    decoders: tuple[str, ...] = ()
    """The decoders used for its clips, as ``software`` or ``nvdec``; empty if reused or without clips."""
    warnings: tuple[str, ...] = ()
    """What was done on the CPU although a GPU was requested, and damage found in its clips."""
    elements: tuple[ElementTime, ...] = ()
    """How long each element took; empty if reused."""


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file of a finished job."""

    name: str
    """Its name, beginning with its output's: ``video.mp4``, ``square.gif``, ``stream.hls/index.m3u8``."""
    output: str
    """The output that it belongs to."""
    kind: Literal["main", "poster", "sprites", "cues", "piece"]
    """What of the output it is: the file itself, or for HLS its master playlist; or something beside it."""
    media_type: str
    """Its media type."""
    size_bytes: int
    """Its size."""
    sha256: str
    """SHA-256 of its content."""
    frames: int = 0
    """Its frames, counted; 0 if it is no video."""
    duration_s: float = 0.0
    """Its length; 0 for a still picture."""
    width_px: int = 0
    """Width of its picture."""
    height_px: int = 0
    """Height of its picture."""
    checks: tuple[tuple[str, str], ...] = ()
    """(gate, measured value) of the gates that it passed."""


@dataclass(frozen=True, slots=True)
class AssemblyResult:
    """A finished file with its cover, checks and costs."""

    job_id: str
    """The job that it belongs to."""
    video: str
    """Path of the main file: an MP4, unless the job asks for another format."""
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
    """SHA-256 of the main file."""
    warnings: tuple[str, ...] = ()
    """The warnings, as in the report."""
    spent: Spent = field(default_factory=Spent)
    """CPU time of assembling alone."""
    node: str = ""
    """Where it was assembled."""
    files: tuple[MadeFile, ...] = ()
    """All files besides cover and report; the main one is the first."""


@dataclass(frozen=True, slots=True)
class AnalysisResult:
    """The findings about an asset."""

    record: str
    """The catalog's record of it, as JSON."""
    spent: Spent
    """CPU time that the analysis took."""
    node: str = ""
    """Where it was analysed."""


__all__ = [
    "AnalysisResult",
    "AnalysisTask",
    "AssembleTask",
    "AssemblyResult",
    "ElementTime",
    "MadeFile",
    "Plan",
    "PlanTask",
    "Quality",
    "SegmentResult",
    "SegmentTask",
    "Spent",
    "Task",
]
