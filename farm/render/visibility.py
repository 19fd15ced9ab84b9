"""Which clips and transitions of a track take part in a frame."""

from __future__ import annotations

from collections.abc import Iterator

from farm.model.placement import Blend
from farm.model.source import AdjustmentSource
from farm.model.timeline import Clip, GroupSource, Track, Transition


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
