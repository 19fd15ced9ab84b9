"""Transitions whose front has a look of its own: burning, torn paper, paint, a line of light."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from farm.plugin import ColorValue, Ease, Frame, parse_color, to_yuv
from farm_basics.canvas import Direction
from farm_basics.fades import ONE
from farm_basics.orders import (
    LAST,
    Order,
    Ordered,
    Real,
    along,
    centred,
    even,
    fractal,
    noise,
    order_from,
    order_of,
    reveal,
)

Stop = tuple[float, float, str]
"""A place in the band, 0 (where the front is) to 1 (where it was), the colour's share there, and the colour."""
Band = tuple[NDArray[np.uint16], tuple[NDArray[np.uint8], ...]]


@lru_cache(maxsize=16)
def band_of(stops: tuple[Stop, ...]) -> Band:
    """Return the shares (0 to 256) of a band's colours, and the colours as tables for luma and chroma."""
    place = (np.arange(256) + 0.5) / 256
    at = [stop[0] for stop in stops]
    shares = np.floor(np.interp(place, at, [256 * stop[1] for stop in stops]) + 0.5).astype(np.uint16)
    colors = [to_yuv(parse_color(stop[2])) for stop in stops]
    planes = [
        np.floor(np.interp(place, at, levels) + 0.5).astype(np.uint8) for levels in zip(*colors, strict=True)
    ]
    for table in (shares, *planes):
        table.setflags(write=False)
    return shares, tuple(planes)


def paint_band(out: Frame, order: Order, edge: int, span: int, band: Band) -> None:
    """Colour the pixels of ``out`` that the front has passed by less than ``span``."""
    from farm_basics.order_kernels import tint_front

    shares, colors = band
    alphas = (out.a, out.a2, out.a2)
    for plane, color, alpha in zip((out.y, out.u, out.v), colors, alphas, strict=True):
        when = order.full if plane.shape == order.full.shape else order.half
        given = plane if alpha is None else alpha
        tint_front(given, when, edge, span, shares, color, int(alpha is None), plane)


class Burn(Ordered):
    """The old picture burns away from a point: charred, then glowing edges run outwards."""

    name: ClassVar[str] = "basics.burn"

    x: float = Field(0.35, ge=0, le=1, description="Where the picture catches fire, 0 (left) to 1 (right).")
    y: float = Field(0.6, ge=0, le=1, description="Where the picture catches fire, 0 (top) to 1 (bottom).")
    width: float = Field(
        0.16, ge=0.01, le=0.6, description="Width of the burning edge, as a share of the way."
    )
    size: float = Field(
        0.35,
        ge=0.02,
        le=2,
        description="Size of the burning edge's largest bays, as a share of the shorter side.",
    )
    glow: ColorValue = Field("#ff7a1a", description="Colour of the embers.")
    seed: int = Field(
        1, ge=0, le=1_000_000, description="Number that decides what is random; each gives a different edge."
    )
    ease: Ease = Field("in-out-sine", description="Easing of the transition.")

    def arrival(self, width: int, height: int) -> Real:
        paper = fractal(width, height, self.size * min(width, height), 6, self.seed)
        dx, dy = centred(width, height, self.x, self.y)
        far = np.sqrt(dx * dx + dy * dy) / max(width, height)
        return even(paper * 0.45 + far * 0.55)

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        order, span, ramp = order_of(self, old.width, old.height), round(self.width * LAST), LAST // 160
        edge = (LAST + span) * weight // ONE
        out = reveal(old, new, order, edge - span * 5 // 6, ramp)
        band = band_of(
            (
                (0.0, 0.0, "#3a1c08"),
                (0.45, 0.75, "#241006"),
                (0.62, 0.95, "#180a04"),
                (0.72, 1.0, self.glow),
                (0.81, 1.0, "#fff0b4"),
                (0.87, 0.75, self.glow),
                (1.0, 0.0, self.glow),
            )
        )
        paint_band(out, order, edge, span, band)
        return out


@lru_cache(maxsize=4)
def _torn(sheet: TornPaper, width: int, height: int) -> tuple[Order, Order, int]:
    """Return the orders of the torn edge's two sides, the picture's and the paper's, and the most between them."""
    side, (place, _) = min(width, height), along(width, height, sheet.direction)
    rough = 0.7 * noise(width, height, side * 0.3, side * 0.3, sheet.seed)
    rough = place + sheet.roughness * (rough + 0.3 * fractal(width, height, side * 0.09, 4, sheet.seed + 7))
    thick = fractal(width, height, side * 0.14, 5, sheet.seed + 31)
    paper = rough + sheet.core * 2 * np.clip(thick * 1.6 - 0.3, 0.05, 1)
    bounds = (float(rough.min()), float(paper.max()))
    widest = float((paper - rough).max()) / (bounds[1] - bounds[0]) if bounds[1] > bounds[0] else 0.0
    return order_from(rough, bounds), order_from(paper, bounds), round(widest * LAST)


class TornPaper(Ordered):
    """The old picture is torn off the new one: a rough white edge, with a soft shadow below it, crosses the picture."""

    name: ClassVar[str] = "basics.torn_paper"

    direction: Direction = Field("left", description="Direction in which the picture is torn.")
    roughness: float = Field(0.14, ge=0, le=0.5, description="Height of the tears, as a share of the way.")
    core: float = Field(
        0.035, ge=0, le=0.2, description="Width of the torn white edge, as a share of the way."
    )
    paper: ColorValue = Field("#fbfaf6", description="Colour of the torn edge.")
    seed: int = Field(
        1, ge=0, le=1_000_000, description="Number that decides what is random; each gives a different edge."
    )
    ease: Ease = Field("in-out-cubic", description="Easing of the transition.")

    def arrival(self, width: int, height: int) -> Real:
        return _torn(self, width, height)[0].full.astype(np.float64)

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        picture, paper, core = _torn(self, old.width, old.height)
        ramp, shade = LAST // 500, round(0.05 * LAST)
        edge = (LAST + ramp + shade) * weight // ONE
        sheet = old.copy()
        # The band reaches as far as the new picture may begin.
        paint_band(
            sheet, picture, edge, core + ramp + 2, band_of(((0.0, 1.0, self.paper), (1.0, 1.0, self.paper)))
        )
        out = reveal(sheet, new, paper, edge, ramp)
        paint_band(out, paper, edge - ramp, shade, band_of(((0.0, 0.5, "#000000"), (1.0, 0.0, "#000000"))))
        return out


class Brush(Ordered):
    """Strokes of a dry brush paint the new picture over the old one, to and fro."""

    name: ClassVar[str] = "basics.brush"

    strokes: int = Field(5, ge=1, le=24, description="Number of strokes.")
    slant: float = Field(0.12, ge=-1, le=1, description="How much the strokes fall to the right.")
    softness: float = Field(0.02, ge=0, le=0.5, description="Softness of the bristles' marks.")
    seed: int = Field(
        1,
        ge=0,
        le=1_000_000,
        description="Number that decides what is random; each gives different bristles.",
    )
    ease: Ease = Field("in-out-sine", description="Easing of the transition.")

    def arrival(self, width: int, height: int) -> Real:
        side = min(width, height)
        dx, dy = centred(width, height)
        # Wavy strokes: their borders follow a slow noise.
        sway = noise(width, height, side * 0.5, side * 0.3, self.seed + 3) - 0.5
        lane = (dy - dx * self.slant + sway * side * 0.1) / height + 0.5
        lane = np.clip(lane * self.strokes, 0, self.strokes - 0.001)
        stroke = np.floor(lane)
        ahead = dx / width + 0.5
        way = np.where(stroke % 2 == 0, ahead, 1 - ahead)
        # Bristles: streaks along the stroke, uneven in its front and at its borders.
        streak = noise(width, height, side * 0.7, side * 0.008, self.seed) * 0.6
        streak = streak + noise(width, height, side * 0.25, side * 0.02, self.seed + 1) * 0.4
        rim = np.abs(lane - stroke - 0.5) * 2
        painted = stroke + way * 0.85 + 0.4 * streak + 0.5 * rim * rim * rim * streak
        return np.asarray(painted)


class Shine(Ordered):
    """A slanted line of light sweeps across and leaves the new picture behind it."""

    name: ClassVar[str] = "basics.shine"

    direction: Direction = Field("right", description="Direction in which the light moves.")
    slant: float = Field(0.35, ge=-2, le=2, description="How much the line of light leans.")
    width: float = Field(0.3, ge=0.02, le=1, description="Width of the light, as a share of the way.")
    color: ColorValue = Field("#ffffff", description="Colour of the light.")
    ease: Ease = Field("in-out-sine", description="Easing of the transition.")

    def arrival(self, width: int, height: int) -> Real:
        place, beside = along(width, height, self.direction)
        return place + beside * self.slant

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        order = order_of(self, old.width, old.height)
        span = max(2, round(self.width * LAST))
        edge = (LAST + span) * weight // ONE
        out = reveal(old, new, order, edge - span // 2 + span // 20, span // 10 + 1)
        stops = (
            (0, 0),
            (0.25, 0.14),
            (0.4, 0.5),
            (0.48, 0.95),
            (0.52, 0.95),
            (0.6, 0.5),
            (0.75, 0.14),
            (1, 0),
        )
        paint_band(out, order, edge, span, band_of(tuple((at, share, self.color) for at, share in stops)))
        return out
