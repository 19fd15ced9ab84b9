"""Three-dimensional lookup tables (LUTs): the colours of a film stock or a mood."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import ClassVar, Final, Literal

import numpy as np
from pydantic import Field

from farm.plugin import Effect, Frame, Moment
from farm_basics.colour_tables import Real, Table, colour_table, luma_of, saturated

LutName = Literal["film", "teal_orange", "warm", "cool", "faded", "vivid", "night"]


def _curve(value: Real, *points: tuple[float, float]) -> Real:
    """Return a tone curve through points, smoothed between them by averaging it with its own lag."""
    xs, ys = zip(*points, strict=True)
    fine = np.linspace(0, 1, 257)
    line = np.convolve(np.pad(np.interp(fine, xs, ys), 24, mode="edge"), np.ones(49) / 49, "valid")
    return np.interp(value, fine, line)


def _split(rgb: Real, shadows: tuple[float, float, float], lights: tuple[float, float, float]) -> Real:
    """Return RGB with a tint added to dark and one to bright parts."""
    luma = luma_of(rgb)
    dark, bright = (1 - luma) * (1 - luma), luma * luma
    tinted: Real = rgb + dark * np.array(shadows) + bright * np.array(lights)
    return tinted


def _film(rgb: Real) -> Real:
    toned = _curve(rgb, (0, 0.03), (0.25, 0.2), (0.75, 0.8), (1, 0.97))
    return saturated(_split(toned, (0.0, 0.01, 0.025), (0.02, 0.01, -0.02)), 0.92)


def _teal_orange(rgb: Real) -> Real:
    toned = _curve(rgb, (0, 0), (0.25, 0.21), (0.75, 0.79), (1, 1))
    return saturated(_split(toned, (-0.04, 0.02, 0.05), (0.05, 0.015, -0.05)), 1.05)


def _warm(rgb: Real) -> Real:
    return _split(rgb * np.array([1.04, 1.0, 0.92]), (0.015, 0.005, 0.0), (0.01, 0.005, -0.01))


def _cool(rgb: Real) -> Real:
    return _split(rgb * np.array([0.97, 1.0, 1.03]), (0.0, 0.005, 0.02), (-0.015, 0.0, 0.01))


def _faded(rgb: Real) -> Real:
    return saturated(_curve(rgb, (0, 0.1), (0.5, 0.52), (1, 0.93)), 0.78)


def _vivid(rgb: Real) -> Real:
    return saturated(_curve(rgb, (0, 0), (0.25, 0.22), (0.75, 0.78), (1, 1)), 1.28)


def _night(rgb: Real) -> Real:
    toned = _curve(rgb, (0, 0), (0.5, 0.34), (1, 0.86))
    return saturated(_split(toned, (-0.01, 0.0, 0.05), (-0.04, 0.0, 0.05)), 0.7)


_LUTS: Final[dict[str, Callable[[Real], Real]]] = {
    "film": _film,
    "teal_orange": _teal_orange,
    "warm": _warm,
    "cool": _cool,
    "faded": _faded,
    "vivid": _vivid,
    "night": _night,
}


@lru_cache(maxsize=8)
def lut_of(name: str) -> Table:
    """Return the LUT of a mood."""
    return colour_table(_LUTS[name])


class Lut(Effect):
    """The colours of a film stock or a mood, by a three-dimensional lookup table."""

    name: ClassVar[str] = "basics.look"
    steady: ClassVar[bool] = True

    look: LutName = Field("film", description="Name of the film stock or mood.")
    amount: float = Field(1.0, ge=0, le=1, description="Strength; 0 leaves the picture unchanged.")

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        from farm_basics.kernels import map_lut_3d

        out = frame.blank(alpha=False)
        weight = int(self.amount * 256 + 0.5)
        map_lut_3d(frame.y, frame.u, frame.v, lut_of(self.look), weight, out.y, out.u, out.v)
        return Frame(out.y, out.u, out.v, frame.a, frame.a2)
