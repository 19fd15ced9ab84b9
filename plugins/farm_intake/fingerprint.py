"""``intake.fingerprint``: by what copies of a picture or clip are recognised, and how near others are."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel, Field

from farm.plugin import Analyser, Analysis, Fingerprint, MediaKind
from farm_intake.found import Found

if TYPE_CHECKING:
    from farm.plugin import Subject


class Fingerprints(Found):
    """What is kept for finding copies."""

    points: int = Field(description="Points that are found again in copies; of a clip, in all its sketches.")
    sketches: int = Field(description="Pictures that were sketched: 1, or frames of a clip.")
    frames: int = Field(description="Small frames kept of a clip; 0 of a picture.")
    bytes: int = Field(description="Size of the file that holds it.")


class FingerprintAnalyser(Analyser):
    """Sketches a picture, or two frames a second of a clip."""

    name: ClassVar[str] = "intake.fingerprint"
    version: ClassVar[int] = 2
    summary: ClassVar[str] = (
        "Vectors and points by which crops, mirrored and edited copies of a picture or clip are found."
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
