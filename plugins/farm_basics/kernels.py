"""Pixel loops of the basic effects and transitions: integer arithmetic on 8-bit planes, shape (height, width).

Every kernel works on one plane and writes only to its last argument, so it serves luma, chroma and alpha at either
resolution. Weights run from 0 to 65536 (one). Divisions round to nearest. There is no floating point, so that results
do not depend on the machine.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit, void
from numba.types import Array, boolean, int32, int64, uint8, uint16, uint32, uint64

from farm.plugin import on_cuda

_CUDA = "farm_basics.cuda_kernels"

_U8 = Array(uint8, 2, "C", readonly=True)
_U8_OUT = Array(uint8, 2, "C")
_LUT = Array(uint8, 1, "C", readonly=True)
_ROW = Array(uint16, 1, "C", readonly=True)
_U16 = Array(uint16, 2, "C", readonly=True)
_LUT_3D = Array(uint16, 2, "C", readonly=True)

_ONE = 65536
_HALF = 32768


@on_cuda(f"{_CUDA}:mix_planes")
@njit(void(_U8, _U8, int64, _U8_OUT), cache=True, nogil=True)
def mix_planes(old, new, weight, out):  # type: ignore[no-untyped-def]
    """out = old + (new - old) * weight."""
    height, width = old.shape
    rest = _ONE - weight
    for y in range(height):
        for x in range(width):
            out[y, x] = (old[y, x] * rest + new[y, x] * weight + _HALF) >> 16


@on_cuda(f"{_CUDA}:tint_plane")
@njit(void(_U8, _U8, int64, int64, int64, _U8_OUT), cache=True, nogil=True)
def tint_plane(plane, alpha, weight, color, opaque, out):  # type: ignore[no-untyped-def]
    """out = plane + (color * alpha / 255 - plane) * weight; ``opaque`` 1 ignores ``alpha``."""
    height, width = plane.shape
    # 32 bits suffice, and unsigned indices let the loops be vectorised: a tenth of the time.
    share, rest = uint32(weight), uint32(_ONE - weight)
    flat = uint32(uint32(color) * share + uint32(_HALF))
    for row in range(height):
        y = uint64(row)
        if opaque == 1:
            for column in range(width):
                x = uint64(column)
                out[y, x] = uint32(uint32(plane[y, x]) * rest + flat) >> uint32(16)
            continue
        for column in range(width):
            x = uint64(column)
            # An exact floor of (color * alpha + 127) / 255 for values below 65536.
            value = uint32(uint32(color) * uint32(alpha[y, x]) + uint32(127))
            goal = uint32(uint32(value + uint32(1)) + uint32(value >> uint32(8))) >> uint32(8)
            total = uint32(uint32(plane[y, x]) * rest + uint32(goal * share))
            out[y, x] = uint32(total + uint32(_HALF)) >> uint32(16)


@on_cuda(f"{_CUDA}:mix_masked")
@njit(void(_U8, _U8, _U16, int64, _U8_OUT), cache=True, nogil=True)
def mix_masked(old, new, mask, step, out):  # type: ignore[no-untyped-def]
    """out = old + (new - old) * mask / 256, the mask (0 to 256) read at every ``step``-th row and column."""
    height, width = old.shape
    line = np.empty(width, np.uint16)
    for y in range(height):
        i, row = uint64(y), uint64(y * step)
        for x in range(width):
            line[uint64(x)] = mask[row, uint64(x * step)]
        # 16 bits suffice: 255 * 256 + 128.
        for x in range(width):
            j = uint64(x)
            weight = line[j]
            total = uint16(uint16(old[i, j]) * uint16(uint16(256) - weight))
            total = uint16(total + uint16(uint16(new[i, j]) * weight))
            out[i, j] = uint8(uint16(total + uint16(128)) >> uint16(8))


@on_cuda(f"{_CUDA}:mix_striped")
@njit(void(_U8, _U8, _ROW, int64, boolean, _U8_OUT), cache=True, nogil=True)
def mix_striped(old, new, mask, step, across, out):  # type: ignore[no-untyped-def]
    """As :func:`mix_masked`, with one weight per column (``across``) or per row."""
    height, width = old.shape
    # Contiguous weights let the loop over a row be vectorised: 25 times as fast as strided reads.
    line = np.empty(width, np.uint16)
    if across:
        for x in range(width):
            line[x] = mask[x * step]
    for y in range(height):
        if not across:
            line[:] = mask[y * step]
        for x in range(width):
            weight = int64(line[x])
            out[y, x] = (old[y, x] * (256 - weight) + new[y, x] * weight + 128) >> 8


@on_cuda(f"{_CUDA}:map_plane")
@njit(void(_U8, _LUT, _U8_OUT), cache=True, nogil=True)
def map_plane(src, table, out):  # type: ignore[no-untyped-def]
    """out = table[src]; the table has 256 entries, uint8."""
    height, width = src.shape
    for y in range(height):
        for x in range(width):
            out[y, x] = table[src[y, x]]


@on_cuda(f"{_CUDA}:map_luma_to_chroma")
@njit(void(_U8, _LUT, _U8_OUT), cache=True, nogil=True)
def map_luma_to_chroma(luma, table, out):  # type: ignore[no-untyped-def]
    """out = table[mean of the 2x2 luma pixels above each chroma pixel]."""
    height, width = out.shape
    for y in range(height):
        for x in range(width):
            total = int64(luma[2 * y, 2 * x]) + luma[2 * y, 2 * x + 1]
            total += int64(luma[2 * y + 1, 2 * x]) + luma[2 * y + 1, 2 * x + 1]
            out[y, x] = table[(total + 2) >> 2]


@on_cuda(f"{_CUDA}:scale_masked")
@njit(void(_U8, _U16, int64, int64, _U8_OUT), cache=True, nogil=True)
def scale_masked(src, mask, step, zero, out):  # type: ignore[no-untyped-def]
    """out = zero + (src - zero) * mask / 256, the mask read at every ``step``-th row and column."""
    height, width = src.shape
    line = np.empty(width, np.uint16)
    base = int32(zero)
    for y in range(height):
        i, row = uint64(y), uint64(y * step)
        for x in range(width):
            line[uint64(x)] = mask[row, uint64(x * step)]
        for x in range(width):
            j = uint64(x)
            value = int32(int32(int32(src[i, j]) - base) * int32(line[j]))
            out[i, j] = uint8(int32(base + int32(int32(value + int32(128)) >> int32(8))))


@on_cuda(f"{_CUDA}:add_blurred_light")
@njit(void(_U8, _U8, int64, int64, _U8_OUT), cache=True, nogil=True)
def add_blurred_light(src, blurred, floor, weight, out):  # type: ignore[no-untyped-def]
    """Screen the light of ``blurred`` above ``floor`` onto ``src`` (luma, 16 to 235)."""
    height, width = src.shape
    lowest, share = int32(floor), int32(weight)
    for y in range(height):
        i = uint64(y)
        for x in range(width):
            j = uint64(x)
            light = int32(int32(max(int32(0), int32(int32(blurred[i, j]) - lowest)) * share) >> int32(16))
            light = min(int32(219), light)
            value = min(int32(235), max(int32(16), int32(src[i, j])))
            # A division by 219, exact up to 219 * 219.
            product = uint32(uint32(light) * uint32(int32(235) - value))
            added = uint32(uint32(product * uint32(76609)) >> uint32(24))
            out[i, j] = uint8(uint32(uint32(value) + added))


@on_cuda(f"{_CUDA}:add_difference")
@njit(void(_U8, _U8, int64, _U8_OUT), cache=True, nogil=True)
def add_difference(src, blurred, weight, out):  # type: ignore[no-untyped-def]
    """Unsharp mask: out = src + (src - blurred) * weight, clamped to 16 to 235."""
    height, width = src.shape
    share = int32(weight)
    for y in range(height):
        i = uint64(y)
        for x in range(width):
            j = uint64(x)
            value = int32(src[i, j])
            more = int32(int32(int32(value - int32(blurred[i, j])) * share) + int32(_HALF))
            value = int32(value + int32(more >> int32(16)))
            out[i, j] = uint8(min(int32(235), max(int32(16), value)))


@on_cuda(f"{_CUDA}:add_grain")
@njit(void(_U8, int64, int64, int64, _U8_OUT), cache=True, nogil=True)
def add_grain(src, seed, size, strength, out):  # type: ignore[no-untyped-def]
    """Add noise of up to ``strength`` levels to luma, strongest in the mid-tones, in grains of ``size`` pixels.

    The noise is a 32-bit integer hash of (column, row, seed): the finalizer of MurmurHash3. The sum of two samples has
    a triangular distribution.
    """
    height, width = src.shape
    columns = np.empty(width, np.uint32)
    for x in range(width):
        columns[x] = uint32((x // size) * 0x9E3779B1 & 0xFFFFFFFF)
    share = int32(strength)
    for y in range(height):
        i = uint64(y)
        row = uint32(((y // size) * 0x85EBCA77 + seed * 0xC2B2AE3D) & 0xFFFFFFFF)
        for x in range(width):
            j = uint64(x)
            h = uint32(columns[j] + row)
            h = uint32(h ^ uint32(h >> uint32(16)))
            h = uint32(h * uint32(0x85EBCA6B))
            h = uint32(h ^ uint32(h >> uint32(13)))
            h = uint32(h * uint32(0xC2B2AE35))
            h = uint32(h ^ uint32(h >> uint32(16)))
            noise = int32(int32(h & uint32(0xFF)) + int32(uint32(h >> uint32(8)) & uint32(0xFF)))
            value = int32(src[i, j])
            # A parabola over 16 to 235: 0 at black and white, 256 in the middle.
            middle = max(int32(0), int32(int32(value - int32(16)) * int32(int32(235) - value)))
            middle = int32(int32(middle * int32(5597)) >> int32(18))
            grain = int32(int32(int32(noise - int32(255)) * share) * middle)
            value = int32(value + int32(int32(grain + int32(_HALF)) >> int32(16)))
            out[i, j] = uint8(min(int32(235), max(int32(16), value)))


@on_cuda(f"{_CUDA}:average_blocks")
@njit(void(_U8, int64, _U8_OUT), cache=True, nogil=True)
def average_blocks(src, size, out):  # type: ignore[no-untyped-def]
    """Replace each square of ``size`` pixels by its mean: rows are summed in vectorised loops, 0.4 ns per pixel."""
    height, width = src.shape
    sums, line = np.empty(width, np.uint32), np.empty(width, np.uint8)
    for top in range(0, height, size):
        bottom = min(top + size, height)
        sums[:] = 0
        for y in range(top, bottom):
            row = uint64(y)
            for x in range(width):
                k = uint64(x)
                sums[k] = uint32(sums[k] + uint32(src[row, k]))
        for left in range(0, width, size):
            right = min(left + size, width)
            total = int64(0)
            for x in range(left, right):
                total += int64(sums[uint64(x)])
            count = (bottom - top) * (right - left)
            mean = uint8((total + count // 2) // count)
            for x in range(left, right):
                line[uint64(x)] = mean
        for y in range(top, bottom):
            row = uint64(y)
            for x in range(width):
                out[row, uint64(x)] = line[uint64(x)]


SHIFT: Final = 3
"""Binary logarithm of the chroma levels between the table's samples: 33 samples per axis, as LUTs usually have."""
STEP: Final = 1 << SHIFT
AXIS: Final = 256 // STEP + 1
"""Samples along each chroma axis."""
_CUBE_HALF: Final = 1 << (2 * SHIFT - 1)


ROWS: Final = 8192
"""Number of chroma pairs whose rows are cached while a frame is mapped; a photo has a few thousand."""


@njit(void(_LUT_3D, int64, int64, int64, uint8[:, ::1]), cache=True, nogil=True)
def _rows_of(lut, blue, red, weight, rows):  # type: ignore[no-untyped-def]
    """Write the mapped luma and chroma for every luma value of a chroma pair: three rows of 256."""
    i, j = blue >> SHIFT, red >> SHIFT
    wi, wj = blue & (STEP - 1), red & (STEP - 1)
    # 32 bits suffice: 255 * 256 * 64 is below 2^22, and 2^16 times 256 below 2^32.
    wa, wb = uint32((STEP - wi) * (STEP - wj)), uint32((STEP - wi) * wj)
    wd, we = uint32(wi * (STEP - wj)), uint32(wi * wj)
    share, rest = uint32(weight), uint32((256 - weight) * 256)
    for plane in range(3):
        a = (plane * AXIS + i) * AXIS + j
        here = uint32(0 if plane == 0 else blue if plane == 1 else red)
        step = uint32(1 if plane == 0 else 0)
        for k in range(256):
            luma = uint64(k)
            value = uint32(uint32(lut[a, luma] * wa) + uint32(lut[a + 1, luma] * wb))
            value = uint32(value + uint32(lut[a + AXIS, luma] * wd))
            value = uint32(value + uint32(lut[a + AXIS + 1, luma] * we))
            value = uint32(uint32(value + uint32(_CUBE_HALF)) >> uint32(2 * SHIFT))
            before = uint32(here + uint32(step * uint32(k)))
            value = uint32(uint32(value * share) + uint32(before * rest))
            rows[plane, luma] = uint32(value + uint32(32768)) >> uint32(16)


@on_cuda(f"{_CUDA}:map_lut_3d")
@njit(void(_U8, _U8, _U8, _LUT_3D, int64, _U8_OUT, _U8_OUT, _U8_OUT), cache=True, nogil=True)
def map_lut_3d(y, u, v, lut, weight, y_out, u_out, v_out):  # type: ignore[no-untyped-def]
    """Look colours up and mix them in with ``weight`` (0 to 256).

    ``lut[(plane * AXIS + i) * AXIS + j, l]`` holds 256 times the value that luma ``l`` with the chroma ``i * STEP``,
    ``j * STEP`` has in each plane; in between it is bilinear. Chroma is looked up with the mean luma of its four
    pixels.

    The rows of each chroma pair are computed once per frame, in vectorised loops, instead of four lookups per pixel,
    which takes a third of the time.
    """
    height, width = u.shape
    place = np.zeros(65536, np.int32)
    kept = np.empty((ROWS, 3, 256), np.uint8)
    used = 0
    for row in range(height):
        r = uint64(row)
        for column in range(width):
            c = uint64(column)
            pair = (uint64(u[r, c]) << uint64(8)) | uint64(v[r, c])
            if place[pair] == 0:
                if used == ROWS:
                    place[:] = 0
                    used = 0
                _rows_of(lut, int64(u[r, c]), int64(v[r, c]), weight, kept[used])
                used += 1
                place[pair] = used
            at = uint64(place[pair] - 1)
            top, left = uint64(2) * r, uint64(2) * c
            bottom, right = top + uint64(1), left + uint64(1)
            total = uint64(y[top, left]) + uint64(y[top, right])
            total += uint64(y[bottom, left]) + uint64(y[bottom, right])
            mean = (total + uint64(2)) >> uint64(2)
            y_out[top, left] = kept[at, 0, uint64(y[top, left])]
            y_out[top, right] = kept[at, 0, uint64(y[top, right])]
            y_out[bottom, left] = kept[at, 0, uint64(y[bottom, left])]
            y_out[bottom, right] = kept[at, 0, uint64(y[bottom, right])]
            u_out[r, c] = kept[at, 1, mean]
            v_out[r, c] = kept[at, 2, mean]
