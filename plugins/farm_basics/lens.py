"""Effects of lenses: channels that part, and pictures bent around a centre."""

from __future__ import annotations

import math
from abc import abstractmethod
from fractions import Fraction
from functools import lru_cache
from typing import Any, ClassVar, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from farm.plugin import Effect, Frame, Moment, Plane
from farm_basics.blurs import share_px, steps_of
from farm_basics.layers import laid_over, largest, lifted, solid_light
from farm_basics.tones import map_plane_by, rounded_table

Index = NDArray[np.int32]
Real = NDArray[np.float64]

CIRCLE: Final = 4096
"""Steps of the tabulated sine."""


@lru_cache(maxsize=1)
def _sines() -> Real:
    # numpy's sine differs in its last bit between machines.
    return np.array(
        [round(math.sin(2 * math.pi * i / CIRCLE) * (1 << 24)) / (1 << 24) for i in range(CIRCLE)]
    )


def sine(turns: NDArray[np.floating[Any]]) -> Real:
    """Return the sine of angles in turns, from a table."""
    found: Real = _sines()[np.floor(turns * CIRCLE + 0.5).astype(np.int64) & (CIRCLE - 1)]
    return found


def places(count: int, start: float, step: float, size: int = 0) -> tuple[Index, Index]:
    """Return the source index and the weight of its next neighbour for ``count`` pixels at ``start + i * step``.

    The source has ``size`` pixels, or as many as there are to be made.
    """
    last = (size or count) - 1
    place = np.floor(np.clip(start + np.arange(count) * step, 0, last) * 256 + 0.5).astype(np.int64)
    return (place >> 8).astype(np.int32), (place & 255).astype(np.int32)


def resampled(
    plane: Plane, columns: tuple[Index, Index], rows: tuple[Index, Index], out: Plane | None = None
) -> Plane:
    """Return a plane sampled at columns and rows, in a new plane of its size unless one is given."""
    from farm.plugin import resample

    target = np.empty_like(plane) if out is None else out
    resample(target, plane, *columns, *rows, 0, 0)
    return target


def joined(red: Frame, green: Frame, blue: Frame) -> Frame:
    """Return an opaque frame with the channels of three others."""
    from farm_basics.colour_kernels import join_chroma, join_luma

    out = green.blank(alpha=False)
    channels = (red.y, red.v, green.y, green.u, green.v, blue.y, blue.u)
    join_luma(*channels, out.y)
    join_chroma(*channels, 0, out.u)
    join_chroma(*channels, 1, out.v)
    return out


def parted(frame: Frame, red: Frame, green: Frame, blue: Frame) -> Frame:
    """Return the channels of three frames, each where its own alpha has it, in place of a straight frame.

    Where some channels are missing, a light picture shows the colours of the others, as light does; a dark one takes
    them from white, as ink does, since its own would be black.
    """
    if frame.opaque:
        return joined(red, green, blue)
    from farm.plugin import premultiplied

    dark = rounded_table(235 - (np.arange(256) - 60) * 219 / 50, 16, 235)
    ground = map_plane_by(solid_light(frame, share_px(frame, 5.0)), dark)
    return parted_over(ground, *(premultiplied(one) for one in (red, green, blue)))


def parted_over(ground: Plane, red: Frame, green: Frame, blue: Frame) -> Frame:
    """Return the channels of three premultiplied frames, straight; where one is missing, it is a grey ground's."""
    grounds = ground, np.full_like(green.u, 128)
    seen, alphas, alphas2 = [], [], []
    for one in (red, green, blue):
        assert one.a is not None
        assert one.a2 is not None
        laid = laid_over(one, Frame(grounds[0], grounds[1], grounds[1], one.a, one.a2))
        seen.append(Frame(laid.y, laid.u, laid.v))
        alphas.append(one.a)
        alphas2.append(one.a2)
    a, a2, out = largest(*alphas), largest(*alphas2), joined(*seen)
    return Frame(
        lifted(out.y, a, grounds[0], 235),
        lifted(out.u, a2, grounds[1], 240),
        lifted(out.v, a2, grounds[1], 240),
        a,
        a2,
    )


def shifted(frame: Frame, dx_px: float, dy_px: float) -> Frame:
    """Return a frame shifted by luma pixels."""
    planes = []
    for plane, step in steps_of(frame):
        height, width = plane.shape
        columns, rows = places(width, -dx_px / step, 1.0), places(height, -dy_px / step, 1.0)
        planes.append(resampled(plane, columns, rows))
    return Frame(*planes)


class RgbSplit(Effect):
    """Red and blue are displaced in opposite directions."""

    name: ClassVar[str] = "basics.rgb_split"
    steady: ClassVar[bool] = True

    distance: float = Field(
        0.9, ge=0, le=20, description="How far red and blue are displaced, percent of the shorter side."
    )
    angle_deg: float = Field(
        0.0, ge=-360, le=360, description="Direction in which red is displaced: 0 is to the right, 90 down."
    )

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        reach_px = share_px(frame, self.distance)
        angle = math.radians(self.angle_deg)
        dx = round(reach_px * math.cos(angle) * 256) / 256
        dy = round(reach_px * math.sin(angle) * 256) / 256
        return parted(frame, shifted(frame, dx, dy), frame, shifted(frame, -dx, -dy))


def _scaled(frame: Frame, scale: float) -> Frame:
    planes = []
    for plane, step in steps_of(frame):
        height, width = plane.shape
        middle_x, middle_y = (frame.width - 1) / 2 / step, ((frame.height - 1) / 2 - (step - 1) / 2) / step
        columns = places(width, middle_x - middle_x / scale, 1 / scale)
        planes.append(resampled(plane, columns, places(height, middle_y - middle_y / scale, 1 / scale)))
    return Frame(*planes)


class ChromaticAberration(Effect):
    """The colour fringes of a simple lens, growing towards the edges."""

    name: ClassVar[str] = "basics.chromatic_aberration"
    steady: ClassVar[bool] = True

    amount: float = Field(0.6, ge=0, le=10, description="How much larger red is than blue, percent.")

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        # Red grows and blue keeps its size: nothing from outside the picture is needed.
        red, green = _scaled(frame, 1 + self.amount / 100), _scaled(frame, 1 + self.amount / 200)
        return parted(frame, red, green, frame)


@lru_cache(maxsize=8)
def _radii(width: int, height: int, left: int, top: int) -> NDArray[np.uint16]:
    """Return each pixel's distance from a point in half pixels."""
    across, down = np.arange(width) - left, np.arange(height) - top
    far = np.sqrt((across * across)[None, :] + (down * down)[:, None]) * 2
    radii = np.floor(far + 0.5).astype(np.uint16)
    radii.setflags(write=False)
    return radii


class Bent(Effect):
    """A picture that is scaled and rotated around a centre, depending on the distance from it."""

    premultiplied: ClassVar[bool] = True

    x: float = Field(0.5, ge=0, le=1, description="Centre of the bend, 0 (left) to 1 (right).")
    y: float = Field(0.5, ge=0, le=1, description="Centre of the bend, 0 (top) to 1 (bottom).")

    @abstractmethod
    def bend(self, radius_px: Real, frame: Frame, at: Moment) -> tuple[Real, Real]:
        """Return the scale of the offset from the centre (0 to 2), and its rotation in turns, for distances."""

    def tables(self, frame: Frame, at: Moment) -> tuple[Index, Index, int, int]:
        """Return scale times cosine and sine of the rotation by distance in half pixels, in 1/8192, and the centre."""
        left, top = round((frame.width - 1) * self.x), round((frame.height - 1) * self.y)
        corner_x, corner_y = max(left, frame.width - 1 - left), max(top, frame.height - 1 - top)
        far = math.ceil(math.sqrt(corner_x**2 + corner_y**2) * 2) + 2
        scale, turns = self.bend(np.arange(far) / 2, frame, at)
        scale = np.clip(scale, 0, 1.999) * 8192
        cosines = np.floor(scale * sine(turns + 0.25) + 0.5).astype(np.int32)
        return cosines, np.floor(scale * sine(turns) + 0.5).astype(np.int32), left, top

    def apply(self, frame: Frame, at: Moment) -> Frame:
        from farm_basics.remap_kernels import remap_radial

        cosines, sines, left, top = self.tables(frame, at)
        radii = _radii(frame.width, frame.height, left, top)
        bits = 4 if max(frame.width, frame.height) <= 4096 else 2
        planes = []
        for plane in frame.planes():
            out = np.empty_like(plane)
            step = 1 if plane.shape == frame.y.shape else 2
            remap_radial(plane, radii, cosines, sines, left << bits, top << bits, bits, step, out)
            planes.append(out)
        return Frame(*planes)


@lru_cache(maxsize=4)
def _maps(effect: BentForGood, width: int, height: int) -> tuple[Index, Index]:
    """Return the coordinates, in 1/256 pixel, at which each pixel samples the picture."""
    frame = Frame.empty(width, height, alpha=False)
    cosines, sines, left, top = effect.tables(frame, Moment(0, 1, Fraction(1)))
    radii = _radii(width, height, left, top)
    c, s = cosines.astype(np.int64)[radii], sines.astype(np.int64)[radii]
    across, down = np.arange(width)[None, :] - left, np.arange(height)[:, None] - top
    xs = (((across * c - down * s) + 16) >> 5).astype(np.int32) + np.int32(left << 8)
    ys = (((across * s + down * c) + 16) >> 5).astype(np.int32) + np.int32(top << 8)
    for one in (xs, ys):
        one.setflags(write=False)
    return xs, ys


class BentForGood(Bent):
    """A picture bent independently of the time: its maps are made once, which halves the time per frame."""

    steady: ClassVar[bool] = True

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        from farm_basics.remap_kernels import remap_chroma, remap_plane

        xs, ys = _maps(self, frame.width, frame.height)
        planes = []
        for plane in frame.planes():
            out = np.empty_like(plane)
            if plane.shape == frame.y.shape:
                remap_plane(plane, xs, ys, out)
            else:
                remap_chroma(plane, xs, ys, out)
            planes.append(out)
        return Frame(*planes)


class LensDistortion(BentForGood):
    """The bent lines of a wide-angle lens."""

    name: ClassVar[str] = "basics.lens_distortion"

    kind: Literal["barrel", "pincushion", "fisheye"] = Field("barrel", description="How lines are bent.")
    amount: float = Field(0.35, ge=0, le=1, description="Strength of the bend; 0 leaves lines straight.")

    def apply(self, frame: Frame, at: Moment) -> Frame:
        # The map of a fisheye is a fraction of a pixel off even then.
        return frame if self.amount <= 0 else super().apply(frame, at)

    def bend(self, radius_px: Real, frame: Frame, at: Moment) -> tuple[Real, Real]:  # noqa: ARG002
        far = radius_px / max(1.0, math.sqrt(frame.width**2 + frame.height**2) / 2)
        # Scaled such that the corners of the result show the corners of the picture: nothing outside is needed.
        if self.kind == "barrel":
            scale = (1 + self.amount * far * far) / (1 + self.amount)
        elif self.kind == "pincushion":
            scale = 1 - self.amount * 0.4 * far * far
        else:
            angle = max(0.05, 1.3 * self.amount)
            edge = math.tan(angle)
            near = [
                round(math.tan(angle * min(one, 1.1)) / edge * (1 << 24)) / (1 << 24) for one in far.tolist()
            ]
            scale = np.array(near) / np.maximum(far, 1e-9)
            scale[0] = scale[min(1, len(near) - 1)]
        return scale, np.zeros_like(radius_px)


class Swirl(BentForGood):
    """The picture is twisted around a centre."""

    name: ClassVar[str] = "basics.swirl"

    angle_deg: float = Field(
        90.0, ge=-1080, le=1080, description="How far the picture is turned at the centre."
    )
    radius: float = Field(
        60.0,
        ge=1,
        le=200,
        description="Distance from the centre where the twist ends, percent of the shorter side.",
    )

    def bend(self, radius_px: Real, frame: Frame, at: Moment) -> tuple[Real, Real]:  # noqa: ARG002
        share = np.clip(1 - radius_px / max(1.0, share_px(frame, self.radius)), 0, 1)
        return np.ones_like(radius_px), self.angle_deg / 360 * share * share * (3 - 2 * share)


class Ripple(Bent):
    """Rings run outwards as on water."""

    name: ClassVar[str] = "basics.ripple"

    amount: float = Field(1.2, ge=0, le=10, description="Height of the waves, percent of the shorter side.")
    length: float = Field(14.0, ge=2, le=200, description="Length of a wave, percent of the shorter side.")
    speed: float = Field(1.0, ge=-10, le=10, description="How many waves run outwards per second.")

    def bend(self, radius_px: Real, frame: Frame, at: Moment) -> tuple[Real, Real]:
        length_px = max(2.0, share_px(frame, self.length))
        wave = sine(radius_px / length_px - at.seconds * self.speed % 1)
        # Calm at the centre, where all directions meet.
        calm = np.minimum(1, radius_px / length_px)
        moved = radius_px + share_px(frame, self.amount) * wave * calm
        scale = np.maximum(moved, 0) / np.maximum(radius_px, 0.5)
        scale[:1] = 1  # chroma samples have an offset from the centre even there
        return scale, np.zeros_like(radius_px)
