"""The loops of :mod:`farm_basics.smear_kernels` on a GPU, where they have a form: same names, arguments and bytes."""

from __future__ import annotations

from numba import cuda, int64

from farm.plugin import each_pixel


@each_pixel
def transpose(src, out):  # type: ignore[no-untyped-def]
    """out[x, y] = src[y, x]."""
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            out[y, x] = src[x, y]


@each_pixel
def smear(src, offsets, radius, out):  # type: ignore[no-untyped-def]
    """Average of ``2 * radius + 1`` rows along lines that pass each row at a column shifted by its offset."""
    height, width = src.shape
    span = 2 * radius + 1
    share = ((1 << 24) + span // 2) // span
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            total = int64(0)
            for k in range(y - radius, y + radius + 1):
                row = min(max(k, 0), height - 1)
                column = x + int64(offsets[row]) - int64(offsets[y])
                total += int64(src[row, min(max(column, 0), width - 1)])
            out[y, x] = min(255, (total * share + (1 << 23)) >> 24)


@each_pixel
def soft_light(src, blurred, weight, out):  # type: ignore[no-untyped-def]
    """Lay ``blurred`` over ``src`` in soft light (luma); ``weight`` 0 to 256. Black and white stay."""
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            a = min(max(int64(src[y, x]) - 16, 0), 219)
            b = min(max(int64(blurred[y, x]) - 16, 0), 219)
            bend = (a * (219 - a) * 299) >> 16
            value = 16 + a + (bend * (2 * b - 219) * weight + 28032) // 56064
            out[y, x] = min(max(value, 16), 235)
