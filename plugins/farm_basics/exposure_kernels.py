"""Pixel loops of light: sums of two pictures, and soft spots of a colour. Integers of 32 bits, vectorised."""

from __future__ import annotations

import numpy as np
from numba import njit, void
from numba.types import Array, int32, int64, uint8

from farm.plugin import on_cuda

_CUDA = "farm_basics.exposure_cuda_kernels"

_U8 = Array(uint8, 2, "C", readonly=True)
_U8_OUT = Array(uint8, 2, "C")
_LINE = Array(int32, 1, "C", readonly=True)


@on_cuda(f"{_CUDA}:add_planes")
@njit(void(_U8, _U8, int64, int64, int64, int64, int64, _U8_OUT), cache=True, nogil=True)
def add_planes(old, new, before, after, zero, low, high, out):  # type: ignore[no-untyped-def]
    """out = zero + (old - zero) * before / 256 + (new - zero) * after / 256, from ``low`` to ``high``."""
    height, width = old.shape
    one, two = np.int32(before), np.int32(after)
    base, least, most = np.int32(zero), np.int32(low), np.int32(high)
    for y in range(height):
        row = np.uint64(y)
        for x in range(width):
            k = np.uint64(x)
            light = np.int32(np.int32(np.int32(old[row, k]) - base) * one)
            light = np.int32(light + np.int32(np.int32(np.int32(new[row, k]) - base) * two))
            value = np.int32(base + np.int32(np.int32(light + np.int32(128)) >> np.int32(8)))
            out[row, k] = np.uint8(min(max(value, least), most))


@on_cuda(f"{_CUDA}:tint_spot")
@njit(void(_U8, _LINE, _LINE, int64, int64, int64, _U8_OUT), cache=True, nogil=True)
def tint_spot(alpha, across, down, strength, color, opaque, out):  # type: ignore[no-untyped-def]
    """Mix a soft spot of a colour into a plane, in place.

    ``across`` and ``down`` hold the squared distances from its middle along rows and columns, 32768 at its rim; with q
    = 1 - their sum, the colour's share is q^2 * strength / 256. ``opaque`` 1 ignores ``alpha``.
    """
    height, width = out.shape
    goal, most = np.int32(color), np.int32(strength)
    whole = opaque == 1
    for y in range(height):
        row = np.uint64(y)
        left = np.int32(np.int32(32768) - down[row])
        if left <= 0:
            continue
        for x in range(width):
            k = np.uint64(x)
            q = max(np.int32(left - across[k]), np.int32(0))
            # 30 bits, then 15 and 8.
            share = np.int32(np.int32(q * q) >> np.int32(15))
            share = np.int32(np.int32(share * most) >> np.int32(8))
            light = goal
            if not whole:
                light = np.int32(
                    np.int32(np.int32(goal * np.int32(alpha[row, k])) + np.int32(127)) // np.int32(255)
                )
            value = np.int32(out[row, k])
            more = np.int32(np.int32(np.int32(light - value) * share) + np.int32(16384))
            out[row, k] = np.uint8(np.int32(value + np.int32(more >> np.int32(15))))
