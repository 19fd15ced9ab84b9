"""Keys: equal keys promise equal bytes.

A segment's key is the hash of all that its pixels and its encoding depend on: media by content, elements with
their parameters and plugin versions, times relative to the segment. Names, paths, ids and everything outside the
segment stay out, so that an edit elsewhere does not change it.
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
from farm.model.timeline import Clip, ElementRef, Timeline, Track, Transition
from farm.plan.segment import Quality

ENGINE: Final = 5
"""Raised with every change of farm's own code that changes pixels or sound."""

_LIBRARIES: Final = ("av", "skia-python", "pillow")
"""Libraries whose versions decide bytes."""


@lru_cache(maxsize=1)
def engine() -> tuple[str, ...]:
    """Return the versions that take part in every key."""
    return (f"farm {ENGINE}", *(f"{name} {version(name)}" for name in _LIBRARIES))


def canonical(value: Any) -> Any:
    """Return ``value`` as JSON-ready data without names and paths."""
    if isinstance(value, Asset):
        return value.sha256
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Fraction):
        return str(value)
    if is_dataclass(value):
        # An element's name says which one it is; everything else is named for people only.
        unseen = () if isinstance(value, ElementRef) else ("name",)
        data = {f.name: canonical(getattr(value, f.name)) for f in fields(value) if f.name not in unseen}
        return {
            "type": type(value).__name__,
            **{name: item for name, item in data.items() if item is not None},
        }
    if isinstance(value, tuple | list):
        return [canonical(item) for item in value]
    if isinstance(value, float):
        return repr(value)
    return value


def digest(value: Any) -> str:
    """Return the SHA-256 of canonical data in hexadecimal."""
    text = json.dumps(canonical(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def segment_key(timeline: Timeline, start: int, stop: int, quality: Quality) -> str:
    """Return the key of the frames ``start`` to ``stop``."""
    tracks = [_track(track, start, stop, timeline.duration) for track in timeline.tracks]
    return digest(
        [
            "segment",
            engine(),
            [timeline.width_px, timeline.height_px, timeline.rate, timeline.background, stop - start],
            quality,
            [track for track in tracks if track is not None],
        ]
    )


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


def _track(track: Track, start: int, stop: int, duration: int) -> Any:
    passing, clips = seen_between(track, start, stop)
    if not clips:
        return None
    return [
        [[clip.start - start, _still_named(clip)] for clip in clips],
        [[t.at - start, t.before, t.after, t.element] for t in passing],
        # an effect on the track sees the timeline's own clock
        [track.effects, start, duration] if track.effects else [],
    ]


def _still_named(clip: Clip) -> Any:
    data = canonical(clip)
    del data["start"]
    return data


def sound_key(timeline: Timeline) -> str:
    """Return the key of a timeline's sound track; empty where it has none."""
    if not timeline.sound.clips:
        return ""
    return digest(["sound", engine(), timeline.duration_s, timeline.sound])
