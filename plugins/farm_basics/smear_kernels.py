"""Pixel loops of blurs that have a direction or a shape."""

from __future__ import annotations

import numpy as np
from numba import njit, void
from numba.types import Array, int32, int64, uint8, uint16, uint32, uint64

from farm.plugin import on_cuda

_CUDA = "farm_basics.smear_cuda_kernels"

_U8 = Array(uint8, 2, "C", readonly=True)
_U8_OUT = Array(uint8, 2, "C")
_I32_ROW = Array(int32, 1, "C", readonly=True)
_U16_ROW = Array(uint16, 1, "C", readonly=True)
_U16 = Array(uint16, 2, "C", readonly=True)
_U16_OUT = Array(uint16, 2, "C")


@on_cuda(f"{_CUDA}:transpose")
@njit(void(_U8, _U8_OUT), cache=True, nogil=True)
def transpose(src, out):  # type: ignore[no-untyped-def]
    """out[x, y] = src[y, x], in tiles that stay in cache."""
    height, width = src.shape
    for top in range(0, height, 32):
        for left in range(0, width, 32):
            for x in range(left, min(left + 32, width)):
                for y in range(top, min(top + 32, height)):
                    out[uint64(x), uint64(y)] = src[uint64(y), uint64(x)]


@njit(void(_U8, int64, int64, uint32, Array(uint32, 1, "C")), cache=True, nogil=True)
def _add_row(src, y, left, sign, totals):  # type: ignore[no-untyped-def]
    """Add a row times ``sign`` (modulo 2^32), from line ``left`` on; its edge pixels go on outside."""
    width = src.shape[1]
    i = uint64(y)
    first, last = uint32(uint32(src[i, 0]) * sign), uint32(uint32(src[i, uint64(width - 1)]) * sign)
    for k in range(left):
        totals[uint64(k)] = uint32(totals[uint64(k)] + first)
    start = uint64(left)
    for x in range(width):
        j = uint64(x)
        totals[start + j] = uint32(totals[start + j] + uint32(uint32(src[i, j]) * sign))
    for k in range(left + width, totals.shape[0]):
        totals[uint64(k)] = uint32(totals[uint64(k)] + last)


@on_cuda(f"{_CUDA}:smear")
@njit(void(_U8, _I32_ROW, int64, _U8_OUT), cache=True, nogil=True)
def smear(src, offsets, radius, out):  # type: ignore[no-untyped-def]
    """Average of ``2 * radius + 1`` rows along lines that pass each row at a column shifted by its offset, 0 or more.

    Running sums of all lines at once, so that the cost does not depend on the radius.
    """
    height, width = src.shape
    span = 2 * radius + 1
    share = uint32(((1 << 24) + span // 2) // span)
    top = int64(0)
    for y in range(height):
        top = max(top, int64(offsets[y]))
    totals = np.zeros(width + top, np.uint32)
    for y in range(-radius, radius + 1):
        row = min(max(y, 0), height - 1)
        _add_row(src, row, top - int64(offsets[row]), uint32(1), totals)
    for y in range(height):
        i, start = uint64(y), uint64(top - int64(offsets[y]))
        for x in range(width):
            j = uint64(x)
            mean = uint32(uint32(uint32(totals[start + j] * share) + uint32(1 << 23)) >> uint32(24))
            out[i, j] = uint8(min(mean, uint32(255)))
        ahead, behind = min(y + radius + 1, height - 1), max(y - radius, 0)
        _add_row(src, ahead, top - int64(offsets[ahead]), uint32(1), totals)
        _add_row(src, behind, top - int64(offsets[behind]), uint32(0xFFFFFFFF), totals)


@njit(void(_U8, _U16_ROW, int64, _U8_OUT, _U16_OUT), cache=True, nogil=True)
def shrink_light(y, weights, factor, y_out, shares):  # type: ignore[no-untyped-def]
    """Average squares of ``factor`` pixels with weights (1 to 256) by luma; ``shares`` gets their mean weight.

    Small highlights would drown in a plain mean.
    """
    height, width = y.shape
    for row in range(y_out.shape[0]):
        bottom = min((row + 1) * factor, height)
        for column in range(y_out.shape[1]):
            right = min((column + 1) * factor, width)
            total, light = uint32(0), uint32(0)
            for i in range(row * factor, bottom):
                for j in range(column * factor, right):
                    value = uint32(y[uint64(i), uint64(j)])
                    weight = uint32(weights[uint64(value)])
                    total, light = uint32(total + weight), uint32(light + uint32(weight * value))
            count = uint32((bottom - row * factor) * (right - column * factor))
            y_out[uint64(row), uint64(column)] = uint8(uint32(light + uint32(total >> uint32(1))) // total)
            shares[uint64(row), uint64(column)] = uint16(total // count)


@njit(void(_U8, _U16, int64, int64, Array(uint32, 2, "C")), cache=True, nogil=True)
def _sum_up(plane, weights, radius, weighted, sums):  # type: ignore[no-untyped-def]
    """Write running sums of each row's weights, or of its values times their weights; edges are repeated."""
    height, width = plane.shape
    for y in range(height):
        i = uint64(y)
        total = uint32(0)
        sums[i, uint64(0)] = total
        for k in range(width + 2 * radius):
            x = uint64(min(max(k - radius, 0), width - 1))
            weight = uint32(weights[i, x])
            total = uint32(total + (uint32(weight * uint32(plane[i, x])) if weighted == 1 else weight))
            sums[i, uint64(k + 1)] = total


@njit(void(Array(uint32, 2, "C"), _I32_ROW, int64, Array(uint32, 1, "C")), cache=True, nogil=True)
def _add_shape(sums, spans, y, totals):  # type: ignore[no-untyped-def]
    """Add up the rows of a shape around row ``y``; ``spans`` has the half width of each."""
    height, width, radius = sums.shape[0], totals.shape[0], spans.shape[0] // 2
    totals[:] = 0
    for k in range(spans.shape[0]):
        i = uint64(min(max(y + k - radius, 0), height - 1))
        left, right = uint64(radius - spans[k]), uint64(radius + spans[k] + 1)
        for x in range(width):
            j = uint64(x)
            totals[j] = uint32(totals[j] + uint32(sums[i, j + right] - sums[i, j + left]))


@njit(void(_U8, _U8, _U8, _U16, _I32_ROW, _U8_OUT, _U8_OUT, _U8_OUT), cache=True, nogil=True)
def bokeh(y, u, v, weights, spans, y_out, u_out, v_out):  # type: ignore[no-untyped-def]
    """Weighted average over a shape, of three planes of one size; ``weights`` are 1 to 256.

    ``spans`` has the half width of each row of the shape, 0 to half the number of rows.
    """
    height, width = y.shape
    radius = spans.shape[0] // 2
    shares = np.empty((height, width + 2 * radius + 1), np.uint32)
    sums = np.empty_like(shares)
    all_of = np.empty((height, width), np.uint32)
    totals = np.empty(width, np.uint32)
    _sum_up(y, weights, radius, 0, shares)
    for row in range(height):
        _add_shape(shares, spans, row, totals)
        all_of[row] = totals
    for plane in range(3):
        src, out = (y, y_out) if plane == 0 else ((u, u_out) if plane == 1 else (v, v_out))
        _sum_up(src, weights, radius, 1, sums)
        for row in range(height):
            i = uint64(row)
            _add_shape(sums, spans, row, totals)
            for x in range(width):
                j = uint64(x)
                share = all_of[i, j]
                out[i, j] = uint8(uint32(totals[j] + uint32(share >> uint32(1))) // share)


@on_cuda(f"{_CUDA}:soft_light")
@njit(void(_U8, _U8, int64, _U8_OUT), cache=True, nogil=True)
def soft_light(src, blurred, weight, out):  # type: ignore[no-untyped-def]
    """Lay ``blurred`` over ``src`` in soft light (luma); ``weight`` 0 to 256. Black and white stay."""
    height, width = src.shape
    share = int32(weight)
    for y in range(height):
        i = uint64(y)
        for x in range(width):
            j = uint64(x)
            a = min(max(int32(src[i, j]) - int32(16), int32(0)), int32(219))
            b = min(max(int32(blurred[i, j]) - int32(16), int32(0)), int32(219))
            # a + (2b - 1) (a - a^2), in units of 219.
            bend = int32(int32(int32(a * int32(int32(219) - a)) * int32(299)) >> int32(16))
            more = int32(int32(bend * int32(int32(b + b) - int32(219))) * share)
            value = int32(a + int32(int32(more + int32(28032)) // int32(56064)))
            out[i, j] = uint8(min(max(int32(value + int32(16)), int32(16)), int32(235)))
