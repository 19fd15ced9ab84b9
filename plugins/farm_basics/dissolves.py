"""Transitions that change the picture piece by piece: tiles, dots, bars, strips, clouds, and by brightness."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from farm.plugin import Ease, Frame, MediaPicture, Plane
from farm_basics.fades import ONE, Eased
from farm_basics.orders import Ordered, Real, centred, even, fractal, hashed
from farm_basics.soften import soften_plane

BLACK, WHITE = 16, 235
"""Luma of black and white."""
Axis = Literal["across", "down"]


def _tile(width: int, height: int, share: float) -> int:
    """Return the side of a tile in even pixels."""
    return max(2, round(min(width, height) * share / 2) * 2)


class Checker(Ordered):
    """The fields of a chessboard turn over: first one colour, then the other."""

    name: ClassVar[str] = "basics.checker"

    size: float = Field(
        0.166667, ge=0.01, le=1, description="Side of a field, as a share of the shorter side."
    )
    softness: float = Field(0.0, ge=0, le=1, description="How gradually each field changes.")
    ease: Ease = Field("in-out-sine", description="Easing of the transition.")

    def arrival(self, width: int, height: int) -> Real:
        side = _tile(width, height, self.size)
        x, y = np.arange(width)[None, :], np.arange(height)[:, None]
        second = (x // side + y // side) % 2
        return np.asarray(second + (x % side + 0.5) / side)


class Tiles(Ordered):
    """Square tiles of the new picture appear one after another, each growing from its middle."""

    name: ClassVar[str] = "basics.tiles"

    size: float = Field(0.125, ge=0.01, le=1, description="Side of a tile, as a share of the shorter side.")
    order: Literal["random", "diagonal", "middle"] = Field("diagonal", description="Which tiles come first.")
    growth: float = Field(
        0.3, ge=0.05, le=1, description="How long a tile takes to grow, as a share of the transition."
    )
    seed: int = Field(1, ge=0, le=1_000_000, description="Number that decides the random order.")
    ease: Ease = Field("in-out-sine", description="Easing of the transition.")

    def arrival(self, width: int, height: int) -> Real:
        side = _tile(width, height, self.size)
        x, y = np.arange(width, dtype=np.int64)[None, :], np.arange(height, dtype=np.int64)[:, None]
        column, row = x // side, y // side
        if self.order == "random":
            turn = hashed(column, row, self.seed)
        elif self.order == "diagonal":
            # A little out of step, so that the front is not a ruled line.
            turn = (column + row) / (width / side + height / side) + 0.12 * hashed(column, row, self.seed)
        else:
            dx, dy = (column + 0.5) * side - width / 2, (row + 0.5) * side - height / 2
            turn = np.sqrt(dx * dx + dy * dy) / float(np.sqrt(width * width + height * height)) * 2
        inside = np.maximum(np.abs(x % side - side / 2 + 0.5), np.abs(y % side - side / 2 + 0.5)) / (side / 2)
        return np.asarray(turn * (1 - self.growth) + inside * self.growth)


class Pixels(Ordered):
    """Small squares of the new picture appear at random until it is complete."""

    name: ClassVar[str] = "basics.pixels"

    size: float = Field(
        0.022, ge=0.002, le=0.5, description="Side of a square, as a share of the shorter side."
    )
    softness: float = Field(
        0.08, ge=0, le=1, description="How long a square takes to fade in, as a share of the whole."
    )
    seed: int = Field(1, ge=0, le=1_000_000, description="Number that decides the random order.")
    ease: Ease = Field("in-out-sine", description="Easing of the transition.")

    def arrival(self, width: int, height: int) -> Real:
        side = _tile(width, height, self.size)
        column, row = np.arange(width, dtype=np.int64) // side, np.arange(height, dtype=np.int64) // side
        return hashed(column[None, :], row[:, None], self.seed)


class Ink(Ordered):
    """The new picture spreads like ink in water, in clouds that grow from the middle."""

    name: ClassVar[str] = "basics.ink"

    size: float = Field(
        0.5, ge=0.02, le=2, description="Size of the largest clouds, as a share of the shorter side."
    )
    spread: float = Field(
        0.45, ge=0, le=1, description="How much the ink comes from the middle; at 0 it comes from everywhere."
    )
    softness: float = Field(0.07, ge=0, le=1, description="Width of the clouds' soft edges.")
    seed: int = Field(
        1, ge=0, le=1_000_000, description="Number that decides what is random; each gives different clouds."
    )
    ease: Ease = Field("in-out-sine", description="Easing of the transition.")

    def arrival(self, width: int, height: int) -> Real:
        clouds = fractal(width, height, self.size * min(width, height), 6, self.seed)
        dx, dy = centred(width, height)
        far = np.sqrt(dx * dx / (width * width) + dy * dy / (height * height)) * 1.4142
        return even(clouds * (1 - self.spread) + far * self.spread)


class Dots(Ordered):
    """Round dots in a slanted grid grow until they fill the picture, as in a printed halftone."""

    name: ClassVar[str] = "basics.dots"

    size: float = Field(
        0.07, ge=0.01, le=1, description="Distance of the dots, as a share of the shorter side."
    )
    sweep: float = Field(
        0.65, ge=0, le=0.95, description="How much later the last dots begin, as a share of the transition."
    )
    softness: float = Field(0.0, ge=0, le=1, description="Width of the dots' soft edges.")
    ease: Ease = Field("in-out-sine", description="Easing of the transition.")

    def arrival(self, width: int, height: int) -> Real:
        pitch = max(2.0, self.size * min(width, height))
        dx, dy = centred(width, height)
        # Turned by 45 degrees, as printers do with black.
        a, b = (dx + dy) / (pitch * 1.41421356), (dx - dy) / (pitch * 1.41421356)
        u, v = np.floor(a + 0.5), np.floor(b + 0.5)
        inside = np.sqrt((a - u) * (a - u) + (b - v) * (b - v)) * 1.41421356
        # Each dot's own place, so that it stays round.
        down = (u - v) * (pitch * 0.70710678) / height + 0.5
        return down * self.sweep + inside * (1 - self.sweep)


class Bars(Ordered):
    """Bars of unlike widths appear at random."""

    name: ClassVar[str] = "basics.bars"

    count: int = Field(24, ge=2, le=256, description="About how many bars there are.")
    axis: Axis = Field("across", description="Whether the bars are side by side or one below the other.")
    softness: float = Field(
        0.12, ge=0, le=1, description="How long a bar takes to fade in, as a share of the whole."
    )
    seed: int = Field(
        1, ge=0, le=1_000_000, description="Number that decides the random widths and the order."
    )
    ease: Ease = Field("in-out-sine", description="Easing of the transition.")

    def arrival(self, width: int, height: int) -> Real:
        length = width if self.axis == "across" else height
        widths = 0.35 + hashed(np.arange(self.count, dtype=np.int64), 7, self.seed)
        ends = np.cumsum(widths) / float(widths.sum()) * length
        bar = np.searchsorted(ends, np.arange(length) + 0.5).astype(np.int64)
        turn = hashed(bar, 3, self.seed + 1)
        return np.broadcast_to(turn[None, :] if self.axis == "across" else turn[:, None], (height, width))


class Strips(Ordered):
    """Strips of the new picture come in from opposite sides in turn."""

    name: ClassVar[str] = "basics.strips"

    count: int = Field(10, ge=2, le=64, description="Number of strips.")
    axis: Axis = Field("across", description="Direction in which the strips grow.")
    stagger: float = Field(
        0.4, ge=0, le=0.9, description="Delay of the last strip, as a share of the transition."
    )
    softness: float = Field(0.02, ge=0, le=1, description="Width of the strips' soft edges.")
    ease: Ease = Field("in-out-cubic", description="Easing of the transition.")

    def arrival(self, width: int, height: int) -> Real:
        x, y = np.arange(width)[None, :], np.arange(height)[:, None]
        place, lane = (x / width, y * self.count // height) if self.axis == "across" else (
            y / height, x * self.count // width
        )  # fmt: skip
        way = np.where(lane % 2 == 0, place, 1 - place)
        return way * (1 - self.stagger) + lane / self.count * self.stagger


def mix_by(old: Frame, new: Frame, guide: Plane, shares: NDArray[np.uint16]) -> Frame:
    from farm_basics.order_kernels import mix_by_luma

    out = old.blank(alpha=not old.opaque)
    for a, b, target in zip(old.planes(), new.planes(), out.planes(), strict=True):
        mix_by_luma(a, b, guide, shares, old.width // a.shape[1], target)
    return out


def _shares(weight: int, softness: float, bright_first: bool) -> NDArray[np.uint16]:
    """Return the share of the new picture, 0 to 256, for each luma."""
    levels = np.clip(np.arange(256, dtype=np.int64) - BLACK, 0, WHITE - BLACK)
    if bright_first:
        levels = WHITE - BLACK - levels
    ramp = max(1, round((WHITE - BLACK + 1) * softness * 256))
    edge = ((WHITE - BLACK + 1) * 256 + ramp) * weight // ONE
    return np.clip((edge - levels * 256) * 256 // ramp, 0, 256).astype(np.uint16)


class LumaWipe(Ordered):
    """A greyscale picture determines when the new picture appears where: dark parts first, bright parts last."""

    name: ClassVar[str] = "basics.luma_wipe"

    mask: MediaPicture | None = Field(
        None, description="A greyscale picture, stretched over the frame; a diagonal gradient if left out."
    )
    bright_first: bool = Field(False, description="Whether bright parts are revealed first.")
    softness: float = Field(
        0.1, ge=0, le=1, description="Width of the soft front, as a share of the grey range."
    )
    ease: Ease = Field("in-out-cubic", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        if self.mask is None:
            return super().between(old, new, weight)
        guide = self.mask.beside(old).y
        return mix_by(old, new, guide, _shares(weight, self.softness, self.bright_first))

    def arrival(self, width: int, height: int) -> Real:
        across, down = centred(width, height)
        slope = across / width + down / height
        return -slope if self.bright_first else slope


class Highlights(Eased):
    """A dissolve by brightness: the bright parts of the old picture change first, or the dark ones."""

    name: ClassVar[str] = "basics.highlights"

    bright_first: bool = Field(True, description="Whether bright parts change first.")
    softness: float = Field(
        0.5, ge=0.05, le=1, description="How long a part takes to change, as a share of the grey range."
    )
    ease: Ease = Field("in-out-sine", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        # Softened, so that texture and noise do not glitter.
        guide = soften_plane(old.y, 0.006 * min(old.width, old.height))
        return mix_by(old, new, guide, _shares(weight, self.softness, self.bright_first))
