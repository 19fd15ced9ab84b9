"""Movements of characters, words and lines that repeat."""

from __future__ import annotations

import math
from typing import ClassVar, Final

from pydantic import Field

from farm.plugin import ColorValue, PartPose, TextLoop, TextPart, parse_color


def _wave(turn: float) -> float:
    return math.sin(2 * math.pi * turn)


class Wave(TextLoop):
    """Goes up and down, one after the other."""

    name: ClassVar[str] = "basics.text_wave"
    height_em: float = Field(0.16, ge=0, le=3, description="How far from its place, in font sizes.")

    def pose(self, part: TextPart, turn: float) -> PartPose:
        del part
        return PartPose(dy_em=-self.height_em * _wave(turn))


class Hop(TextLoop):
    """Hops once a period and waits."""

    name: ClassVar[str] = "basics.hop"
    height_em: float = Field(0.4, ge=0, le=3, description="How high, in font sizes.")

    def pose(self, part: TextPart, turn: float) -> PartPose:
        del part
        air = turn % 1.0 / 0.35
        if air >= 1:
            return PartPose()
        return PartPose(
            dy_em=-self.height_em * 4 * air * (1 - air), scale_y=1 + 0.08 * math.sin(math.pi * air)
        )


class Pulse(TextLoop):
    """Grows and shrinks."""

    name: ClassVar[str] = "basics.text_pulse"
    amount: float = Field(0.08, ge=0, le=1, description="How much, as a share of its size.")

    def pose(self, part: TextPart, turn: float) -> PartPose:
        del part
        size = 1 + self.amount * (0.5 - 0.5 * math.cos(2 * math.pi * turn))
        return PartPose(scale_x=size, scale_y=size)


class Sway(TextLoop):
    """Rocks from side to side."""

    name: ClassVar[str] = "basics.text_sway"
    angle: float = Field(6.0, ge=0, le=90, description="Degrees to each side.")

    def pose(self, part: TextPart, turn: float) -> PartPose:
        del part
        return PartPose(rotation_deg=self.angle * _wave(turn))


class Jitter(TextLoop):
    """Trembles as if drawn anew by hand, eight times a period."""

    name: ClassVar[str] = "basics.text_jitter"
    amount_em: float = Field(0.03, ge=0, le=1, description="How far, in font sizes.")

    def pose(self, part: TextPart, turn: float) -> PartPose:
        step = math.floor(turn % 1.0 * 8)
        return PartPose(
            dx_em=(part.random(3 * step) - 0.5) * 2 * self.amount_em,
            dy_em=(part.random(3 * step + 1) - 0.5) * 2 * self.amount_em,
            rotation_deg=(part.random(3 * step + 2) - 0.5) * 4,
        )


class Shimmer(TextLoop):
    """A light that passes over the letters."""

    name: ClassVar[str] = "basics.shimmer"
    color: ColorValue = Field("#ffffff", description="Colour of the light.")

    def pose(self, part: TextPart, turn: float) -> PartPose:
        del part
        light = max(0.0, 1 - abs(turn % 1.0 - 0.2) / 0.2)
        return (
            PartPose(color=parse_color(self.color), tint=light * light * (3 - 2 * light))
            if light
            else PartPose()
        )


class Blink(TextLoop):
    """Goes out for half of each period."""

    name: ClassVar[str] = "basics.blink"
    low: float = Field(0.0, ge=0, le=1, description="Opacity meanwhile.")

    def pose(self, part: TextPart, turn: float) -> PartPose:
        del part
        return PartPose(opacity=1.0 if turn % 1.0 < 0.5 else self.low)


class Flicker(TextLoop):
    """Flickers like a neon tube that is about to fail, each on its own."""

    name: ClassVar[str] = "basics.text_flicker"

    def pose(self, part: TextPart, turn: float) -> PartPose:
        step = math.floor(turn % 1.0 * 24)
        return PartPose(opacity=0.25 if part.random(step) < 0.12 else 1.0)


LOOPS: Final[tuple[type[TextLoop], ...]] = (Blink, Flicker, Hop, Jitter, Pulse, Shimmer, Sway, Wave)
"""All of them."""
