"""Transitions by light: leaks, overexposure, sums, strobes, a camera's shutter."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from farm.plugin import ColorValue, Ease, Frame, parse_color, to_yuv
from farm_basics.dissolves import BLACK, WHITE, mix_by
from farm_basics.edges import band_of, paint_band
from farm_basics.fades import ONE, Eased, eased, mix, tint
from farm_basics.orders import LAST, Ordered, Real, centred, order_of, reveal, sine, turns


def _paint_spot(
    out: Frame, color: str, middle: tuple[float, float], radii: tuple[float, float], share: float
) -> None:
    """Mix a soft spot into a frame, in place; middle and radii are shares of the frame's sides."""
    from farm_basics.exposure_kernels import tint_spot

    def line(count: int, at: float, radius: float) -> NDArray[np.int32]:
        place = ((np.arange(count) + 0.5) / count - at) / radius
        squares = np.floor(np.minimum(place * place, 1.0) * 32768 + 0.5).astype(np.int32)
        squares.setflags(write=False)
        return squares

    alphas = (out.a, out.a2, out.a2)
    lines = {
        plane.shape: (line(plane.shape[1], middle[0], radii[0]), line(plane.shape[0], middle[1], radii[1]))
        for plane in (out.y, out.u)
    }
    for plane, level, alpha in zip((out.y, out.u, out.v), to_yuv(parse_color(color)), alphas, strict=True):
        across, down = lines[plane.shape]
        given = plane if alpha is None else alpha
        tint_spot(given, across, down, round(share * 256), level, int(alpha is None), plane)


class LightLeak(Eased):
    """Warm light leaks into the camera and sweeps over the picture while it changes."""

    name: ClassVar[str] = "basics.light_leak"

    strength: float = Field(0.95, ge=0, le=1, description="Strength of the light.")
    leftwards: bool = Field(False, description="Whether the light sweeps from right to left instead.")
    ease: Ease = Field("linear", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        share = weight / ONE
        out = mix(old, new, eased("in-out-cubic", (share - 0.2) / 0.6))
        if out is old or out is new:
            out = out.copy()
        rise = 4 * share * (1 - share)
        spots = (
            ("#ff4a1c", -0.35, 1.5, 0.35, 1.1, 0.9, 0.85),
            ("#ff9a2e", -0.1, 1.15, 0.75, 0.8, 0.7, 0.95),
            ("#ffe9b8", 0.1, 0.9, 0.4, 0.55, 0.5, 0.9),
        )
        for color, start, travel, down, wide, high, most in spots:
            x = start + travel * share
            light = self.strength * most * min(1.0, 1.25 * rise)
            _paint_spot(out, color, (1 - x if self.leftwards else x, down), (wide, high), light)
        return out


class _ByLight(Eased):
    """Both pictures pass through a colour, one grey level after another."""

    color: str
    bright_first: ClassVar[bool]

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        share = weight / ONE
        picture, gone = (old, share * 2) if share < 0.5 else (new, 2 - share * 2)
        level = np.clip((np.arange(256, dtype=np.float64) - BLACK) / (WHITE - BLACK), 0, 1)
        ahead = level if self.bright_first else 1 - level
        shares = np.floor(np.minimum(gone * gone * (1 + 3 * ahead), 1) * 256 + 0.5).astype(np.uint16)
        return mix_by(picture, tint(picture, to_yuv(parse_color(self.color)), ONE), picture.y, shares)


class Overexpose(_ByLight):
    """The picture burns out to white, its lights first, and the new one comes back out of the light."""

    name: ClassVar[str] = "basics.overexpose"
    bright_first: ClassVar[bool] = True

    color: ColorValue = Field("#fffaf0", description="Colour of the light.")
    ease: Ease = Field("in-out-sine", description="Easing of the transition.")


class Sink(_ByLight):
    """The picture sinks into the dark, its shadows first, and the new one rises out of it."""

    name: ClassVar[str] = "basics.sink"
    bright_first: ClassVar[bool] = False

    color: ColorValue = Field("#000000", description="Colour that the picture sinks into.")
    ease: Ease = Field("in-out-sine", description="Easing of the transition.")


class Additive(Eased):
    """A dissolve of light: both pictures are added, so that the change glows."""

    name: ClassVar[str] = "basics.additive"

    glow: float = Field(0.75, ge=0, le=1, description="How bright the middle is; 0 is a plain dissolve.")
    ease: Ease = Field("in-out-sine", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        from farm_basics.exposure_kernels import add_planes

        # Light has nothing to be added to where a picture is clear.
        if not old.opaque:
            return mix(old, new, weight)
        share = weight / ONE
        lift = 1 + self.glow
        before = round(256 * min(1.0, (1 - share) * lift))
        after = round(256 * min(1.0, share * lift))
        out = old.blank(alpha=False)
        add_planes(old.y, new.y, before, after, 16, 16, 235, out.y)
        add_planes(old.u, new.u, before, after, 128, 16, 240, out.u)
        add_planes(old.v, new.v, before, after, 128, 16, 240, out.v)
        return out


class Strobe(Eased):
    """Flashes alternate between both pictures and end on the new one."""

    name: ClassVar[str] = "basics.strobe"

    flashes: Literal[2, 4, 6, 8] = Field(
        4, description="How many times one of the pictures is shown, in turn."
    )
    peak: float = Field(0.85, ge=0, le=1, description="Brightness of the flashes.")
    color: ColorValue = Field("#ffffff", description="Colour of the flashes.")
    ease: Ease = Field("linear", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        place = weight / ONE * self.flashes
        index = min(int(place), self.flashes - 1)
        fade = max(0.0, 1 - (place - index) * 1.4)
        light = self.peak * fade * fade if index else 0.0
        return tint(new if index % 2 else old, to_yuv(parse_color(self.color)), round(light * ONE))


class Shutter(Ordered):
    """The blades of a camera's shutter close over the old picture and open on the new one."""

    name: ClassVar[str] = "basics.shutter"

    blades: int = Field(7, ge=3, le=16, description="Number of blades.")
    twist: float = Field(0.09, ge=0, le=0.5, description="How much the blades are curved.")
    color: ColorValue = Field("#0b0b0c", description="Colour of the blades.")
    rim: ColorValue = Field("#5a5a60", description="Colour of the blades' edges.")
    ease: Ease = Field("in-out-sine", description="Easing of the transition.")

    def arrival(self, width: int, height: int) -> Real:
        dx, dy = centred(width, height)
        far = np.sqrt(dx * dx + dy * dy)
        largest = max(float(far.max()), 1.0)
        sector = turns(dx, dy) * self.blades + self.twist * self.blades * far / largest
        sector = sector - np.floor(sector) - 0.5
        # The distance of a polygon's side: the blades close from the outside.
        return np.asarray(-far * sine(sector / self.blades + 0.25))

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        order = order_of(self, old.width, old.height)
        share = weight / ONE
        picture, closed = (old, share * 2) if share < 0.5 else (new, 2 - share * 2)
        closed = eased("in-out-quad", closed) / ONE
        dark = tint(picture, to_yuv(parse_color(self.color)), ONE)
        edge, ramp, rim = round(LAST * 1.02 * closed), LAST // 400, LAST // 45
        out = reveal(picture, dark, order, edge, ramp)
        if out is not dark:
            paint_band(out, order, edge - ramp, rim, band_of(((0.0, 0.8, self.rim), (1.0, 0.0, self.rim))))
        return out
