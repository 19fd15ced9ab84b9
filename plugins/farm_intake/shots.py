"""``intake.shots``: the shots of a clip; each is a slice that can be used separately."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from farm.plugin import Analyser, Analysis, MediaKind, Slice
from farm_intake.found import IntakeFinding, jpeg
from farm_intake.quality import CONTRAST, NOISE, SHARP, between

if TYPE_CHECKING:
    from farm.plugin import Subject, View, Watched
    from farm_intake.boundaries import Boundary

SHORTEST_S: Final = Fraction(2, 5)
"""Shorter shots are too brief for viewers and are not slices."""
_BLANK_CONTRAST: Final = 2.0
"""A shot whose frames mostly have less contrast shows a uniform colour."""
_EDGE: Final = 0.12
"""Share of a slice at each end that is avoided when its keyframe is chosen."""


class FoundBoundary(IntakeFinding):
    """A transition between shots."""

    kind: Literal["cut", "passage", "dip"] = Field(
        description="Immediate; gradual (a mix, wipe or push); or through a uniform colour."
    )
    frame: int = Field(
        description="First frame of the new shot for a cut, else the middle frame; counted from 0."
    )
    first: int = Field(description="First frame that no longer shows only the old shot.")
    last: int = Field(description="Last frame that does not yet show only the new shot; first - 1 for a cut.")
    at_s: float = Field(description="Time of that frame.")
    strength: float = Field(description="Ratio of the change to the motion before and after.")


class FoundSlice(IntakeFinding):
    """A shot, without the frames of the transitions at its ends."""

    first: int = Field(description="Its first frame.")
    last: int = Field(description="Its last frame.")
    start_s: float = Field(description="Start time.")
    stop_s: float = Field(description="End time.")
    keyframe: str = Field(description="File of its keyframe.")
    motion: float = Field(description="Change of the picture per second, in levels; 0 is a still.")
    sharpness: float = Field(description="Sharpness of its keyframe at 640 px, 0 to 1.")
    quality: float = Field(
        description="Score of its keyframe for sharpness, noise, exposure and contrast, 0 to 1."
    )


class Dropped(IntakeFinding):
    """Frames between boundaries that are not a slice."""

    first: int = Field(description="First frame.")
    last: int = Field(description="Last frame.")
    reason: str = Field(description="Why not.")


class Shots(IntakeFinding):
    """The shots of a clip."""

    frames: int = Field(description="Frames decoded.")
    rate: float = Field(description="Mean frame rate, frames per second.")
    boundaries: tuple[FoundBoundary, ...] = Field(description="All transitions between shots, in order.")
    slices: tuple[FoundSlice, ...] = Field(description="The shots, in order.")
    dropped: tuple[Dropped, ...] = Field(description="Runs of frames between boundaries that are not slices.")
    damage: str = Field(description="Why decoding stopped before the end; empty if it did not.")


@dataclass(frozen=True, slots=True)
class _Run:
    """The frames between two boundaries."""

    first: int
    last: int
    start_s: Fraction
    stop_s: Fraction


class ShotsAnalyser(Analyser):
    """Analyses every frame of a clip, scaled down."""

    name: ClassVar[str] = "intake.shots"
    version: ClassVar[int] = 2
    summary: ClassVar[str] = (
        "Cuts and gradual transitions of a clip, and its shots as slices with a keyframe each."
    )
    kinds: ClassVar[frozenset[MediaKind]] = frozenset({MediaKind.VIDEO})
    findings: ClassVar[type[BaseModel]] = Shots

    def analyse(self, subject: Subject) -> Analysis:
        from farm_intake.boundaries import find_boundaries
        from farm_intake.cells import bands_of, cells_of, contrast_of
        from farm_intake.measures import exposure, noise

        clip = subject.clip
        boundaries = find_boundaries(clip.small, clip.rate)
        changes = bands_of(cells_of(clip.small), 1)[1] * clip.rate
        contrast = contrast_of(clip.small)
        slices: list[FoundSlice] = []
        dropped: list[Dropped] = []
        files: dict[str, bytes] = {}
        runs = _runs(boundaries, clip)
        for run in runs:
            reason = _unusable(run, contrast, alone=len(runs) == 1)
            if reason:
                dropped.append(Dropped(first=run.first, last=run.last, reason=reason))
                continue
            keyframe = f"keyframe-{len(slices) + 1:03d}.jpg"
            view, luma, sharp = _best_view(subject, run)
            files[keyframe] = jpeg(view.rgb)
            light = exposure(luma, np.zeros(luma.shape, bool))
            scores = (
                between(sharp, SHARP),
                between(noise(luma), NOISE),
                between(light.contrast, CONTRAST),
                between(light.shadows + light.highlights, (0.6, 0.1)),
            )
            slices.append(
                FoundSlice(
                    first=run.first,
                    last=run.last,
                    start_s=round(float(run.start_s), 4),
                    stop_s=round(float(run.stop_s), 4),
                    keyframe=keyframe,
                    motion=round(
                        float(np.median(changes[run.first : run.last])) if run.last > run.first else 0.0, 2
                    ),
                    sharpness=round(sharp, 3),
                    quality=round((min(scores) + sum(scores) / len(scores)) / 2, 3),
                )
            )
        found = Shots(
            frames=len(clip.small),
            rate=round(clip.rate, 3),
            boundaries=tuple(_found(one, clip) for one in boundaries),
            slices=tuple(slices),
            dropped=tuple(dropped),
            damage=clip.damage,
        )
        kept = tuple(
            Slice(
                clip.time_s(one.first),
                clip.time_s(one.last + 1),
                one.keyframe,
                {"motion": one.motion, "sharpness": one.sharpness, "quality": one.quality},
            )
            for one in slices
        )
        facts = {
            "shots": len(slices),
            "motion": round(float(np.median(changes[:-1])) if len(changes) > 1 else 0.0, 2),
        }
        return Analysis(found, facts, slices=kept, files=files)


def _found(one: Boundary, clip: Watched) -> FoundBoundary:
    return FoundBoundary(
        kind=one.way,
        frame=one.frame,
        first=one.first,
        last=one.last,
        at_s=round(float(clip.time_s(one.frame)), 4),
        strength=round(one.strength, 2),
    )


def _runs(boundaries: list[Boundary], clip: Watched) -> list[_Run]:
    firsts = [0, *(one.last + 1 for one in boundaries)]
    lasts = [*(one.first - 1 for one in boundaries), len(clip.small) - 1]
    return [
        _Run(first, last, clip.time_s(first), clip.time_s(last + 1))
        for first, last in zip(firsts, lasts, strict=True)
        if last >= first
    ]


def _unusable(run: _Run, contrast: NDArray[np.float32], *, alone: bool) -> str:
    """Return why a run is not a slice; empty if it is one. A clip that is a single short shot is a slice."""
    if run.stop_s - run.start_s < SHORTEST_S and not alone:
        return f"shorter than {float(SHORTEST_S):g} s"
    if float(np.median(contrast[run.first : run.last + 1])) < _BLANK_CONTRAST:
        return "one plain colour"
    return ""


def _best_view(subject: Subject, run: _Run) -> tuple[View, NDArray[np.float32], float]:
    """Return the sharpest of up to five frames of a run, its luma (0 to 255) and its sharpness."""
    from farm_intake.measures import sharpness

    views = [view for view in subject.clip.views if run.first <= view.frame <= run.last]
    if not views:  # these frames are far apart in a long clip
        views = [subject.view_at((run.start_s + run.stop_s) / 2)]
    margin = (run.last - run.first) * _EDGE
    inner = [view for view in views if run.first + margin <= view.frame <= run.last - margin] or views
    chosen = [inner[index * len(inner) // min(5, len(inner))] for index in range(min(5, len(inner)))]
    seen = []
    for view in chosen:
        luma = np.clip((view.planes.y.astype(np.float32) - 16) * np.float32(255 / 219), 0, 255)
        seen.append((sharpness(luma), -view.frame, view, luma))
    sharp, _, view, luma = max(seen, key=lambda one: one[:2])
    return view, luma, sharp
