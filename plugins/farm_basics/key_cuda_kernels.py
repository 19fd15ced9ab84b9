"""The loops of :mod:`farm_basics.key_kernels` on a GPU: same names, arguments and bytes."""

from __future__ import annotations

from numba import cuda, int64

from farm.plugin import each_pixel


@each_pixel
def map_chroma(u, v, table, out):  # type: ignore[no-untyped-def]
    """out = table[256 * u + v]."""
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            out[y, x] = table[int64(u[y, x]) * 256 + int64(v[y, x])]


@each_pixel
def unmix(src, shares, key, reciprocals, highest, out):  # type: ignore[no-untyped-def]
    """Take the key's share (0 to 255) out of each pixel: out = (src - key * share) / (1 - share), 16 to ``highest``."""
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            share = int64(shares[y, x])
            more = ((int64(src[y, x]) - key) * share * int64(reciprocals[share])) >> 14
            out[y, x] = min(max(int64(src[y, x]) + more, 16), highest)
