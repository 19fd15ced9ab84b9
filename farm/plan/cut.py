"""Cutting: where segments begin. Every start costs an I-frame; every cut saves work when a new version is rendered."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from farm.model.contents import elements_in
from farm.model.source import DrawnSource
from farm.model.timeline import Timeline, Track
from farm.plan.key import SegmentKeys
from farm.plan.quality import ENCODE_NS_A_PIXEL
from farm.plan.segment import Device, Output, Picture, Plan, Quality, Segment

MAX_SEGMENT_S: Final = 10
"""The maximum segment length: players can only seek to a segment's start, and a lost worker loses at most this."""
KEY_US: Final = 333_000
"""The cost of a start within a shot or at a transition, in microseconds of video: its I-frame takes about ten
average frames' worth of bytes more than the P-frame that it replaces (Product-15, x264 veryfast)."""
HARD_CUT_US: Final = 33_000
"""The cost of a start at a hard cut, about a frame: everything is new there anyway, so only opening an encoder
and a file counts."""
WAIT_US: Final = 130_000_000
"""A segment of s seconds costs s²/130 seconds extra: it takes longer to arrive, and more is lost with a worker."""
COMPOSE_NS_A_PIXEL: Final = 2.0
"""CPU nanoseconds per pixel and frame for composing and decoding product shots."""


def plan_pictures(
    pictures: Sequence[Picture],
    outputs: Sequence[Output],
    *,
    variants: Sequence[int],
    warnings: tuple[str, ...] = (),
    name: str = "",
    template: str = "",
    plugins: tuple[str, ...] = (),
    device: Device = "cpu",
) -> Plan:
    """Return the plan of outputs: their pictures cut into segments; ``variants`` as in :func:`starts`, for each."""
    segments: list[Segment] = []
    for number, (picture, count) in enumerate(zip(pictures, variants, strict=True)):
        segments += _segments(number, picture, count, len(segments))
    tracks = [picture.timeline.tracks for picture in pictures]
    drawn_by = tuple(sorted({one.version for each in tracks for one in elements_in(each)} - {""}))
    took_part = sorted({*drawn_by, *plugins})
    versions = tuple((plugin, version) for plugin, _, version in (mark.partition(" ") for mark in took_part))
    return Plan(
        tuple(pictures), tuple(segments), tuple(outputs), warnings, name, template, versions, device, drawn_by
    )


def _segments(number: int, picture: Picture, variants: int, first: int) -> list[Segment]:
    """Return the segments of a picture, numbered from ``first``; none if nothing of it is encoded."""
    if not picture.codings:
        return []
    timeline = picture.timeline
    edges = [*starts(timeline, variants), timeline.duration]
    cost_s = sum(_cost_s(timeline, quality) for quality in picture.codings)
    cost_s += timeline.width_px * timeline.height_px * COMPOSE_NS_A_PIXEL / 1e9
    keys = [SegmentKeys(timeline, quality) for quality in picture.codings]
    return [
        Segment(
            first + index,
            start,
            stop,
            keys[0].key(start, stop),
            (stop - start) * cost_s,
            number,
            tuple(more.key(start, stop) for more in keys[1:]),
        )
        for index, (start, stop) in enumerate(pairwise(edges))
    ]


def _cost_s(timeline: Timeline, quality: Quality) -> float:
    """Return the estimated CPU seconds of encoding a frame."""
    width_px, height_px = quality.size_px or (timeline.width_px, timeline.height_px)
    planes = 2 if quality.alpha else 1
    return planes * width_px * height_px * ENCODE_NS_A_PIXEL[quality.encoder, quality.preset] / 1e9


def starts(timeline: Timeline, variants: int = 1) -> list[int]:
    """Return the first frames of the segments, chosen for the least total cost.

    The cost has three parts: an I-frame at each start, which costs little at hard cuts; the length of segments; and, if
    more than one of ``variants`` (versions of this video, including edits) is expected, the segments to render again,
    assuming that each version changes one clip and thus all segments that show it. So a single video gets few segments,
    and one of many gets separate segments for its shots and the transitions between them.
    """
    cost_us = _candidates(timeline)
    frames = sorted(cost_us)
    seen = _Seen(timeline)
    longest = max(1, int(MAX_SEGMENT_S * timeline.rate))
    best: dict[int, tuple[int, int]] = {0: (0, 0)}
    for index, stop in enumerate(frames[1:], 1):
        options: list[tuple[int, int]] = []
        for start in reversed(frames[:index]):
            if stop - start > longest and options:
                break
            length_us = int((stop - start) * 1_000_000 / timeline.rate)
            again = (variants - 1) * length_us * seen.between(start, stop) // max(1, seen.count)
            options.append((best[start][0] + cost_us[start] + length_us**2 // WAIT_US + again, start))
        best[stop] = min(options)
    edges = []
    frame = timeline.duration
    while frame > 0:
        frame = best[frame][1]
        edges.append(frame)
    return edges[::-1]


def _candidates(timeline: Timeline) -> dict[int, int]:
    """Return where segments may begin, with the cost, including the first frame and the end."""
    found = {int(second * timeline.rate): KEY_US for second in range(int(timeline.duration_s) + 1)}
    main = _main_track(timeline)
    for track in timeline.tracks:
        for frame in (edge for clip in track.clips for edge in (clip.start, clip.stop)):
            found[frame] = KEY_US
        for frame in (edge for passing in track.transitions for edge in (passing.start, passing.stop)):
            found[frame] = KEY_US
    if main is not None:
        passing = {transition.at for transition in main.transitions}
        for clip in main.clips:
            if clip.start not in passing:
                found[clip.start] = HARD_CUT_US
    inside = {frame: cost for frame, cost in found.items() if 0 < frame < timeline.duration}
    return {0: 0, **inside, timeline.duration: 0}


class _Seen:
    """Counts how many of a timeline's clips are visible during a run of frames."""

    def __init__(self, timeline: Timeline) -> None:
        spans = [span for track in timeline.tracks for span in _spans(track)]
        self.count = len(spans)
        self._starts = sorted(start for start, _ in spans)
        self._stops = sorted(stop for _, stop in spans)

    def between(self, start: int, stop: int) -> int:
        """Return how many clips are visible in the frames ``start`` to ``stop``."""
        return bisect_left(self._starts, stop) - bisect_right(self._stops, start)


def _spans(track: Track) -> list[tuple[int, int]]:
    """Return the frames between which each clip is visible, including its transitions."""
    into = {transition.at: transition.start for transition in track.transitions}
    out_of = {transition.at: transition.stop for transition in track.transitions}
    return [(into.get(clip.start, clip.start), out_of.get(clip.stop, clip.stop)) for clip in track.clips]


def _main_track(timeline: Timeline) -> Track | None:
    def shots(track: Track) -> int:
        return sum(not isinstance(clip.source, DrawnSource) for clip in track.clips)

    return max(timeline.tracks, key=shots, default=None)
