"""Pixel loops on colour: rotated chroma, and channels that come from different pictures."""

from __future__ import annotations

import numpy as np
from numba import njit, void
from numba.types import Array, int32, int64, uint8, uint64

from farm.plugin import on_cuda

_CUDA = "farm_basics.colour_cuda_kernels"

_U8 = Array(uint8, 2, "C", readonly=True)
_U8_OUT = Array(uint8, 2, "C")

# BT.709 in units of 1/65536 of a luma level; chroma levels are 219/224 luma levels.
RED_LUMA, GREEN_LUMA, BLUE_LUMA = 13933, 46871, 4732
RED_OF_V, GREEN_OF_U, GREEN_OF_V, BLUE_OF_U = 100902, 12002, 29994, 118894
V_OF_RED, U_OF_BLUE = 42566, 36125
"""(224 / 219) / 1.5748 and / 1.8556."""


@on_cuda(f"{_CUDA}:turn_chroma")
@njit(void(_U8, _U8, int64, int64, _U8_OUT), cache=True, nogil=True)
def turn_chroma(u, v, of_u, of_v, out):  # type: ignore[no-untyped-def]
    """out = 128 + (u - 128) * of_u + (v - 128) * of_v, factors in 1/16384, clamped to 16 to 240."""
    a, b = int32(of_u), int32(of_v)
    for y in range(out.shape[0]):
        i = uint64(y)
        for x in range(out.shape[1]):
            j = uint64(x)
            total = int32(int32(int32(u[i, j]) - int32(128)) * a)
            total = int32(total + int32(int32(int32(v[i, j]) - int32(128)) * b))
            value = int32(int32(total + int32(8192)) >> int32(14))
            out[i, j] = uint8(min(max(int32(value + int32(128)), int32(16)), int32(240)))


@on_cuda(f"{_CUDA}:join_luma")
@njit(void(_U8, _U8, _U8, _U8, _U8, _U8, _U8, _U8_OUT), cache=True, nogil=True)
def join_luma(red_y, red_v, green_y, green_u, green_v, blue_y, blue_u, out):  # type: ignore[no-untyped-def]
    """Write the luma of a picture that has its red, green and blue from three others."""
    height, width = out.shape
    tone = np.empty(width, np.int32)
    for y in range(height):
        i, half = uint64(y), uint64(y // 2)
        for x in range(width // 2):
            j = uint64(x)
            # Products of two coefficients in 1/65536: 0.2126 * 1.5397 = 0.7152 * 0.4577 and 0.0722 * 1.8142.
            value = int32(int32(int32(red_v[half, j]) - int32(128)) * int32(21452))
            value = int32(value - int32(int32(int32(green_u[half, j]) - int32(128)) * int32(8584)))
            value = int32(value - int32(int32(int32(green_v[half, j]) - int32(128)) * int32(21452)))
            value = int32(value + int32(int32(int32(blue_u[half, j]) - int32(128)) * int32(8584)))
            tone[uint64(2 * x)] = value
            tone[uint64(2 * x + 1)] = value
        for x in range(width):
            j = uint64(x)
            value = int32(int32(red_y[i, j]) * int32(RED_LUMA))
            value = int32(value + int32(int32(green_y[i, j]) * int32(GREEN_LUMA)))
            value = int32(value + int32(int32(blue_y[i, j]) * int32(BLUE_LUMA)))
            value = int32(int32(int32(value + tone[j]) + int32(32768)) >> int32(16))
            out[i, j] = uint8(min(max(value, int32(16)), int32(235)))


@njit(int32(_U8, int64, int64), cache=True, nogil=True)
def _four(y, i, j):  # type: ignore[no-untyped-def]
    """Return the sum of the 2x2 luma pixels at a chroma pixel."""
    top, left = uint64(2 * i), uint64(2 * j)
    bottom, right = top + uint64(1), left + uint64(1)
    upper = int32(int32(y[top, left]) + int32(y[top, right]))
    return int32(upper + int32(int32(y[bottom, left]) + int32(y[bottom, right])))


@on_cuda(f"{_CUDA}:join_chroma")
@njit(void(_U8, _U8, _U8, _U8, _U8, _U8, _U8, int64, _U8_OUT), cache=True, nogil=True)
def join_chroma(red_y, red_v, green_y, green_u, green_v, blue_y, blue_u, is_red, out):  # type: ignore[no-untyped-def]
    """As :func:`join_luma`, the blue difference, or with ``is_red`` 1 the red difference."""
    for y in range(out.shape[0]):
        i = uint64(y)
        for x in range(out.shape[1]):
            j = uint64(x)
            # In 1/4 level; chroma times coefficients in 1/65536, so shifted by 14.
            red = _four(red_y, y, x) + ((int64(red_v[i, j]) - 128) * RED_OF_V >> 14)
            blue = _four(blue_y, y, x) + ((int64(blue_u[i, j]) - 128) * BLUE_OF_U >> 14)
            green = (int64(green_u[i, j]) - 128) * GREEN_OF_U + (int64(green_v[i, j]) - 128) * GREEN_OF_V
            green = _four(green_y, y, x) - (green >> 14)
            luma = red * RED_LUMA + green * GREEN_LUMA + blue * BLUE_LUMA >> 16
            if is_red == 1:
                value = 128 + ((red - luma) * V_OF_RED + 131072 >> 18)
            else:
                value = 128 + ((blue - luma) * U_OF_BLUE + 131072 >> 18)
            out[i, j] = min(max(value, 16), 240)
