"""Finds assets that show the same as a picture or clip: candidates by nearness, then compared one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from farm.dedup.clips import clip_likeness, frame_likeness
from farm.dedup.image_signature import VIEW_PX, ImageSignature, image_signature_of
from farm.dedup.same import likeness
from farm.dedup.vectors import DETAILS, LAYOUT, details_of, layout_of
from farm.dedup.video_signature import VideoSignature, video_signature_of
from farm.errors import MediaError, StoreError
from farm.media.probe import probe
from farm.media.subject import Subject
from farm.model.asset import MediaKind
from farm.services.library_media import Media

Seen = ImageSignature | VideoSignature
"""The query: a picture's image_signature or a clip's video_signature."""
_ASKED: Final = 6
"""How many frames of a clip are used to find candidates."""
WORTH_TELLING: Final = 0.25
"""Minimum score; below this there is nothing in common."""


def seen_in(path: Path, *, pictures_only: bool = False) -> Seen:
    """Return the visual content of a file: a picture's image_signature or a clip's video_signature.

    Raises:
        MediaError: it has no visual content, cannot be decoded, or is a clip although only pictures are allowed.
    """
    asset = probe(path)
    if asset.kind is MediaKind.AUDIO:
        raise MediaError(f"{path.name} is a sound; only pictures and clips can be found by what they show")
    if asset.kind is MediaKind.VIDEO and pictures_only:
        raise MediaError("this is a clip; add it to the library and ask by its name")
    with Subject(asset) as subject:
        return (
            video_signature_of(subject.clip)
            if asset.kind is MediaKind.VIDEO
            else image_signature_of(subject.picture(VIEW_PX))
        )


def read_kept(media: Media, kept: Sequence[str]) -> Seen:
    """Return the image_signature or video_signature stored in the library as (blob, suffix).

    Raises:
        StoreError: it is gone, or is no signature.
    """
    path = media.find(kept[0], kept[1])
    if path is None:
        raise StoreError("the fingerprint of an asset is gone from the library; add the asset again")
    data = path.read_bytes()
    return VideoSignature.from_bytes(data) if data[:3] == b"frl" else ImageSignature.from_bytes(data)


def fingerprints_of(seen: Seen) -> dict[str, list[list[float]]]:
    """Return the vectors used to find candidates, by space: of the original and mirrored."""
    pictures: list[Seen] = [seen]
    if isinstance(seen, VideoSignature):
        count = len(seen.image_signatures)
        numbers = [(2 * n + 1) * count // (2 * _ASKED) for n in range(min(_ASKED, count))]
        pictures = [seen.image_signatures[number][1] for number in numbers]
    both = [way for one in pictures if isinstance(one, ImageSignature) for way in (one, one.mirrored())]
    return {
        space: [[float(value) for value in of(one)] for one in both]
        for space, of in ((DETAILS, details_of), (LAYOUT, layout_of))
    }


def ranked(seen: Seen, near: Sequence[Mapping[str, Any]], media: Media, limit: int) -> list[dict[str, Any]]:
    """Return candidates that have something in common with the query, best first.

    Args:
        seen: The query.
        near: Candidates from ``AssetDesk.near``.
        media: Holds the candidates' image_signatures and video_signatures.
        limit: Maximum number of results.

    Returns:
        Entries with ``score`` (0 to 1), ``same`` (whether it is the same picture or clip) and ``reasons``.
    """
    mirrored = seen.mirrored() if isinstance(seen, ImageSignature) else None
    found = []
    for one in near:
        judged = _judged(seen, mirrored, read_kept(media, one["kept"]))
        if judged is not None:
            score, same, reasons = judged
            found.append({**one["entry"], "score": score, "same": same, "reasons": list(reasons)})
    found.sort(key=lambda one: (not one["same"], -one["score"], one["sha256"]))
    return found[:limit]


def _judged(
    seen: Seen, mirrored: ImageSignature | None, kept: Seen
) -> tuple[float, bool, tuple[str, ...]] | None:
    """Return score, whether it is the same, and the reasons; None if there is nothing worth reporting."""
    if isinstance(seen, VideoSignature):
        if isinstance(kept, VideoSignature):
            clip = clip_likeness(kept, seen)
            return (clip.score, clip.same, clip.reasons) if clip and clip.score >= WORTH_TELLING else None
        frames = (
            (like.score, like.same, (f"shown at {at_s:.1f} s", *like.reasons))
            for at_s, image_signature in seen.image_signatures
            if (like := likeness(kept, image_signature)) is not None and like.score >= WORTH_TELLING
        )
        return max(frames, default=None)
    if isinstance(kept, VideoSignature):
        frame = frame_likeness(kept, seen)
        if frame is None or frame[1].score < WORTH_TELLING:
            return None
        at_s, like = frame
        return like.score, like.same, (f"a frame of it, at {at_s:.1f} s", *like.reasons)
    picture = likeness(kept, seen, mirrored)
    if picture is None or (picture.score < WORTH_TELLING and not picture.recoloured):
        return None
    return picture.score, picture.same, picture.reasons
