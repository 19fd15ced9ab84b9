"""``intake.fingerprint``: by what copies of a picture or clip are recognised, and how near others are."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from farm.model.asset import MediaKind
from farm.plugins.analyser import Analyser, Analysis, Fingerprint
from farm_intake.found import Found

if TYPE_CHECKING:
    from farm.alike.reel import Reel
    from farm.alike.sketch import Sketch
    from farm.media.subject import Subject
    from farm.media.watch import Watched

_VIEW_PX: Final = 640


class Fingerprints(Found):
    """What is kept for finding copies."""

    points: int = Field(description="Points that are found again in copies; of a clip, in all its sketches.")
    sketches: int = Field(description="Pictures that were sketched: 1, or frames of a clip.")
    frames: int = Field(description="Small frames kept of a clip; 0 of a picture.")
    bytes: int = Field(description="Size of the file that holds it.")


class FingerprintAnalyser(Analyser):
    """Sketches a picture, or two frames a second of a clip."""

    name: ClassVar[str] = "intake.fingerprint"
    version: ClassVar[int] = 1
    summary: ClassVar[str] = (
        "Vectors and points by which crops, mirrored and edited copies of a picture or clip are found."
    )
    kinds: ClassVar[frozenset[MediaKind]] = frozenset({MediaKind.IMAGE, MediaKind.VIDEO})
    findings: ClassVar[type[BaseModel]] = Fingerprints

    def analyse(self, subject: Subject) -> Analysis:
        from farm.alike.sketch import sketch_of

        if subject.asset.kind is MediaKind.VIDEO:
            reel = reel_of(subject.clip)
            sketches, data = reel.sketches, reel.to_bytes()
            frames, name = len(reel.times_s), "reel.bin"
        else:
            sketches = ((0.0, sketch_of(subject.picture(_VIEW_PX))),)
            data, frames, name = sketches[0][1].to_bytes(), 0, "sketch.bin"
        found = Fingerprints(
            points=sum(len(one.points) for _, one in sketches),
            sketches=len(sketches),
            frames=frames,
            bytes=len(data),
        )
        prints = tuple(one for at_s, sketch in sketches for one in _prints(sketch, at_s))
        return Analysis(found, fingerprints=prints, files={name: data})


def reel_of(clip: Watched) -> Reel:
    """Return the reel of a clip."""
    from farm.alike.reel import FRAME_PX, FRAMES_A_SECOND, MOST_FRAMES, MOST_SKETCHES, POINTS, SKETCHES_A_SECOND, Reel
    from farm.alike.sketch import sketch_of

    end_s = float(clip.end_s)
    times = np.array([float(at_s) for at_s in clip.times_s], np.float32)
    wanted = np.arange(0, end_s, max(1 / FRAMES_A_SECOND, end_s / MOST_FRAMES))
    picked = np.unique(np.clip(np.searchsorted(times, wanted - 1e-3), 0, len(times) - 1))
    frames = np.concatenate([_smaller(clip.small[int(one) : int(one) + 1][0], FRAME_PX) for one in picked])
    step_s = max(1 / SKETCHES_A_SECOND, end_s / MOST_SKETCHES)
    sketches: list[tuple[float, Sketch]] = []
    next_s = 0.0
    for view in clip.views:
        if float(view.at_s) >= next_s - 1e-6:
            sketches.append((float(view.at_s), sketch_of(view.rgb, POINTS)))
            next_s += step_s
    return Reel(times[picked], frames, tuple(sketches))


def _prints(sketch: Sketch, at_s: float) -> tuple[Fingerprint, Fingerprint]:
    from farm.alike.vectors import DETAILS, LAYOUT, details_of, layout_of

    when = Fraction(at_s).limit_denominator(1000)
    return (
        Fingerprint(LAYOUT, tuple(float(value) for value in layout_of(sketch)), when),
        Fingerprint(DETAILS, tuple(float(value) for value in details_of(sketch)), when),
    )


def _smaller(luma: NDArray[np.uint8], longest_px: int) -> NDArray[np.uint8]:
    """Return frames (n, height, width) by whole means of pixels, the longer side about ``longest_px``."""
    count, height, width = luma.shape
    by = max(1, max(height, width) // longest_px)
    rows, columns = height // by, width // by
    cut = luma[:, : rows * by, : columns * by].reshape(count, rows, by, columns, by)
    return (cut.sum(axis=(2, 4), dtype=np.uint32) // (by * by)).astype(np.uint8)
