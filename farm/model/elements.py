"""The elements used in a timeline, and the media among their parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from farm.model.asset import Asset
from farm.model.timeline import Clip, ElementRef, GroupSource, StickerSource, Track


def elements_of(clip: Clip) -> Iterator[ElementRef]:
    """Yield the elements of a clip: its effects, its sticker, and those inside a group."""
    yield from clip.effects
    match clip.source:
        case StickerSource(element):
            yield element
        case GroupSource(tracks):
            yield from elements_in(tracks)


def elements_in(tracks: Iterable[Track]) -> Iterator[ElementRef]:
    """Yield the elements of tracks: their effects, their transitions and those of their clips."""
    for track in tracks:
        yield from track.effects
        yield from (passing.element for passing in track.transitions)
        for clip in track.clips:
            yield from elements_of(clip)


def media_in(elements: Iterable[ElementRef]) -> Iterator[Asset]:
    """Yield the media among elements' parameters."""
    for element in elements:
        yield from (value for _, value in element.params if isinstance(value, Asset))
