"""Transitions that bend both pictures while one passes into the other: ripples, swirl, liquid, lens."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

import numpy as np
from pydantic import Field

from farm.plugin import Ease, Frame
from farm_basics.fades import ONE, Eased, eased, mix
from farm_basics.orders import Ordered, Real, even, fractal, noise, sine
from farm_basics.warp import Map, warp


def _bent(frame: Frame, seen: Map) -> Frame:
    out = frame.blank(alpha=not frame.opaque)
    warp(out, frame, seen, endless=True)
    return out


class Ripple(Eased):
    """Rings run outwards, as after a drop into water, while one picture passes into the other."""

    name: ClassVar[str] = "basics.ripple"

    length: float = Field(
        0.22, ge=0.08, le=2, description="Length of a wave, as a share of the shorter side."
    )
    height: float = Field(
        0.035, ge=0, le=0.2, description="Height of the waves, as a share of the shorter side."
    )
    rounds: float = Field(2.5, ge=0, le=20, description="How many waves run outwards.")
    ease: Ease = Field("in-out-sine", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        share, side = weight / ONE, min(old.width, old.height)
        rise = 4 * share * (1 - share)
        reach, length = self.height * side * rise, self.length * side

        def seen(x: Real, y: Real) -> tuple[Real, Real]:
            dx, dy = x - old.width / 2, y - old.height / 2
            far = np.sqrt(dx * dx + dy * dy)
            push = reach * sine(far / length - share * self.rounds) / np.maximum(far, length / 2)
            return x + dx * push, y + dy * push

        return _bent(mix(old, new, eased("in-out-sine", (share - 0.15) / 0.7)), seen)


class Swirl(Eased):
    """The picture is stirred into a whirl, out of which the new one unwinds."""

    name: ClassVar[str] = "basics.swirl"

    angle_deg: float = Field(200.0, ge=-1440, le=1440, description="How far the middle turns.")
    radius: float = Field(
        0.75, ge=0.1, le=2, description="Radius of the whirl, as a share of the longer side."
    )
    ease: Ease = Field("in-out-sine", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        share = weight / ONE
        turn = self.angle_deg / 360 * 4 * share * (1 - share)
        radius = self.radius * max(old.width, old.height)

        def seen(x: Real, y: Real) -> tuple[Real, Real]:
            dx, dy = x - old.width / 2, y - old.height / 2
            left = np.maximum(1 - np.sqrt(dx * dx + dy * dy) / radius, 0)
            angle = left * left * turn
            sin, cos = sine(angle), sine(angle + 0.25)
            return old.width / 2 + dx * cos + dy * sin, old.height / 2 - dx * sin + dy * cos

        return _bent(mix(old, new, eased("in-out-cubic", (share - 0.2) / 0.6)), seen)


@lru_cache(maxsize=8)
def _currents(columns: int, rows: int, cell: float, seed: int) -> tuple[Real, Real]:
    """Return a smooth vector field, -1 to 1, at the nodes of a mesh; ``cell`` is in nodes."""
    across, down = (noise(columns, rows, cell, cell, seed + add) * 2 - 1 for add in (11, 23))
    return across, down


class Liquid(Ordered):
    """The picture flows like paint, and the new one spreads in it."""

    name: ClassVar[str] = "basics.liquid"

    size: float = Field(
        0.55, ge=0.1, le=2, description="Size of the currents, as a share of the shorter side."
    )
    reach: float = Field(
        0.13, ge=0, le=0.5, description="How far the picture flows, as a share of the shorter side."
    )
    softness: float = Field(0.22, ge=0, le=1, description="How gradually one picture passes into the other.")
    seed: int = Field(
        1,
        ge=0,
        le=1_000_000,
        description="Number that decides what is random; each gives different currents.",
    )
    ease: Ease = Field("in-out-sine", description="Easing of the transition.")

    def arrival(self, width: int, height: int) -> Real:
        return even(fractal(width, height, self.size * min(width, height), 3, self.seed))

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        share, side = weight / ONE, min(old.width, old.height)
        reach = self.reach * side * 4 * share * (1 - share)

        def seen(x: Real, y: Real) -> tuple[Real, Real]:
            pitch = float(x[0, 1] - x[0, 0])
            cell = max(1.0, self.size * side / pitch)
            across, down = _currents(x.shape[1], y.shape[0], cell, self.seed)
            return x + reach * across, y + reach * down

        return _bent(super().between(old, new, weight), seen)


class Lens(Eased):
    """The old picture swells towards the viewer as behind a lens, and the new one settles out of it."""

    name: ClassVar[str] = "basics.lens"

    amount: float = Field(0.8, ge=0, le=0.95, description="How much the middle is enlarged.")
    ease: Ease = Field("in-out-sine", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        share = weight / ONE
        change = eased("in-out-sine", (share - 0.2) / 0.6)
        before = self._swollen(old, self.amount * share) if change < ONE else old
        after = self._swollen(new, -0.8 * self.amount * (1 - share)) if change > 0 else new
        return mix(before, after, change)

    def _swollen(self, frame: Frame, amount: float) -> Frame:
        """Return the frame with its middle enlarged, or below 0 made smaller; the edges stay."""
        from farm.plugin import resample

        out = frame.blank(alpha=not frame.opaque)
        for source, target in zip(frame.planes(), out.planes(), strict=True):
            tables = []
            for count in (source.shape[1], source.shape[0]):
                place = (np.arange(count) + 0.5) / count * 2 - 1
                # x (1 - a (1 - x^2)): rising for a below 1, with a fixed middle and ends.
                bent = place * (1 - amount * (1 - place * place))
                fixed = np.floor(((bent + 1) * count / 2 - 0.5) * 256 + 0.5).astype(np.int64)
                fixed = np.clip(fixed, 0, (count - 1) << 8)
                tables += [(fixed >> 8).astype(np.int32), (fixed & 255).astype(np.int32)]
            resample(target, source, *tables, 0, 0)
        return out
