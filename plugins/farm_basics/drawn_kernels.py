"""Pixel loops of drawn and painted looks: edges, relief, dots and brush strokes."""

from __future__ import annotations

import numpy as np
from numba import njit, void
from numba.types import Array, int32, int64, uint8, uint16, uint32, uint64

from farm.plugin import on_cuda

_CUDA = "farm_basics.drawn_cuda_kernels"

_U8 = Array(uint8, 2, "C", readonly=True)
_U8_OUT = Array(uint8, 2, "C")
_U16 = Array(uint16, 2, "C", readonly=True)
_U32 = Array(uint32, 2, "C")


@on_cuda(f"{_CUDA}:find_edges")
@njit(void(_U8, int64, int64, _U8_OUT), cache=True, nogil=True)
def find_edges(src, floor, gain, out):  # type: ignore[no-untyped-def]
    """Write how steep a plane is: the larger part of Sobel's gradient plus half the smaller, less ``floor``.

    ``gain`` is in 1/256; results are 0 to 255.
    """
    height, width = src.shape
    lines = np.empty((3, width + 2), np.int32)
    lowest, share = int32(floor), int32(gain)
    for y in range(height):
        for k in range(3):
            i = uint64(min(max(y + k - 1, 0), height - 1))
            lines[k, 0], lines[k, width + 1] = src[i, 0], src[i, width - 1]
            for x in range(width):
                lines[uint64(k), uint64(x + 1)] = src[i, uint64(x)]
        a, b, c = uint64(0), uint64(1), uint64(2)
        for x in range(width):
            j, k, n = uint64(x), uint64(x + 1), uint64(x + 2)
            left = int32(int32(lines[a, j] + int32(lines[b, j] + lines[b, j])) + lines[c, j])
            right = int32(int32(lines[a, n] + int32(lines[b, n] + lines[b, n])) + lines[c, n])
            upper = int32(int32(lines[a, j] + int32(lines[a, k] + lines[a, k])) + lines[a, n])
            lower = int32(int32(lines[c, j] + int32(lines[c, k] + lines[c, k])) + lines[c, n])
            across, down = abs(int32(right - left)), abs(int32(lower - upper))
            steep = int32(max(across, down) + int32(min(across, down) >> int32(1)))
            value = int32(int32(max(int32(steep - lowest), int32(0)) * share) >> int32(8))
            out[uint64(y), j] = uint8(min(value, int32(255)))


@on_cuda(f"{_CUDA}:emboss_plane")
@njit(void(_U8, int64, int64, int64, int64, _U8_OUT), cache=True, nogil=True)
def emboss_plane(src, dx, dy, gain, ground, out):  # type: ignore[no-untyped-def]
    """out = ground + (src towards the light - src away from it) * gain / 256, clamped to 16 to 235."""
    height, width = src.shape
    share, base = int32(gain), int32(ground)
    reach = abs(dx)
    # A row with repeated edges: a test for them in the loop would prevent vectorisation.
    near, far = np.empty(width + 2 * reach, np.int32), np.empty(width + 2 * reach, np.int32)
    first, second = uint64(reach - dx), uint64(reach + dx)
    for y in range(height):
        i, upper, lower = (
            uint64(y),
            uint64(min(max(y - dy, 0), height - 1)),
            uint64(min(max(y + dy, 0), height - 1)),
        )
        near[:reach], near[reach + width :] = src[upper, 0], src[upper, width - 1]
        far[:reach], far[reach + width :] = src[lower, 0], src[lower, width - 1]
        for x in range(width):
            k = uint64(x + reach)
            near[k], far[k] = src[upper, uint64(x)], src[lower, uint64(x)]
        for x in range(width):
            j = uint64(x)
            value = int32(int32(near[j + first] - far[j + second]) * share)
            value = int32(base + int32(int32(value + int32(128)) >> int32(8)))
            out[i, j] = uint8(min(max(value, int32(16)), int32(235)))


@on_cuda(f"{_CUDA}:ink_by_screen")
@njit(void(_U8, _U16, int64, _U8_OUT), cache=True, nogil=True)
def ink_by_screen(luma, screen, gain, out):  # type: ignore[no-untyped-def]
    """Write the cover of ink (0 to 255) where luma is below a screen of thresholds; ``gain`` per level, in 1/16."""
    height, width = luma.shape
    share = int32(gain)
    for y in range(height):
        i = uint64(y)
        for x in range(width):
            j = uint64(x)
            below = int32(int32(screen[i, j]) - int32(luma[i, j]))
            value = int32(int32(128) + int32(int32(below * share) >> int32(4)))
            out[i, j] = uint8(min(max(value, int32(0)), int32(255)))


@njit(void(_U8, int64, int64, _U32, Array(uint32, 1, "C")), cache=True, nogil=True)
def _box_sums(src, size, squared, sums, totals):  # type: ignore[no-untyped-def]
    """Write sums over squares of ``size`` pixels from each position (less ``size - 1``) on, of values or squares."""
    height, width = src.shape
    reach = size - 1
    line = np.empty(width + 2 * reach, np.uint32)
    totals[:] = 0
    for y in range(-reach, height + reach):
        ahead, behind = uint64(min(max(y, 0), height - 1)), uint64(min(max(y - size, 0), height - 1))
        if y == -reach:
            for x in range(width):
                value = uint32(src[uint64(0), uint64(x)])
                value = uint32(value * value) if squared == 1 else value
                totals[uint64(x)] = uint32(value * uint32(reach))
            behind = uint64(0)
        first = y == -reach
        for x in range(width):
            j = uint64(x)
            more, less = uint32(src[ahead, j]), uint32(src[behind, j])
            if squared == 1:
                more, less = uint32(more * more), uint32(less * less)
            totals[j] = uint32(uint32(totals[j] + more) - (uint32(0) if first else less))
        for k in range(width + 2 * reach):
            line[uint64(k)] = totals[uint64(min(max(k - reach, 0), width - 1))]
        i = uint64(y + reach)
        for x in range(width + reach):
            sums[i, uint64(x)] = line[uint64(x)]
        for k in range(1, size):
            t = uint64(k)
            for x in range(width + reach):
                j = uint64(x)
                sums[i, j] = uint32(sums[i, j] + line[j + t])


@njit(void(_U8, _U8, _U8, int64, _U8_OUT, _U8_OUT, _U8_OUT), cache=True, nogil=True)
def paint(y, u, v, radius, y_out, u_out, v_out):  # type: ignore[no-untyped-def]
    """Kuwahara's filter: each pixel takes the mean of the most even of the four squares that meet at it.

    The planes have one size; evenness is that of luma. ``radius`` is at most 15, so that sums have 32 bits.
    """
    height, width = y.shape
    size, reach = radius + 1, radius
    shape = (height + 2 * reach, width + reach)
    sums, squares = np.empty(shape, np.uint32), np.empty(shape, np.uint32)
    totals = np.empty(width, np.uint32)
    choice = np.empty((height, width), np.uint8)
    best = np.empty(width, np.uint32)
    count = uint32(size * size)
    _box_sums(y, size, 0, sums, totals)
    _box_sums(y, size, 1, squares, totals)
    for row in range(height):
        i = uint64(row)
        best[:] = uint32(0xFFFFFFFF)
        for corner in range(4):
            top, left = uint64(row + reach * (1 + corner // 2)), uint64(reach * (corner % 2))
            mark = uint8(corner)
            for x in range(width):
                j = uint64(x)
                total = sums[top, left + j]
                spread = uint32(uint32(count * squares[top, left + j]) - uint32(total * total))
                choice[i, j] = mark if spread < best[j] else choice[i, j]
                best[j] = min(best[j], spread)
    share = uint32(((1 << 24) + int64(count) // 2) // int64(count))
    for plane in range(3):
        src, out = (y, y_out) if plane == 0 else ((u, u_out) if plane == 1 else (v, v_out))
        if plane > 0:
            _box_sums(src, size, 0, sums, totals)
        for row in range(height):
            i = uint64(row)
            for corner in range(4):
                top, left = uint64(row + reach * (1 + corner // 2)), uint64(reach * (corner % 2))
                mark = uint8(corner)
                for x in range(width):
                    j = uint64(x)
                    best[j] = sums[top, left + j] if choice[i, j] == mark else best[j]
            for x in range(width):
                j = uint64(x)
                mean = uint32(uint32(uint32(best[j] * share) + uint32(1 << 23)) >> uint32(24))
                out[i, j] = uint8(min(mean, uint32(255)))


@on_cuda(f"{_CUDA}:darker")
@njit(void(_U8, _U8, int64, _U8_OUT), cache=True, nogil=True)
def darker(drawn, shade, weight, out):  # type: ignore[no-untyped-def]
    """out = drawn less what ``shade`` is darker than white, times weight / 256; 16 to 235."""
    height, width = drawn.shape
    share = int32(weight)
    for y in range(height):
        i = uint64(y)
        for x in range(width):
            j = uint64(x)
            less = int32(int32(int32(int32(235) - int32(shade[i, j])) * share) >> int32(8))
            out[i, j] = uint8(min(max(int32(int32(drawn[i, j]) - less), int32(16)), int32(235)))


@on_cuda(f"{_CUDA}:cover_by")
@njit(void(_U8, _U8, int64, int64, _U8_OUT), cache=True, nogil=True)
def cover_by(ink, mask, paper, step, out):  # type: ignore[no-untyped-def]
    """out = paper + (ink - paper) * mask / 255; at half resolution (``step`` 2) with the mean of four masks."""
    height, width = ink.shape
    line = np.empty(width, np.int32)
    ground = int32(paper)
    for y in range(height):
        i, top, bottom = uint64(y), uint64(y * step), uint64(y * step + step - 1)
        for x in range(width):
            left, right = uint64(x * step), uint64(x * step + step - 1)
            total = int32(int32(mask[top, left]) + int32(mask[top, right]))
            total = int32(total + int32(int32(mask[bottom, left]) + int32(mask[bottom, right])))
            line[uint64(x)] = total
        for x in range(width):
            j = uint64(x)
            more = int32(int32(int32(int32(ink[i, j]) - ground) * line[j]) * int32(257))
            out[i, j] = uint8(int32(ground + int32(int32(more + int32(131072)) >> int32(18))))
