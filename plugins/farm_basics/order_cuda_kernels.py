"""The pixel loops of transitions by order on a GPU, with the arguments and results of :mod:`farm_basics.order_kernels`.

Results are identical byte for byte.
"""

from __future__ import annotations

from numba import cuda, int64

from farm.plugin import each_pixel


@each_pixel
def mix_ordered(old, new, when, edge, ramp, out):  # type: ignore[no-untyped-def]
    """out = old + (new - old) * w / 256, w = (edge - when) * 256 / ramp, from 0 to 256."""
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    gain = (256 << 22) // ramp
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            past = min(max(edge - int64(when[y, x]), 0), ramp)
            w = (past * gain + (1 << 21)) >> 22
            out[y, x] = (int64(old[y, x]) * (256 - w) + int64(new[y, x]) * w + 128) >> 8


@each_pixel
def tint_front(alpha, when, edge, span, shares, colors, opaque, out):  # type: ignore[no-untyped-def]
    """Colour the pixels that the front has passed by less than ``span``, in place."""
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    scale = (256 << 16) // span
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            past = edge - int64(when[y, x])
            if past < 0 or past >= span:
                continue
            i = min((past * scale) >> 16, 255)
            share, goal = int64(shares[i]), int64(colors[i])
            if opaque != 1:
                goal = (goal * int64(alpha[y, x]) + 127) // 255
            out[y, x] = (int64(out[y, x]) * (256 - share) + goal * share + 128) >> 8


@each_pixel
def mix_by_luma(old, new, guide, shares, step, out):  # type: ignore[no-untyped-def]
    """out = old + (new - old) * shares[guide] / 256, the guide read at every ``step``-th row and column."""
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            w = int64(shares[guide[y * step, x * step]])
            out[y, x] = (int64(old[y, x]) * (256 - w) + int64(new[y, x]) * w + 128) >> 8
