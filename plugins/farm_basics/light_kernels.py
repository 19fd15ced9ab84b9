"""Pixel loops that lay light and colour over a picture; masks are uint8, 0 to 255."""

from __future__ import annotations

import numpy as np
from numba import njit, void
from numba.types import Array, int32, int64, uint8, uint16, uint32, uint64

from farm.plugin import on_cuda

_CUDA = "farm_basics.light_cuda_kernels"

_U8 = Array(uint8, 2, "C", readonly=True)
_U8_OUT = Array(uint8, 2, "C")
_U8_ROW = Array(uint8, 1, "C", readonly=True)
_U16_ROW = Array(uint16, 1, "C", readonly=True)
_I32_ROW = Array(int32, 1, "C", readonly=True)


@on_cuda(f"{_CUDA}:tint_by")
@njit(void(_U8, _U8, int64, int64, int64, _U8_OUT), cache=True, nogil=True)
def tint_by(src, mask, color, weight, step, out):  # type: ignore[no-untyped-def]
    """out = src + (color - src) * mask / 255 * weight / 256, the mask read at every ``step``-th row and column."""
    height, width = src.shape
    line = np.empty(width, np.uint8)
    goal, share = int32(color), int32(weight)
    for y in range(height):
        i, row = uint64(y), uint64(y * step)
        for x in range(width):
            line[uint64(x)] = mask[row, uint64(x * step)]
        for x in range(width):
            j = uint64(x)
            value = int32(src[i, j])
            # 257 / 65536 is 1 / 255; the mask times the weight has 16 bits.
            cover = int32(int32(int32(int32(line[j]) * share) * int32(257)) >> int32(16))
            more = int32(int32(int32(goal - value) * cover) + int32(128))
            out[i, j] = uint8(int32(value + int32(more >> int32(8))))


@on_cuda(f"{_CUDA}:screen_light")
@njit(void(_U8, _U8, int64, _U8_OUT), cache=True, nogil=True)
def screen_light(src, mask, weight, out):  # type: ignore[no-untyped-def]
    """Screen white light of mask / 255 * weight / 256 onto luma, clamped to 16 to 235."""
    height, width = src.shape
    share = int32(weight)
    for y in range(height):
        i = uint64(y)
        for x in range(width):
            j = uint64(x)
            value = min(max(int32(src[i, j]), int32(16)), int32(235))
            cover = int32(int32(int32(int32(mask[i, j]) * share) * int32(257)) >> int32(16))
            more = int32(int32(int32(int32(235) - value) * cover) + int32(128))
            out[i, j] = uint8(min(int32(value + int32(more >> int32(8))), int32(235)))


@on_cuda(f"{_CUDA}:tint_band")
@njit(void(_U8, _U8_ROW, _I32_ROW, int64, int64, _U8_OUT), cache=True, nogil=True)
def tint_band(src, profile, offsets, color, step, out):  # type: ignore[no-untyped-def]
    """out = src + (color - src) * profile / 255, the profile of row y being read from ``offsets[y]`` on."""
    height, width = src.shape
    line = np.empty(width, np.uint8)
    goal = int32(color)
    for y in range(height):
        i, start = uint64(y), uint64(offsets[y * step])
        for x in range(width):
            line[uint64(x)] = profile[start + uint64(x * step)]
        for x in range(width):
            j = uint64(x)
            value = int32(src[i, j])
            more = int32(int32(int32(int32(goal - value) * int32(line[j])) * int32(257)) + int32(32768))
            out[i, j] = uint8(int32(value + int32(more >> int32(16))))


@on_cuda(f"{_CUDA}:scale_rows")
@njit(void(_U8, _U16_ROW, int64, int64, _U8_OUT), cache=True, nogil=True)
def scale_rows(src, weights, step, zero, out):  # type: ignore[no-untyped-def]
    """out = zero + (src - zero) * weight / 256, with the weight (0 to 512) of every ``step``-th row, 16 to 240."""
    height, width = src.shape
    base = int32(zero)
    for y in range(height):
        i, weight = uint64(y), int32(weights[y * step])
        for x in range(width):
            j = uint64(x)
            value = int32(int32(int32(int32(src[i, j]) - base) * weight) + int32(128))
            value = int32(base + int32(value >> int32(8)))
            out[i, j] = uint8(min(max(value, int32(16)), int32(240)))


@on_cuda(f"{_CUDA}:divide_light")
@njit(void(_U8, _U8, _I32_ROW, _U8_OUT), cache=True, nogil=True)
def divide_light(src, blurred, reciprocals, out):  # type: ignore[no-untyped-def]
    """Divide luma by that of its surroundings: what is as bright as those becomes white.

    ``reciprocals`` has 65536 * 219 / light for each luma.
    """
    height, width = src.shape
    for y in range(height):
        i = uint64(y)
        for x in range(width):
            j = uint64(x)
            light = uint32(max(int32(int32(src[i, j]) - int32(16)), int32(0)))
            share = uint32(reciprocals[uint64(blurred[i, j])])
            value = uint32(uint64(light) * uint64(share) >> uint64(16))
            out[i, j] = uint8(min(value, uint32(219)) + uint32(16))


@on_cuda(f"{_CUDA}:light_up")
@njit(void(_U8, _U16_ROW, _U16_ROW, _U8_OUT), cache=True, nogil=True)
def light_up(like, across, down, out):  # type: ignore[no-untyped-def]  # noqa: ARG001
    """out = across * down / 256, at most 255: a soft spot of light as a mask; ``like`` is not read."""
    for y in range(out.shape[0]):
        i, share = uint64(y), uint32(down[y])
        for x in range(out.shape[1]):
            j = uint64(x)
            out[i, j] = uint8(min(uint32(uint32(uint32(across[j]) * share) >> uint32(8)), uint32(255)))
