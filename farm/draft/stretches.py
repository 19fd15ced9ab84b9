"""Stretches: which parts of its media a timeline shows or plays."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from farm.media.examine import Stretch
from farm.model.asset import Asset, MediaKind
from farm.model.source import VideoSource
from farm.model.timeline import GroupSource, Timeline, Track

_FELT_S: Final = Fraction(1, 2)
"""A frame held for less than this is not worth mentioning."""
_HANDLE_S: Final = Fraction(2)
"""How far beyond its cuts a clip is assumed visible in transitions; few transitions last longer than twice this."""


def cut_off_sentence(asset: Asset) -> str:
    """Return the warning for a file that is cut off."""
    name, end = asset.label, float(asset.cut_off_s or 0)
    if asset.kind is MediaKind.AUDIO or asset.duration_s - (asset.cut_off_s or 0) < _FELT_S:
        return f"{name} is cut off at {end:.2f} s: its end is missing"
    return f"{name} is cut off at {end:.2f} s of {float(asset.duration_s):.2f} s: its last good frame is held"


def stretches(timeline: Timeline) -> list[Stretch]:
    """Return the parts of clips and sounds that a timeline uses; those of one asset may overlap."""
    found = list(_seen(timeline.tracks, timeline.rate))
    for sound in timeline.sound.clips:
        length_s = sound.duration_s * sound.speed
        start_s = Fraction(0) if sound.loop else sound.in_s
        stop_s = sound.asset.sound_until_s if sound.loop else sound.in_s + length_s
        found.append(Stretch(sound.asset, True, start_s, min(stop_s, sound.asset.sound_until_s)))
    return list(dict.fromkeys(found))


def _seen(tracks: tuple[Track, ...], rate: Fraction) -> Iterator[Stretch]:
    for track in tracks:
        cuts = {transition.at for transition in track.transitions}
        for clip in track.clips:
            source = clip.source
            if clip.mask is not None:
                yield from _seen((Track((clip.mask.clip,)),), rate)
            if isinstance(source, GroupSource):
                yield from _seen(source.tracks, rate)
            elif isinstance(source, VideoSource):
                before = _HANDLE_S if clip.start in cuts else Fraction(0)
                after = _HANDLE_S if clip.stop in cuts else Fraction(0)
                if source.until_s is not None:
                    yield Stretch(
                        source.asset, False, source.in_s, min(source.until_s, source.asset.duration_s)
                    )
                    continue
                speed = source.speed
                if source.ramp is not None:
                    speed = Fraction(max(0.0, source.ramp.bounds(0, clip.duration)[1]))
                start_s = max(Fraction(0), source.in_s - before * speed)
                stop_s = source.in_s + max(clip.duration / rate * speed, 1 / rate) + after * speed
                yield Stretch(source.asset, False, start_s, min(stop_s, source.asset.duration_s))
