"""The loops of :mod:`farm_basics.drawn_kernels` on a GPU, where they have a form: same names, arguments and bytes."""

from __future__ import annotations

from numba import cuda, int64

from farm.plugin import each_pixel


@each_pixel
def find_edges(src, floor, gain, out):  # type: ignore[no-untyped-def]
    """Write how steep a plane is: the larger part of Sobel's gradient plus half the smaller, less ``floor``."""
    height, width = src.shape
    first, start = cuda.grid(2)
    columns, rows = cuda.gridsize(2)
    for y in range(start, out.shape[0], rows):
        above, under = max(y - 1, 0), min(y + 1, height - 1)
        for x in range(first, out.shape[1], columns):
            before, after = max(x - 1, 0), min(x + 1, width - 1)
            left = int64(src[above, before]) + 2 * int64(src[y, before]) + int64(src[under, before])
            right = int64(src[above, after]) + 2 * int64(src[y, after]) + int64(src[under, after])
            upper = int64(src[above, before]) + 2 * int64(src[above, x]) + int64(src[above, after])
            lower = int64(src[under, before]) + 2 * int64(src[under, x]) + int64(src[under, after])
            across, down = abs(right - left), abs(lower - upper)
            steep = max(across, down) + (min(across, down) >> 1)
            out[y, x] = min((max(steep - floor, 0) * gain) >> 8, 255)


@each_pixel
def emboss_plane(src, dx, dy, gain, ground, out):  # type: ignore[no-untyped-def]
    """out = ground + (src towards the light - src away from it) * gain / 256, clamped to 16 to 235."""
    height, width = src.shape
    first, start = cuda.grid(2)
    columns, rows = cuda.gridsize(2)
    for y in range(start, out.shape[0], rows):
        near, far = min(max(y - dy, 0), height - 1), min(max(y + dy, 0), height - 1)
        for x in range(first, out.shape[1], columns):
            value = int64(src[near, min(max(x - dx, 0), width - 1)])
            value -= int64(src[far, min(max(x + dx, 0), width - 1)])
            out[y, x] = min(max(ground + ((value * gain + 128) >> 8), 16), 235)


@each_pixel
def ink_by_screen(luma, screen, gain, out):  # type: ignore[no-untyped-def]
    """Write the cover of ink (0 to 255) where luma is below a screen of thresholds; ``gain`` per level, in 1/16."""
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            below = int64(screen[y, x]) - int64(luma[y, x])
            out[y, x] = min(max(128 + ((below * gain) >> 4), 0), 255)


@each_pixel
def darker(drawn, shade, weight, out):  # type: ignore[no-untyped-def]
    """out = drawn less what ``shade`` is darker than white, times weight / 256; 16 to 235."""
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            less = ((235 - int64(shade[y, x])) * weight) >> 8
            out[y, x] = min(max(int64(drawn[y, x]) - less, 16), 235)


@each_pixel
def cover_by(ink, mask, paper, step, out):  # type: ignore[no-untyped-def]
    """out = paper + (ink - paper) * mask / 255; at half resolution (``step`` 2) with the mean of four masks."""
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            i, j, far = y * step, x * step, step - 1
            total = int64(mask[i, j]) + int64(mask[i, j + far])
            total += int64(mask[i + far, j]) + int64(mask[i + far, j + far])
            out[y, x] = paper + (((int64(ink[y, x]) - paper) * total * 257 + 131072) >> 18)
