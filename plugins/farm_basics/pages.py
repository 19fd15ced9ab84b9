"""Transitions that bend the old picture like a sheet of paper: a page turned from a corner, a poster rolled up."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable
from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from farm.plugin import ColorValue, Ease, Frame, parse_color, to_yuv
from farm_basics.canvas import Direction
from farm_basics.edges import band_of, paint_band
from farm_basics.fades import ONE, Eased, tint
from farm_basics.orders import LAST, Order, Real, order_from, reveal
from farm_basics.warp import warp

Edge = Callable[[float], int]
"""The front's order at a place along the way."""
_ARCS = 256
_ARC_SINES = np.array(
    [round(65536 * 2 / math.pi * math.asin(i / _ARCS)) for i in range(_ARCS + 1)], np.float64
)
"""Inverse sine of 0 to 1, as a share of a right angle."""


def _arc(sine: Real) -> Real:
    """Return the angle whose sine is given, -1 to 1, in right angles."""
    place = np.minimum(np.abs(sine), 1) * _ARCS
    index = np.minimum(place.astype(np.int64), _ARCS - 1)
    angle = (_ARC_SINES[index] + (_ARC_SINES[index + 1] - _ARC_SINES[index]) * (place - index)) / 65536
    return np.asarray(np.where(sine < 0, -angle, angle))


@lru_cache(maxsize=8)
def _along(width: int, height: int, nx: float, ny: float) -> tuple[Order, float, float]:
    """Return the order of pixels against a direction, and the largest and smallest place along it."""
    place = (np.arange(width) + 0.5)[None, :] * nx + ((np.arange(height) + 0.5) * ny)[:, None]
    low, high = float(place.min()), float(place.max())
    return order_from(-place), low, high


def _box(
    first: float, last: float, nx: float, ny: float, width: int, height: int
) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of the band between two places along the way."""

    def extent(n: float, other: float, length: int) -> tuple[float, float]:
        if abs(n) < 1e-6:
            return 0.0, float(length)
        ends = [(place - beside) / n for place in (first, last) for beside in (0.0, other)]
        return min(ends), max(ends)

    left, right = extent(nx, ny * height, width)
    top, bottom = extent(ny, nx * width, height)
    return left, top, right, bottom


class _Sheet(Eased):
    """The old picture is bent around a cylinder that crosses it and leaves the new one behind."""

    radius: float
    paper: str
    shade: float
    flat: ClassVar[bool]
    """Whether the sheet's back lies down beyond the cylinder; else it is wound around it."""

    @abstractmethod
    def normal(self, width: int, height: int) -> tuple[float, float]:
        """Return the unit vector from where the cylinder goes to where it comes from."""

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        width, height = old.width, old.height
        nx, ny = self.normal(width, height)
        order, low, high = _along(width, height, nx, ny)
        span, share = max(high - low, 1e-6), weight / ONE
        radius = max(1.0, self.radius * min(width, height))
        # From just beyond the sheet's end until the shadow has gone as well.
        start, stop = high + (0.0 if self.flat else radius), low - radius * 2.4
        centre = start + (stop - start) * share

        def edge(place: float) -> int:
            return round((high - place) / span * LAST)

        ramp = max(1, round(1.5 / span * LAST))
        back = tint(old, to_yuv(parse_color(self.paper)), round(0.8 * ONE))
        moves = self._moves(low, high, centre, radius)

        def seen(x: Real, y: Real) -> tuple[Real, Real]:
            place = x * nx + y * ny - low
            index = np.minimum(np.maximum(place, 0).astype(np.int64), len(moves) - 2)
            move = moves[index] + (moves[index + 1] - moves[index]) * (place - index)
            return x + move * nx, y + move * ny

        # The flat part of the back lies on what is left of the old picture, the roll on nothing but the new one.
        sheet = reveal(old, new, order, edge(centre), ramp) if self.flat else new.copy()
        last = centre + radius
        first = 2 * centre + math.pi * radius - high if self.flat else centre - radius
        warp(sheet, back, seen, box=_box(first, last, nx, ny, width, height))
        self._light(sheet, order, edge, centre, radius)
        if not self.flat:
            sheet = reveal(old, sheet, order, edge(centre - radius), ramp)
        # The sheet ends where the cylinder does.
        shadow = new if self.shade == 0 else self._shadow(new, order, edge, centre + radius, radius)
        return reveal(sheet, shadow, order, edge(centre + radius), ramp)

    def _moves(self, low: float, high: float, centre: float, radius: float) -> Real:
        """Return how far ahead on the sheet lies what is seen from above at every pixel along the way."""
        place = low + np.arange(max(2, round(high - low) + 2), dtype=np.float64)
        ahead: Real = (place - centre) / radius
        # The way along the sheet from where it leaves the ground to its upper side.
        way = math.pi * radius / 2 * (2 - _arc(np.maximum(ahead, 0) if self.flat else ahead))
        if self.flat:
            way = way + np.maximum(-ahead, 0) * radius
        return np.asarray(centre + way - place)

    def _light(self, out: Frame, order: Order, edge: Edge, centre: float, radius: float) -> None:
        top, bottom = edge(centre + radius), edge(centre - (0 if self.flat else radius))
        span = max(1, bottom - top)
        dark = self.shade
        stops = (
            (
                (0.0, 0.0, "#000000"),
                (0.25, 0.0, "#000000"),
                (0.7, 0.35 * dark, "#000000"),
                (1.0, dark, "#000000"),
            )
            if self.flat
            else (
                (0.0, dark, "#000000"),
                (0.45, 0.0, "#000000"),
                (0.6, 0.0, "#000000"),
                (1.0, dark, "#000000"),
            )
        )
        paint_band(out, order, bottom, span, band_of(stops))

    def _shadow(self, new: Frame, order: Order, edge: Edge, place: float, radius: float) -> Frame:
        dark = new.copy()
        span = max(1, round(edge(0.0) - edge(radius * 1.4)))
        stops = (
            (0.0, 0.9 * self.shade, "#000000"),
            (0.4, 0.35 * self.shade, "#000000"),
            (1.0, 0.0, "#000000"),
        )
        paint_band(dark, order, edge(place), span, band_of(stops))
        return dark


class Page(_Sheet):
    """The old picture is turned like a page, from a corner; the back of the paper is seen."""

    name: ClassVar[str] = "basics.page"
    flat: ClassVar[bool] = True

    corner: Literal["top_left", "top_right", "bottom_left", "bottom_right"] = Field(
        "bottom_right", description="Corner by which the page is taken."
    )
    radius: float = Field(
        0.09, ge=0.01, le=0.5, description="Radius of the bend, as a share of the shorter side."
    )
    paper: ColorValue = Field("#f4f2ee", description="Colour of the paper's back.")
    shade: float = Field(0.5, ge=0, le=1, description="How dark the page's shadows are.")
    ease: Ease = Field("in-out-sine", description="Easing of the transition.")

    def normal(self, width: int, height: int) -> tuple[float, float]:
        # A little flatter than the diagonal, as a hand turns a page.
        across, down = 1.0, 0.62 * width / height
        length = float(np.sqrt(across * across + down * down))
        return (
            across / length * (1 if self.corner.endswith("right") else -1),
            down / length * (1 if self.corner.startswith("bottom") else -1),
        )


class Roll(_Sheet):
    """The old picture is rolled up like a poster and uncovers the new one."""

    name: ClassVar[str] = "basics.roll"
    flat: ClassVar[bool] = False

    direction: Direction = Field("up", description="Direction in which the picture is rolled up.")
    radius: float = Field(
        0.08, ge=0.01, le=0.5, description="Radius of the roll, as a share of the shorter side."
    )
    paper: ColorValue = Field("#f4f2ee", description="Colour of the paper's back.")
    shade: float = Field(0.5, ge=0, le=1, description="How dark the roll's shadows are.")
    ease: Ease = Field("in-out-sine", description="Easing of the transition.")

    def normal(self, width: int, height: int) -> tuple[float, float]:  # noqa: ARG002
        return {"left": (1.0, 0.0), "right": (-1.0, 0.0), "up": (0.0, 1.0), "down": (0.0, -1.0)}[
            self.direction
        ]
