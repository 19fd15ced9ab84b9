"""Pixel loops of transitions by order: a plane says when each pixel changes, and a front passes through its values.

``when`` holds 0 to 32767, at the resolution of the plane it is used for. ``edge`` minus ``when`` is how far the front
has passed a pixel. There is no floating point, and no division in the loops.
"""

from __future__ import annotations

import numpy as np
from numba import njit, void
from numba.types import Array, int64, uint8, uint16

from farm.plugin import on_cuda

_CUDA = "farm_basics.order_cuda_kernels"

_U8 = Array(uint8, 2, "C", readonly=True)
_U8_OUT = Array(uint8, 2, "C")
_WHEN = Array(uint16, 2, "C", readonly=True)
_SHARES = Array(uint16, 1, "C", readonly=True)
_COLORS = Array(uint8, 1, "C", readonly=True)
_BLOCK = 64


@on_cuda(f"{_CUDA}:mix_ordered")
@njit(void(_U8, _U8, _WHEN, int64, int64, _U8_OUT), cache=True, nogil=True)
def mix_ordered(old, new, when, edge, ramp, out):  # type: ignore[no-untyped-def]
    """out = old + (new - old) * w / 256, w = (edge - when) * 256 / ramp, from 0 to 256; ``ramp`` is 1 to 65536."""
    height, width = old.shape
    # 32 bits suffice, which doubles the pixels per vector: a distance is at most the ramp.
    gain = np.int32((256 << 22) // ramp)
    front, widest = np.int32(edge), np.int32(ramp)
    for y in range(height):
        row = np.uint64(y)
        for x in range(width):
            k = np.uint64(x)
            past = min(max(np.int32(front - np.int32(when[row, k])), np.int32(0)), widest)
            w = np.uint16(np.int32(np.int32(past * gain) + np.int32(1 << 21)) >> np.int32(22))
            keep = np.uint16(np.uint16(256) - w)
            total = np.uint16(
                np.uint16(np.uint16(old[row, k]) * keep) + np.uint16(np.uint16(new[row, k]) * w)
            )
            out[row, k] = np.uint8(np.uint16(total + np.uint16(128)) >> np.uint16(8))


@on_cuda(f"{_CUDA}:tint_front")
@njit(void(_U8, _WHEN, int64, int64, _SHARES, _COLORS, int64, _U8_OUT), cache=True, nogil=True)
def tint_front(alpha, when, edge, span, shares, colors, opaque, out):  # type: ignore[no-untyped-def]
    """Colour the pixels that the front has passed by less than ``span``, in place.

    At a distance d, out += (color * alpha / 255 - out) * share / 256 with ``shares[i]`` and ``colors[i]``, i = 256 d /
    span; both tables have 256 entries. ``opaque`` 1 ignores ``alpha``.
    """
    height, width = out.shape
    scale = np.int64((256 << 16) // span)
    first, last = max(edge - span + 1, 0), max(edge, 0)
    low, high = np.uint16(min(first, 65535)), np.uint16(min(last, 65535))
    reach = np.uint16(high - low)
    if edge < 0 or high < low:
        return
    for y in range(height):
        row = np.uint64(y)
        for block in range(0, width, _BLOCK):
            stop = min(block + _BLOCK, width)
            # Most blocks lie outside the band: one vectorised look skips them, 0.1 ns per pixel.
            nearest = np.uint16(65535)
            for x in range(block, stop):
                nearest = min(nearest, np.uint16(when[row, np.uint64(x)] - low))
            if nearest > reach:
                continue
            for x in range(block, stop):
                k = np.uint64(x)
                if np.uint16(when[row, k] - low) > reach:
                    continue
                i = np.uint64(min((np.int64(edge) - np.int64(when[row, k])) * scale >> 16, 255))
                share = np.int64(shares[i])
                goal = np.int64(colors[i])
                if opaque != 1:
                    goal = (goal * np.int64(alpha[row, k]) + 127) // 255
                out[row, k] = (np.int64(out[row, k]) * (256 - share) + goal * share + 128) >> 8


@on_cuda(f"{_CUDA}:mix_by_luma")
@njit(void(_U8, _U8, _U8, _SHARES, int64, _U8_OUT), cache=True, nogil=True)
def mix_by_luma(old, new, guide, shares, step, out):  # type: ignore[no-untyped-def]
    """out = old + (new - old) * shares[guide] / 256, the guide read at every ``step``-th row and column."""
    height, width = old.shape
    stride = np.uint64(step)
    for y in range(height):
        row = np.uint64(y)
        for x in range(width):
            k = np.uint64(x)
            w = np.uint32(shares[np.uint64(guide[row * stride, k * stride])])
            total = np.uint32(np.uint32(old[row, k]) * np.uint32(np.uint32(256) - w))
            total = np.uint32(total + np.uint32(np.uint32(new[row, k]) * w))
            out[row, k] = np.uint8(np.uint32(total + np.uint32(128)) >> np.uint32(8))
