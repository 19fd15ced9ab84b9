"""The loops of :mod:`farm_basics.colour_kernels` on a GPU: same names, arguments and bytes."""

from __future__ import annotations

from numba import cuda, int64

from farm.plugin import each_pixel
from farm_basics.colour_kernels import (
    BLUE_LUMA,
    BLUE_OF_U,
    GREEN_LUMA,
    GREEN_OF_U,
    GREEN_OF_V,
    RED_LUMA,
    RED_OF_V,
    U_OF_BLUE,
    V_OF_RED,
)


@each_pixel
def turn_chroma(u, v, of_u, of_v, out):  # type: ignore[no-untyped-def]
    """out = 128 + (u - 128) * of_u + (v - 128) * of_v, factors in 1/16384, clamped to 16 to 240."""
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            total = (int64(u[y, x]) - 128) * of_u + (int64(v[y, x]) - 128) * of_v
            out[y, x] = min(max(128 + ((total + 8192) >> 14), 16), 240)


@each_pixel
def join_luma(red_y, red_v, green_y, green_u, green_v, blue_y, blue_u, out):  # type: ignore[no-untyped-def]
    """Write the luma of a picture that has its red, green and blue from three others."""
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            i, j = y // 2, x // 2
            tone = (int64(red_v[i, j]) - int64(green_v[i, j])) * 21452
            tone += (int64(blue_u[i, j]) - int64(green_u[i, j])) * 8584
            value = int64(red_y[y, x]) * RED_LUMA + int64(green_y[y, x]) * GREEN_LUMA
            value = (value + int64(blue_y[y, x]) * BLUE_LUMA + tone + 32768) >> 16
            out[y, x] = min(max(value, 16), 235)


@each_pixel
def join_chroma(red_y, red_v, green_y, green_u, green_v, blue_y, blue_u, is_red, out):  # type: ignore[no-untyped-def]
    """As :func:`join_luma`, the blue difference, or with ``is_red`` 1 the red difference."""
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            i, j = 2 * y, 2 * x
            red = int64(red_y[i, j]) + int64(red_y[i, j + 1])
            red += int64(red_y[i + 1, j]) + int64(red_y[i + 1, j + 1])
            red += (int64(red_v[y, x]) - 128) * RED_OF_V >> 14
            blue = int64(blue_y[i, j]) + int64(blue_y[i, j + 1])
            blue += int64(blue_y[i + 1, j]) + int64(blue_y[i + 1, j + 1])
            blue += (int64(blue_u[y, x]) - 128) * BLUE_OF_U >> 14
            green = int64(green_y[i, j]) + int64(green_y[i, j + 1])
            green += int64(green_y[i + 1, j]) + int64(green_y[i + 1, j + 1])
            green -= (int64(green_u[y, x]) - 128) * GREEN_OF_U + (
                int64(green_v[y, x]) - 128
            ) * GREEN_OF_V >> 14
            luma = (red * RED_LUMA + green * GREEN_LUMA + blue * BLUE_LUMA) >> 16
            if is_red == 1:
                out[y, x] = min(max(128 + (((red - luma) * V_OF_RED + 131072) >> 18), 16), 240)
            else:
                out[y, x] = min(max(128 + (((blue - luma) * U_OF_BLUE + 131072) >> 18), 16), 240)
