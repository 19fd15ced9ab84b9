"""The loops of :mod:`farm_basics.remap_kernels` on a GPU: same names, arguments and bytes."""

from __future__ import annotations

from numba import cuda, int64

from farm.plugin import each_pixel


@each_pixel
def remap_plane(src, xs, ys, out):  # type: ignore[no-untyped-def]
    """out[y, x] = src at column xs[y, x] and row ys[y, x], both in 1/256 pixel of ``src``."""
    height, width = src.shape
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            sx = min(max(int64(xs[y, x]), 0), (width - 1) << 8)
            sy = min(max(int64(ys[y, x]), 0), (height - 1) << 8)
            fx, fy = sx & 255, sy & 255
            x0, y0 = sx >> 8, sy >> 8
            x1, y1 = min(x0 + 1, width - 1), min(y0 + 1, height - 1)
            above = int64(src[y0, x0]) * (256 - fx) + int64(src[y0, x1]) * fx
            below = int64(src[y1, x0]) * (256 - fx) + int64(src[y1, x1]) * fx
            out[y, x] = (above * (256 - fy) + below * fy + 32768) >> 16


@each_pixel
def remap_chroma(src, xs, ys, out):  # type: ignore[no-untyped-def]
    """As :func:`remap_plane` for a plane at half resolution, with the maps of luma."""
    height, width = src.shape
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            sx = (int64(xs[2 * y, 2 * x]) + int64(xs[2 * y + 1, 2 * x]) + 2) >> 2
            sy = (int64(ys[2 * y, 2 * x]) + int64(ys[2 * y + 1, 2 * x]) - 254) >> 2
            sx = min(max(sx, 0), (width - 1) << 8)
            sy = min(max(sy, 0), (height - 1) << 8)
            fx, fy = sx & 255, sy & 255
            x0, y0 = sx >> 8, sy >> 8
            x1, y1 = min(x0 + 1, width - 1), min(y0 + 1, height - 1)
            above = int64(src[y0, x0]) * (256 - fx) + int64(src[y0, x1]) * fx
            below = int64(src[y1, x0]) * (256 - fx) + int64(src[y1, x1]) * fx
            out[y, x] = (above * (256 - fy) + below * fy + 32768) >> 16


@each_pixel
def remap_affine(src, xx, xy, left, yx, yy, top, out):  # type: ignore[no-untyped-def]
    """out[y, x] = src at column left + xx * x + xy * y and row top + yx * x + yy * y, all in 1/65536 pixel."""
    height, width = src.shape
    first, start = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(start, out.shape[0], down):
        for x in range(first, out.shape[1], across):
            sx = min(max((left + xx * x + xy * y + 128) >> 8, 0), (width - 1) << 8)
            sy = min(max((top + yx * x + yy * y + 128) >> 8, 0), (height - 1) << 8)
            fx, fy = sx & 255, sy & 255
            x0, y0 = sx >> 8, sy >> 8
            x1, y1 = min(x0 + 1, width - 1), min(y0 + 1, height - 1)
            above = int64(src[y0, x0]) * (256 - fx) + int64(src[y0, x1]) * fx
            below = int64(src[y1, x0]) * (256 - fx) + int64(src[y1, x1]) * fx
            out[y, x] = (above * (256 - fy) + below * fy + 32768) >> 16


@each_pixel
def shift_rows(src, shifts, out):  # type: ignore[no-untyped-def]
    """out[y, x] = src[y, x + shifts[y]], shifts in 1/256 pixel, bilinear, with repeated edge pixels."""
    width = src.shape[1]
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        shift = min(max(int64(shifts[y]), -(width << 8)), width << 8)
        whole, w = shift >> 8, shift & 255
        for x in range(left, out.shape[1], across):
            first = min(max(x + whole, 0), width - 1)
            second = min(max(x + whole + 1, 0), width - 1)
            out[y, x] = (int64(src[y, first]) * (256 - w) + int64(src[y, second]) * w + 128) >> 8


@each_pixel
def shift_columns(src, shifts, out):  # type: ignore[no-untyped-def]
    """out[y, x] = src[y + shifts[x], x], shifts in 1/256 pixel, bilinear, with repeated edge pixels."""
    height = src.shape[0]
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            place = min(max((y << 8) + int64(shifts[x]), 0), (height - 1) << 8)
            w = place & 255
            upper, lower = int64(src[place >> 8, x]), int64(src[min((place >> 8) + 1, height - 1), x])
            out[y, x] = (upper * (256 - w) + lower * w + 128) >> 8


@each_pixel
def mirror_plane(src, across, second, sited, out):  # type: ignore[no-untyped-def]
    """Reflect half of a plane onto the other half."""
    height, width = src.shape
    left, top = cuda.grid(2)
    columns, rows = cuda.gridsize(2)
    for y in range(top, out.shape[0], rows):
        for x in range(left, out.shape[1], columns):
            i, j, between = y, x, 0
            if across == 0:
                if (y >= (height + 1) // 2) if second == 0 else (y < height // 2):
                    i = height - 1 - y
            elif (x >= (width + 1) // 2) if second == 0 else (x < width // 2):
                j = width - 1 - x
                between = sited
            if between == 1:
                out[y, x] = (int64(src[i, j]) + int64(src[i, min(j + 1, width - 1)]) + 1) >> 1
            else:
                out[y, x] = src[i, j]
