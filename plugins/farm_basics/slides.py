"""Transitions that slide whole pictures or parts of them, by whole pixels or stretched along the way."""

from __future__ import annotations

from itertools import pairwise
from typing import ClassVar

from pydantic import Field

from farm.plugin import Ease, Frame
from farm_basics.canvas import BLACK_YUV, Axis, Direction, lay, put, put_box, shift
from farm_basics.fades import ONE, Eased, eased, tint
from farm_basics.moves import travel_of
from farm_basics.soften import soften


def _even(pixels: float) -> int:
    return round(pixels / 2) * 2


class Uncover(Eased):
    """The old picture slides away and uncovers the new one, which lies below it and brightens."""

    name: ClassVar[str] = "basics.uncover"

    direction: Direction = Field("left", description="Direction in which the old picture moves.")
    shade: float = Field(0.45, ge=0, le=1, description="How much the new picture is darkened at first.")
    lag: float = Field(0.2, ge=0, le=1, description="How far the new picture follows, as a share of the way.")
    ease: Ease = Field("in-out-cubic", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        travel = travel_of(old, self.direction, weight)
        rest = travel_of(old, self.direction, ONE - weight)
        out = old.blank(alpha=not old.opaque)
        dark = tint(new, BLACK_YUV, round((ONE - weight) * self.shade))
        # Following the old picture, it leaves a gap only where the old one still is.
        put(out, dark, *shift(self.direction, -_even(rest * self.lag)))
        put(out, old, *shift(self.direction, travel))
        return out


class Split(Eased):
    """The old picture splits along its middle, and both halves move apart."""

    name: ClassVar[str] = "basics.split"

    axis: Axis = Field("across", description="Direction in which the halves move.")
    zoom: float = Field(0.12, ge=0, le=1, description="How much the new picture is enlarged at first.")
    ease: Ease = Field("in-out-cubic", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        width, height = old.width, old.height
        grow = 1 + self.zoom * (ONE - weight) / ONE
        out = old.blank(alpha=not old.opaque)
        across, down = width * grow, height * grow
        lay(out, new, (width - across) / 2, (height - down) / 2, across, down)
        if self.axis == "across":
            middle, move = width // 4 * 2, _even(width / 2 * weight / ONE)
            put_box(out, old, (0, 0, middle, height), -move, 0)
            put_box(out, old, (middle, 0, width, height), move, 0)
        else:
            middle, move = height // 4 * 2, _even(height / 2 * weight / ONE)
            put_box(out, old, (0, 0, width, middle), 0, -move)
            put_box(out, old, (0, middle, width, height), 0, move)
        return out


class Slices(Eased):
    """The old picture is cut into slices that slide out in turn, one way and the other, the new one following."""

    name: ClassVar[str] = "basics.slices"

    count: int = Field(6, ge=2, le=48, description="Number of slices.")
    axis: Axis = Field("down", description="Direction in which the slices slide.")
    stagger: float = Field(
        0.35, ge=0, le=0.9, description="Delay of the last slice, as a share of the transition."
    )
    ease: Ease = Field("in-out-cubic", description="Easing of each slice.")

    def mix(self, old: Frame, new: Frame, progress: float) -> Frame:
        if progress <= 0 or progress >= 1:
            return old if progress <= 0 else new
        return self.between(old, new, round(progress * ONE))

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        width, height = old.width, old.height
        down = self.axis == "down"
        breadth, length = (width, height) if down else (height, width)
        out = old.blank(alpha=not old.opaque)
        edges = [_even(breadth * i / self.count) for i in range(self.count)] + [breadth]
        for i, (start, stop) in enumerate(pairwise(edges)):
            late = self.stagger * i / (self.count - 1)
            share = eased(self.ease, (weight / ONE - late) / (1 - self.stagger))
            way = length * share // ONE // 2 * 2
            sign = 1 if i % 2 else -1
            box = (start, 0, stop, height) if down else (0, start, width, stop)
            for picture, move in ((old, way * sign), (new, (way - length) * sign)):
                put_box(out, picture, box, *((0, move) if down else (move, 0)))
        return out


class FilmRoll(Eased):
    """The film slips in the gate: the pictures run through quickly, frame lines and all, and stop at the new one."""

    name: ClassVar[str] = "basics.film_roll"

    rounds: int = Field(3, ge=1, le=12, description="How many frames run through.")
    gap: float = Field(
        0.04, ge=0, le=0.5, description="Height of the frame line, as a share of the picture's."
    )
    blur: float = Field(5.0, ge=0, le=30, description="Blur at full speed, percent of the height.")
    ease: Ease = Field("in-out-cubic", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        pitch = old.height + _even(self.gap * old.height)
        travel = pitch * self.rounds * weight // ONE // 2 * 2
        out = tint(old, BLACK_YUV, ONE)
        if not old.opaque:
            out = old.blank(alpha=True)
        first = travel // pitch
        for index in (first, first + 1):
            # The frames that run through are the old one until half-way, then the new one.
            picture = new if 2 * index > self.rounds else old
            put(out, picture, 0, index * pitch - travel)
        share = 4 * weight * (ONE - weight) / (ONE * ONE)
        return soften(out, self.blur / 100 * old.height * share, rows=False)


class Stretch(Eased):
    """Both pictures slide as one strip of rubber, which is drawn out by the speed."""

    name: ClassVar[str] = "basics.stretch"

    direction: Direction = Field("left", description="Direction in which the pictures move.")
    amount: float = Field(1.5, ge=0, le=8, description="How much the strip is lengthened at full speed.")
    ease: Ease = Field("in-out-quint", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        share = weight / ONE
        scale = 1 + self.amount * 4 * share * (1 - share)
        out = old.blank(alpha=not old.opaque)
        level = self.direction in ("left", "right")
        length = old.width if level else old.height
        ahead = self.direction in ("left", "up")
        # The window onto the strip is shorter the more the strip is stretched; it passes from the old to the new end.
        gone = share * (2 - 1 / scale)
        window = length * (gone if ahead else 2 - 1 / scale - gone)
        first, second = (old, new) if ahead else (new, old)
        for picture, start in ((first, -window * scale), (second, (length - window) * scale)):
            if level:
                lay(out, picture, start, 0, length * scale, old.height)
            else:
                lay(out, picture, 0, start, old.width, length * scale)
        return out


class Squeeze(Eased):
    """The new picture expands from one side and squeezes the old one against the other."""

    name: ClassVar[str] = "basics.squeeze"

    direction: Direction = Field("left", description="Direction in which the pictures' common edge moves.")
    ease: Ease = Field("in-out-cubic", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        width, height, share = old.width, old.height, weight / ONE
        out = old.blank(alpha=not old.opaque)
        level = self.direction in ("left", "right")
        length = width if level else height
        edge = length * ((1 - share) if self.direction in ("left", "up") else share)
        first, second = (old, new) if self.direction in ("left", "up") else (new, old)
        # Overlapping by a pixel: no gap where the edge lies between two.
        spans = ((first, 0.0, edge + 1), (second, edge, length - edge))
        for picture, start, size in spans:
            if level:
                lay(out, picture, start, 0, max(1.0, size), height)
            else:
                lay(out, picture, 0, start, width, max(1.0, size))
        return out
