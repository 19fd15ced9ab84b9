"""Pixel loops of effects on pictures with transparent parts: alphas joined, and colours taken off a ground."""

from __future__ import annotations

import numpy as np
from numba import njit, void
from numba.types import Array, int32, int64, uint8, uint64

from farm.plugin import on_cuda

_CUDA = "farm_basics.layer_cuda_kernels"

_U8 = Array(uint8, 2, "C", readonly=True)
_U8_OUT = Array(uint8, 2, "C")
_I32_ROW = Array(int32, 1, "C", readonly=True)


@on_cuda(f"{_CUDA}:larger")
@njit(void(_U8, _U8, _U8_OUT), cache=True, nogil=True)
def larger(one, other, out):  # type: ignore[no-untyped-def]
    """out = the larger of both."""
    for y in range(out.shape[0]):
        i = uint64(y)
        for x in range(out.shape[1]):
            j = uint64(x)
            out[i, j] = max(one[i, j], other[i, j])


@on_cuda(f"{_CUDA}:lift_off")
@njit(void(_U8, _U8, _U8, _I32_ROW, int64, _U8_OUT), cache=True, nogil=True)
def lift_off(src, ground, alpha, reciprocals, high, out):  # type: ignore[no-untyped-def]
    """out = ground + (src - ground) * 255 / alpha, 16 to ``high``: a colour without the ground that is below it.

    ``reciprocals`` has 4096 * 255 / alpha.
    """
    most = int32(high)
    for y in range(out.shape[0]):
        i = uint64(y)
        for x in range(out.shape[1]):
            j = uint64(x)
            below = int32(ground[i, j])
            apart = int32(int32(int32(src[i, j]) - below) * reciprocals[uint64(alpha[i, j])])
            value = int32(below + int32(int32(apart + int32(2048)) >> int32(12)))
            out[i, j] = uint8(min(max(value, int32(16)), most))


@on_cuda(f"{_CUDA}:brightest")
@njit(void(_U8, _U8, _U8, _U8_OUT), cache=True, nogil=True)
def brightest(y, u, v, out):  # type: ignore[no-untyped-def]
    """Write the largest of red, green and blue, 16 to 235; coefficients are BT.709's in 1/65536 of a luma level."""
    height, width = out.shape
    tone = np.empty(width, np.int32)
    for row in range(height):
        i, half = uint64(row), uint64(row // 2)
        for x in range(width // 2):
            j = uint64(x)
            blue_difference = int32(int32(u[half, j]) - int32(128))
            red_difference = int32(int32(v[half, j]) - int32(128))
            red, blue = int32(red_difference * int32(100902)), int32(blue_difference * int32(118894))
            green = int32(int32(blue_difference * int32(-12002)) - int32(red_difference * int32(29994)))
            most = int32(int32(max(red, max(green, blue)) + int32(32768)) >> int32(16))
            tone[uint64(2 * x)], tone[uint64(2 * x + 1)] = most, most
        for x in range(width):
            j = uint64(x)
            out[i, j] = uint8(min(max(int32(int32(y[i, j]) + tone[j]), int32(16)), int32(235)))
