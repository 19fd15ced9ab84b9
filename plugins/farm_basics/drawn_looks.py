"""Drawn and painted looks: edges, pencil, relief, dots of print, brush strokes, cartoon."""

from __future__ import annotations

import math
from abc import abstractmethod
from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from farm.plugin import ColorValue, Effect, Frame, Moment, Plane, parse_color, to_yuv
from farm_basics.blurs import share_px
from farm_basics.layers import faded_in, largest, lit_beyond, opacity_table, over_level, quotient
from farm_basics.lens import sine
from farm_basics.soften import shrink, soften_plane, unshrink
from farm_basics.tones import Table, map_plane_by, rounded_table


def tinted(frame: Frame, mask: Plane, color: tuple[int, int, int], weight: int = 256) -> Frame:
    """Return the colours of a frame mixed towards a colour by a mask (0 to 255) times weight / 256."""
    from farm_basics.light_kernels import tint_by

    out = frame.blank(alpha=False)
    for plane, value, step, target in zip(
        (frame.y, frame.u, frame.v), color, (1, 2, 2), out.planes(), strict=True
    ):
        tint_by(plane, mask, value, weight, step, target)
    return out


def _solid(frame: Frame, color: str) -> Frame:
    y, u, v = to_yuv(parse_color(color))
    return Frame(np.full_like(frame.y, y), np.full_like(frame.u, u), np.full_like(frame.v, v))


def _edges(luma: Plane, alpha: Plane | None, sigma_px: float, threshold: float, strength: float) -> Plane:
    """Return the edges of luma, and the outline of what is not transparent."""
    from farm_basics.drawn_kernels import find_edges

    found = []
    for plane in (luma,) if alpha is None else (luma, alpha):
        out = np.empty_like(plane)
        # Sobel's weights add up to 4 on each side.
        find_edges(soften_plane(plane, sigma_px), round(threshold * 876), round(strength * 256), out)
        found.append(out)
    return largest(*found)


class Drawn(Effect):
    """A look that replaces the picture, and can be mixed in."""

    steady: ClassVar[bool] = True
    least: ClassVar[float] = 0.0
    """Size, in percent of the shorter side, below which a look fades into the picture: it cannot be drawn finer."""

    amount: float = Field(1.0, ge=0, le=1, description="Strength; 0 leaves the picture unchanged.")

    @property
    def fineness(self) -> float:
        """Size of its details, in percent of the shorter side."""
        return self.least

    @abstractmethod
    def drawn(self, frame: Frame) -> Frame:
        """Return the frame with all of the look."""

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        shown = self.amount * (min(1.0, self.fineness / self.least) if self.least else 1.0)
        return frame if shown <= 0 else faded_in(frame, self.drawn(frame), shown, 1.0)


class Edges(Drawn):
    """Only the outlines: ink on paper, or glowing lines on the darkened picture."""

    name: ClassVar[str] = "basics.edges"

    style: Literal["ink", "glow"] = Field(
        "ink", description="Whether edges are dark lines on paper (`ink`) or lines of light (`glow`)."
    )
    strength: float = Field(1.6, ge=0, le=8, description="Strength of the lines.")
    threshold: float = Field(0.03, ge=0, le=1, description="Contrast below which nothing is drawn.")
    width: float = Field(0.15, ge=0.02, le=3, description="Width of the lines, percent of the shorter side.")
    ink: ColorValue = Field("#1b1b22", description="Colour of dark lines.")
    paper: ColorValue = Field("#faf8f2", description="Colour of the paper below dark lines.")
    light: ColorValue = Field("#5ff0ff", description="Colour of glowing lines.")

    def drawn(self, frame: Frame) -> Frame:
        sigma_px = max(0.7, share_px(frame, self.width))
        lines = _edges(frame.y, frame.a, sigma_px, self.threshold, self.strength)
        if self.style == "ink":
            out = tinted(_solid(frame, self.paper), lines, to_yuv(parse_color(self.ink)))
        else:
            luma = map_plane_by(frame.y, rounded_table(16 + (np.arange(256) - 16) * 0.22, 16, 235))
            chroma = rounded_table(128.0 + (np.arange(256) - 128) * 0.3, 16, 240)
            u, v = map_plane_by(frame.u, chroma), map_plane_by(frame.v, chroma)
            dark = Frame(luma, u, v, frame.a, frame.a2)
            # A halo around the lines, and the lines themselves.
            color = to_yuv(parse_color(self.light))
            halo = _lit(dark, soften_plane(lines, sigma_px * 4), color, 200)
            return _lit(halo, lines, color, 256)
        return Frame(out.y, out.u, out.v, frame.a, frame.a2)


def _lit(frame: Frame, mask: Plane, color: tuple[int, int, int], weight: int) -> Frame:
    """Return a frame tinted by light, which is seen beyond the outline as well."""
    light = opacity_table(np.arange(256) / 255 * weight / 256)
    a, a2 = lit_beyond(frame, mask, light)
    if a is None or a2 is None:
        return tinted(frame, mask, color, weight)
    # Its share in the colour is larger where there is less of the picture below it: all of it, outside.
    out = tinted(frame, quotient(map_plane_by(mask, light), a), color)
    return Frame(out.y, out.u, out.v, a, a2)


@lru_cache(maxsize=1)
def _reciprocals() -> NDArray[np.int32]:
    light = np.maximum(np.arange(256) - 16, 8)
    found = (65536 * 219 // light).astype(np.int32)
    found.setflags(write=False)
    return found


@lru_cache(maxsize=16)
def _lead(strength: float) -> Table:
    # A steep foot: what is a little darker than its surroundings is drawn already.
    light = np.clip((np.arange(256) - 16) / 219, 0, 1)
    return rounded_table(16 + 219 * np.clip(1 - (1 - light) * strength, 0, 1), 16, 235)


class Pencil(Drawn):
    """A pencil drawing: shades where a picture is darker than its surroundings."""

    name: ClassVar[str] = "basics.pencil"
    least: ClassVar[float] = 0.1

    strength: float = Field(1.5, ge=0.1, le=6, description="How dark the pencil is.")
    radius: float = Field(
        0.8,
        ge=0,
        le=10,
        description="Width of shades, percent of the shorter side; 0 leaves the picture unchanged.",
    )
    shading: float = Field(0.25, ge=0, le=1, description="How much of the picture's own shades is kept.")
    color: float = Field(
        0.0, ge=0, le=1, description="How much of the picture's colours is kept, as by coloured pencils."
    )

    @property
    def fineness(self) -> float:
        return self.radius

    def drawn(self, frame: Frame) -> Frame:
        from farm_basics.drawn_kernels import darker
        from farm_basics.light_kernels import divide_light

        drawn, out = np.empty_like(frame.y), np.empty_like(frame.y)
        # Surroundings are paper where they are transparent.
        around = soften_plane(
            over_level(frame.y, frame.a, 235), share_px(frame, max(self.radius, self.least))
        )
        divide_light(frame.y, around, _reciprocals(), drawn)
        darker(map_plane_by(drawn, _lead(self.strength)), frame.y, round(self.shading * 256), out)
        chroma = rounded_table(128.0 + (np.arange(256) - 128) * self.color, 16, 240)
        return Frame(out, map_plane_by(frame.u, chroma), map_plane_by(frame.v, chroma), frame.a, frame.a2)


class Emboss(Drawn):
    """A relief lit from one side."""

    name: ClassVar[str] = "basics.emboss"

    angle_deg: float = Field(
        -135.0, ge=-360, le=360, description="Where the light comes from: 0 is the right, -90 above."
    )
    depth: float = Field(0.2, ge=0.05, le=3, description="Width of edges, percent of the shorter side.")
    strength: float = Field(1.2, ge=0, le=8, description="Contrast of the relief.")
    color: float = Field(0.25, ge=0, le=1, description="How much of the picture's colours is kept.")

    def drawn(self, frame: Frame) -> Frame:
        from farm_basics.drawn_kernels import emboss_plane

        reach_px = max(1.0, share_px(frame, self.depth))
        angle = math.radians(self.angle_deg)
        # Towards the light: an edge facing it is bright.
        dx, dy = -round(reach_px * math.cos(angle)), -round(reach_px * math.sin(angle))
        out = np.empty_like(frame.y)
        # Over a mid-grey, a light picture stands out of what is transparent, and a dark one is engraved.
        height = soften_plane(over_level(frame.y, frame.a, 126), reach_px / 2)
        emboss_plane(height, dx, dy, -round(self.strength * 256), 126, out)
        chroma = rounded_table(128.0 + (np.arange(256) - 128) * self.color, 16, 240)
        return Frame(out, map_plane_by(frame.u, chroma), map_plane_by(frame.v, chroma), frame.a, frame.a2)


@lru_cache(maxsize=8)
def _screen(width: int, height: int, pitch_px: float, angle_deg: float) -> NDArray[np.uint16]:
    """Return thresholds, 16 to 235, whose dots cover the share of paper that a luma is below white."""
    across = np.arange(width)[None, :] / pitch_px
    down = np.arange(height)[:, None] / pitch_px
    cosine = round(math.cos(math.radians(angle_deg)) * (1 << 24)) / (1 << 24)
    side = round(math.sin(math.radians(angle_deg)) * (1 << 24)) / (1 << 24)
    spots = sine(across * cosine + down * side) + sine(down * cosine - across * side)
    # Ranks among the spots of one cell: luma at any level covers just as much.
    cell = np.arange(128) / 128
    ranks = np.sort((sine(cell)[None, :] + sine(cell)[:, None]).ravel())
    share = np.searchsorted(ranks, spots) / len(ranks)
    screen = np.floor(16 + 219 * share + 0.5).astype(np.uint16)
    screen.setflags(write=False)
    return screen


class Halftone(Drawn):
    """The dots of print: large ones where the picture is dark."""

    name: ClassVar[str] = "basics.halftone"
    least: ClassVar[float] = 0.4

    size: float = Field(
        1.3,
        ge=0,
        le=10,
        description="Distance of the dots, percent of the shorter side; 0 leaves the picture unchanged.",
    )
    angle_deg: float = Field(45.0, ge=-360, le=360, description="Angle of the rows of dots.")
    colored: bool = Field(True, description="Whether dots have the picture's colours instead of the ink's.")
    ink: ColorValue = Field("#16161d", description="Colour of dots that are not coloured.")
    paper: ColorValue = Field("#fbf9f3", description="Colour of paper.")

    @property
    def fineness(self) -> float:
        return self.size

    def drawn(self, frame: Frame) -> Frame:
        from farm_basics.drawn_kernels import cover_by, ink_by_screen

        pitch_px = max(3.0, share_px(frame, max(self.size, self.least)))
        dots = np.empty_like(frame.y)
        screen = _screen(frame.width, frame.height, pitch_px, self.angle_deg)
        # Edges of dots a pixel wide: the thresholds rise by some 219 * 4 levels per pitch.
        gain = max(1, round(pitch_px * 16 * 255 / 876))
        ink_by_screen(soften_plane(frame.y, pitch_px / 5), screen, gain, dots)
        paper = to_yuv(parse_color(self.paper))
        if not self.colored:
            out = tinted(_solid(frame, self.paper), dots, to_yuv(parse_color(self.ink)))
            return Frame(out.y, out.u, out.v, frame.a, frame.a2)
        # Paper shows between coloured dots, so these are darker and purer.
        ink = Frame(
            map_plane_by(frame.y, rounded_table(16 + (np.arange(256) - 16) * 0.62, 16, 235)),
            *(
                map_plane_by(one, rounded_table(128.0 + (np.arange(256) - 128) * 1.5, 16, 240))
                for one in (frame.u, frame.v)
            ),
        )
        out = frame.blank(alpha=False)
        for source, value, step, target in zip(ink.planes(), paper, (1, 2, 2), out.planes(), strict=True):
            cover_by(source, dots, value, step, target)
        return Frame(out.y, out.u, out.v, frame.a, frame.a2)


def painted(frame: Frame, radius_px: float) -> Frame:
    """Return the colours of a frame in brush strokes, made at half size; ``radius_px`` is in luma pixels."""
    from farm_basics.drawn_kernels import paint

    small = shrink(frame.y, 2)
    y, u, v = (np.empty_like(frame.u) for _ in range(3))
    paint(small, frame.u, frame.v, min(15, max(1, round(radius_px / 2))), y, u, v)
    return Frame(unshrink(y, 2, frame.y), u, v)


class Oil(Drawn):
    """Brush strokes of oil paint."""

    name: ClassVar[str] = "basics.oil"
    least: ClassVar[float] = 0.2

    radius: float = Field(
        0.9,
        ge=0,
        le=4,
        description="Width of strokes, percent of the shorter side; 0 leaves the picture unchanged.",
    )
    relief: float = Field(0.35, ge=0, le=2, description="How much the strokes stand out.")
    saturation: float = Field(1.2, ge=0, le=4, description="Saturation: 0 is grey, 1 leaves it unchanged.")

    @property
    def fineness(self) -> float:
        return self.radius

    def drawn(self, frame: Frame) -> Frame:
        from farm_basics.kernels import add_difference

        radius_px = share_px(frame, max(self.radius, self.least))
        made = painted(frame, radius_px)
        out = np.empty_like(frame.y)
        add_difference(made.y, soften_plane(made.y, radius_px), round(self.relief * 65536), out)
        chroma = rounded_table(128.0 + (np.arange(256) - 128) * self.saturation, 16, 240)
        return Frame(out, map_plane_by(made.u, chroma), map_plane_by(made.v, chroma), frame.a, frame.a2)


class Cartoon(Drawn):
    """Even areas in few tones, with drawn outlines."""

    name: ClassVar[str] = "basics.cartoon"
    least: ClassVar[float] = 0.2

    levels: int = Field(6, ge=2, le=32, description="Number of tones.")
    smoothing: float = Field(
        0.7,
        ge=0,
        le=4,
        description="Size of even areas, percent of the shorter side; 0 leaves the picture unchanged.",
    )
    lines: float = Field(1.2, ge=0, le=8, description="Strength of the outlines.")
    threshold: float = Field(0.08, ge=0, le=1, description="Contrast below which no line is drawn.")
    saturation: float = Field(1.4, ge=0, le=4, description="Saturation: 0 is grey, 1 leaves it unchanged.")

    @property
    def fineness(self) -> float:
        return self.smoothing

    def drawn(self, frame: Frame) -> Frame:
        from farm_basics.recolour import steps

        made = painted(frame, share_px(frame, max(self.smoothing, self.least)))
        chroma = rounded_table(128.0 + (np.arange(256) - 128) * self.saturation, 16, 240)
        flat = Frame(
            map_plane_by(made.y, steps(self.levels, 0.25)),
            map_plane_by(made.u, chroma),
            map_plane_by(made.v, chroma),
        )
        lines = _edges(made.y, frame.a, max(0.7, share_px(frame, 0.1)), self.threshold, self.lines)
        out = tinted(flat, lines, (24, 128, 128))
        return Frame(out.y, out.u, out.v, frame.a, frame.a2)
