"""Transitions that open on the new picture along an edge: clock, fan, iris, barn doors, slanted and wavy fronts."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from farm.plugin import Ease
from farm_basics.canvas import Direction
from farm_basics.orders import Ordered, Real, along, centred, sine, turns
from farm_basics.shapes import ShapeName, size_at


class Clock(Ordered):
    """A hand turns once around and reveals the new picture behind it."""

    name: ClassVar[str] = "basics.clock"

    start_deg: float = Field(0.0, ge=-360, le=360, description="Where the hand begins; 0 points upwards.")
    clockwise: bool = Field(True, description="Whether the hand turns clockwise.")
    softness: float = Field(0.02, ge=0, le=1, description="Width of the soft edge, as a share of a turn.")
    x: float = Field(0.5, ge=0, le=1, description="Pivot of the hand, 0 (left) to 1 (right).")
    y: float = Field(0.5, ge=0, le=1, description="Pivot of the hand, 0 (top) to 1 (bottom).")
    ease: Ease = Field("in-out-cubic", description="Easing of the transition.")

    def arrival(self, width: int, height: int) -> Real:
        angle = turns(*centred(width, height, self.x, self.y)) - self.start_deg / 360
        angle = angle - np.floor(angle)
        return angle if self.clockwise else 1 - angle


class Fan(Ordered):
    """Several hands turn at once, like the blades of a fan."""

    name: ClassVar[str] = "basics.fan"

    blades: int = Field(6, ge=2, le=32, description="Number of blades.")
    clockwise: bool = Field(True, description="Whether the blades turn clockwise.")
    softness: float = Field(0.06, ge=0, le=1, description="Width of the soft edge, as a share of a blade.")
    ease: Ease = Field("in-out-cubic", description="Easing of the transition.")

    def arrival(self, width: int, height: int) -> Real:
        place = turns(*centred(width, height)) * self.blades
        place = place - np.floor(place)
        return place if self.clockwise else 1 - place


class Iris(Ordered):
    """A shape opens on the new picture."""

    name: ClassVar[str] = "basics.iris"

    shape: ShapeName = Field("circle", description="Shape of the opening; `box` has the shape of the frame.")
    softness: float = Field(
        0.04, ge=0, le=1, description="Width of the soft edge, as a share of the largest radius."
    )
    x: float = Field(0.5, ge=0, le=1, description="Centre of the opening, 0 (left) to 1 (right).")
    y: float = Field(0.5, ge=0, le=1, description="Centre of the opening, 0 (top) to 1 (bottom).")
    ease: Ease = Field("in-out-cubic", description="Easing of the transition.")

    def arrival(self, width: int, height: int) -> Real:
        return size_at(self.shape, width, height, self.x, self.y)


class Barn(Ordered):
    """Two straight edges part in the middle and reveal the new picture, or close over the old one."""

    name: ClassVar[str] = "basics.barn"

    axis: Literal["across", "down"] = Field("across", description="Direction in which the edges move.")
    closing: bool = Field(False, description="Whether the edges move from the sides to the middle instead.")
    softness: float = Field(0.03, ge=0, le=1, description="Width of the soft edges, as a share of the way.")
    ease: Ease = Field("in-out-cubic", description="Easing of the transition.")

    def arrival(self, width: int, height: int) -> Real:
        dx, dy = centred(width, height)
        far = np.abs(dx if self.axis == "across" else dy)
        return -far if self.closing else far


class Diagonal(Ordered):
    """A slanted front crosses the picture from corner to corner."""

    name: ClassVar[str] = "basics.diagonal"

    corner: Literal["top_left", "top_right", "bottom_left", "bottom_right"] = Field(
        "top_left", description="Corner where the change begins."
    )
    softness: float = Field(0.08, ge=0, le=1, description="Width of the soft front, as a share of the way.")
    ease: Ease = Field("in-out-cubic", description="Easing of the transition.")

    def arrival(self, width: int, height: int) -> Real:
        dx, dy = centred(width, height)
        across = dx if self.corner.endswith("left") else -dx
        down = dy if self.corner.startswith("top") else -dy
        return across * height + down * width


class Wave(Ordered):
    """A wavy front moves across."""

    name: ClassVar[str] = "basics.wave"

    direction: Direction = Field("up", description="Direction of the front.")
    length: float = Field(0.4, ge=0.02, le=2, description="Length of a wave, as a share of the way.")
    height: float = Field(0.06, ge=0, le=0.5, description="Height of a wave, as a share of the way.")
    softness: float = Field(0.01, ge=0, le=1, description="Width of the soft front, as a share of the way.")
    ease: Ease = Field("in-out-cubic", description="Easing of the transition.")

    def arrival(self, width: int, height: int) -> Real:
        place, beside = along(width, height, self.direction)
        # Two waves of unlike lengths: the front does not look ruled.
        swell = sine(beside / self.length) + 0.4 * sine(beside / (self.length * 0.37) + 0.3)
        return place + self.height / 1.4 * swell


class Zigzag(Ordered):
    """A toothed front moves across."""

    name: ClassVar[str] = "basics.zigzag"

    direction: Direction = Field("left", description="Direction of the front.")
    length: float = Field(0.25, ge=0.02, le=2, description="Length of a tooth, as a share of the way.")
    height: float = Field(0.12, ge=0, le=0.5, description="Height of a tooth, as a share of the way.")
    softness: float = Field(0.0, ge=0, le=1, description="Width of the soft front, as a share of the way.")
    ease: Ease = Field("in-out-cubic", description="Easing of the transition.")

    def arrival(self, width: int, height: int) -> Real:
        place, beside = along(width, height, self.direction)
        tooth = beside / self.length + 0.5
        return place + self.height * np.abs(2 * (tooth - np.floor(tooth)) - 1)


class Spiral(Ordered):
    """A band winds from the middle outwards, or back, and leaves the new picture behind it."""

    name: ClassVar[str] = "basics.spiral"

    rounds: int = Field(3, ge=1, le=24, description="How often the spiral goes around.")
    inwards: bool = Field(False, description="Whether it runs from the edge to the middle instead.")
    softness: float = Field(0.01, ge=0, le=1, description="Width of the soft edge, as a share of the way.")
    ease: Ease = Field("in-out-sine", description="Easing of the transition.")

    def arrival(self, width: int, height: int) -> Real:
        dx, dy = centred(width, height)
        far = np.sqrt(dx * dx + dy * dy)
        angle = turns(dx, dy)
        # Which round of the spiral lies here, and how far along it: the band is one pitch wide.
        rounds = np.floor(far / float(far.max()) * self.rounds - angle + 1) + angle
        way = rounds * rounds
        return -way if self.inwards else way
