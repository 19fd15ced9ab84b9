"""Cutting: where segments begin."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Final

from farm.model.timeline import GroupSource, ImageSource, Timeline, Track, VideoSource
from farm.plan.key import segment_key, sound_key
from farm.plan.quality import ENCODE_NS_A_PIXEL
from farm.plan.segment import Device, Plan, Quality, Segment

MIN_SEGMENT_S: Final = Fraction(1)
"""Shorter runs join the one before: every segment starts with an I-frame, which costs about a dozen P-frames."""
MAX_SEGMENT_S: Final = Fraction(8)
"""Longer runs are cut: a player can only seek to a segment's start, and a lost worker loses no more than this."""
COMPOSE_NS_A_PIXEL: Final = 6.0
"""CPU nanoseconds a pixel and frame that composing takes on product shots."""


def plan_timeline(
    timeline: Timeline,
    quality: Quality,
    *,
    warnings: tuple[str, ...] = (),
    name: str = "",
    template: str = "",
    plugins: tuple[tuple[str, str], ...] = (),
    device: Device = "cpu",
) -> Plan:
    """Return the timeline cut into segments, each with its key and cost."""
    edges = [*starts(timeline), timeline.duration]
    pixels = timeline.width_px * timeline.height_px
    cost_s = pixels * (ENCODE_NS_A_PIXEL[quality.preset] + COMPOSE_NS_A_PIXEL) / 1e9
    segments = tuple(
        Segment(index, start, stop, segment_key(timeline, start, stop, quality), (stop - start) * cost_s)
        for index, (start, stop) in enumerate(pairwise(edges))
    )
    return Plan(timeline, quality, segments, sound_key(timeline), warnings, name, template, plugins, device)


def starts(timeline: Timeline) -> list[int]:
    """Return the first frames of the segments.

    Cuts lie where the main track changes its shot: at the start of the transition into it, so that a transition
    belongs to the shot it leads to. Runs that are too short are joined, too long ones split evenly.
    """
    shortest = max(1, int(MIN_SEGMENT_S * timeline.rate))
    longest = max(shortest, int(MAX_SEGMENT_S * timeline.rate))
    main = _main_track(timeline)
    wanted = sorted(_shot_starts(main)) if main else []
    edges = [0]
    for frame in wanted:
        if frame - edges[-1] >= shortest and timeline.duration - frame >= shortest:
            edges.append(frame)
    cut: list[int] = []
    for start, stop in zip(edges, [*edges[1:], timeline.duration], strict=True):
        parts = -(-(stop - start) // longest)
        cut.extend(start + (stop - start) * part // parts for part in range(parts))
    return cut


def _main_track(timeline: Timeline) -> Track | None:
    def shots(track: Track) -> int:
        return sum(isinstance(clip.source, ImageSource | VideoSource | GroupSource) for clip in track.clips)

    return max(timeline.tracks, key=shots, default=None)


def _shot_starts(track: Track) -> set[int]:
    into = {transition.at: transition.start for transition in track.transitions}
    return {into.get(clip.start, clip.start) for clip in track.clips}
