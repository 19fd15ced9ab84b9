"""The pixel loop of bent planes on a GPU, with the name, arguments and results of :mod:`farm_basics.warp_kernels`."""

from __future__ import annotations

from numba import cuda, int64

from farm.plugin import each_pixel
from farm_basics.warp_kernels import PITCH


@each_pixel
def warp_plane(src, xs, ys, first, last, left, top, right, bottom, out):  # type: ignore[no-untyped-def]
    """Draw ``src`` into ``out`` as its mesh says; its edges are smooth, and outside them ``out`` is kept."""
    start, begin = cuda.grid(2)
    across, down = cuda.gridsize(2)
    rows, pitch = src.shape
    low = max(first, 0)
    for y in range(begin, out.shape[0], down):
        if y < top or y >= bottom:
            continue
        above, wy = y // PITCH, y % PITCH
        for x in range(start, out.shape[1], across):
            if x < left or x >= right:
                continue
            n, i = x // PITCH, x % PITCH
            at = int64(xs[above, n]) * (PITCH - wy) + int64(xs[above + 1, n]) * wy
            after = int64(xs[above, n + 1]) * (PITCH - wy) + int64(xs[above + 1, n + 1]) * wy
            sx = (at + ((after - at) >> 3) * i + 4) >> 3
            at = int64(ys[above, n]) * (PITCH - wy) + int64(ys[above + 1, n]) * wy
            after = int64(ys[above, n + 1]) * (PITCH - wy) + int64(ys[above + 1, n + 1]) * wy
            sy = (at + ((after - at) >> 3) * i + 4) >> 3
            inside = min(min(sx + 256 - (low << 8), (last << 8) - sx), min(sy + 256, (rows << 8) - sy))
            cover = min(max(inside, 256 if first < 0 else 0), 256)
            if cover == 0:
                continue
            sx, sy = min(max(sx, low << 8), (last - 1) << 8), min(max(sy, 0), (rows - 1) << 8)
            x0, y0 = min(sx >> 8, max(pitch - 2, 0)), min(sy >> 8, max(rows - 2, 0))
            x1, y1 = min(x0 + 1, pitch - 1), min(y0 + 1, rows - 1)
            wx, wv = sx - (x0 << 8), sy - (y0 << 8)
            upper = int64(src[y0, x0]) * (256 - wx) + int64(src[y0, x1]) * wx
            lower = int64(src[y1, x0]) * (256 - wx) + int64(src[y1, x1]) * wx
            value = (upper * (256 - wv) + lower * wv + 32768) >> 16
            out[y, x] = (int64(out[y, x]) * (256 - cover) + value * cover + 128) >> 8
