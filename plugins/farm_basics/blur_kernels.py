"""Pixel loops of blurs: box averages of any width, and shrinking, of 8-bit planes.

A box of ``2 * radius + 1`` pixels is widened on both sides by ``fraction / 32`` of a pixel, so that a blur that grows
frame by frame grows evenly. Edge pixels are repeated outside. Spans are below 8,192.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit, void
from numba.types import Array, int64, uint8

from farm.plugin import on_cuda

_CUDA = "farm_basics.blur_cuda_kernels"

_U8 = Array(uint8, 2, "C", readonly=True)
_U8_OUT = Array(uint8, 2, "C")
NARROW: Final = 400
"""Spans below this are divided by a reciprocal in 1/2^24, in 32 bits, 0.1 of a level off at most; others by one in
1/2^32, in 64 bits, which takes twice as long."""


@on_cuda(f"{_CUDA}:average_rows")
@njit(void(_U8, int64, int64, _U8_OUT), cache=True, nogil=True)
def average_rows(src, radius, fraction, out):  # type: ignore[no-untyped-def]
    """Average each pixel with its neighbours in its row.

    Taking the difference of two prefix sums takes a third of the time of a running sum: only the additions are serial
    (0.4 ns per pixel).
    """
    height, width = src.shape
    span = 2 * radius + 1
    whole = span * 32 + 2 * fraction
    share = np.uint32(((1 << 24) + whole // 2) // whole)
    fine = np.uint64(((1 << 32) + whole // 2) // whole)
    more, rest = np.uint32(fraction), np.uint32(32 - fraction)
    # One pixel more on both sides, which is counted in part.
    sums = np.zeros(width + span + 3, np.uint32)
    reach = np.uint64(span + 1)
    for y in range(height):
        row = np.uint64(y)
        total = np.uint32(0)
        first, last = np.uint32(src[row, 0]), np.uint32(src[row, np.uint64(width - 1)])
        for x in range(radius + 2):
            total = np.uint32(total + first)
            sums[np.uint64(x + 1)] = total
        for x in range(1, width):
            total = np.uint32(total + np.uint32(src[row, np.uint64(x)]))
            sums[np.uint64(x + radius + 2)] = total
        for x in range(width + radius + 2, width + span + 2):
            total = np.uint32(total + last)
            sums[np.uint64(x)] = total
        if span < NARROW:
            for x in range(width):
                k = np.uint64(x)
                # The whole pixels, and the wider box that has one more at each end.
                within = np.uint32(sums[k + reach] - sums[k + np.uint64(1)])
                wider = np.uint32(sums[k + reach + np.uint64(1)] - sums[k])
                total = np.uint32(np.uint32(within * rest) + np.uint32(wider * more))
                out[row, k] = np.uint8(
                    np.uint32(np.uint32(total * share) + np.uint32(1 << 23)) >> np.uint32(24)
                )
        else:
            for x in range(width):
                k = np.uint64(x)
                within = np.uint32(sums[k + reach] - sums[k + np.uint64(1)])
                wider = np.uint32(sums[k + reach + np.uint64(1)] - sums[k])
                total = np.uint32(np.uint32(within * rest) + np.uint32(wider * more))
                out[row, k] = np.uint8(
                    np.uint64(np.uint64(total) * fine + np.uint64(1 << 31)) >> np.uint64(32)
                )


@on_cuda(f"{_CUDA}:average_columns")
@njit(void(_U8, int64, int64, _U8_OUT), cache=True, nogil=True)
def average_columns(src, radius, fraction, out):  # type: ignore[no-untyped-def]
    """Average each pixel with its neighbours in its column: a row of sums moves down (0.1 ns per pixel)."""
    height, width = src.shape
    span = 2 * radius + 1
    whole = span * 32 + 2 * fraction
    share = np.uint32(((1 << 24) + whole // 2) // whole)
    fine = np.uint64(((1 << 32) + whole // 2) // whole)
    more = np.uint32(fraction)
    totals = np.empty(width, np.uint32)
    for x in range(width):
        totals[np.uint64(x)] = np.uint32(src[0, np.uint64(x)]) * np.uint32(radius + 1)
    for y in range(1, radius + 1):
        row = np.uint64(min(y, height - 1))
        for x in range(width):
            k = np.uint64(x)
            totals[k] = np.uint32(totals[k] + np.uint32(src[row, k]))
    for y in range(height):
        row, above = np.uint64(y), np.uint64(max(y - radius - 1, 0))
        enters, leaves = np.uint64(min(y + radius + 1, height - 1)), np.uint64(max(y - radius, 0))
        if span < NARROW:
            for x in range(width):
                k = np.uint64(x)
                ends = np.uint32(np.uint32(src[enters, k]) + np.uint32(src[above, k]))
                total = np.uint32(np.uint32(totals[k] * np.uint32(32)) + np.uint32(ends * more))
                out[row, k] = np.uint8(
                    np.uint32(np.uint32(total * share) + np.uint32(1 << 23)) >> np.uint32(24)
                )
                totals[k] = np.uint32(totals[k] + np.uint32(src[enters, k])) - np.uint32(src[leaves, k])
        else:
            for x in range(width):
                k = np.uint64(x)
                ends = np.uint32(np.uint32(src[enters, k]) + np.uint32(src[above, k]))
                total = np.uint32(np.uint32(totals[k] * np.uint32(32)) + np.uint32(ends * more))
                out[row, k] = np.uint8(
                    np.uint64(np.uint64(total) * fine + np.uint64(1 << 31)) >> np.uint64(32)
                )
                totals[k] = np.uint32(totals[k] + np.uint32(src[enters, k])) - np.uint32(src[leaves, k])


@on_cuda(f"{_CUDA}:shrink_plane")
@njit(void(_U8, int64, _U8_OUT), cache=True, nogil=True)
def shrink_plane(src, factor, out):  # type: ignore[no-untyped-def]
    """out[y, x] = mean of a square of ``factor`` (2 or 4) pixels; those beyond the edge repeat it."""
    height, width = src.shape
    sums = np.empty(out.shape[1] * factor, np.uint16)
    # Neighbours are added within wider words, so that all loads are contiguous (0.1 ns per pixel).
    pairs, fours = sums.view(np.uint32), sums[: sums.shape[0] // 4 * 4].view(np.uint64)
    low, mask = np.uint64(65535), np.uint64(0x0000FFFF0000FFFF)
    for y in range(out.shape[0]):
        sums[:] = 0
        for j in range(factor):
            row = np.uint64(min(y * factor + j, height - 1))
            for x in range(width):
                k = np.uint64(x)
                sums[k] = np.uint16(sums[k] + np.uint16(src[row, k]))
        for x in range(width, sums.shape[0]):
            sums[np.uint64(x)] = sums[np.uint64(width - 1)]
        top = np.uint64(y)
        if factor == 4:
            for x in range(out.shape[1]):
                k = np.uint64(x)
                four = fours[k]
                two = np.uint64((four & mask) + ((four >> np.uint64(16)) & mask))
                total = np.uint64((two & low) + (two >> np.uint64(32)))
                out[top, k] = np.uint8(np.uint64(total + np.uint64(8)) >> np.uint64(4))
        else:
            for x in range(out.shape[1]):
                k = np.uint64(x)
                pair = pairs[k]
                total = np.uint32((pair & np.uint32(65535)) + (pair >> np.uint32(16)))
                out[top, k] = np.uint8(np.uint32(total + np.uint32(2)) >> np.uint32(2))


@on_cuda(f"{_CUDA}:enlarge_plane")
@njit(void(_U8, int64, _U8_OUT), cache=True, nogil=True)
def enlarge_plane(src, factor, out):  # type: ignore[no-untyped-def]
    """Undo :func:`shrink_plane`: ``factor`` (2 or 4) times as large, bilinear, samples being the middles of squares.

    All weights are eighths, so that 16 bits suffice. The pixels of a square are packed into one word, which is stored
    at once: 0.15 ns per pixel, ``resample`` takes 0.8 ns for such factors.
    """
    rows, columns = src.shape
    height, width = out.shape
    line = np.empty(columns + 2, np.uint16)
    packed, pairs = np.empty(columns, np.uint32), np.empty(columns, np.uint16)
    row = packed.view(np.uint8) if factor == 4 else pairs.view(np.uint8)
    step = 8 // factor
    half = np.uint16(32)
    for y in range(height):
        # Eighths of a sample below the middle of the square above, less 4.
        place = (2 * (y % factor) + 1) * step // 2 - 4
        near = y // factor
        other = np.uint64(min(max(near + (1 if place > 0 else -1), 0), rows - 1))
        here = np.uint64(near)
        w = np.uint16(abs(place))
        v = np.uint16(8 - abs(place))
        for x in range(columns):
            k = np.uint64(x)
            line[k + np.uint64(1)] = np.uint16(np.uint16(src[here, k]) * v) + np.uint16(
                np.uint16(src[other, k]) * w
            )
        line[0], line[np.uint64(columns + 1)] = line[1], line[np.uint64(columns)]
        if factor == 4:
            for x in range(columns):
                k = np.uint64(x)
                a, b, c = line[k], line[k + np.uint64(1)], line[k + np.uint64(2)]
                first = np.uint16(np.uint16(np.uint16(a * np.uint16(3)) + np.uint16(b * np.uint16(5))) + half)
                second = np.uint16(np.uint16(a + np.uint16(b * np.uint16(7))) + half)
                third = np.uint16(np.uint16(c + np.uint16(b * np.uint16(7))) + half)
                fourth = np.uint16(
                    np.uint16(np.uint16(c * np.uint16(3)) + np.uint16(b * np.uint16(5))) + half
                )
                word = np.uint32(first >> np.uint16(6)) | np.uint32(
                    np.uint32(second >> np.uint16(6)) << np.uint32(8)
                )
                word |= np.uint32(np.uint32(third >> np.uint16(6)) << np.uint32(16))
                packed[k] = np.uint32(word | np.uint32(np.uint32(fourth >> np.uint16(6)) << np.uint32(24)))
        else:
            for x in range(columns):
                k = np.uint64(x)
                a, b, c = line[k], line[k + np.uint64(1)], line[k + np.uint64(2)]
                middle = np.uint16(np.uint16(b * np.uint16(6)) + half)
                first = np.uint16(middle + np.uint16(a * np.uint16(2))) >> np.uint16(6)
                second = np.uint16(middle + np.uint16(c * np.uint16(2))) >> np.uint16(6)
                pairs[k] = np.uint16(first | np.uint16(second << np.uint16(8)))
        target = np.uint64(y)
        for x in range(width):
            out[target, np.uint64(x)] = row[np.uint64(x)]
