"""The pixel loops of blurs on a GPU, with the names, arguments and results of :mod:`farm_basics.blur_kernels`."""

from __future__ import annotations

from numba import cuda, int64

from farm.plugin import CudaPlane, cuda_kernel, each_pixel
from farm_basics.blur_kernels import NARROW

_RUN = 32
"""Pixels per thread of a running sum."""


@cuda_kernel
def _average_rows(src, radius, fraction, out):  # type: ignore[no-untyped-def]
    height, width = src.shape
    whole = (2 * radius + 1) * 32 + 2 * fraction
    bits = 24 if 2 * radius + 1 < NARROW else 32
    share = ((1 << bits) + whole // 2) // whole
    first, start = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for run in range(start, (width + _RUN - 1) // _RUN, down):
        for y in range(first, height, across):
            left = run * _RUN
            total = int64(0)
            for x in range(left - radius, left + radius + 1):
                total += int64(src[y, min(max(x, 0), width - 1)])
            for x in range(left, min(left + _RUN, width)):
                enters = int64(src[y, min(x + radius + 1, width - 1)])
                ends = enters + int64(src[y, max(x - radius - 1, 0)])
                out[y, x] = ((total * 32 + ends * fraction) * share + (1 << (bits - 1))) >> bits
                total += enters - int64(src[y, max(x - radius, 0)])


def average_rows(src: CudaPlane, radius: int, fraction: int, out: CudaPlane) -> None:
    """Average each pixel with its neighbours in its row."""
    height, width = src.shape
    out.device.launch(_average_rows, -(-width // _RUN), height, src, radius, fraction, out)


@cuda_kernel
def _average_columns(src, radius, fraction, out):  # type: ignore[no-untyped-def]
    height, width = src.shape
    whole = (2 * radius + 1) * 32 + 2 * fraction
    bits = 24 if 2 * radius + 1 < NARROW else 32
    share = ((1 << bits) + whole // 2) // whole
    first, start = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for run in range(start, (height + _RUN - 1) // _RUN, down):
        for x in range(first, width, across):
            top = run * _RUN
            total = int64(0)
            for y in range(top - radius, top + radius + 1):
                total += int64(src[min(max(y, 0), height - 1), x])
            for y in range(top, min(top + _RUN, height)):
                enters = int64(src[min(y + radius + 1, height - 1), x])
                ends = enters + int64(src[max(y - radius - 1, 0), x])
                out[y, x] = ((total * 32 + ends * fraction) * share + (1 << (bits - 1))) >> bits
                total += enters - int64(src[max(y - radius, 0), x])


def average_columns(src: CudaPlane, radius: int, fraction: int, out: CudaPlane) -> None:
    """Average each pixel with its neighbours in its column."""
    height, width = src.shape
    out.device.launch(_average_columns, -(-height // _RUN), width, src, radius, fraction, out)


@each_pixel
def shrink_plane(src, factor, out):  # type: ignore[no-untyped-def]
    """out[y, x] = mean of a square of ``factor`` (2 or 4) pixels; those beyond the edge repeat it."""
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    height, width = src.shape
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            total = int64(0)
            for j in range(factor):
                for i in range(factor):
                    row, column = min(y * factor + j, height - 1), min(x * factor + i, width - 1)
                    total += int64(src[row, column])
            out[y, x] = (total + factor * factor // 2) // (factor * factor)


@each_pixel
def enlarge_plane(src, factor, out):  # type: ignore[no-untyped-def]
    """``factor`` (2 or 4) times as large, bilinear, samples being the middles of squares."""
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    rows, columns = src.shape
    step = 8 // factor
    for y in range(top, out.shape[0], down):
        below = (2 * (y % factor) + 1) * step // 2 - 4
        y0 = y // factor
        y1 = min(max(y0 + (1 if below > 0 else -1), 0), rows - 1)
        wy = abs(below)
        for x in range(left, out.shape[1], across):
            beside = (2 * (x % factor) + 1) * step // 2 - 4
            x0 = x // factor
            x1 = min(max(x0 + (1 if beside > 0 else -1), 0), columns - 1)
            wx = abs(beside)
            one = int64(src[y0, x0]) * (8 - wy) + int64(src[y1, x0]) * wy
            two = int64(src[y0, x1]) * (8 - wy) + int64(src[y1, x1]) * wy
            out[y, x] = (one * (8 - wx) + two * wx + 32) >> 6
