"""The pixel loops of light on a GPU, with the names, arguments and results of :mod:`farm_basics.exposure_kernels`."""

from __future__ import annotations

from numba import cuda, int64

from farm.plugin import each_pixel


@each_pixel
def add_planes(old, new, before, after, zero, low, high, out):  # type: ignore[no-untyped-def]
    """out = zero + (old - zero) * before / 256 + (new - zero) * after / 256, from ``low`` to ``high``."""
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            light = (int64(old[y, x]) - zero) * before + (int64(new[y, x]) - zero) * after
            out[y, x] = min(max(zero + ((light + 128) >> 8), low), high)


@each_pixel
def tint_spot(alpha, across, down, strength, color, opaque, out):  # type: ignore[no-untyped-def]
    """Mix a soft spot of a colour into a plane, in place."""
    left, top = cuda.grid(2)
    columns, rows = cuda.gridsize(2)
    for y in range(top, out.shape[0], rows):
        for x in range(left, out.shape[1], columns):
            q = max(32768 - int64(down[y]) - int64(across[x]), 0)
            share = (((q * q) >> 15) * strength) >> 8
            goal = color if opaque == 1 else (color * int64(alpha[y, x]) + 127) // 255
            value = int64(out[y, x])
            out[y, x] = value + (((goal - value) * share + 16384) >> 15)
