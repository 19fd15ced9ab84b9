"""Effects that replace tones or turn hues: tables of 256 entries and rotated chroma."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import ClassVar

import numpy as np
from pydantic import Field

from farm.plugin import ColorValue, Effect, Frame, Moment, Plane, parse_color, to_yuv
from farm_basics.fades import ONE, mix
from farm_basics.tones import Table, map_plane_by, rounded_table


def _turned(frame: Frame, angle_deg: float, saturation: float = 1.0) -> Frame:
    """Return the frame with its hues rotated; luma is unchanged."""
    from farm_basics.colour_kernels import turn_chroma

    angle = math.radians(angle_deg)
    # u and v have different scales: 1.8556 and 1.5748 of the colour difference.
    cosine = round(16384 * saturation * math.cos(angle))
    sine = 16384 * saturation * math.sin(angle)
    u, v = np.empty_like(frame.u), np.empty_like(frame.v)
    turn_chroma(frame.u, frame.v, cosine, -round(sine * 1.5748 / 1.8556), u)
    turn_chroma(frame.u, frame.v, round(sine * 1.8556 / 1.5748), cosine, v)
    return Frame(frame.y, u, v, frame.a, frame.a2)


class Hue(Effect):
    """All hues turned by an angle, at equal luma."""

    name: ClassVar[str] = "basics.hue"
    steady: ClassVar[bool] = True

    angle_deg: float = Field(40.0, ge=-360, le=360, description="How far hues turn on the colour wheel.")
    saturation: float = Field(1.0, ge=0, le=4, description="Saturation: 0 is grey, 1 leaves it unchanged.")

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        return _turned(frame, self.angle_deg, self.saturation)


class HueCycle(Effect):
    """All hues go round the colour wheel."""

    name: ClassVar[str] = "basics.hue_cycle"

    speed: float = Field(
        0.25, ge=-10, le=10, description="How often hues go round the colour wheel, per second."
    )
    start_deg: float = Field(0.0, ge=-360, le=360, description="How far hues are turned at the start.")
    saturation: float = Field(1.1, ge=0, le=4, description="Saturation: 0 is grey, 1 leaves it unchanged.")

    def apply(self, frame: Frame, at: Moment) -> Frame:
        return _turned(frame, self.start_deg + 360 * (at.seconds * self.speed % 1), self.saturation)


@lru_cache(maxsize=16)
def _inverted(amount: float) -> tuple[Table, Table]:
    level = np.arange(256.0)
    luma = np.clip(level, 16, 235)
    return (
        rounded_table(luma + (251 - 2 * luma) * amount, 16, 235),
        rounded_table(level + (256 - 2 * level) * amount, 16, 240),
    )


class Invert(Effect):
    """The negative of the picture."""

    name: ClassVar[str] = "basics.invert"
    steady: ClassVar[bool] = True

    amount: float = Field(
        1.0, ge=0, le=1, description="Strength: 1 is the negative, 0 leaves the picture unchanged."
    )

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        luma, chroma = _inverted(self.amount)
        u, v = map_plane_by(frame.u, chroma), map_plane_by(frame.v, chroma)
        return Frame(map_plane_by(frame.y, luma), u, v, frame.a, frame.a2)


@lru_cache(maxsize=16)
def steps(levels: int, softness: float) -> Table:
    """Return a table of a few tones, with ramps between them."""
    place = np.clip((np.arange(256) - 16) / 219, 0, 1) * levels
    band = np.minimum(np.floor(place), levels - 1)
    within = place - band
    # A narrow ramp between two bands keeps their border from flickering with noise.
    ramp = np.clip((within - (1 - softness)) / max(softness, 1e-6), 0, 1)
    band = np.minimum(band + ramp, levels - 1)
    return rounded_table(16 + 219 * band / (levels - 1), 16, 235)


class Posterise(Effect):
    """A poster's few tones."""

    name: ClassVar[str] = "basics.posterise"
    steady: ClassVar[bool] = True

    levels: int = Field(5, ge=2, le=32, description="Number of tones.")
    softness: float = Field(0.12, ge=0, le=1, description="Width of the ramp between two tones.")
    saturation: float = Field(1.3, ge=0, le=4, description="Saturation: 0 is grey, 1 leaves it unchanged.")
    amount: float = Field(1.0, ge=0, le=1, description="Strength; 0 leaves the picture unchanged.")

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        chroma = rounded_table(128.0 + (np.arange(256) - 128) * self.saturation, 16, 240)
        u, v = map_plane_by(frame.u, chroma), map_plane_by(frame.v, chroma)
        y = map_plane_by(frame.y, steps(self.levels, self.softness))
        return mix(frame, Frame(y, u, v, frame.a, frame.a2), round(ONE * self.amount))


@lru_cache(maxsize=16)
def _two_tone(dark: str, light: str, level: float, softness: float) -> tuple[Table, Table, Table]:
    luma = (np.arange(256) - 16) / 219
    share = np.clip((luma - level) / max(softness, 1 / 255) + 0.5, 0, 1)
    ends = zip(to_yuv(parse_color(dark)), to_yuv(parse_color(light)), strict=True)
    y, u, v = (rounded_table(start + (stop - start) * share, 16, 240) for start, stop in ends)
    return y, u, v


def _by_luma(frame: Frame, tables: tuple[Table, Table, Table]) -> tuple[Plane, Plane, Plane]:
    from farm_basics.kernels import map_luma_to_chroma

    u, v = np.empty_like(frame.u), np.empty_like(frame.v)
    map_luma_to_chroma(frame.y, tables[1], u)
    map_luma_to_chroma(frame.y, tables[2], v)
    return map_plane_by(frame.y, tables[0]), u, v


class Threshold(Effect):
    """Two tones: everything is either dark or light."""

    name: ClassVar[str] = "basics.threshold"
    steady: ClassVar[bool] = True

    level: float = Field(0.5, ge=0, le=1, description="Brightness from which on parts are light.")
    softness: float = Field(
        0.06, ge=0, le=1, description="Width of the edge between dark and light, as a share of the range."
    )
    dark: ColorValue = Field("#111114", description="Colour of dark parts.")
    light: ColorValue = Field("#f6f3ec", description="Colour of light parts.")
    amount: float = Field(1.0, ge=0, le=1, description="Strength; 0 leaves the picture unchanged.")

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        tables = _two_tone(self.dark, self.light, self.level, self.softness)
        made = Frame(*_by_luma(frame, tables), frame.a, frame.a2)
        return mix(frame, made, round(ONE * self.amount))
