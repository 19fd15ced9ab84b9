"""Blurs with a direction or a shape: of motion, of a lens, of a miniature."""

from __future__ import annotations

import math
from abc import abstractmethod
from functools import lru_cache
from typing import ClassVar, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from farm.plugin import Effect, Frame, Moment, Plane
from farm_basics.layers import faded_in, opacity_table, shining
from farm_basics.soften import shrink, soften, soften_plane, unshrink
from farm_basics.tones import map_plane_by, rounded_table

Mask = NDArray[np.uint16]
Spans = NDArray[np.int32]


def share_px(frame: Frame, percent: float) -> float:
    """Return a percentage of the frame's shorter side in pixels."""
    return percent / 100 * min(frame.width, frame.height)


def shrunk(plane: Plane, factor: int) -> Plane:
    """Return the plane at its size (1), half or a quarter of it."""
    return plane if factor == 1 else shrink(plane, factor)


def grown(small: Plane, factor: int, like: Plane) -> Plane:
    """Undo :func:`shrunk`."""
    return small if factor == 1 else unshrink(small, factor, like)


def steps_of(frame: Frame) -> tuple[tuple[Plane, int], ...]:
    """Return all planes, each with its luma pixels per pixel."""
    return tuple((plane, 1 if plane.shape == frame.y.shape else 2) for plane in frame.planes())


class BoxBlur(Effect):
    """The mean of a square around each pixel."""

    name: ClassVar[str] = "basics.box_blur"
    steady: ClassVar[bool] = True
    premultiplied: ClassVar[bool] = True

    radius: float = Field(
        1.5,
        ge=0,
        le=30,
        description="Half the side of the square that is averaged, percent of the shorter side.",
    )

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        from farm_basics.blur_kernels import average_columns, average_rows

        out: list[Plane] = []
        for plane, step in steps_of(frame):
            radius_px = share_px(frame, self.radius) / step
            factor = 4 if radius_px >= 20 else 2 if radius_px >= 8 else 1
            small = shrunk(plane, factor)
            radius, fraction = divmod(round(radius_px / factor * 32), 32)
            if radius or fraction:
                across, both = np.empty_like(small), np.empty_like(small)
                average_rows(small, radius, fraction, across)
                average_columns(across, radius, fraction, both)
                small = both
            out.append(grown(small, factor, plane))
        return Frame(*out)


@lru_cache(maxsize=32)
def _slope(count: int, slope: float) -> Spans:
    offsets: Spans = np.floor(np.arange(count) * slope + 0.5).astype(np.int32)
    offsets -= offsets.min()
    offsets.setflags(write=False)
    return offsets


def smeared(plane: Plane, length_px: float, angle_deg: float) -> Plane:
    """Return a plane averaged along a line of a length at an angle, 0 across, 90 down."""
    from farm_basics.smear_kernels import smear, transpose

    across, down = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    steep = abs(down) >= abs(across)
    radius = round(length_px / 2 * max(abs(across), abs(down)))
    if radius < 1:
        return plane
    slope = round((across / down if steep else down / across) * 65536) / 65536
    if steep:
        out = np.empty_like(plane)
        smear(plane, _slope(plane.shape[0], slope), radius, out)
        return out
    turned = np.empty_like(plane, shape=(plane.shape[1], plane.shape[0]))
    transpose(plane, turned)
    mean, out = np.empty_like(turned), np.empty_like(plane)
    smear(turned, _slope(turned.shape[0], slope), radius, mean)
    transpose(mean, out)
    return out


class DirectionalBlur(Effect):
    """Motion in one direction."""

    name: ClassVar[str] = "basics.directional_blur"
    steady: ClassVar[bool] = True
    premultiplied: ClassVar[bool] = True

    angle_deg: float = Field(
        20.0, ge=-360, le=360, description="Direction of the motion: 0 is across, 90 down."
    )
    length: float = Field(5.0, ge=0, le=60, description="Length of the motion, percent of the shorter side.")

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        out: list[Plane] = []
        for plane, step in steps_of(frame):
            length_px = share_px(frame, self.length) / step
            factor = 2 if length_px >= 16 else 1
            small = smeared(shrunk(plane, factor), length_px / factor, self.angle_deg)
            out.append(grown(small, factor, plane))
        return Frame(*out)


@lru_cache(maxsize=16)
def _reach(width: int, height: int, x: float, y: float, share: float) -> Mask:
    """Return how much of the blurred picture shows: nothing where its motion is below a pixel, all from 4 pixels on."""
    across = (np.arange(width) - (width - 1) * x)[None, :]
    down = (np.arange(height) - (height - 1) * y)[:, None]
    length_px = np.sqrt(across * across + down * down) * share
    mask: Mask = np.floor(np.clip((length_px - 1) / 3, 0, 1) * 256 + 0.5).astype(np.uint16)
    mask.setflags(write=False)
    return mask


def _places(count: int, middle: float, scale: float) -> tuple[Spans, Spans]:
    """Return the source index and the weight of its next neighbour for a line scaled around ``middle``."""
    place = middle + (np.arange(count) - middle) / scale
    fixed = np.floor(np.clip(place, 0, count - 1) * 256 + 0.5).astype(np.int64)
    return (fixed >> 8).astype(np.int32), (fixed & 255).astype(np.int32)


class _RoundAMiddle(Effect):
    """Averages a picture with itself, moved by twice as much each time, at half size where that cannot be seen."""

    steady: ClassVar[bool] = True
    premultiplied: ClassVar[bool] = True

    x: float = Field(0.5, ge=0, le=1, description="Centre of the blur, 0 (left) to 1 (right).")
    y: float = Field(0.5, ge=0, le=1, description="Centre of the blur, 0 (top) to 1 (bottom).")

    @abstractmethod
    def _motion(self) -> float:
        """Return the length of the whole motion as a share of the distance from the centre."""

    @abstractmethod
    def _moved(self, plane: Plane, share: float) -> Plane:
        """Return the plane moved by a share of the whole motion."""

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        from farm_basics.kernels import mix_masked, mix_planes

        far_px = math.sqrt(frame.width**2 + frame.height**2) / 2 * self._motion()
        # Copies at most 2 pixels apart at half size.
        steps = 1
        while far_px / 4 > 1 << steps and steps < 6:
            steps += 1
        mask = _reach(frame.width, frame.height, self.x, self.y, self._motion())
        out: list[Plane] = []
        for plane, step in steps_of(frame):
            small = shrink(plane, 2)
            for i in range(steps):
                moved, mean = self._moved(small, (1 << i) / (1 << steps)), np.empty_like(small)
                mix_planes(small, moved, 32768, mean)
                small = mean
            blurred, mixed = unshrink(small, 2, plane), np.empty_like(plane)
            mix_masked(plane, blurred, mask, step, mixed)
            out.append(mixed)
        return Frame(*out)


class ZoomBlur(_RoundAMiddle):
    """The camera zooms while the shutter is open: rays towards a centre, which stays sharp."""

    name: ClassVar[str] = "basics.zoom_blur"

    amount: float = Field(0.09, ge=0, le=1, description="How far the camera zooms; 1 doubles the picture.")

    def _motion(self) -> float:
        return self.amount / (1 + self.amount)

    def _moved(self, plane: Plane, share: float) -> Plane:
        from farm.plugin import resample

        height, width = plane.shape
        scale = 1 + self.amount * share
        out = np.empty_like(plane)
        columns = _places(width, (width - 1) * self.x, scale)
        resample(out, plane, *columns, *_places(height, (height - 1) * self.y, scale), 0, 0)
        return out


class SpinBlur(_RoundAMiddle):
    """The camera turns while the shutter is open: arcs around a centre, which stays sharp."""

    name: ClassVar[str] = "basics.spin_blur"

    angle_deg: float = Field(3.5, ge=0, le=60, description="How far the camera turns.")

    def _motion(self) -> float:
        return round(math.radians(self.angle_deg) * 65536) / 65536

    def _moved(self, plane: Plane, share: float) -> Plane:
        from farm_basics.remap_kernels import remap_affine

        height, width = plane.shape
        angle = math.radians(self.angle_deg * share)
        cosine, sine = round(65536 * math.cos(angle)), round(65536 * math.sin(angle))
        across, down = round((width - 1) * self.x * 65536), round((height - 1) * self.y * 65536)
        left = across - ((cosine * across - sine * down) >> 16)
        top = down - ((sine * across + cosine * down) >> 16)
        out = np.empty_like(plane)
        remap_affine(plane, cosine, -sine, left, sine, cosine, top, out)
        return out


@lru_cache(maxsize=16)
def _aperture(shape: str, radius_px: float) -> Spans:
    """Return the half width of each row of a lens's opening."""
    radius = max(1, math.floor(radius_px))
    rows = np.abs(np.arange(-radius, radius + 1))
    if shape == "disc":
        spans = np.sqrt(np.maximum((radius_px + 0.3) ** 2 - rows * rows, 0))
    else:  # a hexagon on its side: as wide as it is high at its middle
        spans = np.minimum(radius_px, (radius_px * 1.1547 - rows * 0.57735) * 0.95)
    found = np.minimum(np.floor(spans + 0.25), radius).astype(np.int32)
    found = np.maximum(found, 0)
    found.setflags(write=False)
    return found


@lru_cache(maxsize=16)
def _light(highlights: float) -> NDArray[np.uint16]:
    luma = np.clip((np.arange(256) - 16) / 219, 0, 1)
    squared = luma * luma
    weights = np.floor(8 + 248 * highlights * squared * squared * squared + 0.5).astype(np.uint16)
    weights.setflags(write=False)
    return weights


_LEAST_FOCUS: Final = 0.1
"""Radius of discs, in percent, below which a picture fades into focus: discs are drawn at half size."""


class LensBlur(Effect):
    """Out of focus through a wide open lens: highlights become discs."""

    name: ClassVar[str] = "basics.lens_blur"
    steady: ClassVar[bool] = True

    radius: float = Field(
        2.2, ge=0, le=10, description="Radius of the discs, percent of the shorter side; 0 is in focus."
    )
    shape: Literal["disc", "hexagon"] = Field("disc", description="Shape of the lens's opening.")
    highlights: float = Field(0.6, ge=0, le=1, description="How much bright parts outshine darker ones.")

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        if self.radius <= 0:
            return frame
        return faded_in(frame, self._unfocused(frame), self.radius, _LEAST_FOCUS)

    def _unfocused(self, frame: Frame) -> Frame:
        from farm_basics.smear_kernels import bokeh, shrink_light

        radius_px = share_px(frame, max(self.radius, _LEAST_FOCUS))
        factor = 4 if radius_px >= 8 else 2
        u, v = (shrunk(plane, factor // 2) for plane in (frame.u, frame.v))
        y, weights = np.empty_like(u), np.empty(u.shape, np.uint16)
        shrink_light(frame.y, _light(self.highlights), factor, y, weights)
        small = [np.empty_like(u) for _ in range(3)]
        spans = _aperture(self.shape, radius_px / factor)
        bokeh(y, u, v, weights, spans, *small)
        blurred = Frame(
            unshrink(small[0], factor, frame.y),
            grown(small[1], factor // 2, frame.u),
            grown(small[2], factor // 2, frame.v),
        )
        if frame.a is None or frame.a2 is None:
            return blurred
        # The outline loses focus evenly: a highlight outshines other colours, but covers no more than they do.
        a, a2 = shrunk(frame.a, factor), shrunk(frame.a2, factor // 2)
        cover = [np.empty_like(a) for _ in range(3)]
        bokeh(a, a2, a2, np.full(a.shape, 256, np.uint16), spans, *cover)
        return Frame(
            blurred.y,
            blurred.u,
            blurred.v,
            unshrink(cover[0], factor, frame.a),
            grown(cover[1], factor // 2, frame.a2),
        )


@lru_cache(maxsize=16)
def _focus(height: int, middle: float, width: float, softness: float) -> Mask:
    away = np.abs((np.arange(height) + 0.5) / height - middle) - width / 2
    share = np.clip(away / max(softness, 1 / height), 0, 1)
    mask: Mask = np.floor(256 * share * share * (3 - 2 * share) + 0.5).astype(np.uint16)
    mask.setflags(write=False)
    return mask


class TiltShift(Effect):
    """A band in focus, as of a miniature seen from close by."""

    name: ClassVar[str] = "basics.tilt_shift"
    steady: ClassVar[bool] = True

    middle: float = Field(
        0.5, ge=0, le=1, description="Where the band in focus is: 0 at the top, 1 at the bottom."
    )
    width: float = Field(
        0.3, ge=0, le=1, description="Height of the band in focus, as a share of the picture's."
    )
    softness: float = Field(
        0.25, ge=0, le=1, description="Distance over which focus is lost, as a share of the picture's height."
    )
    radius: float = Field(
        1.4, ge=0, le=30, description="Strength of the blur: Gaussian sigma, percent of the shorter side."
    )
    saturation: float = Field(1.15, ge=0, le=4, description="Saturation: 0 is grey, 1 leaves it unchanged.")

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        from farm_basics.kernels import mix_striped

        chroma = rounded_table(128.0 + (np.arange(256) - 128) * self.saturation, 16, 240)
        u, v = map_plane_by(frame.u, chroma), map_plane_by(frame.v, chroma)
        vivid = Frame(frame.y, u, v, frame.a, frame.a2)
        blurred = soften(vivid, share_px(frame, self.radius))
        out = vivid.blank(alpha=not frame.opaque)
        mask = _focus(frame.height, self.middle, self.width, self.softness)
        for sharp, soft, target in zip(vivid.planes(), blurred.planes(), out.planes(), strict=True):
            mix_striped(sharp, soft, mask, frame.height // sharp.shape[0], False, target)
        return out


_HAZE: Final = 0.7
"""Opacity of the haze around a white picture, where none of it is left."""


class Bloom(Effect):
    """Soft, dreamy light: the picture blurred and laid over itself in soft light."""

    name: ClassVar[str] = "basics.bloom"
    steady: ClassVar[bool] = True

    amount: float = Field(
        0.8, ge=0, le=1, description="Strength of the light; 0 leaves brightness unchanged."
    )
    radius: float = Field(
        2.0, ge=0.1, le=20, description="Blur of the light: Gaussian sigma, percent of the shorter side."
    )
    color: float = Field(
        0.4, ge=0, le=1, description="How much colours spread along with the light; 0 keeps them in place."
    )

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        from farm_basics.kernels import mix_planes
        from farm_basics.smear_kernels import soft_light

        sigma_px = share_px(frame, self.radius)
        out = frame.blank(alpha=False)
        soft_light(frame.y, soften_plane(frame.y, sigma_px), round(self.amount * 256), out.y)
        for plane, target in ((frame.u, out.u), (frame.v, out.v)):
            mix_planes(plane, soften_plane(plane, sigma_px / 2), round(self.color * 65536), target)
        if frame.opaque:
            return out
        light = map_plane_by(frame.y, opacity_table((np.arange(256) - 16) / 219))
        opacity = opacity_table(_HAZE * self.amount * np.arange(256) / 255)
        return shining(frame, out, light, sigma_px, opacity)
