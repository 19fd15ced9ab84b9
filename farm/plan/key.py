"""Keys: equal keys guarantee equal bytes.

A segment's key is the hash of everything that its pixels and its encoding depend on: media by content, elements with
their parameters and their plugins' versions and files, times relative to the segment. Names, paths, ids and everything
outside the segment are excluded, so that an edit elsewhere does not change it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, is_dataclass
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from importlib.metadata import version
from typing import Any, Final

from farm.model.asset import Asset
from farm.model.curve import Curve
from farm.model.element_ref import ElementRef
from farm.model.font_file import FontFile
from farm.model.timeline import Clip, GroupSource, Timeline, Track, Transition
from farm.plan.segment import Quality

ENGINE: Final = 9
"""Incremented with every change of farm's own code that changes pixels or sound."""

_LIBRARIES: Final = ("av", "skia-python", "pillow", "segno")
"""Libraries whose versions affect bytes."""


_PLAIN: Final = frozenset({str, int, bool, type(None)})
"""Types that JSON holds unchanged: most values in a timeline, so checked first."""


@lru_cache(maxsize=1)
def engine() -> tuple[str, ...]:
    """Return the versions that are part of every key."""
    return (f"farm {ENGINE}", *(f"{name} {version(name)}" for name in _LIBRARIES))


def canonical(value: Any) -> Any:
    """Return ``value`` as JSON-ready data without names and paths."""
    kind: Any = type(value)
    if kind in _PLAIN:
        return value
    if kind is float:
        return repr(value)
    if kind is tuple or kind is list:
        return [canonical(item) for item in value]
    if isinstance(value, Asset):
        return [value.sha256, value.drawn_by] if value.drawn_by else value.sha256
    if isinstance(value, FontFile):
        return [value.sha256, value.index, value.family, list(value.weights)]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, Curve):
        return _curve(value)
    if is_dataclass(value) and not isinstance(value, type):
        data: dict[str, Any] = {"type": kind.__name__}
        for name in _keyed_fields(kind):
            item = canonical(getattr(value, name))
            if item is not None:
                data[name] = item
        return data
    if isinstance(value, tuple | list):
        return [canonical(item) for item in value]
    if isinstance(value, float):
        return repr(value)
    return value


@lru_cache(maxsize=256)
def _curve(curve: Curve) -> Any:
    """Return a curve's canonical data, which must not be modified; most curves of a timeline are a few constants."""
    return ["curve", *([repr(key.frame), repr(key.value), key.ease] for key in curve.keys)]


@lru_cache(maxsize=64)
def _keyed_fields(kind: Any) -> tuple[str, ...]:
    """Return the fields of a class that are part of keys."""
    # An element's name identifies it; the names and paths of everything else are for people only.
    unseen = () if kind is ElementRef else ("name", "path")
    return tuple(field.name for field in fields(kind) if field.name not in unseen)


def digest(value: Any) -> str:
    """Return the SHA-256 of canonical data in hexadecimal."""
    return _hashed(canonical(value))


def _hashed(data: Any) -> str:
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


class SegmentKeys:
    """Computes the keys of a timeline's segments; the digest of each clip is computed only once."""

    def __init__(self, timeline: Timeline, quality: Quality) -> None:
        self._timeline = timeline
        self._frame = digest(
            [
                "segment",
                engine(),
                [timeline.width_px, timeline.height_px, timeline.rate, timeline.background],
                quality,
            ]
        )
        self._digests: dict[tuple[int, bool, bool, bool], str] = {}

    def key(self, start: int, stop: int) -> str:
        """Return the key of the frames ``start`` to ``stop``."""
        tracks = [self._track(track, start, stop, self._timeline.duration) for track in self._timeline.tracks]
        return _hashed([self._frame, stop - start, [track for track in tracks if track is not None]])

    def _track(self, track: Track, start: int, stop: int, duration: int) -> Any:
        passing, clips = seen_between(track, start, stop)
        if not clips:
            return None
        return [
            [self._clip(clip, start, stop, bool(passing)) for clip in clips],
            [[t.at - start, t.before, t.after, digest(t.element)] for t in passing],
            # an effect on a track depends on the timeline's own clock
            [[digest(effect) for effect in track.effects], start, duration] if track.effects else [],
        ]

    def _clip(self, clip: Clip, start: int, stop: int, passing: bool) -> Any:
        """Return what a clip contributes to the frames ``start`` to ``stop``, with times relative to ``start``."""
        first, last = start - clip.start, stop - 1 - clip.start
        # Motion blur sees a clip before and after the frame that is exposed.
        open_for = clip.shutter_deg / 720
        enters = clip.enter is not None and first - open_for < max(1, clip.enter.delay + clip.enter.frames)
        left = clip.duration - last - open_for
        exits = clip.exit is not None and left - clip.exit.delay <= max(1, clip.exit.frames)
        span = [max(clip.start, start) - start, min(clip.stop, stop) - start]
        at_rest = not (enters or exits or passing) and _rests(clip)
        parts: list[Any] = [self._digest(clip, enters, exits, at_rest)]
        if isinstance(clip.source, GroupSource):
            # Beyond a group's ends, the clips visible at the ends continue.
            low, high = (max(0, min(frame, clip.duration - 1)) for frame in (first, last))
            inner = [self._track(track, low, high + 1, clip.duration) for track in clip.source.tracks]
            return [*parts, -first, clip.duration, inner]
        if not at_rest:
            return [*parts, -first, clip.duration]
        # Nothing moves, so the start time does not matter, except to what advances, whatever its length.
        return [*parts, *span, -first, clip.duration] if clip.source.advances else [*parts, *span]

    def _digest(self, clip: Clip, enters: bool, exits: bool, at_rest: bool) -> str:
        name = id(clip), enters, exits, at_rest
        known = self._digests.get(name)
        if known is None:
            source = clip.source.room if isinstance(clip.source, GroupSource) else clip.source
            motions = [clip.enter if enters else None, clip.exit if exits else None]
            layering = [clip.loops, clip.blend, clip.mask, clip.shutter_deg]
            known = self._digests[name] = digest(
                [source, clip.placement, clip.effects, motions, layering, at_rest]
            )
        return known


def _rests(clip: Clip) -> bool:
    """Whether nothing about a clip changes over time but what its source shows, entrance and exit apart."""
    if clip.effects or clip.loops or not clip.placement.is_constant:
        return False
    if clip.mask is None:
        return True
    mask = clip.mask.clip
    moves = mask.enter is not None or mask.exit is not None or not clip.mask.feather_px.is_constant
    inside = isinstance(mask.source, GroupSource) or mask.source.advances
    return not moves and not inside and _rests(mask)


def seen_between(track: Track, start: int, stop: int) -> tuple[list[Transition], list[Clip]]:
    """Return the transitions and clips of a track that take part in the frames ``start`` to ``stop``."""
    passing = [t for t in track.transitions if t.start < stop and t.stop > start]
    cuts = {t.at for t in passing}
    clips = [
        clip
        for clip in track.clips
        if (clip.start < stop and clip.stop > start) or clip.start in cuts or clip.stop in cuts
    ]
    return passing, clips


def sound_key(timeline: Timeline) -> str:
    """Return the key of a timeline's sound track; empty where it has none."""
    if not timeline.sound.clips:
        return ""
    return digest(["sound", engine(), timeline.duration_s, timeline.sound])
