"""Pictures reflected in themselves, and waves across them."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from farm.plugin import Effect, Frame, Moment
from farm_basics.blurs import share_px
from farm_basics.lens import sine

Map = NDArray[np.int32]


class Mirror(Effect):
    """One half of the picture reflected onto the other."""

    name: ClassVar[str] = "basics.mirror"
    steady: ClassVar[bool] = True
    premultiplied: ClassVar[bool] = True

    side: Literal["left", "right", "top", "bottom"] = Field("left", description="The half that is kept.")

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        from farm_basics.remap_kernels import mirror_plane

        across, second = int(self.side in ("left", "right")), int(self.side in ("right", "bottom"))
        planes = []
        for plane in frame.planes():
            out = np.empty_like(plane)
            mirror_plane(plane, across, second, int(plane.shape != frame.y.shape), out)
            planes.append(out)
        return Frame(*planes)


@lru_cache(maxsize=4)
def _folded(width: int, height: int, left: int, top: int, segments: int) -> tuple[Map, Map]:
    """Return each pixel's offset from the centre, reflected into one wedge, in 1/8 pixel."""
    down, across = np.meshgrid(np.arange(height) - top, np.arange(width) - left, indexing="ij")
    x, y = across.astype(np.float64), np.abs(down).astype(np.float64)
    wedge = math.pi / segments
    cosine, side = (
        round(math.cos(wedge) * (1 << 24)) / (1 << 24),
        round(math.sin(wedge) * (1 << 24)) / (1 << 24),
    )
    for _ in range(segments // 2 + 1):
        # Across the wedge's border: subtract twice the distance from it.
        beyond = np.maximum(y * cosine - x * side, 0) * 2
        x, y = x + beyond * side, np.abs(y - beyond * cosine)
    found = tuple(np.floor(one * 8 + 0.5).astype(np.int32) for one in (x, y))
    for one in found:
        one.setflags(write=False)
    return found[0], found[1]


class Kaleidoscope(Effect):
    """A wedge of the picture, reflected all around a centre, while the picture turns beneath it."""

    name: ClassVar[str] = "basics.kaleidoscope"
    premultiplied: ClassVar[bool] = True

    segments: int = Field(6, ge=2, le=24, description="Number of pairs of reflections.")
    speed: float = Field(0.05, ge=-5, le=5, description="How fast the picture turns, in turns per second.")
    start_deg: float = Field(60.0, ge=-360, le=360, description="Angle of the picture at the start.")
    x: float = Field(0.5, ge=0, le=1, description="Centre of the reflections, 0 (left) to 1 (right).")
    y: float = Field(0.5, ge=0, le=1, description="Centre of the reflections, 0 (top) to 1 (bottom).")

    def apply(self, frame: Frame, at: Moment) -> Frame:
        from farm_basics.remap_kernels import remap_turned

        left, top = round((frame.width - 1) * self.x), round((frame.height - 1) * self.y)
        xs, ys = _folded(frame.width, frame.height, left, top, self.segments)
        angle = math.radians(self.start_deg + 360 * (at.seconds * self.speed % 1))
        cosine, turn = round(16384 * math.cos(angle)), round(16384 * math.sin(angle))
        planes = []
        for plane in frame.planes():
            out = np.empty_like(plane)
            step = 1 if plane.shape == frame.y.shape else 2
            remap_turned(plane, xs, ys, cosine, turn, left << 8, top << 8, step, out)
            planes.append(out)
        return Frame(*planes)


class Waves(Effect):
    """The picture sways in waves, as a flag or under water."""

    name: ClassVar[str] = "basics.waves"
    premultiplied: ClassVar[bool] = True

    axis: Literal["across", "down"] = Field("across", description="Direction in which parts are displaced.")
    amount: float = Field(
        1.2, ge=0, le=20, description="How far parts are displaced, percent of the shorter side."
    )
    length: float = Field(40.0, ge=2, le=400, description="Length of a wave, percent of the shorter side.")
    speed: float = Field(0.6, ge=-10, le=10, description="How many waves pass per second.")

    def apply(self, frame: Frame, at: Moment) -> Frame:
        from farm_basics.remap_kernels import shift_columns, shift_rows

        across = self.axis == "across"
        length_px = max(2.0, share_px(frame, self.length))
        planes = []
        for plane in frame.planes():
            step = 1 if plane.shape == frame.y.shape else 2
            # The luma position of each row, or of each column: chroma lies between rows, on the left of its pair.
            count, offset = (plane.shape[0], (step - 1) / 2) if across else (plane.shape[1], 0.0)
            turns = (np.arange(count) * step + offset) / length_px - at.seconds * self.speed % 1
            shifts = np.floor(share_px(frame, self.amount) / step * 256 * sine(turns) + 0.5).astype(np.int32)
            out = np.empty_like(plane)
            if across:
                shift_rows(plane, shifts, out)
            else:
                shift_columns(plane, shifts, out)
            planes.append(out)
        return Frame(*planes)
