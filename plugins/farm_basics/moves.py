"""Transitions that move the pictures, by an even number of pixels, so that chroma stays aligned with luma."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from farm.plugin import Ease, Frame
from farm_basics.canvas import BLACK_YUV, Direction, put, shift
from farm_basics.fades import ONE, Eased, eased, mix, tint
from farm_basics.soften import soften


def travel_of(frame: Frame, direction: Direction, weight: int) -> int:
    """Return how far the pictures have moved, in even luma pixels."""
    length = frame.width if direction in ("left", "right") else frame.height
    return length * weight // ONE // 2 * 2


def side_by_side(old: Frame, new: Frame, direction: Direction, travel: int, lag: int) -> Frame:
    """Return the old picture shifted by ``lag`` and on top of it the new one, which has entered by ``travel``."""
    length = old.width if direction in ("left", "right") else old.height
    out = old.blank(alpha=not old.opaque)
    put(out, old, *shift(direction, lag))
    put(out, new, *shift(direction, travel - length))
    return out


class Slide(Eased):
    """Both pictures move as one strip (ffmpeg xfade's ``slideleft`` and similar if ease is linear)."""

    name: ClassVar[str] = "basics.slide"

    direction: Direction = Field("left", description="Direction in which the pictures move.")
    ease: Ease = Field("in-out-cubic", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        travel = travel_of(old, self.direction, weight)
        return side_by_side(old, new, self.direction, travel, travel)


class Cover(Eased):
    """The new picture slides over the old one, which stays in place and darkens slightly."""

    name: ClassVar[str] = "basics.cover"

    direction: Direction = Field("left", description="Direction in which the new picture moves.")
    shade: float = Field(0.35, ge=0, le=1, description="How much the old picture is darkened.")
    ease: Ease = Field("out-cubic", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        dark = tint(old, BLACK_YUV, round(weight * self.shade))
        return side_by_side(dark, new, self.direction, travel_of(old, self.direction, weight), 0)


class Push(Eased):
    """The new picture pushes the old one, which follows at a third of the speed and darkens, which suggests depth."""

    name: ClassVar[str] = "basics.push"

    direction: Direction = Field("left", description="Direction in which the pictures move.")
    lag: float = Field(0.33, ge=0, le=1, description="Speed of the old picture; 1 is as fast as the new one.")
    shade: float = Field(0.3, ge=0, le=1, description="How much the old picture is darkened.")
    ease: Ease = Field("in-out-cubic", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        travel = travel_of(old, self.direction, weight)
        dark = tint(old, BLACK_YUV, round(weight * self.shade))
        # The old picture must not leave a gap behind it, so it never moves further than the new one has entered.
        return side_by_side(dark, new, self.direction, travel, round(travel * self.lag) // 2 * 2)


class Whip(Eased):
    """A whip pan: both pictures move quickly, blurred in the direction of motion."""

    name: ClassVar[str] = "basics.whip"

    direction: Direction = Field("left", description="Direction in which the pictures move.")
    blur: float = Field(6.0, ge=0, le=30, description="Blur at full speed, percent of the distance.")
    ease: Ease = Field("in-out-quint", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        travel = travel_of(old, self.direction, weight)
        strip = side_by_side(old, new, self.direction, travel, travel)
        # The parabola represents the speed: zero at the ends, maximal in the middle.
        share = 4 * weight * (ONE - weight) / (ONE * ONE)
        across = self.direction in ("left", "right")
        sigma = self.blur / 100 * (old.width if across else old.height) * share
        return soften(strip, sigma, rows=across, columns=not across)


def samples(count: int, size: int, step: int, start: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the source index and the weight of its next neighbour (0 to 256) at ``start + i * step`` (Q16)."""
    place = np.clip(start + step * np.arange(count, dtype=np.int64), 0, (size - 1) << 16)
    return (place >> 16).astype(np.int32), ((place & 65535) >> 8).astype(np.int32)


def enlarge(frame: Frame, scale: float, dx_px: float = 0.0, dy_px: float = 0.0) -> Frame:
    """Return the frame enlarged around its centre and shifted, in luma pixels, with repeated edge pixels outside."""
    from farm.plugin import resample

    out = frame.blank(alpha=not frame.opaque)
    step = round(ONE / scale)
    for source, target in zip(frame.planes(), out.planes(), strict=True):
        height, width = source.shape
        share = frame.width // width
        left = ((width - 1) * (ONE - step)) // 2 - round(dx_px / share * ONE)
        top = ((height - 1) * (ONE - step)) // 2 - round(dy_px / share * ONE)
        columns, rows = samples(width, width, step, left), samples(height, height, step, top)
        resample(target, source, *columns, *rows, 0, 0)
    return out


class Zoom(Eased):
    """Cross zoom: the camera zooms into the old picture and comes to rest on the new one."""

    name: ClassVar[str] = "basics.zoom"

    amount: float = Field(
        0.6, ge=0.05, le=4, description="How much the old picture is enlarged; 1 doubles it."
    )
    ease: Ease = Field("in-out-cubic", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        share = weight / ONE
        # The new picture starts with half the enlargement: it settles while the old one is still moving.
        before = enlarge(old, 1 + self.amount * share * share)
        after = enlarge(new, 1 + self.amount / 2 * (1 - share) * (1 - share))
        return mix(before, after, eased("in-out-sine", share))
