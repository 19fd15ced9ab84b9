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
