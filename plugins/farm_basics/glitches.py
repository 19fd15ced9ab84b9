"""Transitions that fail on purpose: digital glitches, split colours, coarse pixels, a channel without a station."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from farm.plugin import Ease, Frame, Plane
from farm_basics.fades import ONE, Eased, eased, mix, tint
from farm_basics.layers import product
from farm_basics.lens import parted_over
from farm_basics.orders import hashed


def _chance(index: int, step: int, seed: int) -> float:
    """Return a number from 0 to 1."""
    return float(hashed(np.array([index], np.int64), step, seed)[0])


def _wrapped(target: Plane, source: Plane, top: int, bottom: int, move: int) -> None:
    """Copy rows of a plane moved to the right; what leaves on one side comes in on the other."""
    width = target.shape[1]
    move %= width
    if move == 0:
        target[top:bottom, 0:width] = source[top:bottom, 0:width]
        return
    target[top:bottom, move:width] = source[top:bottom, 0 : width - move]
    target[top:bottom, 0:move] = source[top:bottom, width - move : width]


class Glitch(Eased):
    """Bands of both pictures jump sideways with split colours, in steps, until only the new one is left."""

    name: ClassVar[str] = "basics.glitch"

    bands: int = Field(16, ge=2, le=128, description="Number of bands that jump.")
    steps: int = Field(9, ge=2, le=60, description="How often the bands jump.")
    reach: float = Field(0.22, ge=0, le=1, description="How far the bands jump, in widths.")
    split: float = Field(0.025, ge=0, le=0.2, description="How far the colours are split, in widths.")
    seed: int = Field(
        1, ge=0, le=1_000_000, description="Number that decides what is random; each gives different jumps."
    )
    ease: Ease = Field("linear", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        share = weight / ONE
        step = int(share * self.steps)
        rise = 4 * share * (1 - share)
        change = eased("in-out-sine", (share - 0.15) / 0.7) / ONE
        widths = [0.25 + _chance(band, step, self.seed) ** 2 for band in range(self.bands)]
        out = old.blank(alpha=not old.opaque)
        # Colours do not fit their alpha when they are moved away from it.
        split = round(self.split * rise * old.width / 2) * 2 if old.opaque else 0
        top, passed = 0, 0.0
        for band, part in enumerate(widths):
            passed += part
            bottom = round(old.height * passed / sum(widths) / 2) * 2 if band < self.bands - 1 else old.height
            source = new if _chance(band, step, self.seed + 1) < change else old
            jump = _chance(band, step, self.seed + 2)
            away = 2 * _chance(band, step, self.seed + 3) - 1 if jump < 0.3 + 0.4 * rise else 0.0
            move = round(self.reach * rise * away * old.width / 2) * 2
            extras = (0, split, -split, 0, 0)
            for target, plane, extra in zip(out.planes(), source.planes(), extras, strict=False):
                scale = old.width // plane.shape[1]
                _wrapped(target, plane, top // scale, bottom // scale, (move + extra) // scale)
            top = bottom
        return out


class RgbSplit(Eased):
    """Red and blue part to the left and right, and meet again in the new picture."""

    name: ClassVar[str] = "basics.rgb_split"

    reach: float = Field(0.05, ge=0, le=0.3, description="How far the channels part, in widths.")
    ease: Ease = Field("in-out-sine", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        share = weight / ONE
        mixed = mix(old, new, eased("in-out-cubic", (share - 0.2) / 0.6))
        reach = round(self.reach * 4 * share * (1 - share) * old.width / 2) * 2
        if reach == 0:
            return mixed
        if not old.opaque:
            from farm.plugin import premultiplied

            red, blue = (
                Frame(*(_moved(plane, by * plane.shape[1] // old.width) for plane in mixed.planes()))
                for by in (-reach, reach)
            )
            return premultiplied(parted_over(np.full_like(mixed.y, 16), red, mixed, blue))
        # The colour differences move with their colours, and take red's and blue's share of luma along.
        return Frame(self._luma(mixed.y, reach), _moved(mixed.u, reach // 2), _moved(mixed.v, -reach // 2))

    def _luma(self, luma: Plane, reach: int) -> Plane:
        from farm_basics.kernels import mix_planes

        red, both = np.empty_like(luma), np.empty_like(luma)
        # BT.709: 0.2126 of luma is red, 0.0722 blue.
        mix_planes(luma, _moved(luma, -reach), round(0.2126 / (1 - 0.0722) * ONE), red)
        mix_planes(red, _moved(luma, reach), round(0.0722 * ONE), both)
        return both


def _moved(plane: Plane, pixels: int) -> Plane:
    """Return the plane moved to the right; where it has left, it stays as it was."""
    out, width = plane.copy(), plane.shape[1]
    if 0 < pixels < width:
        out[:, pixels:width] = plane[:, 0 : width - pixels]
    elif -width < pixels < 0:
        out[:, 0 : width + pixels] = plane[:, -pixels:width]
    return out


class MosaicThrough(Eased):
    """The picture dissolves into ever coarser pixels, and the new one comes out of them."""

    name: ClassVar[str] = "basics.mosaic_through"

    size: float = Field(
        11.0, ge=0.5, le=50, description="Size of the largest squares, percent of the shorter side."
    )
    ease: Ease = Field("in-out-sine", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        from farm_basics.kernels import average_blocks

        share = weight / ONE
        rise = 4 * share * (1 - share)
        mixed = mix(old, new, eased("in-out-sine", (share - 0.3) / 0.4))
        size = round(self.size / 100 * min(old.width, old.height) * rise * rise / 2) * 2
        if size < 4:
            return mixed
        out = old.blank(alpha=not old.opaque)
        for source, target in zip(mixed.planes(), out.planes(), strict=True):
            average_blocks(source, size * source.shape[1] // old.width, target)
        return out


class Static(Eased):
    """The station is lost in noise, and another one is found."""

    name: ClassVar[str] = "basics.static"

    amount: float = Field(0.92, ge=0, le=1, description="Strength of the noise in the middle.")
    size: float = Field(
        0.35, ge=0.05, le=5, description="Size of the noise's grains, percent of the shorter side."
    )
    steps: int = Field(24, ge=2, le=240, description="How many different noises are shown.")
    seed: int = Field(
        1, ge=0, le=1_000_000, description="Number that decides what is random; each gives a different noise."
    )
    ease: Ease = Field("linear", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        from farm_basics.kernels import add_grain, mix_planes

        share = weight / ONE
        rise = eased("in-out-sine", min(1.0, 2.4 * min(share, 1 - share))) / ONE
        noise_share = round(self.amount * rise * ONE)
        picture = mix(old, new, eased("in-out-sine", (share - 0.35) / 0.3))
        grey = tint(picture, (126, 128, 128), noise_share)
        flat, grain = np.full_like(old.y, 126), np.empty_like(old.y)
        size = max(1, round(self.size / 100 * min(old.width, old.height)))
        add_grain(flat, self.seed * 100_003 + int(share * self.steps), size, 110, grain)
        if picture.a is not None:
            grain = product(grain, picture.a)
        y = np.empty_like(old.y)
        mix_planes(picture.y, grain, noise_share, y)
        return Frame(y, grey.u, grey.v, picture.a, picture.a2)
