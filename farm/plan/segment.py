"""Segments and plans: the units of work, of caching and of retry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from farm.model.timeline import Timeline

Encoder = Literal["libx264", "h264_nvenc"]
"""The encoder of a job's segments; a job never mixes encoders, because their streams cannot be joined."""


Device = Literal["cpu", "gpu"]
"""What frames are composed on; it does not affect pixels and is not part of any key."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Encoder settings; the same for all segments of a job."""

    encoder: Encoder
    """Which encoder."""
    preset: str
    """Its preset."""
    crf: int
    """Constant rate factor (x264) or constant quality (NVENC)."""
    options: str = ""
    """x264's own options beyond the preset's, as ``name=value:name=value``."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of frames that is rendered and encoded as one closed GOP."""

    index: int
    """Its place in the video, from 0."""
    start: int
    """First frame on the timeline."""
    stop: int
    """The frame after its last one."""
    key: str
    """SHA-256 of everything that determines its bytes."""
    cost_s: float
    """Estimated CPU seconds to render it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A timeline cut into segments."""

    timeline: Timeline
    """What is rendered."""
    quality: Quality
    """How it is encoded."""
    segments: tuple[Segment, ...]
    """In order; together they cover every frame once."""
    sound_key: str
    """SHA-256 of everything that determines the sound track; empty for a silent video."""
    warnings: tuple[str, ...] = ()
    """What could not be done exactly as requested, for the report."""
    name: str = ""
    """The job's name, for file names."""
    template: str = ""
    """The template's name, or empty for a timeline job."""
    plugins: tuple[tuple[str, str], ...] = ()
    """(plugin, version and file hash) of the plugins that took part."""
    device: Device = "cpu"
    """What its frames are composed on."""
    drawn_by: tuple[str, ...] = ()
    """The plugins whose elements are drawn, in the exact builds that workers must have: ``acme 1.2 (3f2a91c04b7e)``."""

    @property
    def cost_s(self) -> float:
        """Estimated CPU seconds to render all segments."""
        return sum(segment.cost_s for segment in self.segments)
