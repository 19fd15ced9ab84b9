"""Motion along a path, compiled to curves of shift and rotation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from farm.draft.curves import sampled
from farm.draft.stage import Stage
from farm.model.curve import Curve, Keyframe
from farm.model.document import Unit, length_px
from farm.model.motion_document import PathDocument
from farm.model.path_data import PathStep, parse_path


@dataclass(frozen=True, slots=True)
class PathMotion:
    """Where a path takes a clip."""

    x: Curve
    """Shift to the right, pixels."""
    y: Curve
    """Shift downwards, pixels."""
    rotation_deg: Curve
    """Clockwise; 0 unless the clip points in the direction of the path."""


def path_motion(stage: Stage, value: PathDocument, frames: int, path: str) -> PathMotion | None:
    """Return the motion along a path; None if that has no length, which is then recorded as a problem."""
    along = Curve((Keyframe(0.0, 0.0, "in-out-sine"), Keyframe(float(max(1, frames - 1)), 1.0)))
    if value.along is not None:
        along = stage.animated(value.along, f"{path}.along", 1, 0, 1, Unit.SHARE)
    steps = _through(stage, value) if value.points is not None else parse_path(value.d or "")
    track = _Track(steps)
    if track.length_px <= 0:
        stage.problem(path, "the path has no length; give at least two different points")
        return None

    def at(frame: float) -> tuple[float, float, float]:
        return track.at(min(1.0, max(0.0, along.at(frame))))

    return PathMotion(
        sampled(lambda frame: at(frame)[0], frames),
        sampled(lambda frame: at(frame)[1], frames),
        _unwound(sampled(lambda frame: at(frame)[2], frames)) if value.turn else Curve.constant(0.0),
    )


def _unwound(angles: Curve) -> Curve:
    """Return angles without jumps of a whole turn, so that what lies between two of them is right as well."""
    keys, turn = [angles.keys[0]], 0.0
    for before, key in pairwise(angles.keys):
        turn -= 360 * round((key.value - before.value) / 360)
        keys.append(replace(key, value=key.value + turn))
    return Curve(tuple(keys))


def _through(stage: Stage, value: PathDocument) -> Sequence[PathStep]:
    """Return lines, or a centripetal Catmull-Rom spline as cubics, through the points of a path."""
    points = [(length_px(x, stage.width), length_px(y, stage.height)) for x, y in (value.points or ())]
    steps = [PathStep("M", points[0])]
    if not value.smooth or len(points) < 3:
        return [*steps, *(PathStep("L", point) for point in points[1:])]
    # The ends are mirrored, so that the path leaves and arrives straight.
    first = tuple(2 * a - b for a, b in zip(points[0], points[1], strict=True))
    last = tuple(2 * a - b for a, b in zip(points[-1], points[-2], strict=True))
    around = [(first[0], first[1]), *points, (last[0], last[1])]
    for index in range(1, len(around) - 2):
        before, start, stop, after = around[index - 1 : index + 3]
        steps.append(PathStep("C", (*_handle(before, start, stop), *_handle(after, stop, start), *stop)))
    return steps


def _handle(
    before: tuple[float, float], here: tuple[float, float], there: tuple[float, float]
) -> tuple[float, float]:
    """Return the control point after ``here`` towards ``there`` (Catmull-Rom with knots at the root of the chord)."""
    d1, d2 = math.sqrt(math.dist(before, here)), math.sqrt(math.dist(here, there))
    if d1 < 1e-6 or d2 < 1e-6:
        return here
    x, y = (
        (d1 * d1 * c - d2 * d2 * a + (2 * d1 * d1 + 3 * d1 * d2 + d2 * d2) * b) / (3 * d1 * (d1 + d2))
        for a, b, c in zip(before, here, there, strict=True)
    )
    return x, y


class _Track:
    """A path measured by its length."""

    def __init__(self, steps: Sequence[PathStep]) -> None:
        # Loaded where a path is used: skia takes 60 ms.
        from farm.render.drawing import skia
        from farm.render.outline import path_of

        self._path: Any = path_of(steps)
        measure = skia.PathMeasure(self._path, False, 4.0)
        lengths = []
        while True:
            lengths.append(measure.getLength())
            if not measure.nextContour():
                break
        self._lengths: list[float] = lengths
        self.length_px: float = sum(lengths)

    def at(self, share: float) -> tuple[float, float, float]:
        """Return x, y and the direction in degrees at a share of the length."""
        from farm.render.drawing import skia

        measure = skia.PathMeasure(self._path, False, 4.0)
        left = share * self.length_px
        for index, length in enumerate(self._lengths):
            if left <= length or index == len(self._lengths) - 1:
                break
            left -= length
            measure.nextContour()
        place, tangent = measure.getPosTan(min(left, self._lengths[index]))
        return (
            float(place.x()),
            float(place.y()),
            math.degrees(math.atan2(float(tangent.y()), float(tangent.x()))),
        )
