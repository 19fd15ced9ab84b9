"""Transitions by motion blur: the camera zooms, spins or pans too fast for the eye to follow."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from farm.plugin import Ease, Frame, Plane
from farm_basics.canvas import Axis
from farm_basics.fades import ONE, Eased, eased, mix
from farm_basics.moves import enlarge, samples
from farm_basics.soften import shrink, soften, unshrink

Moved = Callable[[Plane, float], Plane]
"""A plane after a share of the motion during the exposure."""
_DOUBLINGS = 4
"""Every doubling mixes the exposure so far with itself, moved on: 16 moments for the cost of four."""


def _zoomed(plane: Plane, scale: float) -> Plane:
    """Return a plane enlarged, or made smaller with repeated edges, around its middle."""
    from farm.plugin import resample

    out = np.empty_like(plane)
    (height, width), step = plane.shape, round(ONE / scale)
    columns = samples(width, width, step, (width - 1) * (ONE - step) // 2)
    rows = samples(height, height, step, (height - 1) * (ONE - step) // 2)
    resample(out, plane, *columns, *rows, 0, 0)
    return out


def _spun(plane: Plane, angle: float, scale: float) -> Plane:
    """Return a plane turned clockwise about its middle and enlarged, with repeated edges."""
    from farm_basics.warp_kernels import FARTHEST, PITCH, warp_plane

    height, width = plane.shape
    x = np.arange(-(-width // PITCH) + 1) * PITCH - (width - 1) / 2
    y = (np.arange(-(-height // PITCH) + 1) * PITCH - (height - 1) / 2)[:, None]
    cos, sin = math.cos(angle) / scale, math.sin(angle) / scale

    def nodes(place: NDArray[np.float64]) -> NDArray[np.int32]:
        table = np.clip(np.floor(place * 256 + 0.5), -FARTHEST, FARTHEST).astype(np.int32)
        table.setflags(write=False)
        return table

    out = np.empty_like(plane)
    across, down = (width - 1) / 2 + x * cos + y * sin, (height - 1) / 2 - x * sin + y * cos
    warp_plane(plane, nodes(across), nodes(down), -1, width, 0, 0, width, height, out)
    return out


def _exposed(plane: Plane, moved: Moved) -> Plane:
    """Return the mean of a plane over the motion from a share of 0 to 1, made at a quarter of the size."""
    from farm_basics.kernels import mix_planes

    for doubling in range(_DOUBLINGS):
        later = moved(plane, 0.5 / 2**doubling)
        out = np.empty_like(plane)
        mix_planes(plane, later, ONE // 2, out)
        plane = out
    return plane


class _Smear(Eased):
    """The sharp picture fades into its motion blur, which hides the change, and back."""

    def blurred(self, old: Frame, new: Frame, share: float, weight: int) -> Frame:
        """Return the mixture of both pictures in motion, made at a quarter of the size, at full size."""
        from farm_basics.kernels import mix_planes

        planes = []
        for before, after in zip(old.planes(), new.planes(), strict=True):
            pair = []
            for plane, index in ((before, 0), (after, 1)):
                if weight != (0 if index else ONE):
                    pair.append(self.moving(shrink(plane, 4), share, index))
            if len(pair) == 2:
                mixed = np.empty_like(pair[0])
                mix_planes(pair[0], pair[1], weight, mixed)
                pair = [mixed]
            planes.append(unshrink(pair[0], 4, before))
        return Frame(*planes)

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        share = weight / ONE
        # Sharp in the first and last eighth, with the blur fading in.
        haze = min(1.0, min(share, 1 - share) / 0.14)
        # The change takes a fifth of the time, in the middle.
        change = eased("in-out-sine", (share - 0.4) / 0.2)
        if haze >= 1:
            return self.blurred(old, new, share, change)
        sharp = self.still(old if share < 0.5 else new, share)
        return mix(sharp, self.blurred(old, new, share, change), eased("in-out-sine", haze))

    @abstractmethod
    def moving(self, plane: Plane, share: float, index: int) -> Plane:
        """Return a small plane of the old (0) or new (1) picture, blurred by its motion."""

    @abstractmethod
    def still(self, frame: Frame, share: float) -> Frame:
        """Return the picture at the same place, sharp."""


class ZoomBlur(_Smear):
    """A rush forward: the old picture is torn outwards by the speed, the new one comes to rest."""

    name: ClassVar[str] = "basics.zoom_blur"

    amount: float = Field(1.0, ge=0.1, le=4, description="How far the camera rushes; 1 doubles the size.")
    ease: Ease = Field("in-out-sine", description="Easing of the transition.")

    def _scale(self, share: float, index: int) -> float:
        if index == 0:
            return 1 + self.amount * share * share * 2
        # The new picture comes from further away, and arrives before the blur is gone.
        return 1 - 0.5 * self.amount / (1 + self.amount) * max(0.0, 1 - share / 0.86) * 2

    def moving(self, plane: Plane, share: float, index: int) -> Plane:
        speed = self.amount * 0.5 * 4 * share * (1 - share)
        placed = _zoomed(plane, self._scale(share, index))
        return _exposed(placed, lambda one, part: _zoomed(one, 1 + speed * part))

    def still(self, frame: Frame, share: float) -> Frame:
        scale = self._scale(share, 0 if share < 0.5 else 1)
        return enlarge(frame, scale) if scale > 1 else frame


class Spin(_Smear):
    """The camera spins: the old picture whirls away, and the new one comes to rest upright."""

    name: ClassVar[str] = "basics.spin"

    angle_deg: float = Field(120.0, ge=10, le=720, description="How far each picture turns.")
    clockwise: bool = Field(True, description="Whether the camera spins clockwise.")
    ease: Ease = Field("in-out-sine", description="Easing of the transition.")

    def _pose(self, share: float, index: int, height: int, width: int) -> tuple[float, float]:
        left = share if index == 0 else 1 - share
        turn = math.radians(self.angle_deg) * 4 * left * left * left
        turn *= (1 if index == 0 else -1) * (1 if self.clockwise else -1)
        # Enlarged so that a small turn shows no corners; further on they are in the blur.
        lean = abs(math.sin(min(abs(turn), 0.5)))
        return turn, 1 + lean * max(height, width) / min(height, width) * 0.8

    def moving(self, plane: Plane, share: float, index: int) -> Plane:
        turn, scale = self._pose(share, index, *plane.shape)
        speed = math.radians(self.angle_deg) * 0.2 * 4 * share * (1 - share) * (1 if self.clockwise else -1)
        placed = _spun(plane, turn, scale)
        return _exposed(placed, lambda one, part: _spun(one, speed * part, 1.0))

    def still(self, frame: Frame, share: float) -> Frame:
        turn, scale = self._pose(share, 0 if share < 0.5 else 1, frame.height, frame.width)
        return Frame(*(_spun(plane, turn, scale) for plane in frame.planes()))


class Smear(Eased):
    """Both pictures are drawn out into streaks while one fades into the other."""

    name: ClassVar[str] = "basics.smear"

    axis: Axis = Field("across", description="Direction of the streaks.")
    length: float = Field(12.0, ge=0.1, le=60, description="Length of the streaks, percent of the side.")
    ease: Ease = Field("in-out-sine", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        share = 4 * weight * (ONE - weight) / (ONE * ONE)
        across = self.axis == "across"
        sigma = self.length / 100 * (old.width if across else old.height) * share * share
        change = eased("in-out-sine", (weight / ONE - 0.25) / 0.5)
        return soften(mix(old, new, change), sigma, rows=across, columns=not across)
