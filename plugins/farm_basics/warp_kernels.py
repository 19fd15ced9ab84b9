"""Pixel loop that bends a plane over a mesh: every output pixel is looked up where the mesh says.

The mesh has a node every eighth pixel, which holds a source place in 1/256 pixel; the places between are interpolated
bilinearly. That is exact for affine maps, and 0.02 pixel off for usual perspectives.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit, void
from numba.types import Array, int32, int64, uint8, uint32

from farm.plugin import on_cuda

_CUDA = "farm_basics.warp_cuda_kernels"

_U8 = Array(uint8, 2, "C", readonly=True)
_U8_OUT = Array(uint8, 2, "C")
_NODES = Array(int32, 2, "C", readonly=True)

PITCH: Final = 8
"""Pixels from node to node."""
FARTHEST: Final = 1 << 23
"""Bound of the nodes' places, so that 64 times their values fit into 32 bits."""


@njit(
    Array(uint32, 1, "C")(Array(uint8, 1, "C", readonly=True), int64, int64),
    cache=True,
    nogil=True,
    error_model="numpy",
)
def _corners(flat, right, below):  # type: ignore[no-untyped-def]
    """Return each pixel with its right, lower and lower right neighbour in one word, so that one load gets them all."""
    size = flat.shape[0]
    words = np.empty(size, np.uint32)
    a, b, c = np.uint64(right), np.uint64(below), np.uint64(right + below)
    for x in range(size - (right + below)):
        k = np.uint64(x)
        upper = np.uint32(np.uint32(flat[k]) | np.uint32(np.uint32(flat[k + a]) << np.uint32(8)))
        lower = np.uint32(np.uint32(flat[k + b]) | np.uint32(np.uint32(flat[k + c]) << np.uint32(8)))
        words[k] = np.uint32(upper | np.uint32(lower << np.uint32(16)))
    return words


@on_cuda(f"{_CUDA}:warp_plane")
@njit(
    void(_U8, _NODES, _NODES, int64, int64, int64, int64, int64, int64, _U8_OUT),
    cache=True,
    nogil=True,
    error_model="numpy",
)
def warp_plane(src, xs, ys, first, last, left, top, right, bottom, out):  # type: ignore[no-untyped-def]
    """Draw ``src`` into ``out`` as its mesh says; its edges are smooth, and outside them ``out`` is kept.

    Only the source's columns from ``first`` up to ``last`` are drawn, and only within the box of ``out`` from
    (``left``, ``top``) to (``right``, ``bottom``). With ``first`` below 0 the source has no edges: its edge pixels are
    repeated outside.
    """
    rows, pitch = src.shape
    words = _corners(src.ravel(), min(1, pitch - 1), pitch * min(1, rows - 1))
    nodes = xs.shape[1]
    runs = nodes - 1
    low_run, high_run = left // PITCH, (right + PITCH - 1) // PITCH
    endless = np.int32(256 if first < 0 else 0)
    line_x, line_y = np.empty(nodes, np.int32), np.empty(nodes, np.int32)
    sx, sy = np.empty(runs * PITCH, np.int32), np.empty(runs * PITCH, np.int32)
    place, cover = np.empty(runs * PITCH, np.int32), np.empty(runs * PITCH, np.uint16)
    shares = np.empty((2, runs * PITCH), np.uint16)
    found = np.empty(runs * PITCH, np.uint32)
    left_end, right_end, bottom_end = np.int32(max(first, 0) << 8), np.int32(last << 8), np.int32(rows << 8)
    last_column, last_row = np.int32((last - 1) << 8), np.int32((rows - 1) << 8)
    # On the last pixel the weight of the right neighbour is 256, so that it exists for every place.
    column, row = np.int32(max(pitch - 2, 0)), np.int32(max(rows - 2, 0))
    stride, low = np.int32(pitch), np.uint32(255)
    for y in range(top, bottom):
        above = np.uint64(y // PITCH)
        wy = np.int32(y % PITCH)
        vy = np.int32(PITCH - y % PITCH)
        for n in range(low_run, high_run + 1):
            k = np.uint64(n)
            line_x[k] = np.int32(np.int32(xs[above, k] * vy) + np.int32(xs[above + np.uint64(1), k] * wy))
            line_y[k] = np.int32(np.int32(ys[above, k] * vy) + np.int32(ys[above + np.uint64(1), k] * wy))
        for run in range(low_run, high_run):
            j, after, base = np.uint64(run), np.uint64(run + 1), np.uint64(run * PITCH)
            x_base, y_base = line_x[j], line_y[j]
            x_step = np.int32(np.int32(line_x[after] - x_base) >> np.int32(3))
            y_step = np.int32(np.int32(line_y[after] - y_base) >> np.int32(3))
            for i in range(PITCH):
                k = base + np.uint64(i)
                sx[k] = np.int32(np.int32(x_base + np.int32(x_step * np.int32(i))) + np.int32(4)) >> np.int32(
                    3
                )
                sy[k] = np.int32(np.int32(y_base + np.int32(y_step * np.int32(i))) + np.int32(4)) >> np.int32(
                    3
                )
        for x in range(low_run * PITCH, high_run * PITCH):
            k = np.uint64(x)
            across, down = sx[k], sy[k]
            # Edges fade over one source pixel.
            inside = min(np.int32(np.int32(across + np.int32(256)) - left_end), np.int32(right_end - across))
            inside = min(inside, min(np.int32(down + np.int32(256)), np.int32(bottom_end - down)))
            cover[k] = np.uint16(min(max(inside, endless), np.int32(256)))
            across = min(max(across, left_end), last_column)
            down = min(max(down, np.int32(0)), last_row)
            x0, y0 = min(np.int32(across >> np.int32(8)), column), min(np.int32(down >> np.int32(8)), row)
            place[k] = np.int32(np.int32(y0 * stride) + x0)
            shares[np.uint64(0), k] = np.uint16(np.int32(across - np.int32(x0 << np.int32(8))))
            shares[np.uint64(1), k] = np.uint16(np.int32(down - np.int32(y0 << np.int32(8))))
        start, stop = np.int64(left), np.int64(right)
        while start < stop and cover[np.uint64(start)] == 0:
            start += 1
        while stop > start and cover[np.uint64(stop - 1)] == 0:
            stop -= 1
        for x in range(start, stop):
            k = np.uint64(x)
            found[k] = words[np.uint64(place[k])]
        target = np.uint64(y)
        for x in range(start, stop):
            k = np.uint64(x)
            wx, wv, c = shares[np.uint64(0), k], shares[np.uint64(1), k], cover[k]
            vx = np.uint16(np.uint16(256) - wx)
            four = found[k]
            upper = np.uint16(np.uint16(four & low) * vx)
            upper = np.uint16(upper + np.uint16(np.uint16((four >> np.uint32(8)) & low) * wx))
            lower = np.uint16(np.uint16((four >> np.uint32(16)) & low) * vx)
            lower = np.uint16(lower + np.uint16(np.uint16(four >> np.uint32(24)) * wx))
            total = np.uint32(np.uint32(upper) * np.uint32(np.uint16(np.uint16(256) - wv)))
            total = np.uint32(total + np.uint32(np.uint32(lower) * np.uint32(wv)))
            value = np.uint16(np.uint32(total + np.uint32(32768)) >> np.uint32(16))
            kept = np.uint16(np.uint16(out[target, k]) * np.uint16(np.uint16(256) - c))
            mixed = np.uint16(np.uint16(kept + np.uint16(value * c)) + np.uint16(128))
            out[target, k] = np.uint8(mixed >> np.uint16(8))
