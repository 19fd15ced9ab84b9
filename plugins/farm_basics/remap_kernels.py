"""Pixel loops that sample a plane at given coordinates: displacement, distortion, rotation.

Coordinates are int32 in 1/256 pixel and clamped to the plane, so that edge pixels are repeated outside. Sampling is
bilinear, in integers, rounded once. The four neighbours of each pixel are packed into a word first, so that one is
gathered instead of four pixels, and each row takes three loops, of which the compiler vectorises the first and the
last: coordinates, gathering, blending. That takes 1.2 ns per pixel, a plain loop 4.8 ns (720x1280, AVX2). Where a map
is separable, the vectorised ``resample`` of farm does the same in 0.25 ns.
"""

from __future__ import annotations

import numpy as np
from numba import njit, void
from numba.types import Array, int32, int64, uint8, uint16, uint32, uint64

from farm.plugin import on_cuda

_CUDA = "farm_basics.remap_cuda_kernels"

_U8 = Array(uint8, 2, "C", readonly=True)
_U8_OUT = Array(uint8, 2, "C")
_I32 = Array(int32, 2, "C", readonly=True)
_ROW = Array(int32, 1, "C")
_TABLE = Array(int32, 1, "C", readonly=True)
_RADII = Array(uint16, 2, "C", readonly=True)
_WORDS = Array(uint32, 1, "C")
_SHARES = Array(uint16, 1, "C")
_QUADS = Array(uint32, 2, "C")


@njit(void(_U8, _QUADS), cache=True, nogil=True)
def _pack(src, quads):  # type: ignore[no-untyped-def]
    """Put each pixel, its right neighbour and the two below into one word; edges are repeated."""
    height, width = src.shape
    for y in range(height):
        i, k = uint64(y), uint64(min(y + 1, height - 1))
        for x in range(width - 1):
            j, n = uint64(x), uint64(x + 1)
            upper = uint32(uint32(src[i, j]) | uint32(uint32(src[i, n]) << uint32(8)))
            lower = uint32(uint32(src[k, j]) | uint32(uint32(src[k, n]) << uint32(8)))
            quads[i, j] = uint32(upper | uint32(lower << uint32(16)))
        j = uint64(width - 1)
        quads[i, j] = uint32(uint32(src[i, j]) * uint32(0x101)) | uint32(
            uint32(src[k, j]) * uint32(0x1010000)
        )


@njit(void(_QUADS, _ROW, _ROW, _ROW, _WORDS, _SHARES, _SHARES, int64, _U8_OUT), cache=True, nogil=True)
def _sample_row(quads, sx, sy, place, fours, fxs, fys, y, out):  # type: ignore[no-untyped-def]
    """Write row ``y`` of ``out`` from columns ``sx`` and rows ``sy`` of the packed source; the others are scratch."""
    height, width = quads.shape
    last_column, last_row, pitch = int32((width - 1) << 8), int32((height - 1) << 8), int32(width)
    flat = quads.ravel()
    count = sx.shape[0]
    for x in range(count):
        j = uint64(x)
        across, down = min(max(sx[j], int32(0)), last_column), min(max(sy[j], int32(0)), last_row)
        place[j] = int32(int32(int32(down >> int32(8)) * pitch) + int32(across >> int32(8)))
        fxs[j], fys[j] = uint16(across & int32(255)), uint16(down & int32(255))
    for x in range(count):
        fours[uint64(x)] = flat[uint64(place[uint64(x)])]
    i, low = uint64(y), uint32(255)
    for x in range(count):
        j = uint64(x)
        four, fx, fy = fours[j], fxs[j], fys[j]
        gx, gy = uint16(uint16(256) - fx), uint16(uint16(256) - fy)
        upper = uint16(uint16(four & low) * gx)
        upper = uint16(upper + uint16(uint16(uint32(four >> uint32(8)) & low) * fx))
        lower = uint16(uint16(uint32(four >> uint32(16)) & low) * gx)
        lower = uint16(lower + uint16(uint16(four >> uint32(24)) * fx))
        total = uint32(uint32(uint32(upper) * uint32(gy)) + uint32(uint32(lower) * uint32(fy)))
        out[i, j] = uint8(uint32(total + uint32(32768)) >> uint32(16))


@on_cuda(f"{_CUDA}:remap_plane")
@njit(void(_U8, _I32, _I32, _U8_OUT), cache=True, nogil=True)
def remap_plane(src, xs, ys, out):  # type: ignore[no-untyped-def]
    """out[y, x] = src at column xs[y, x] and row ys[y, x], both in 1/256 pixel of ``src``."""
    height, width = out.shape
    sx, sy, quads = np.empty(width, np.int32), np.empty(width, np.int32), np.empty(src.shape, np.uint32)
    _pack(src, quads)
    place, fours = np.empty(width, np.int32), np.empty(width, np.uint32)
    fxs, fys = np.empty(width, np.uint16), np.empty(width, np.uint16)
    for y in range(height):
        i = uint64(y)
        for x in range(width):
            j = uint64(x)
            sx[j], sy[j] = xs[i, j], ys[i, j]
        _sample_row(quads, sx, sy, place, fours, fxs, fys, y, out)


@on_cuda(f"{_CUDA}:remap_chroma")
@njit(void(_U8, _I32, _I32, _U8_OUT), cache=True, nogil=True)
def remap_chroma(src, xs, ys, out):  # type: ignore[no-untyped-def]
    """As :func:`remap_plane` for a plane at half resolution, with the maps of luma.

    A chroma sample lies on the left luma column of its pair and between its two rows, before and after the mapping.
    """
    height, width = out.shape
    sx, sy, quads = np.empty(width, np.int32), np.empty(width, np.int32), np.empty(src.shape, np.uint32)
    _pack(src, quads)
    place, fours = np.empty(width, np.int32), np.empty(width, np.uint32)
    fxs, fys = np.empty(width, np.uint16), np.empty(width, np.uint16)
    for y in range(height):
        top, bottom = uint64(2 * y), uint64(2 * y + 1)
        for x in range(width):
            j, left = uint64(x), uint64(2 * x)
            sx[j] = int32(int32(int32(xs[top, left] + xs[bottom, left]) + int32(2)) >> int32(2))
            sy[j] = int32(int32(int32(ys[top, left] + ys[bottom, left]) - int32(254)) >> int32(2))
        _sample_row(quads, sx, sy, place, fours, fxs, fys, y, out)


@on_cuda(f"{_CUDA}:remap_affine")
@njit(void(_U8, int64, int64, int64, int64, int64, int64, _U8_OUT), cache=True, nogil=True)
def remap_affine(src, xx, xy, left, yx, yy, top, out):  # type: ignore[no-untyped-def]
    """out[y, x] = src at column left + xx * x + xy * y and row top + yx * x + yy * y, all in 1/65536 pixel."""
    height, width = out.shape
    sx, sy, quads = np.empty(width, np.int32), np.empty(width, np.int32), np.empty(src.shape, np.uint32)
    _pack(src, quads)
    place, fours = np.empty(width, np.int32), np.empty(width, np.uint32)
    fxs, fys = np.empty(width, np.uint16), np.empty(width, np.uint16)
    for y in range(height):
        column, row = left + xy * y + 128, top + yy * y + 128
        for x in range(width):
            j = uint64(x)
            sx[j], sy[j] = int32((column + xx * x) >> 8), int32((row + yx * x) >> 8)
        _sample_row(quads, sx, sy, place, fours, fxs, fys, y, out)


@njit(void(_U8, _I32, _I32, int64, int64, int64, int64, int64, _U8_OUT), cache=True, nogil=True)
def remap_turned(src, xs, ys, cosine, sine, left, top, step, out):  # type: ignore[no-untyped-def]
    """Sample at maps that are rotated around a point; what lies outside is reflected at the edge.

    Maps hold luma offsets from the centre in 1/8 pixel, ``cosine`` and ``sine`` are in 1/16384, ``left`` and ``top``
    (the centre) in 1/256 luma pixel. ``step`` is 1 for luma, 2 for a plane at half resolution.
    """
    height, width = out.shape
    sx, sy, quads = np.empty(width, np.int32), np.empty(width, np.int32), np.empty(src.shape, np.uint32)
    _pack(src, quads)
    place, fours = np.empty(width, np.int32), np.empty(width, np.uint32)
    fxs, fys = np.empty(width, np.uint16), np.empty(width, np.uint16)
    c, s, half = int32(cosine), int32(sine), int32(step - 1)
    across, down = int32(left), int32(int64(top) - 64 * (step - 1) * 2)
    right, bottom = int32((src.shape[1] - 1) << 8), int32((src.shape[0] - 1) << 8)
    for y in range(height):
        i = uint64(y * step)
        for x in range(width):
            j, k = uint64(x), uint64(x * step)
            dx, dy = xs[i, k], ys[i, k]
            u = int32(int32(int32(int32(dx * c) - int32(dy * s)) >> int32(9)) + across) >> half
            v = int32(int32(int32(int32(dx * s) + int32(dy * c)) >> int32(9)) + down) >> half
            u, v = abs(u), abs(v)
            sx[j] = min(u, int32(right + right) - u)
            sy[j] = min(v, int32(bottom + bottom) - v)
        _sample_row(quads, sx, sy, place, fours, fxs, fys, y, out)


@njit(void(_U8, _RADII, _TABLE, _TABLE, int64, int64, int64, int64, _U8_OUT), cache=True, nogil=True)
def remap_radial(src, radii, cosines, sines, left, top, bits, step, out):  # type: ignore[no-untyped-def]
    """Sample where each pixel's offset from the centre, rotated and scaled depending on its length, leads.

    Args:
        src: A plane.
        radii: The distance of each luma pixel from the centre, an index of the tables.
        cosines: Scale times cosine of the rotation at each distance, in 1/8192, below 2.
        sines: The same with the sine.
        left: Column of the centre, in luma pixels with ``bits`` binary digits.
        top: Its row.
        bits: Binary digits of offsets: 4, or less for pictures beyond 4096 pixels, since products have 32 bits.
        step: 1 for luma, 2 for a plane at half resolution.
        out: The result.
    """
    height, width = out.shape
    sx, sy, quads = np.empty(width, np.int32), np.empty(width, np.int32), np.empty(src.shape, np.uint32)
    _pack(src, quads)
    place, fours = np.empty(width, np.int32), np.empty(width, np.uint32)
    fxs, fys = np.empty(width, np.uint16), np.empty(width, np.uint16)
    cs, ss = np.empty(width, np.int32), np.empty(width, np.int32)
    half, shift = int32(step - 1), int32(5 + bits)
    middle = (step - 1) << bits >> 1
    across, down = int32(left << (8 - bits)), int32((top - middle) << (8 - bits))
    for y in range(height):
        i = uint64(y * step)
        dy = int32((y * step << bits) + middle - top)
        for x in range(width):
            j = uint64(x)
            r = uint64(radii[i, uint64(x * step)])
            cs[j], ss[j] = cosines[r], sines[r]
        for x in range(width):
            j = uint64(x)
            dx = int32(int32(int32(x * step) << int32(bits)) - int32(left))
            u = int32(int32(int32(dx * cs[j]) - int32(dy * ss[j])) >> shift)
            v = int32(int32(int32(dx * ss[j]) + int32(dy * cs[j])) >> shift)
            sx[j], sy[j] = int32(int32(u + across) >> half), int32(int32(v + down) >> half)
        _sample_row(quads, sx, sy, place, fours, fxs, fys, y, out)


@on_cuda(f"{_CUDA}:shift_rows")
@njit(void(_U8, _TABLE, _U8_OUT), cache=True, nogil=True)
def shift_rows(src, shifts, out):  # type: ignore[no-untyped-def]
    """out[y, x] = src[y, x + shifts[y]], shifts in 1/256 pixel, bilinear, with repeated edge pixels."""
    height, width = src.shape
    line = np.empty(width + 1, np.uint8)
    for y in range(height):
        i = uint64(y)
        shift = min(max(int64(shifts[y]), -(width << 8)), width << 8)
        whole = shift >> 8
        w = uint16(shift & 255)
        v = uint16(uint16(256) - w)
        first, last = max(0, -whole), min(width + 1, width - whole)
        line[:first] = src[i, 0]
        line[max(first, last) :] = src[i, uint64(width - 1)]
        for x in range(first, last):
            line[uint64(x)] = src[i, uint64(x + whole)]
        for x in range(width):
            j = uint64(x)
            total = uint16(uint16(uint16(line[j]) * v) + uint16(uint16(line[j + uint64(1)]) * w))
            out[i, j] = uint8(uint16(total + uint16(128)) >> uint16(8))


@on_cuda(f"{_CUDA}:shift_columns")
@njit(void(_U8, _TABLE, _U8_OUT), cache=True, nogil=True)
def shift_columns(src, shifts, out):  # type: ignore[no-untyped-def]
    """out[y, x] = src[y + shifts[x], x], shifts in 1/256 pixel, bilinear, with repeated edge pixels."""
    height, width = src.shape
    last = (height - 1) << 8
    for y in range(height):
        for x in range(width):
            j = uint64(x)
            place = min(max((y << 8) + int64(shifts[j]), 0), last)
            w = place & 255
            upper = int64(src[uint64(place >> 8), j])
            lower = int64(src[uint64(min((place >> 8) + 1, height - 1)), j])
            out[uint64(y), j] = (upper * (256 - w) + lower * w + 128) >> 8


@on_cuda(f"{_CUDA}:mirror_plane")
@njit(void(_U8, int64, int64, int64, _U8_OUT), cache=True, nogil=True)
def mirror_plane(src, across, second, sited, out):  # type: ignore[no-untyped-def]
    """Reflect half of a plane onto the other half.

    ``across`` 1 reflects columns, 0 rows; ``second`` 1 keeps the right or lower half. ``sited`` 1 is for chroma
    reflected across, whose samples lie on the left of their pairs: their images lie between two samples.
    """
    height, width = src.shape
    for y in range(height):
        for x in range(width):
            i, j = y, x
            if across == 0:
                if (y >= (height + 1) // 2) if second == 0 else (y < height // 2):
                    i = height - 1 - y
                out[y, x] = src[i, j]
            elif (x >= (width + 1) // 2) if second == 0 else (x < width // 2):
                j = width - 1 - x
                if sited == 1:
                    out[y, x] = (int64(src[i, j]) + int64(src[i, min(j + 1, width - 1)]) + 1) >> 1
                else:
                    out[y, x] = src[i, j]
            else:
                out[y, x] = src[i, j]
