"""CUDA forms of :mod:`farm_basics.layer_kernels`."""

from __future__ import annotations

from numba import cuda, int64

from farm.plugin import each_pixel


@each_pixel
def larger(one, other, out):  # type: ignore[no-untyped-def]
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            out[y, x] = max(int64(one[y, x]), int64(other[y, x]))


@each_pixel
def lift_off(src, ground, alpha, reciprocals, high, out):  # type: ignore[no-untyped-def]
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            below = int64(ground[y, x])
            apart = (int64(src[y, x]) - below) * int64(reciprocals[int64(alpha[y, x])])
            out[y, x] = min(max(below + (apart + 2048 >> 12), 16), high)


@each_pixel
def brightest(y, u, v, out):  # type: ignore[no-untyped-def]
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for i in range(top, out.shape[0], down):
        for j in range(left, out.shape[1], across):
            blue, red = int64(u[i // 2, j // 2]) - 128, int64(v[i // 2, j // 2]) - 128
            most = max(red * 100902, max(blue * -12002 - red * 29994, blue * 118894))
            out[i, j] = min(max(int64(y[i, j]) + (most + 32768 >> 16), 16), 235)
