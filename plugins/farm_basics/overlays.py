"""Light and bars laid over the picture."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from farm.plugin import EASINGS, ColorValue, Effect, Frame, Moment, Plane, parse_color, to_yuv
from farm_basics.beats import hashed
from farm_basics.blurs import share_px

Real = NDArray[np.floating[Any]]


def _bump(share: Real) -> Real:
    """Return a soft bump: 1 at 0, falling to 0 at -1 and 1."""
    near: Real = np.clip(1 - share * share, 0, 1)
    return near * near * near


class LightSweep(Effect):
    """A band of light passes over the picture."""

    name: ClassVar[str] = "basics.light_sweep"

    start_s: float = Field(0.1, ge=0, le=3600, description="When the band enters, in seconds.")
    duration_s: float = Field(0.9, gt=0, le=60, description="How long the band takes to pass, in seconds.")
    every_s: float = Field(
        3.0, ge=0, le=3600, description="Seconds from one pass of the band to the next; at 0 it passes once."
    )
    width: float = Field(22.0, ge=1, le=100, description="Width of the band, percent of the shorter side.")
    angle_deg: float = Field(25.0, ge=-60, le=60, description="How far the band leans to the right.")
    amount: float = Field(0.6, ge=0, le=1, description="Brightness of the band.")
    color: ColorValue = Field("#ffffff", description="Colour of the light.")

    def apply(self, frame: Frame, at: Moment) -> Frame:
        from farm_basics.light_kernels import tint_band

        since = at.seconds - self.start_s
        if self.every_s > 0 and since > 0:
            since %= max(self.every_s, self.duration_s)
        if not 0 <= since <= self.duration_s:
            return frame
        reach_px = max(2.0, share_px(frame, self.width))
        slope = round(math.tan(math.radians(self.angle_deg)) * 65536) / 65536
        # Where each row begins in the profile: the band leans.
        offsets = np.floor(np.arange(frame.height) * slope + 0.5).astype(np.int32)
        offsets -= offsets.min()
        length = frame.width + int(offsets.max())
        progress = since / self.duration_s
        eased = progress * progress * (3 - 2 * progress)
        middle = -reach_px + eased * (length + 2 * reach_px)
        away = (np.arange(length) - middle) / reach_px
        # A broad glow with a bright core.
        light = 0.55 * _bump(away) + 0.45 * _bump(away * 3)
        profile = np.floor(255 * self.amount * light + 0.5).astype(np.uint8)
        profile.setflags(write=False)
        offsets.setflags(write=False)
        out = frame.blank(alpha=False)
        for plane, value, step, target in zip(
            (frame.y, frame.u, frame.v), to_yuv(parse_color(self.color)), (1, 2, 2), out.planes(), strict=True
        ):
            tint_band(plane, profile, offsets, value, step, target)
        return Frame(out.y, out.u, out.v, frame.a, frame.a2)


class LightLeak(Effect):
    """Warm light falls into the camera and wanders along the edges."""

    name: ClassVar[str] = "basics.light_leak"

    amount: float = Field(0.7, ge=0, le=1, description="Strength of the light.")
    color: ColorValue = Field("#ff7a2e", description="Colour of the light.")
    second: ColorValue = Field("#ff2e6a", description="Colour of a second light on the opposite side.")
    size: float = Field(70.0, ge=5, le=300, description="Reach of the light, percent of the shorter side.")
    speed: float = Field(
        0.25, ge=0, le=10, description="How often the light wanders to a new place, per second."
    )
    seed: int = Field(
        3, ge=0, le=1_000_000, description="Number that decides what is random; each gives a different path."
    )

    def _mask(self, frame: Frame, at: Moment, light: int) -> Plane:
        """Return one of the lights as a mask."""
        from farm_basics.light_kernels import light_up

        place = at.seconds * self.speed + light * 0.5
        step = int(place // 1)
        share = place - step
        share = share * share * (3 - 2 * share)

        def wander(seed: int) -> float:
            start, stop = hashed(step, seed), hashed(step + 1, seed)
            return start + (stop - start) * share

        seed = self.seed * 7 + light * 3
        edge = -0.05 + 0.2 * wander(seed)
        x = frame.width * (edge if light == 0 else 1 - edge)
        y = frame.height * (0.1 + 0.8 * wander(seed + 1))
        reach = max(1.0, share_px(frame, self.size))
        strength = 256 * (0.6 + 0.4 * wander(seed + 2))
        across = np.floor(_bump((np.arange(frame.width) - x) / reach) * strength + 0.5).astype(np.uint16)
        down = np.floor(_bump((np.arange(frame.height) - y) / (reach * 1.7)) * 255 + 0.5).astype(np.uint16)
        out = np.empty_like(frame.y)
        light_up(frame.y, across, down, out)
        return out

    def apply(self, frame: Frame, at: Moment) -> Frame:
        from farm_basics.light_kernels import screen_light, tint_by

        current = Frame(frame.y, frame.u, frame.v)
        for light, color in enumerate((self.color, self.second)):
            mask, out = self._mask(frame, at, light), frame.blank(alpha=False)
            luma, *chroma = to_yuv(parse_color(color))
            # Light adds to luma and draws chroma to its colour; white backgrounds show it by that.
            screen_light(current.y, mask, round(256 * self.amount * (luma - 16) / 219), out.y)
            for plane, value, target in zip((current.u, current.v), chroma, (out.u, out.v), strict=True):
                tint_by(plane, mask, value, round(200 * self.amount), 2, target)
            current = out
        return Frame(current.y, current.u, current.v, frame.a, frame.a2)


class Letterbox(Effect):
    """Bars above and below the picture, as in the cinema."""

    name: ClassVar[str] = "basics.letterbox"

    size: float = Field(11.0, ge=0, le=50, description="Height of each bar, percent of the picture's height.")
    enter_s: float = Field(
        0.5, ge=0, le=60, description="How long the bars take to enter; at 0 they are there from the start."
    )
    color: ColorValue = Field("#000000", description="Colour of the bars.")

    def apply(self, frame: Frame, at: Moment) -> Frame:
        share = min(1.0, (at.seconds + 1e-9) / self.enter_s) if self.enter_s > 0 else 1.0
        bar_px = round(frame.height * self.size / 100 * EASINGS["out-cubic"](share) / 2) * 2
        bar_px = min(bar_px, frame.height // 2)
        if bar_px <= 0:
            return frame
        y, u, v = to_yuv(parse_color(self.color))
        out = []
        for plane, value in zip(frame.planes(), (y, u, v, 255, 255), strict=False):
            height = plane.shape[0]
            bar = bar_px * height // frame.height
            made = np.full_like(plane, value)
            made[bar : height - bar, :] = plane[bar : height - bar, :]
            out.append(made)
        return Frame(*out)
