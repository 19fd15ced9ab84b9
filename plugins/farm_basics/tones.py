"""Effects on tone and colour: lookup tables of 256 entries for luma and chroma."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from farm.plugin import Color, ColorValue, Effect, Frame, Moment, Plane, parse_color, to_yuv
from farm_basics.fades import ONE, mix

Table = NDArray[np.uint8]


def map_plane_by(plane: Plane, table: Table) -> Plane:
    """Return the plane looked up in a table of 256 entries."""
    from farm_basics.kernels import map_plane

    out = np.empty_like(plane)
    map_plane(plane, table, out)
    return out


def rounded_table(values: NDArray[np.floating[Any]], low: int, high: int) -> Table:
    """Return values as a table of 256 entries, rounded and clipped."""
    table: Table = np.clip(np.floor(values + 0.5), low, high).astype(np.uint8)
    table.setflags(write=False)
    return table


@lru_cache(maxsize=64)
def _luma_table(brightness: float, contrast: float) -> Table:
    luma = (np.arange(256) - 16) / 219
    return rounded_table(16 + 219 * ((luma - 0.5) * contrast + 0.5 + brightness), 16, 235)


@lru_cache(maxsize=128)
def _chroma_table(gain: float, offset: float) -> Table:
    return rounded_table(128.0 + (np.arange(256) - 128) * gain + offset, 16, 240)


class Grade(Effect):
    """Brightness, contrast, saturation and warmth."""

    name: ClassVar[str] = "basics.grade"
    steady: ClassVar[bool] = True

    brightness: float = Field(0.0, ge=-1, le=1, description="Added brightness; 1 turns black into white.")
    contrast: float = Field(1.0, ge=0, le=4, description="Contrast around mid-grey; 1 leaves it unchanged.")
    saturation: float = Field(1.0, ge=0, le=4, description="Saturation: 0 is grey, 1 leaves it unchanged.")
    warmth: float = Field(
        0.0, ge=-1, le=1, description="Warmth of the light: towards amber above 0, towards blue below."
    )

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        luma = _luma_table(self.brightness, self.contrast)
        # Contrast scales R, G and B equally, and thus the colour differences as well.
        gain = self.saturation * self.contrast
        cool, warm = _chroma_table(gain, -22.0 * self.warmth), _chroma_table(gain, 16.0 * self.warmth)
        return Frame(
            map_plane_by(frame.y, luma),
            map_plane_by(frame.u, cool),
            map_plane_by(frame.v, warm),
            frame.a,
            frame.a2,
        )


class Mono(Effect):
    """Black and white."""

    name: ClassVar[str] = "basics.mono"
    steady: ClassVar[bool] = True

    amount: float = Field(1.0, ge=0, le=1, description="Strength; 1 removes all colour.")
    contrast: float = Field(1.1, ge=0, le=4, description="Contrast around mid-grey; 1 leaves it unchanged.")

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        chroma = _chroma_table(1 - self.amount, 0.0)
        luma = _luma_table(0.0, self.contrast)
        return Frame(
            map_plane_by(frame.y, luma),
            map_plane_by(frame.u, chroma),
            map_plane_by(frame.v, chroma),
            frame.a,
            frame.a2,
        )


class Sepia(Effect):
    """The brown of old photographs."""

    name: ClassVar[str] = "basics.sepia"
    steady: ClassVar[bool] = True

    amount: float = Field(0.8, ge=0, le=1, description="Strength; 1 replaces all colours.")

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        # The tone of #704214, the usual sRGB value of the pigment, at its strength in mid-grey.
        _, u, v = to_yuv(Color(0x96, 0x78, 0x5A))
        blue = _chroma_table(1 - self.amount, (u - 128) * self.amount)
        red = _chroma_table(1 - self.amount, (v - 128) * self.amount)
        return Frame(frame.y, map_plane_by(frame.u, blue), map_plane_by(frame.v, red), frame.a, frame.a2)


@lru_cache(maxsize=32)
def _duotone_tables(dark: str, light: str) -> tuple[Table, Table, Table]:
    share = np.clip((np.arange(256) - 16) / 219, 0, 1)
    ends = zip(to_yuv(parse_color(dark)), to_yuv(parse_color(light)), strict=True)
    y, u, v = (rounded_table(start + (stop - start) * share, 16, 240) for start, stop in ends)
    return y, u, v


class Duotone(Effect):
    """Two colours: one for the shadows, one for the highlights."""

    name: ClassVar[str] = "basics.duotone"
    steady: ClassVar[bool] = True

    dark: ColorValue = Field("#14143c", description="Colour of the shadows.")
    light: ColorValue = Field("#ffd9a0", description="Colour of the highlights.")
    amount: float = Field(1.0, ge=0, le=1, description="Strength; 0 leaves the picture unchanged.")

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        from farm_basics.kernels import map_luma_to_chroma, map_plane

        if self.amount <= 0:
            return frame
        luma, blue, red = _duotone_tables(self.dark, self.light)
        out = frame.blank(alpha=False)
        map_plane(frame.y, luma, out.y)
        map_luma_to_chroma(frame.y, blue, out.u)
        map_luma_to_chroma(frame.y, red, out.v)
        made = Frame(out.y, out.u, out.v, frame.a, frame.a2)
        return mix(frame, made, round(ONE * self.amount))
