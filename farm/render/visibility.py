"""Which clips and transitions of a track take part in a frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from farm.model.placement import Blend
from farm.model.source import AdjustmentSource
from farm.model.timeline import Clip, GroupSource, Track, Transition


@dataclass(frozen=True, slots=True)
class Cast:
    """What of a track takes part in a run of frames."""

    clips: tuple[Clip, ...]
    """Its visible clips: one, or two during a transition."""
    passing: Transition | None
    """The transition in progress."""
    start: float
    """The first frame of the run."""
    stop: float
    """The frame after the last."""


class Casts:
    """Finds the casts of one timeline's tracks; each is asked for several times a frame, and changes rarely."""

    def __init__(self) -> None:
        self._last: dict[int, Cast] = {}

    def at(self, track: Track, number: int) -> Cast:
        """Return what of a track takes part in a frame."""
        cast = self._last.get(id(track))
        if cast is None or not cast.start <= number < cast.stop:
            cast = self._last[id(track)] = cast_at(track, number)
        return cast


def cast_at(track: Track, number: int) -> Cast:
    """Return what of a track takes part in a frame, and in which frames around it."""
    edges = [edge for clip in track.clips for edge in (clip.start, clip.stop)]
    edges += [edge for passing in track.transitions for edge in (passing.start, passing.stop)]
    start = max((edge for edge in edges if edge <= number), default=float("-inf"))
    stop = min((edge for edge in edges if edge > number), default=float("inf"))
    return Cast(tuple(visible(track, number)), transition_at(track, number), start, stop)


def visible(track: Track, number: int) -> Iterator[Clip]:
    """Yield the clips of a track that are visible at a frame: one, or two during a transition."""
    passing = transition_at(track, number)
    for clip in track.clips:
        inside = clip.start <= number < clip.stop
        if inside or (passing is not None and passing.at in (clip.start, clip.stop)):
            yield clip


def transition_at(track: Track, number: int) -> Transition | None:
    """Return the transition of a track that is in progress at a frame."""
    for transition in track.transitions:
        if transition.start <= number < transition.stop:
            return transition
    return None


def clamped(number: int, duration: int) -> int:
    """Return the frame that decides which clips are visible: outside a group, those at its nearer end are held."""
    return min(max(number, 0), duration - 1)


def mixes(group: GroupSource) -> bool:
    """Whether a clip of a group blends with, or adjusts, what is below it: within the group only, as one picture."""
    return any(
        clip.blend is not Blend.NORMAL
        or isinstance(clip.source, AdjustmentSource)
        or (isinstance(clip.source, GroupSource) and mixes(clip.source))
        for track in group.tracks
        for clip in track.clips
    )
