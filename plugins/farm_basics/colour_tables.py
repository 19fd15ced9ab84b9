"""Three-dimensional lookup tables of colour grades, and the effects that are such a table."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable
from functools import lru_cache
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from farm.plugin import Effect, Frame, Moment

Real = NDArray[np.float64]
Table = NDArray[np.uint16]

_GRID: Final = 4096
"""Steps of tabulated functions."""
_SCALE: Final = 1 << 30
"""Tabulated values are rounded to this fraction, since power functions differ in their last bit between machines."""


def luma_of(rgb: Real) -> Real:
    """Return BT.709 luma of R'G'B' in the last axis, which is kept with length 1."""
    # Written as sums: a matrix product leaves their order to the machine.
    luma: Real = 0.2126 * rgb[..., 0:1] + 0.7152 * rgb[..., 1:2] + 0.0722 * rgb[..., 2:3]
    return luma


def saturated(rgb: Real, gain: float | Real) -> Real:
    """Return RGB with its distance from grey multiplied."""
    luma = luma_of(rgb)
    return luma + (rgb - luma) * gain


def smooth(share: Real) -> Real:
    """Return the smoothstep of values clipped to 0 to 1."""
    x = np.clip(share, 0, 1)
    curve: Real = x * x * (3 - 2 * x)
    return curve


def tabulated(function: Callable[[float], float]) -> Real:
    """Return a function's values at 0 to 1, for :func:`looked_up`."""
    return np.array([round(function(i / _GRID) * _SCALE) / _SCALE for i in range(_GRID + 1)])


def looked_up(table: Real, value: Real) -> Real:
    """Return a tabulated function of values clipped to 0 to 1, linear between its samples."""
    place = np.clip(value, 0, 1) * _GRID
    index = np.minimum(place.astype(np.int64), _GRID - 1)
    low = table[index]
    between: Real = (table[index + 1] - low) * (place - index)
    return low + between


@lru_cache(maxsize=64)
def power_table(exponent: float) -> Real:
    """Return x to a power, tabulated."""
    return tabulated(lambda x: math.pow(x, exponent))


@lru_cache(maxsize=1)
def linear_table() -> Real:
    """Return the linear light of an sRGB value (IEC 61966-2-1), tabulated."""
    return tabulated(lambda x: x / 12.92 if x <= 0.04045 else math.pow((x + 0.055) / 1.055, 2.4))


@lru_cache(maxsize=1)
def srgb_table() -> Real:
    """Return the sRGB value of linear light's square, tabulated: the square root evens out the steps."""
    return tabulated(lambda x: x * x * 12.92 if x * x <= 0.0031308 else 1.055 * math.pow(x, 2 / 2.4) - 0.055)


def colour_table(grade: Callable[[Real], Real]) -> Table:
    """Return the table of a grade for ``map_lut_3d``: uint16, shape (3 * 33 * 33, 256), each plane's value times 256.

    Args:
        grade: Maps R'G'B', shape (…, 3), 0 to 1; results beyond are clipped.
    """
    from farm_basics.kernels import STEP

    chroma = np.minimum(np.arange(0, 257, STEP), 255).astype(np.float64)
    blue, red, luma = np.meshgrid(chroma, chroma, np.arange(256.0), indexing="ij")
    e, cb, cr = (luma - 16) / 219, (blue - 128) / 224, (red - 128) / 224
    # BT.709-6, items 3.2 and 3.3, solved for R'G'B' and back.
    r, b = e + 1.5748 * cr, e + 1.8556 * cb
    g = (e - 0.2126 * r - 0.0722 * b) / 0.7152
    rgb = np.clip(grade(np.clip(np.stack([r, g, b], axis=-1), 0, 1)), 0, 1)
    after = luma_of(rgb)[..., 0]
    planes = (
        16 + 219 * after,
        128 + 224 * (rgb[..., 2] - after) / 1.8556,
        128 + 224 * (rgb[..., 0] - after) / 1.5748,
    )
    table = np.floor(np.stack(planes).reshape(3 * len(chroma) ** 2, 256) * 256 + 0.5).astype(np.uint16)
    table.setflags(write=False)
    return table


@lru_cache(maxsize=16)
def _table_of(effect: Graded) -> Table:
    return colour_table(effect.grade)


class Graded(Effect):
    """An effect on the colour of each pixel: a lookup table, made once for its parameters."""

    steady: ClassVar[bool] = True

    amount: float = Field(1.0, ge=0, le=1, description="Strength; 0 leaves the picture unchanged.")

    @abstractmethod
    def grade(self, rgb: Real) -> Real:
        """Return the grade of R'G'B', shape (…, 3), 0 to 1; results beyond are clipped."""

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        from farm_basics.kernels import map_lut_3d

        out = frame.blank(alpha=False)
        # Equal for every strength, which is applied while mapping.
        table = _table_of(self.model_copy(update={"amount": 1.0}))
        weight = int(self.amount * 256 + 0.5)
        map_lut_3d(frame.y, frame.u, frame.v, table, weight, out.y, out.u, out.v)
        return Frame(out.y, out.u, out.v, frame.a, frame.a2)
