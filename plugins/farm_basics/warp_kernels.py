"""Pixel loop that bends a plane over a mesh: every output pixel is looked up where the mesh says.

The mesh has a node every eighth pixel, which holds a source place in 1/256 pixel; the places between are interpolated
bilinearly. That is exact for affine maps, and 0.02 pixel off for usual perspectives.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit, void
from numba.types import Array, int32, int64, uint8, uint16, uint32

from farm.plugin import on_cuda

_CUDA = "farm_basics.warp_cuda_kernels"

_U8 = Array(uint8, 2, "C", readonly=True)
_U8_OUT = Array(uint8, 2, "C")
_NODES = Array(int32, 2, "C", readonly=True)
_WORDS = Array(uint32, 2, "C")
_LINE = Array(int32, 1, "C")
_BOUNDS = Array(int32, 1, "C")
_SHARES = Array(uint16, 1, "C")
_FOURS = Array(uint32, 1, "C")

PITCH: Final = 8
"""Pixels from node to node."""
FARTHEST: Final = 1 << 23
"""Bound of the nodes' places, so that 64 times their values fit into 32 bits."""


@njit(void(_U8, _WORDS), cache=True, nogil=True)
def _pack(src, words):  # type: ignore[no-untyped-def]
    """Put each pixel and its right, lower and lower right neighbour into one word; edges are repeated."""
    height, width = src.shape
    for y in range(height):
        i, below = np.uint64(y), np.uint64(min(y + 1, height - 1))
        for x in range(width - 1):
            j, after = np.uint64(x), np.uint64(x + 1)
            upper = np.uint32(np.uint32(src[i, j]) | np.uint32(np.uint32(src[i, after]) << np.uint32(8)))
            lower = np.uint32(
                np.uint32(src[below, j]) | np.uint32(np.uint32(src[below, after]) << np.uint32(8))
            )
            words[i, j] = np.uint32(upper | np.uint32(lower << np.uint32(16)))
        j = np.uint64(width - 1)
        upper = np.uint32(np.uint32(src[i, j]) * np.uint32(0x101))
        words[i, j] = np.uint32(upper | np.uint32(np.uint32(src[below, j]) * np.uint32(0x1010000)))


@njit(void(_NODES, int64, int64, int64, _LINE, _LINE), cache=True, nogil=True)
def _interpolate(nodes, y, first, last, line, places):  # type: ignore[no-untyped-def]
    """Write the places of row ``y`` between the mesh's columns ``first`` and ``last``; ``line`` is scratch."""
    above, below = np.uint64(y // PITCH), np.uint64(y // PITCH + 1)
    w, v = np.int32(y % PITCH), np.int32(PITCH - y % PITCH)
    for n in range(first, last + 1):
        k = np.uint64(n)
        line[k] = np.int32(np.int32(nodes[above, k] * v) + np.int32(nodes[below, k] * w))
    for run in range(first, last):
        j, after, base = np.uint64(run), np.uint64(run + 1), np.uint64(run * PITCH)
        start = np.int32(line[j] + np.int32(4))
        step = np.int32(np.int32(line[after] - line[j]) >> np.int32(3))
        for i in range(PITCH):
            places[base + np.uint64(i)] = np.int32(start + np.int32(step * np.int32(i))) >> np.int32(3)


@njit(void(_LINE, _LINE, int64, int64, _BOUNDS, _LINE, _SHARES, _SHARES, _SHARES), cache=True, nogil=True)
def _locate(sx, sy, first, last, bounds, place, fx, fy, cover):  # type: ignore[no-untyped-def]
    """Split places into the index of a packed pixel and two weights, and say how much of each pixel is covered."""
    left, right, bottom, pitch, endless = bounds[0], bounds[1], bounds[2], bounds[3], bounds[4]
    last_column, last_row = np.int32(right - np.int32(256)), np.int32(bottom - np.int32(256))
    for x in range(first, last):
        k = np.uint64(x)
        across, down = sx[k], sy[k]
        # Edges fade over one source pixel.
        inside = min(np.int32(np.int32(across + np.int32(256)) - left), np.int32(right - across))
        inside = min(inside, min(np.int32(down + np.int32(256)), np.int32(bottom - down)))
        cover[k] = np.uint16(min(max(inside, endless), np.int32(256)))
        across = min(max(across, left), last_column)
        down = min(max(down, np.int32(0)), last_row)
        place[k] = np.int32(np.int32(np.int32(down >> np.int32(8)) * pitch) + np.int32(across >> np.int32(8)))
        fx[k], fy[k] = np.uint16(across & np.int32(255)), np.uint16(down & np.int32(255))


@njit(
    void(_WORDS, _LINE, _SHARES, _SHARES, _SHARES, _FOURS, int64, int64, int64, _U8_OUT),
    cache=True,
    nogil=True,
)
def _blend(words, place, fx, fy, cover, fours, first, last, y, out):  # type: ignore[no-untyped-def]
    """Write the located pixels of row ``y``."""
    flat = words.ravel()
    for x in range(first, last):
        k = np.uint64(x)
        fours[k] = flat[np.uint64(place[k])]
    row, low = np.uint64(y), np.uint32(255)
    for x in range(first, last):
        k = np.uint64(x)
        four, wx, wy, c = fours[k], fx[k], fy[k], cover[k]
        vx, vy = np.uint16(np.uint16(256) - wx), np.uint16(np.uint16(256) - wy)
        upper = np.uint16(np.uint16(four & low) * vx)
        upper = np.uint16(upper + np.uint16(np.uint16(np.uint32(four >> np.uint32(8)) & low) * wx))
        lower = np.uint16(np.uint16(np.uint32(four >> np.uint32(16)) & low) * vx)
        lower = np.uint16(lower + np.uint16(np.uint16(four >> np.uint32(24)) * wx))
        total = np.uint32(
            np.uint32(np.uint32(upper) * np.uint32(vy)) + np.uint32(np.uint32(lower) * np.uint32(wy))
        )
        value = np.uint16(np.uint32(total + np.uint32(32768)) >> np.uint32(16))
        kept = np.uint16(np.uint16(out[row, k]) * np.uint16(np.uint16(256) - c))
        mixed = np.uint16(np.uint16(kept + np.uint16(value * c)) + np.uint16(128))
        out[row, k] = np.uint8(mixed >> np.uint16(8))


@on_cuda(f"{_CUDA}:warp_plane")
@njit(void(_U8, _NODES, _NODES, int64, int64, int64, int64, int64, int64, _U8_OUT), cache=True, nogil=True)
def warp_plane(src, xs, ys, first, last, left, top, right, bottom, out):  # type: ignore[no-untyped-def]
    """Draw ``src`` into ``out`` as its mesh says; its edges are smooth, and outside them ``out`` is kept.

    Only the source's columns from ``first`` up to ``last`` are drawn, and only within the box of ``out`` from
    (``left``, ``top``) to (``right``, ``bottom``). With ``first`` below 0 the source has no edges: its edge pixels are
    repeated outside.
    """
    words = np.empty(src.shape, np.uint32)
    _pack(src, words)
    nodes = xs.shape[1]
    room = (nodes - 1) * PITCH
    low_run, high_run = left // PITCH, (right + PITCH - 1) // PITCH
    bounds = np.empty(5, np.int32)
    bounds[0], bounds[1], bounds[2] = max(first, 0) << 8, last << 8, src.shape[0] << 8
    bounds[3], bounds[4] = src.shape[1], 256 if first < 0 else 0
    line, sx, sy = np.empty(nodes, np.int32), np.empty(room, np.int32), np.empty(room, np.int32)
    place, fours = np.empty(room, np.int32), np.empty(room, np.uint32)
    fx, fy, cover = np.empty(room, np.uint16), np.empty(room, np.uint16), np.empty(room, np.uint16)
    for y in range(top, bottom):
        _interpolate(xs, y, low_run, high_run, line, sx)
        _interpolate(ys, y, low_run, high_run, line, sy)
        _locate(sx, sy, low_run * PITCH, high_run * PITCH, bounds, place, fx, fy, cover)
        start, stop = np.int64(left), np.int64(right)
        while start < stop and cover[np.uint64(start)] == 0:
            start += 1
        while stop > start and cover[np.uint64(stop - 1)] == 0:
            stop -= 1
        _blend(words, place, fx, fy, cover, fours, start, stop, y, out)
