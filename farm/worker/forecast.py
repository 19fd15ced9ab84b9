"""The forecast of a plan: its segments, which of them are stored, and what the others will cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from farm.plan.segment import Plan
from farm.settings import Settings
from farm.store.store import Store
from farm.worker.element_paces import ElementPaces
from farm.worker.worker import suffix_of


@dataclass(frozen=True, slots=True)
class SegmentForecast:
    """A segment of a plan."""

    index: int
    """Its place in the video, from 0."""
    start: int
    """Its first frame."""
    stop: int
    """The frame after its last."""
    key: str
    """Its key in the store."""
    stored: bool
    """Whether it is stored."""
    cpu_s: float
    """Estimated CPU seconds to render it."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """The cost of rendering a job."""

    frames: int
    """Frames of the video."""
    duration_s: float
    """Its length in seconds."""
    rate: str
    """Frames per second, as a fraction: ``30`` or ``30000/1001``."""
    estimated_cpu_s: float
    """Estimated CPU seconds of the segments that are not stored."""
    segments: Sequence[SegmentForecast]
    """Its segments, in order."""
    elements: Mapping[str, float]
    """Milliseconds per frame of the elements that were measured on this machine."""
    warnings: Sequence[str]
    """What could not be done exactly as the document requests."""
    width_px: int
    """Width of the video."""
    height_px: int
    """Height of the video."""


def stored_segments(plan: Plan, blobs: Store) -> list[bool]:
    """Return, for each segment of a plan, whether the store has it."""
    return [
        all(
            blobs.has(key, suffix_of(coding))
            for key, coding in zip(segment.keys, plan.pictures[segment.picture].codings, strict=True)
        )
        for segment in plan.segments
    ]


def forecast(plan: Plan, stored: Sequence[bool], settings: Settings) -> Forecast:
    """Return the forecast of a plan; ``stored`` says of each segment whether the store has it."""
    timeline, segments = plan.timeline, list(zip(plan.segments, stored, strict=True))
    return Forecast(
        frames=timeline.duration,
        duration_s=float(timeline.duration_s),
        rate=str(timeline.rate),
        estimated_cpu_s=round(sum(segment.cost_s for segment, there in segments if not there), 2),
        segments=[
            SegmentForecast(
                segment.index, segment.start, segment.stop, segment.key, there, round(segment.cost_s, 2)
            )
            for segment, there in segments
        ],
        elements=ElementPaces(settings.element_paces).ms_a_call(timeline),
        warnings=list(plan.warnings),
        width_px=timeline.width_px,
        height_px=timeline.height_px,
    )
