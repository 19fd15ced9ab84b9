"""The loops of :mod:`farm_basics.light_kernels` on a GPU: same names, arguments and bytes."""

from __future__ import annotations

from numba import cuda, int64

from farm.plugin import each_pixel


@each_pixel
def tint_by(src, mask, color, weight, step, out):  # type: ignore[no-untyped-def]
    """out = src + (color - src) * mask / 255 * weight / 256."""
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            value = int64(src[y, x])
            cover = (int64(mask[y * step, x * step]) * weight * 257) >> 16
            out[y, x] = value + (((color - value) * cover + 128) >> 8)


@each_pixel
def screen_light(src, mask, weight, out):  # type: ignore[no-untyped-def]
    """Screen white light of mask / 255 * weight / 256 onto luma, clamped to 16 to 235."""
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            value = min(max(int64(src[y, x]), 16), 235)
            cover = (int64(mask[y, x]) * weight * 257) >> 16
            out[y, x] = min(value + (((235 - value) * cover + 128) >> 8), 235)


@each_pixel
def tint_band(src, profile, offsets, color, step, out):  # type: ignore[no-untyped-def]
    """out = src + (color - src) * profile / 255, the profile of row y being read from ``offsets[y]`` on."""
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            value = int64(src[y, x])
            cover = int64(profile[int64(offsets[y * step]) + x * step])
            out[y, x] = value + (((color - value) * cover * 257 + 32768) >> 16)


@each_pixel
def scale_rows(src, weights, step, zero, out):  # type: ignore[no-untyped-def]
    """out = zero + (src - zero) * weight / 256, with the weight (0 to 512) of every ``step``-th row, 16 to 240."""
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            value = zero + (((int64(src[y, x]) - zero) * int64(weights[y * step]) + 128) >> 8)
            out[y, x] = min(max(value, 16), 240)


@each_pixel
def divide_light(src, blurred, reciprocals, out):  # type: ignore[no-untyped-def]
    """Divide luma by that of its surroundings: what is as bright as those becomes white."""
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            light = max(int64(src[y, x]) - 16, 0)
            out[y, x] = min((light * int64(reciprocals[blurred[y, x]])) >> 16, 219) + 16


@each_pixel
def light_up(like, across, down, out):  # type: ignore[no-untyped-def]  # noqa: ARG001
    """out = across * down / 256, at most 255: a soft spot of light as a mask; ``like`` is not read."""
    left, top = cuda.grid(2)
    columns, rows = cuda.gridsize(2)
    for y in range(top, out.shape[0], rows):
        for x in range(left, out.shape[1], columns):
            out[y, x] = min((int64(across[x]) * int64(down[y])) >> 8, 255)
