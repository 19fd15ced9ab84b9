"""Legibility: text that does not fit its box, and characters that no shipped font has, are told."""

from __future__ import annotations

from collections.abc import Iterator

from farm.model.timeline import Clip, GroupSource, TextSource, Timeline, Track
from farm.render.text import measure_text, missing_characters


def text_warnings(timeline: Timeline) -> list[str]:
    """Return a warning for every text that will not be read as it was written."""
    warnings: list[str] = []
    for clip, source in _texts(timeline.tracks):
        words = " ".join(source.text.split())
        shown = words if len(words) <= 40 else f"{words[:39]}…"
        box = clip.placement.box
        if not measure_text(source.text, source.look, box.width, box.height).fits:
            size = f"{box.width:g}x{box.height:g}"
            warnings.append(
                f"text `{shown}` does not fit its box of {size} pixels at its smallest size; it sticks out"
            )
        if missing := missing_characters(source.text, source.look):
            warnings.append(
                f"text `{shown}` has characters that no font has: {missing}; boxes are shown instead"
            )
    return list(dict.fromkeys(warnings))


def _texts(tracks: tuple[Track, ...]) -> Iterator[tuple[Clip, TextSource]]:
    for track in tracks:
        for clip in track.clips:
            if isinstance(clip.source, TextSource):
                yield clip, clip.source
            elif isinstance(clip.source, GroupSource):
                yield from _texts(clip.source.tracks)
