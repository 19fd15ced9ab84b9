"""Finds assets with the same content as a picture or clip: nearest candidates, compared one by one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from farm.contract.assets import NearAsset, SimilarAsset, SimilarAssets
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

Signature = ImageSignature | VideoSignature
"""The signature by which a picture or a clip is recognised."""
_ASKED: Final = 6
"""Number of frames of a clip that are used to find candidates."""
WORTH_TELLING: Final = 0.25
"""Minimum score; below this, they have nothing in common."""


def signature_of(path: Path, *, pictures_only: bool = False) -> Signature:
    """Return the signature of a picture or clip.

    Raises:
        MediaError: it has no visual content, cannot be decoded, or is a clip although only pictures are allowed.
    """
    asset = probe(path)
    if not asset.kind.is_visible:
        raise MediaError(
            f"{path.name} is {asset.kind.called}; only pictures and clips can be found by their content"
        )
    if asset.kind is MediaKind.VIDEO and pictures_only:
        raise MediaError("this is a clip; add it to the library and search by its name")
    with Subject(asset) as subject:
        return (
            video_signature_of(subject.clip)
            if asset.kind is MediaKind.VIDEO
            else image_signature_of(subject.picture(VIEW_PX))
        )


def read_signature(media: Media, blob: str, suffix: str) -> Signature:
    """Return a signature that is stored in the library.

    Raises:
        StoreError: it is gone, or is no signature.
    """
    path = media.find(blob, suffix)
    if path is None:
        raise StoreError("the fingerprint of an asset is gone from the library; add the asset again")
    data = path.read_bytes()
    return VideoSignature.from_bytes(data) if data[:3] == b"frl" else ImageSignature.from_bytes(data)


def fingerprints_of(query: Signature) -> dict[str, list[list[float]]]:
    """Return the vectors used to find candidates, by space: of the original and mirrored."""
    pictures: list[Signature] = [query]
    if isinstance(query, VideoSignature):
        count = len(query.image_signatures)
        numbers = [(2 * n + 1) * count // (2 * _ASKED) for n in range(min(_ASKED, count))]
        pictures = [query.image_signatures[number][1] for number in numbers]
    both = [way for one in pictures if isinstance(one, ImageSignature) for way in (one, one.mirrored())]
    return {
        space: [[float(value) for value in of(one)] for one in both]
        for space, of in ((DETAILS, details_of), (LAYOUT, layout_of))
    }


def ranked(query: Signature, near: Sequence[NearAsset], media: Media, limit: int) -> SimilarAssets:
    """Return candidates that have something in common with the query, best first.

    Args:
        query: The query.
        near: Candidates, as the contract's ``AssetService.near`` finds them.
        media: Holds the candidates' signatures.
        limit: Maximum number of results.

    Raises:
        StoreError: the signature of a candidate is gone or damaged.
    """
    mirrored = query.mirrored() if isinstance(query, ImageSignature) else None
    found = []
    for one in near:
        judged = _judged(query, mirrored, read_signature(media, one.blob, one.suffix))
        if judged is not None:
            score, same, reasons = judged
            found.append(
                SimilarAsset(**one.asset.model_dump(), score=score, same=same, reasons=list(reasons))
            )
    found.sort(key=lambda one: (not one.same, -one.score, one.sha256))
    return SimilarAssets(assets=found[:limit])


def _judged(
    query: Signature, mirrored: ImageSignature | None, kept: Signature
) -> tuple[float, bool, tuple[str, ...]] | None:
    """Return the score, whether it is the same, and the reasons; None if the score is too low."""
    if isinstance(query, VideoSignature):
        if isinstance(kept, VideoSignature):
            clip = clip_likeness(kept, query)
            return (clip.score, clip.same, clip.reasons) if clip and clip.score >= WORTH_TELLING else None
        frames = (
            (like.score, like.same, (f"shown at {at_s:.1f} s", *like.reasons))
            for at_s, image_signature in query.image_signatures
            if (like := likeness(kept, image_signature)) is not None and like.score >= WORTH_TELLING
        )
        return max(frames, default=None)
    if isinstance(kept, VideoSignature):
        frame = frame_likeness(kept, query)
        if frame is None or frame[1].score < WORTH_TELLING:
            return None
        at_s, like = frame
        return like.score, like.same, (f"a frame of it, at {at_s:.1f} s", *like.reasons)
    picture = likeness(kept, query, mirrored)
    if picture is None or (picture.score < WORTH_TELLING and not picture.recoloured):
        return None
    return picture.score, picture.same, picture.reasons
