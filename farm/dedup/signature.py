"""The signature of an asset: what is stored of a picture or clip so that its copies are found without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from farm.dedup.image_signature import VIEW_PX, ImageSignature, image_signature_of
from farm.dedup.vectors import DETAILS, LAYOUT, details_of, layout_of
from farm.dedup.video_signature import video_signature_of
from farm.media.subject import Subject
from farm.model.asset import MediaKind

IMAGE_FILE: Final = "sketch.bin"
"""The file that keeps the signature of a picture."""
VIDEO_FILE: Final = "reel.bin"
"""The file that keeps the signature of a clip."""


@dataclass(frozen=True, slots=True)
class SpaceVector:
    """The position of a picture in a space in which similar pictures are close."""

    space: str
    """``LAYOUT`` or ``DETAILS``."""
    vector: tuple[float, ...]
    """Its coordinates, norm 1."""
    at_s: Fraction
    """The time in a clip; 0 for a picture."""


@dataclass(frozen=True, slots=True)
class Signature:
    """The signature of a picture or clip."""

    images: tuple[tuple[float, ImageSignature], ...]
    """(seconds, signature) of the picture, at 0, or of frames of the clip, ascending."""
    frames: int
    """Small frames kept of a clip; 0 of a picture."""
    file: str
    """The name of the file that keeps it, ``IMAGE_FILE`` or ``VIDEO_FILE``."""
    data: bytes
    """The content of that file."""

    def vectors(self) -> Iterator[SpaceVector]:
        """Yield layout and details of each of its images."""
        for seconds, image in self.images:
            at_s = Fraction(seconds).limit_denominator(1000)
            for space, vector in ((LAYOUT, layout_of(image)), (DETAILS, details_of(image))):
                yield SpaceVector(space, tuple(float(value) for value in vector), at_s)


def signature_of(subject: Subject) -> Signature:
    """Return the signature of a picture or clip.

    Raises:
        MediaError: it is a sound, or cannot be decoded.
    """
    if subject.asset.kind is MediaKind.VIDEO:
        video = video_signature_of(subject.clip)
        return Signature(video.image_signatures, len(video.times_s), VIDEO_FILE, video.to_bytes())
    image = image_signature_of(subject.picture(VIEW_PX))
    return Signature(((0.0, image),), 0, IMAGE_FILE, image.to_bytes())
