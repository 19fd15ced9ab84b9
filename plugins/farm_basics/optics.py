"""Effects of lens and film: focus, light fall-off, glow, grain, camera shake."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from farm.plugin import Effect, Frame, Moment
from farm_basics.layers import faded_in, opacity_table, over_level, shining
from farm_basics.moves import enlarge
from farm_basics.soften import soften, soften_plane
from farm_basics.tones import map_plane_by


def _share_px(frame: Frame, percent: float) -> float:
    return percent / 100 * min(frame.width, frame.height)


class Blur(Effect):
    """Out of focus."""

    name: ClassVar[str] = "basics.blur"
    steady: ClassVar[bool] = True
    premultiplied: ClassVar[bool] = True

    radius: float = Field(
        1.5, ge=0, le=30, description="Strength of the blur: Gaussian sigma, percent of the shorter side."
    )

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        return soften(frame, _share_px(frame, self.radius))


@lru_cache(maxsize=8)
def _fall_off(width: int, height: int, amount: float, inner: float) -> NDArray[np.uint16]:
    """Return the remaining light at each pixel, 0 to 256, shape (height, width)."""
    across = ((np.arange(width) + 0.5) / width * 2 - 1) ** 2
    down = ((np.arange(height) + 0.5) / height * 2 - 1) ** 2
    # 1 in the corners; smoothstep from `inner` outwards.
    far = np.sqrt((across[None, :] + down[:, None]) / 2)
    share = np.clip((far - inner) / (1 - inner), 0, 1)
    light = np.floor(256 * (1 - amount * share * share * (3 - 2 * share)) + 0.5).astype(np.uint16)
    light.setflags(write=False)
    return light


class Vignette(Effect):
    """Darker towards the corners."""

    name: ClassVar[str] = "basics.vignette"
    steady: ClassVar[bool] = True

    amount: float = Field(0.45, ge=0, le=1, description="How much the corners are darkened.")
    inner: float = Field(
        0.35, ge=0, le=0.95, description="Where the darkening begins: 0 at the middle, 1 at the corners."
    )

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        from farm_basics.kernels import scale_masked

        light = _fall_off(frame.width, frame.height, self.amount, self.inner)
        out = frame.blank(alpha=False)
        # Scaling R, G and B scales luma above its black and chroma around its zero.
        scale_masked(frame.y, light, 1, 16, out.y)
        scale_masked(frame.u, light, 2, 128, out.u)
        scale_masked(frame.v, light, 2, 128, out.v)
        return Frame(out.y, out.u, out.v, frame.a, frame.a2)


class Glow(Effect):
    """Bright parts glow; around a picture with transparent parts, vivid colours do, too, as a neon sign's."""

    name: ClassVar[str] = "basics.glow"
    steady: ClassVar[bool] = True

    amount: float = Field(0.5, ge=0, le=2, description="Strength of the glow.")
    radius: float = Field(3.0, ge=0.1, le=20, description="Radius of the glow, percent of the shorter side.")
    threshold: float = Field(0.55, ge=0, le=1, description="Minimum brightness of parts that glow.")

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        from farm_basics.kernels import add_blurred_light
        from farm_basics.layer_kernels import brightest

        out = np.empty_like(frame.y)
        sigma_px = _share_px(frame, self.radius)
        blurred = soften_plane(over_level(frame.y, frame.a, 16), sigma_px)
        floor = round(16 + 219 * self.threshold)
        add_blurred_light(frame.y, blurred, floor, round(self.amount * 65536), out)
        if frame.opaque:
            return Frame(out, frame.u, frame.v)
        # Outside the outline nothing is lit, so the light itself is seen: as much as bright parts spread there, vivid
        # colours among them, whose luma is low.
        value = np.empty_like(frame.y)
        brightest(frame.y, frame.u, frame.v, value)
        bright = map_plane_by(value, opacity_table((np.arange(256) - floor) / max(1, 235 - floor)))
        # Strongest at the outline, where half of the light is left: it falls off slowly there.
        missing = 1 - np.arange(256) / 255
        opacity = opacity_table(self.amount * (1 - missing * missing * missing))
        return shining(frame, Frame(out, frame.u, frame.v), bright, sigma_px, opacity)


class Sharpen(Effect):
    """Crisper edges."""

    name: ClassVar[str] = "basics.sharpen"
    steady: ClassVar[bool] = True

    amount: float = Field(
        0.6, ge=0, le=4, description="Strength of the sharpening; 0 leaves the picture unchanged."
    )
    radius: float = Field(0.2, ge=0.05, le=3, description="Width of the edges, percent of the shorter side.")

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        from farm_basics.kernels import add_difference

        out = np.empty_like(frame.y)
        blurred = soften_plane(frame.y, max(0.8, _share_px(frame, self.radius)))
        add_difference(frame.y, blurred, round(self.amount * 65536), out)
        return Frame(out, frame.u, frame.v, frame.a, frame.a2)


class Grain(Effect):
    """Film grain, different in every frame, and identical whenever a frame is drawn."""

    name: ClassVar[str] = "basics.grain"

    amount: float = Field(
        0.04,
        ge=0,
        le=0.5,
        description="Strength of the grain: its maximum deviation, as a share of the luma range.",
    )
    size: float = Field(0.18, ge=0.05, le=3, description="Size of a grain, percent of the shorter side.")
    seed: int = Field(
        1, ge=0, le=1_000_000, description="Number that decides what is random; each gives a different grain."
    )

    def apply(self, frame: Frame, at: Moment) -> Frame:
        from farm_basics.kernels import add_grain

        out = np.empty_like(frame.y)
        size = max(1, round(_share_px(frame, self.size)))
        add_grain(frame.y, self.seed * 100_003 + at.frame, size, round(self.amount * 219), out)
        return Frame(out, frame.u, frame.v, frame.a, frame.a2)


class Mosaic(Effect):
    """Squares of a uniform colour each."""

    name: ClassVar[str] = "basics.mosaic"
    steady: ClassVar[bool] = True
    premultiplied: ClassVar[bool] = True

    size: float = Field(
        3.0,
        ge=0,
        le=50,
        description="Size of a square, percent of the shorter side; 0 leaves the picture unchanged.",
    )

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        from farm_basics.kernels import average_blocks

        if self.size <= 0:
            return frame
        size = max(2, round(_share_px(frame, self.size) / 2) * 2)
        out = frame.blank(alpha=not frame.opaque)
        for plane, target in zip(frame.planes(), out.planes(), strict=True):
            average_blocks(plane, size if plane.shape == frame.y.shape else size // 2, target)
        return faded_in(frame, out, self.size, 0.2)


def _sway(step: int, seed: int) -> float:
    """Return a fixed pseudorandom number in -1 to 1 for an integer (a linear congruential hash)."""
    value = (step * 747796405 + seed * 2891336453 + 1) & 0xFFFFFFFF
    value = ((value >> 16) ^ value) * 0x45D9F3B & 0xFFFFFFFF
    value = ((value >> 16) ^ value) * 0x45D9F3B & 0xFFFFFFFF
    return ((value >> 16) ^ value) / 0x7FFFFFFF - 1


class Shake(Effect):
    """A handheld camera, or the jolt of a beat."""

    name: ClassVar[str] = "basics.shake"
    premultiplied: ClassVar[bool] = True

    amount: float = Field(
        0.8, ge=0, le=10, description="How far the picture is displaced at most, percent of the shorter side."
    )
    speed: float = Field(3.0, ge=0.1, le=30, description="How often the direction changes, per second.")
    seed: int = Field(
        1, ge=0, le=1_000_000, description="Number that decides what is random; each gives a different path."
    )

    def apply(self, frame: Frame, at: Moment) -> Frame:
        reach = _share_px(frame, self.amount)
        place = at.seconds * self.speed
        step = int(place // 1)
        share = place - step
        ease = share * share * (3 - 2 * share)

        def offset(seed: int) -> float:
            start, stop = _sway(step, seed), _sway(step + 1, seed)
            return reach * (start + (stop - start) * ease)

        # Enlarged just enough that no edge becomes visible.
        scale = 1 + 2 * reach / min(frame.width, frame.height)
        return enlarge(frame, scale, offset(self.seed * 2), offset(self.seed * 2 + 1))
