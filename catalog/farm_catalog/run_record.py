"""A run: one job from submission to end, with its output and cost."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from farm.errors import StoreError


@dataclass(frozen=True, slots=True)
class SegmentRecord:
    """One segment of a run."""

    index: int
    """Its index in the video, from 0."""
    key: str
    """Its key in the store."""
    frames: int
    """Frames in it."""
    size_bytes: int
    """Its encoded size."""
    reused: bool
    """Whether it was already in the store."""
    decode_s: float
    """CPU seconds reading and decoding."""
    composite_s: float
    """CPU seconds composing."""
    encode_s: float
    """CPU seconds encoding."""
    cpu_s: float
    """CPU seconds in all."""
    node: str
    """Node that rendered it."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A job that has ended."""

    job_id: str
    """Its id."""
    state: str
    """``done``, ``failed`` or ``cancelled``."""
    name: str
    """The owner's name for it."""
    template: str
    """Its template; empty for a timeline job."""
    source: str
    """Name of its document."""
    encoder: str
    """Encoder of its segments; empty if it never had a plan."""
    submitted_at_s: float
    """When it was accepted, seconds since the epoch."""
    finished_at_s: float
    """When it ended, seconds since the epoch."""
    wait_s: float
    """From acceptance until work on it began, seconds."""
    wall_s: float
    """From acceptance to its end, seconds."""
    frames: int
    """Frames in the finished file."""
    duration_s: float
    """Length of the finished file."""
    width_px: int
    """Width."""
    height_px: int
    """Height."""
    size_bytes: int
    """Size of the finished file."""
    loudness_lufs: float | None
    """Integrated loudness of the finished file; None for a silent one."""
    sha256: str
    """Hash of the finished file."""
    video: str
    """Where the finished file is."""
    cover: str
    """Where its cover is."""
    report: str
    """Where its report is."""
    decode_s: float
    """CPU seconds reading and decoding, segments and assembly together."""
    composite_s: float
    """CPU seconds composing."""
    encode_s: float
    """CPU seconds encoding."""
    cpu_s: float
    """CPU seconds in all."""
    node: str
    """Node that assembled it."""
    retries: int
    """Number of retries."""
    message: str
    """Why it failed; empty otherwise."""
    segments: tuple[SegmentRecord, ...] = ()
    """Its segments, in order, as far as they were rendered."""
    plugins: tuple[tuple[str, str], ...] = ()
    """(plugin, version) of the plugins used."""
    warnings: tuple[str, ...] = ()
    """What could not be done exactly as requested."""

    def to_json(self) -> str:
        """Return it as a JSON document."""
        return json.dumps(asdict(self), ensure_ascii=False, allow_nan=False)

    @staticmethod
    def from_json(text: str, source: str) -> RunRecord:
        """Parse the output of :meth:`to_json`; ``source`` names the file in messages."""
        try:
            fields: dict[str, Any] = json.loads(text)
            fields["segments"] = tuple(SegmentRecord(**segment) for segment in fields["segments"])
            fields["plugins"] = tuple((name, version) for name, version in fields["plugins"])
            fields["warnings"] = tuple(fields["warnings"])
            return RunRecord(**fields)
        except (ValueError, TypeError, KeyError) as error:
            raise StoreError(f"{source} is not a run record ({error}); it is skipped") from error


def spool(record: RunRecord, folder: Path) -> Path:
    """Spool a record for the catalog's only writer to ingest; any process may do so at any time."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{record.job_id}-{record.finished_at_s:.6f}.json"
    # A leading dot hides it from the writer until it is complete.
    with NamedTemporaryFile("w", dir=folder, prefix=".", encoding="utf-8", delete=False) as file:
        file.write(record.to_json())
        file.flush()
        os.fsync(file.fileno())
    os.replace(file.name, path)
    return path
