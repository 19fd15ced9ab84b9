"""``intake.fingerprint``: signatures by which copies and near-duplicates of a picture or clip are found."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel, Field

from farm.model.asset import MediaKind
from farm.plugins.analyser import Analyser, Analysis, Fingerprint
from farm_intake.found import Found

if TYPE_CHECKING:
    from farm.dedup.image_signature import ImageSignature
    from farm.media.subject import Subject


class Fingerprints(Found):
    """What is stored for finding copies."""

    points: int = Field(description="Number of feature points; for a clip, of all its signatures.")
    sketches: int = Field(description="Number of image signatures: 1 for a picture, several for a clip.")
    frames: int = Field(description="Number of small frames stored of a clip; 0 for a picture.")
    bytes: int = Field(description="Size of the signature's file.")


class FingerprintAnalyser(Analyser):
    """Computes the signature of a picture, or of two frames a second of a clip."""

    name: ClassVar[str] = "intake.fingerprint"
    version: ClassVar[int] = 2
    summary: ClassVar[str] = (
        "Vectors and feature points by which crops, mirrored and edited copies of a picture or clip are found."
    )
    kinds: ClassVar[frozenset[MediaKind]] = frozenset({MediaKind.IMAGE, MediaKind.VIDEO})
    findings: ClassVar[type[BaseModel]] = Fingerprints

    def analyse(self, subject: Subject) -> Analysis:
        from farm.dedup.image_signature import VIEW_PX, image_signature_of
        from farm.dedup.video_signature import video_signature_of

        if subject.asset.kind is MediaKind.VIDEO:
            video_signature = video_signature_of(subject.clip)
            image_signatures, data = video_signature.image_signatures, video_signature.to_bytes()
            frames, name = len(video_signature.times_s), "reel.bin"
        else:
            image_signatures = ((0.0, image_signature_of(subject.picture(VIEW_PX))),)
            data, frames, name = image_signatures[0][1].to_bytes(), 0, "sketch.bin"
        found = Fingerprints(
            points=sum(len(one.points) for _, one in image_signatures),
            sketches=len(image_signatures),
            frames=frames,
            bytes=len(data),
        )
        prints = tuple(
            one for at_s, image_signature in image_signatures for one in _prints(image_signature, at_s)
        )
        return Analysis(found, fingerprints=prints, files={name: data})


def _prints(image_signature: ImageSignature, at_s: float) -> tuple[Fingerprint, Fingerprint]:
    from farm.dedup.vectors import DETAILS, LAYOUT, details_of, layout_of

    when = Fraction(at_s).limit_denominator(1000)
    return (
        Fingerprint(LAYOUT, tuple(float(value) for value in layout_of(image_signature)), when),
        Fingerprint(DETAILS, tuple(float(value) for value in details_of(image_signature)), when),
    )
