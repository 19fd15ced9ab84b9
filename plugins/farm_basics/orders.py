"""Orders: when each pixel of a transition changes, as planes that are made once per size and parameters.

Positions are float64, made by + - * / sqrt and floor only, which IEEE 754 defines to the last bit; sines come from
tables of integers. The planes are the same on every machine.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from farm.plugin import Frame
from farm_basics.canvas import Direction
from farm_basics.fades import ONE, Eased

Real = NDArray[np.float64]
Whole = NDArray[np.int64]

LAST: Final = 32767
"""The order of the pixels that change last."""
_SINES: Final = np.array([round(65536 * math.sin(2 * math.pi * i / 1024)) for i in range(1025)], np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """When each pixel changes, 0 to :data:`LAST`."""

    full: NDArray[np.uint16]
    """At the resolution of luma."""
    half: NDArray[np.uint16]
    """At the resolution of chroma."""


def order_from(when: Real, bounds: tuple[float, float] | None = None) -> Order:
    """Return the order for times on any scale: the earliest, or the lower bound, becomes 0, the last :data:`LAST`."""
    low, high = bounds or (float(when.min()), float(when.max()))
    span = high - low if high > low else 1.0
    full = np.floor((when - low) / span * LAST + 0.5).astype(np.uint16)
    # Taken at one pixel, not averaged, which would make seams where early pixels meet late ones.
    half = np.ascontiguousarray(full[::2, ::2])
    full.setflags(write=False)  # on a GPU, constant arrays are uploaded once
    half.setflags(write=False)
    return Order(full, half)


class Ordered(Eased):
    """A transition that changes the pixels one after another."""

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        ramp = self.ramp(old.width, old.height)
        # At 0 no pixel has begun to change, at the end all have finished.
        edge = (LAST + ramp) * weight // ONE
        return reveal(old, new, order_of(self, old.width, old.height), edge, ramp)

    def ramp(self, width: int, height: int) -> int:
        """Return how long a pixel takes to change, of :data:`LAST`."""
        soft = getattr(self, "softness", 0.0)
        # At least about one pixel and a half of the longer side: edges are smooth at no cost.
        return max(1, round(soft * LAST), 3 * LAST // (2 * max(width, height)))

    @abstractmethod
    def arrival(self, width: int, height: int) -> Real:
        """Return when each pixel changes, on any scale, shape (height, width)."""


@lru_cache(maxsize=4)
def order_of(kind: Ordered, width: int, height: int) -> Order:
    """Return the order of a transition at a size."""
    return order_from(kind.arrival(width, height))


def reveal(old: Frame, new: Frame, order: Order, edge: int, ramp: int) -> Frame:
    """Return the new picture where a front, ``ramp`` wide, has passed, and the old one before it."""
    from farm_basics.order_kernels import mix_ordered

    out = old.blank(alpha=not old.opaque)
    for a, b, target in zip(old.planes(), new.planes(), out.planes(), strict=True):
        when = order.full if a.shape == order.full.shape else order.half
        mix_ordered(a, b, when, edge, ramp, target)
    return out


def centred(width: int, height: int, x: float = 0.5, y: float = 0.5) -> tuple[Real, Real]:
    """Return each pixel's distance from a point, to the right and down, in pixels."""
    across = np.arange(width, dtype=np.float64)[None, :] + (0.5 - width * x)
    down = np.arange(height, dtype=np.float64)[:, None] + (0.5 - height * y)
    return np.broadcast_to(across, (height, width)), np.broadcast_to(down, (height, width))


def along(width: int, height: int, direction: Direction) -> tuple[Real, Real]:
    """Return each pixel's place along the way in a direction and beside it, as shares of the way's length."""
    dx, dy = centred(width, height)
    place, beside = (dx / width, dy / width) if direction in ("left", "right") else (dy / height, dx / height)
    return (-place if direction in ("left", "up") else place), beside


def turns(dx: Real, dy: Real) -> Real:
    """Return the angle of each direction, clockwise from upwards, 0 to 1 (Abramowitz and Stegun 4.4.49)."""
    long, short = np.maximum(np.abs(dx), np.abs(dy)), np.minimum(np.abs(dx), np.abs(dy))
    t = short / np.maximum(long, 1e-9)
    s = t * t
    total = np.full_like(t, 0.0028662257)
    for factor in (
        -0.0161657367, 0.0429096138, -0.0752896400, 0.1065626393, -0.1420889944, 0.1999355085, -0.3333314528, 1.0,
    ):  # fmt: skip
        total = total * s + factor
    angle = total * t / (2 * math.pi)
    # From the nearest axis to the vertical one, then to the half and the side.
    angle = np.where(np.abs(dx) > np.abs(dy), 0.25 - angle, angle)
    angle = np.where(dy > 0, 0.5 - angle, angle)
    angle = np.where(dx < 0, 1 - angle, angle)
    return np.asarray(np.where(angle >= 1, 0.0, angle))


def sine(turn: Real) -> Real:
    """Return the sine of angles in whole turns."""
    place = (turn - np.floor(turn)) * 1024
    index = np.minimum(place.astype(np.int64), 1023)
    return np.asarray((_SINES[index] + (_SINES[index + 1] - _SINES[index]) * (place - index)) / 65536)


def hashed(column: Whole, row: Whole | int, seed: int) -> Real:
    """Return a number from 0 to 1 for each cell: MurmurHash3's finalizer."""
    h = (column * 0x9E3779B1 + row * 0x85EBCA77 + seed * 0xC2B2AE3D) & 0xFFFFFFFF
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        h = h ^ (h >> shift)
        # In halves: the product would exceed 63 bits.
        h = (h * (factor & 0xFFFF) + (((h * (factor >> 16)) & 0xFFFF) << 16)) & 0xFFFFFFFF
    return (h ^ (h >> 16)).astype(np.float64) / 4294967296


def noise(width: int, height: int, cell_x: float, cell_y: float, seed: int) -> Real:
    """Return smooth noise, 0 to 1, with one random value every ``cell_x`` by ``cell_y`` pixels."""
    x, y = np.arange(width) / max(cell_x, 1.0), np.arange(height) / max(cell_y, 1.0)
    left, top = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    fx, fy = x - left, y - top
    fx, fy = fx * fx * (3 - 2 * fx), (fy * fy * (3 - 2 * fy))[:, None]
    lattice = hashed(np.arange(left[-1] + 2)[None, :], np.arange(top[-1] + 2)[:, None], seed)
    lines = lattice[top] + (lattice[top + 1] - lattice[top]) * fy
    before, after = lines[:, left], lines[:, left + 1]
    return np.asarray(before + (after - before) * fx)


def fractal(width: int, height: int, cell: float, octaves: int, seed: int) -> Real:
    """Return noise of several sizes, each half as large and half as strong as the one before, about 0 to 1."""
    total, strength, whole = np.zeros((height, width)), 1.0, 0.0
    for octave in range(octaves):
        size = cell / 2**octave
        total += noise(width, height, size, size, seed + octave * 101) * strength
        whole += strength
        strength /= 2
    return total / whole


def even(when: Real) -> Real:
    """Return the times spread so that equal areas change in equal times."""
    levels = np.floor((when - when.min()) / max(float(when.max() - when.min()), 1e-9) * 4095).astype(np.int64)
    share = np.cumsum(np.bincount(levels.ravel(), minlength=4096)).astype(np.float64) / levels.size
    # Within a level, interpolated, so that smooth noise stays smooth.
    fine = (when - when.min()) / max(float(when.max() - when.min()), 1e-9) * 4095 - levels
    before = np.concatenate([[0.0], share])[levels]
    return np.asarray(before + (share[levels] - before) * fine)
