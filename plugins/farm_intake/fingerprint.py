"""``intake.fingerprint``: signatures by which copies and near-duplicates of a picture or clip are found."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel, Field

from farm.plugin import Analyser, Analysis, Fingerprint, MediaKind
from farm_intake.found import IntakeFinding

if TYPE_CHECKING:
    from farm.plugin import Subject


class Fingerprints(IntakeFinding):
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
        from farm.plugin import signature_of

        signature = signature_of(subject)
        found = Fingerprints(
            points=sum(len(image.points) for _, image in signature.images),
            sketches=len(signature.images),
            frames=signature.frames,
            bytes=len(signature.data),
        )
        prints = tuple(Fingerprint(one.space, one.vector, one.at_s) for one in signature.vectors())
        return Analysis(found, fingerprints=prints, files={signature.file: signature.data})
