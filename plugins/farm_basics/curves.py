"""Tone curves through points, monotone between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import ClassVar, Final

import numpy as np
from pydantic import Field, field_validator

from farm_basics.colour_tables import Graded, Real, looked_up, tabulated

PRESETS: Final = {
    "linear": "0,0 1,1",
    "contrast": "0,0 0.25,0.18 0.75,0.83 1,1",
    "soft_contrast": "0,0 0.25,0.21 0.75,0.8 1,1",
    "bright": "0,0 0.5,0.6 1,1",
    "dark": "0,0 0.5,0.4 1,1",
    "matte": "0,0.09 0.25,0.26 0.75,0.78 1,0.95",
    "high_key": "0,0.06 0.35,0.52 0.7,0.87 1,1",
    "low_key": "0,0 0.4,0.26 0.75,0.66 1,0.97",
    "negative": "0,1 1,0",
}
"""Curves by name."""

_POINT: Final = re.compile(r"([0-9.]+),([0-9.]+)")
_EXPECTED: Final = f"write points, e.g. `0,0 0.5,0.6 1,1`, or one of {', '.join(PRESETS)}"


def points_of(text: str) -> tuple[tuple[float, float], ...]:
    """Return the points of a curve that is written as text or named.

    Raises:
        ValueError: it is neither.
    """
    points: list[tuple[float, float]] = []
    for word in PRESETS.get(text.strip(), text).split():
        found = _POINT.fullmatch(word)
        try:
            x, y = (float(number) for number in found.groups()) if found else (2.0, 2.0)
        except ValueError:  # `1.2.3`
            x, y = 2.0, 2.0
        if not (0 <= x <= 1 and 0 <= y <= 1):
            raise ValueError(f"`{word}` is no point of a curve, two numbers from 0 to 1; {_EXPECTED}")
        if points and x <= points[-1][0]:
            raise ValueError(f"`{word}` must be to the right of the point before it; {_EXPECTED}")
        points.append((x, y))
    if not 2 <= len(points) <= 16:
        raise ValueError(f"a curve has 2 to 16 points, not {len(points)}; {_EXPECTED}")
    return tuple(points)


def _slopes(points: Sequence[tuple[float, float]]) -> list[float]:
    """Return the slope at each point such that no piece overshoots (Fritsch and Butland, 1984)."""
    pieces = [(y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in pairwise(points)]
    widths = [x1 - x0 for (x0, _), (x1, _) in pairwise(points)]
    slopes = [pieces[0]]
    for i in range(1, len(points) - 1):
        before, after = pieces[i - 1], pieces[i]
        if before * after <= 0:
            slopes.append(0.0)
        else:
            near, far = 2 * widths[i] + widths[i - 1], widths[i] + 2 * widths[i - 1]
            slopes.append((near + far) / (near / before + far / after))
    return [*slopes, pieces[-1]]


@lru_cache(maxsize=64)
def curve_table(text: str) -> Real:
    """Return a curve, tabulated; it is level beyond its first and last point."""
    points = points_of(text)
    slopes = _slopes(points)

    def value(x: float) -> float:
        if x <= points[0][0]:
            return points[0][1]
        for i, ((x0, y0), (x1, y1)) in enumerate(pairwise(points)):
            if x <= x1:
                width, t = x1 - x0, (x - x0) / (x1 - x0)
                bend = (1 - t) * slopes[i] * width - t * slopes[i + 1] * width + (y1 - y0) * (2 * t - 1)
                return y0 + (y1 - y0) * t + t * (1 - t) * bend
        return points[-1][1]

    return tabulated(value)


class Curves(Graded):
    """Tone curves: one for all channels and one for each of red, green and blue."""

    name: ClassVar[str] = "basics.curves"

    master: str = Field(
        "contrast",
        max_length=200,
        description="Curve of all channels: points `0,0 0.5,0.6 1,1`, or one of "
        + ", ".join(f"`{name}`" for name in PRESETS)
        + ".",
    )
    r: str = Field("linear", max_length=200, description="Curve of red, applied first.")
    g: str = Field("linear", max_length=200, description="Curve of green, applied first.")
    b: str = Field("linear", max_length=200, description="Curve of blue, applied first.")

    @field_validator("master", "r", "g", "b")
    @classmethod
    def _is_a_curve(cls, text: str) -> str:
        points_of(text)
        return text

    def grade(self, rgb: Real) -> Real:
        master = curve_table(self.master)
        channels = [
            looked_up(curve_table(one), rgb[..., i]) for i, one in enumerate((self.r, self.g, self.b))
        ]
        return looked_up(master, np.stack(channels, axis=-1))
