"""The compositor's kernels on a GPU: names and arguments of those on the CPU, and byte-identical results.

Every thread strides over its share of the area, so any number of threads gives the same bytes. Arithmetic is
64-bit signed: numba widens to it anyway, numba's simulator then computes the same, and time is spent on memory and
launches, not arithmetic. Values are rounded exactly where the CPU versions round them.
"""

from __future__ import annotations

import numpy as np
from numba import cuda, int64

from farm.render.cuda.launch import cuda_kernel
from farm.render.cuda.plane import CudaPlane
from farm.render.sampling_runs import Index

RUN = 32
"""Pixels written by one thread of a running sum."""


@cuda_kernel
def _fill(plane, value):  # type: ignore[no-untyped-def]
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for j in range(top, plane.shape[0], down):
        for i in range(left, plane.shape[1], across):
            plane[j, i] = value


def fill(plane: CudaPlane, value: int) -> None:
    """Set every pixel to ``value``."""
    plane.device.launch(_fill, *plane.shape, plane, value)


@cuda_kernel
def _copy_box(dst, src, x, y, left, top, width, height):  # type: ignore[no-untyped-def]
    first, start = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for j in range(start, height, down):
        for i in range(first, width, across):
            dst[y + j, x + i] = src[top + j, left + i]


def copy_box(
    dst: CudaPlane, src: CudaPlane, x: int, y: int, left: int, top: int, width: int, height: int
) -> None:
    """Copy a box of ``src``, its corner at (left, top), into ``dst`` at (x, y)."""
    source = src.copy() if src is dst else src
    dst.device.launch(_copy_box, height, width, dst, source, x, y, left, top, width, height)


def _packed(xi: Index, xw: Index, yi: Index, yw: Index) -> Index:
    """Return four tables as one upload, padded to a length shared by areas of several sizes."""
    tables = np.concatenate((xi, xw, yi, yw))
    return np.pad(tables, (0, -len(tables) % 1024))


@cuda_kernel
def _resample(dst, src, tables, columns, rows, x0, y0):  # type: ignore[no-untyped-def]
    height, width = src.shape
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for j in range(top, rows, down):
        r0 = int64(tables[2 * columns + j])
        wy = int64(tables[2 * columns + rows + j])
        r1 = min(r0 + 1, height - 1)
        for i in range(left, columns, across):
            c0 = int64(tables[i])
            w = int64(tables[columns + i])
            c1 = min(c0 + 1, width - 1)
            above = int64(src[r0, c0]) * (256 - w) + int64(src[r0, c1]) * w
            below = int64(src[r1, c0]) * (256 - w) + int64(src[r1, c1]) * w
            dst[y0 + j, x0 + i] = (above * (256 - wy) + below * wy + 32768) >> 16


def resample(
    dst: CudaPlane, src: CudaPlane, xi: Index, xw: Index, yi: Index, yw: Index, x0: int, y0: int
) -> None:
    """As :func:`farm.render.sampling.resample`."""
    columns, rows = len(xi), len(yi)
    dst.device.launch(_resample, rows, columns, dst, src, _packed(xi, xw, yi, yw), columns, rows, x0, y0)


@cuda_kernel
def _resample_over(dst, src, alpha, tables, columns, rows, x0, y0, opacity):  # type: ignore[no-untyped-def]
    height, width = src.shape
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for j in range(top, rows, down):
        r0 = int64(tables[2 * columns + j])
        wy = int64(tables[2 * columns + rows + j])
        r1 = min(r0 + 1, height - 1)
        for i in range(left, columns, across):
            c0 = int64(tables[i])
            w = int64(tables[columns + i])
            c1 = min(c0 + 1, width - 1)
            above = int64(alpha[r0, c0]) * (256 - w) + int64(alpha[r0, c1]) * w
            below = int64(alpha[r1, c0]) * (256 - w) + int64(alpha[r1, c1]) * w
            # Tested before rounding, as on the CPU: where all four are transparent, the source is ignored.
            if alpha[r0, c0] == 0 and alpha[r0, c1] == 0 and alpha[r1, c0] == 0 and alpha[r1, c1] == 0:
                continue
            a = ((above * (256 - wy) + below * wy) >> 8) * opacity
            above = int64(src[r0, c0]) * (256 - w) + int64(src[r0, c1]) * w
            below = int64(src[r1, c0]) * (256 - w) + int64(src[r1, c1]) * w
            s = ((above * (256 - wy) + below * wy) >> 8) * opacity
            keep = 255 * 65536 - min(a, 255 * 65536)
            value = s + int64(dst[y0 + j, x0 + i]) * (keep // 255)
            dst[y0 + j, x0 + i] = min((value + 32768) >> 16, 255)


def resample_over(
    dst: CudaPlane,
    src: CudaPlane,
    alpha: CudaPlane,
    xi: Index,
    xw: Index,
    yi: Index,
    yw: Index,
    x0: int,
    y0: int,
    opacity: int,
    *solid: int,
) -> None:
    """As :func:`farm.render.sampling_over.resample_over`; the part that is known to be opaque saves a GPU nothing."""
    del solid
    columns, rows = len(xi), len(yi)
    tables = _packed(xi, xw, yi, yw)
    dst.device.launch(_resample_over, rows, columns, dst, src, alpha, tables, columns, rows, x0, y0, opacity)


def _overlap(
    src: CudaPlane, x0: int, y0: int, left: int, top: int, right: int, bottom: int
) -> tuple[int, int, int, int]:
    """Return first column, first row, columns and rows of the part of a clip that ``src`` at (x0, y0) covers."""
    first, start = max(left, x0), max(top, y0)
    columns = min(right, x0 + src.shape[1]) - first
    return first, start, columns, min(bottom, y0 + src.shape[0]) - start


@cuda_kernel
def _over(dst, src, alpha, x0, y0, first, start, columns, rows, opacity):  # type: ignore[no-untyped-def]
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, rows, down):
        j = start + y
        for x in range(left, columns, across):
            i = first + x
            a = int64(alpha[j - y0, i - x0])
            s = int64(src[j - y0, i - x0])
            d = int64(dst[j, i])
            if opacity == 256:
                t = d * (255 - a) + 128
                dst[j, i] = min(((t + (t >> 8)) >> 8) + s, 255)
            else:
                total = s * 255 * opacity + d * (65280 - a * opacity)
                whole = (total + 32640) >> 8
                dst[j, i] = min((whole + 1 + (whole >> 8)) >> 8, 255)


def over(
    dst: CudaPlane,
    src: CudaPlane,
    alpha: CudaPlane,
    x0: int,
    y0: int,
    left: int,
    top: int,
    right: int,
    bottom: int,
    opacity: int,
) -> None:
    """As :func:`farm.render.kernels.over`."""
    first, start, columns, rows = _overlap(src, x0, y0, left, top, right, bottom)
    dst.device.launch(_over, rows, columns, dst, src, alpha, x0, y0, first, start, columns, rows, opacity)


@cuda_kernel
def _lay(dst, src, x0, y0, first, start, columns, rows, opacity):  # type: ignore[no-untyped-def]
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, rows, down):
        j = start + y
        for x in range(left, columns, across):
            i = first + x
            total = int64(src[j - y0, i - x0]) * opacity + int64(dst[j, i]) * (256 - opacity)
            dst[j, i] = (total + 128) >> 8


def lay(
    dst: CudaPlane,
    src: CudaPlane,
    x0: int,
    y0: int,
    left: int,
    top: int,
    right: int,
    bottom: int,
    opacity: int,
) -> None:
    """As :func:`farm.render.kernels.lay`."""
    first, start, columns, rows = _overlap(src, x0, y0, left, top, right, bottom)
    dst.device.launch(_lay, rows, columns, dst, src, x0, y0, first, start, columns, rows, opacity)


@cuda_kernel
def _affine_over(  # type: ignore[no-untyped-def]
    dst, src, alpha, xx, xy, xt, yx, yy, yt, left, top, right, bottom, opacity
):
    height, width = src.shape
    first, start = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for j in range(top + start, bottom, down):
        for i in range(left + first, right, across):
            sx = xx * i + xy * j + xt
            sy = yx * i + yy * j + yt
            c0 = sx >> 16
            r0 = sy >> 16
            if c0 < -1 or r0 < -1 or c0 >= width or r0 >= height:
                continue
            wx = (sx >> 8) & 255
            wy = (sy >> 8) & 255
            s = int64(0)
            a = int64(0)
            for dr in range(2):
                r = r0 + dr
                if r < 0 or r >= height:
                    continue
                wr = wy if dr == 1 else 256 - wy
                for dc in range(2):
                    c = c0 + dc
                    if c < 0 or c >= width:
                        continue
                    w = wr * (wx if dc == 1 else 256 - wx)
                    s += w * int64(src[r, c])
                    a += w * int64(alpha[r, c])
            if a == 0:
                continue
            value = s * opacity + int64(dst[j, i]) * (((255 << 24) - a * opacity) // 255)
            dst[j, i] = min((value + (1 << 23)) >> 24, 255)


def affine_over(
    dst: CudaPlane,
    src: CudaPlane,
    alpha: CudaPlane,
    xx: int,
    xy: int,
    xt: int,
    yx: int,
    yy: int,
    yt: int,
    left: int,
    top: int,
    right: int,
    bottom: int,
    opacity: int,
    *solid: int,
) -> None:
    """As :func:`farm.render.turning.affine_over`; the part that is known to be opaque saves a GPU nothing."""
    del solid
    matrix = (xx, xy, xt, yx, yy, yt)
    area = (left, top, right, bottom)
    dst.device.launch(_affine_over, bottom - top, right - left, dst, src, alpha, *matrix, *area, opacity)


@cuda_kernel
def _multiply(dst, src, alpha):  # type: ignore[no-untyped-def]
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for j in range(top, dst.shape[0], down):
        for i in range(left, dst.shape[1], across):
            t = int64(src[j, i]) * int64(alpha[j, i]) + 128
            dst[j, i] = (t + (t >> 8)) >> 8


def multiply(dst: CudaPlane, src: CudaPlane, alpha: CudaPlane) -> None:
    """As :func:`farm.render.kernels.multiply`."""
    dst.device.launch(_multiply, *src.shape, dst, src, alpha)


@cuda_kernel
def _divide(dst, src, alpha):  # type: ignore[no-untyped-def]
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for j in range(top, dst.shape[0], down):
        for i in range(left, dst.shape[1], across):
            a = int64(alpha[j, i])
            dst[j, i] = 0 if a == 0 else min((int64(src[j, i]) * 255 + (a >> 1)) // a, 255)


def divide(dst: CudaPlane, src: CudaPlane, alpha: CudaPlane) -> None:
    """As :func:`farm.render.kernels.divide`."""
    dst.device.launch(_divide, *src.shape, dst, src, alpha)


@cuda_kernel
def _transpose(dst, src):  # type: ignore[no-untyped-def]
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for j in range(top, dst.shape[0], down):
        for i in range(left, dst.shape[1], across):
            dst[j, i] = src[i, j]


def transpose(dst: CudaPlane, src: CudaPlane) -> None:
    """As :func:`farm.render.kernels.transpose`."""
    dst.device.launch(_transpose, *dst.shape, dst, src)


@cuda_kernel
def _blur_rows(dst, src, radius):  # type: ignore[no-untyped-def]
    height, width = src.shape
    window = 2 * radius + 1
    first, start = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for run in range(start, -(-width // RUN), down):
        for j in range(first, height, across):
            left = run * RUN
            total = int64(0)
            for k in range(left - radius, left + radius + 1):
                total += int64(src[j, min(max(k, 0), width - 1)])
            for i in range(left, min(left + RUN, width)):
                dst[j, i] = (total + window // 2) // window
                total += int64(src[j, min(i + radius + 1, width - 1)])
                total -= int64(src[j, max(i - radius, 0)])


def blur_rows(dst: CudaPlane, src: CudaPlane, radius: int) -> None:
    """As :func:`farm.render.kernels.blur_rows`."""
    height, width = src.shape
    dst.device.launch(_blur_rows, -(-width // RUN), height, dst, src, radius)


@cuda_kernel
def _gather(dst, src, alpha):  # type: ignore[no-untyped-def]
    height, width = src.shape
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for j in range(top, dst.shape[0], down):
        r0, r1 = 2 * j, min(2 * j + 1, height - 1)
        for i in range(left, dst.shape[1], across):
            c0, c1 = 2 * i, min(2 * i + 1, width - 1)
            total = int64(src[r0, c0]) + int64(src[r0, c1]) + int64(src[r1, c0]) + int64(src[r1, c1])
            cover = int64(alpha[r0, c0]) + int64(alpha[r0, c1]) + int64(alpha[r1, c0]) + int64(alpha[r1, c1])
            share = 65536 if cover <= 255 else (255 * 65536 + cover // 2) // cover
            dst[j, i] = min(total * share + 32768 >> 16, 255)


def gather(dst: CudaPlane, src: CudaPlane, alpha: CudaPlane) -> None:
    """As :func:`farm.render.straight_kernels.gather`."""
    dst.device.launch(_gather, *dst.shape, dst, src, alpha)


@cuda_kernel
def _lay_on_small(dst, src, alpha, small, thick):  # type: ignore[no-untyped-def]
    rows, columns = small.shape
    first, start = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for j in range(start, dst.shape[0], down):
        r0, r1 = j // 2, min(max(j // 2 + (1 if j % 2 else -1), 0), rows - 1)
        for i in range(first, dst.shape[1], across):
            c0, c1 = i // 2, min(max(i // 2 + (1 if i % 2 else -1), 0), columns - 1)
            here = int64(small[r0, c0]) * 3 + int64(small[r1, c0])
            ground = (here * 3 + int64(small[r0, c1]) * 3 + int64(small[r1, c1])) * 16
            cover = int64(alpha[j, i])
            value, left = min(int64(src[j, i]), cover) << 8, (255 - cover) * 257
            if thick == 1:
                for _ in range(3):
                    value += value * left >> 16
                    left = left * left >> 16
            dst[j, i] = min(value + (ground * left >> 16) + 128 >> 8, 255)


def lay_on_small(dst: CudaPlane, src: CudaPlane, alpha: CudaPlane, small: CudaPlane, thick: int) -> None:
    """As :func:`farm.render.straight_kernels.lay_on_small`."""
    dst.device.launch(_lay_on_small, *dst.shape, dst, src, alpha, small, thick)
