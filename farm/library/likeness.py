"""Finds assets that show the same as a picture or clip: candidates by nearness, then compared one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from farm.alike.clips import clip_likeness, frame_likeness
from farm.alike.reel import Reel, reel_of
from farm.alike.same import likeness
from farm.alike.sketch import VIEW_PX, Sketch, sketch_of
from farm.alike.vectors import DETAILS, LAYOUT, details_of, layout_of
from farm.errors import MediaError, StoreError
from farm.library.media import Media
from farm.media.probe import probe
from farm.media.subject import Subject
from farm.model.asset import MediaKind

Seen = Sketch | Reel
"""The query: a picture's sketch or a clip's reel."""
_ASKED: Final = 6
"""How many frames of a clip are used to find candidates."""
WORTH_TELLING: Final = 0.25
"""Minimum score; below this there is nothing in common."""


def seen_in(path: Path, *, pictures_only: bool = False) -> Seen:
    """Return the visual content of a file: a picture's sketch or a clip's reel.

    Raises:
        MediaError: it has no visual content, cannot be decoded, or is a clip although only pictures are allowed.
    """
    asset = probe(path)
    if asset.kind is MediaKind.AUDIO:
        raise MediaError(f"{path.name} is a sound; only pictures and clips can be found by what they show")
    if asset.kind is MediaKind.VIDEO and pictures_only:
        raise MediaError("this is a clip; add it to the library and ask by its name")
    with Subject(asset) as subject:
        return reel_of(subject.clip) if asset.kind is MediaKind.VIDEO else sketch_of(subject.picture(VIEW_PX))


def read_kept(media: Media, kept: Sequence[str]) -> Seen:
    """Return the sketch or reel stored in the library as (blob, suffix).

    Raises:
        StoreError: it is gone, or is not a sketch or reel.
    """
    path = media.find(kept[0], kept[1])
    if path is None:
        raise StoreError("the fingerprint of an asset is gone from the library; add the asset again")
    data = path.read_bytes()
    return Reel.from_bytes(data) if data[:3] == b"frl" else Sketch.from_bytes(data)


def fingerprints_of(seen: Seen) -> dict[str, list[list[float]]]:
    """Return the vectors used to find candidates, by space: of the original and mirrored."""
    sketches = [seen]
    if isinstance(seen, Reel):
        count = len(seen.sketches)
        sketches = [seen.sketches[(2 * n + 1) * count // (2 * _ASKED)][1] for n in range(min(_ASKED, count))]
    both = [way for one in sketches if isinstance(one, Sketch) for way in (one, one.mirrored())]
    return {
        space: [[float(value) for value in of(one)] for one in both]
        for space, of in ((DETAILS, details_of), (LAYOUT, layout_of))
    }


def ranked(seen: Seen, near: Sequence[Mapping[str, Any]], media: Media, limit: int) -> list[dict[str, Any]]:
    """Return candidates that have something in common with the query, best first.

    Args:
        seen: The query.
        near: Candidates from ``AssetDesk.near``.
        media: Holds the candidates' sketches and reels.
        limit: Maximum number of results.

    Returns:
        Entries with ``score`` (0 to 1), ``same`` (whether it is the same picture or clip) and ``reasons``.
    """
    mirrored = seen.mirrored() if isinstance(seen, Sketch) else None
    found = []
    for one in near:
        judged = _judged(seen, mirrored, read_kept(media, one["kept"]))
        if judged is not None:
            score, same, reasons = judged
            found.append({**one["entry"], "score": score, "same": same, "reasons": list(reasons)})
    found.sort(key=lambda one: (not one["same"], -one["score"], one["sha256"]))
    return found[:limit]


def _judged(seen: Seen, mirrored: Sketch | None, kept: Seen) -> tuple[float, bool, tuple[str, ...]] | None:
    """Return score, whether it is the same, and the reasons; None if there is nothing worth reporting."""
    if isinstance(seen, Reel):
        if isinstance(kept, Reel):
            clip = clip_likeness(kept, seen)
            return (clip.score, clip.same, clip.reasons) if clip and clip.score >= WORTH_TELLING else None
        frames = (
            (like.score, like.same, (f"shown at {at_s:.1f} s", *like.reasons))
            for at_s, sketch in seen.sketches
            if (like := likeness(kept, sketch)) is not None and like.score >= WORTH_TELLING
        )
        return max(frames, default=None)
    if isinstance(kept, Reel):
        frame = frame_likeness(kept, seen)
        if frame is None or frame[1].score < WORTH_TELLING:
            return None
        at_s, like = frame
        return like.score, like.same, (f"a frame of it, at {at_s:.1f} s", *like.reasons)
    picture = likeness(kept, seen, mirrored)
    if picture is None or (picture.score < WORTH_TELLING and not picture.recoloured):
        return None
    return picture.score, picture.same, picture.reasons
