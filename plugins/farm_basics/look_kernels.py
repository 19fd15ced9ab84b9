"""The pixel loop of looks: a three-dimensional table over luma and both chroma planes, in integers."""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit, void
from numba.types import Array, int64, uint8, uint16, uint32, uint64

from farm.render.device import on_cuda

_U8 = Array(uint8, 2, "C", readonly=True)
_U8_OUT = Array(uint8, 2, "C")
_CUBE = Array(uint16, 2, "C", readonly=True)

SHIFT: Final = 3
"""Chroma levels between the table's samples, as a power of two: 33 samples an axis, as LUTs usually have."""
STEP: Final = 1 << SHIFT
AXIS: Final = 256 // STEP + 1
"""Samples along each chroma axis."""
_HALF: Final = 1 << (2 * SHIFT - 1)


ROWS: Final = 8192
"""Pairs of chroma whose rows are kept while a frame is mapped; a photo has a few thousand."""


@njit(void(_CUBE, int64, int64, int64, uint8[:, ::1]), cache=True, nogil=True)
def _rows_of(cube, blue, red, weight, rows):  # type: ignore[no-untyped-def]
    """Write what becomes of every luma, and of the chroma at every luma, for a pair of chroma: three rows of 256."""
    i, j = blue >> SHIFT, red >> SHIFT
    wi, wj = blue & (STEP - 1), red & (STEP - 1)
    # 32 bits are enough: 255 * 256 * 64 is below 2^22, and 2^16 times 256 below 2^32.
    wa, wb = uint32((STEP - wi) * (STEP - wj)), uint32((STEP - wi) * wj)
    wd, we = uint32(wi * (STEP - wj)), uint32(wi * wj)
    share, rest = uint32(weight), uint32((256 - weight) * 256)
    for plane in range(3):
        a = (plane * AXIS + i) * AXIS + j
        here = uint32(0 if plane == 0 else blue if plane == 1 else red)
        step = uint32(1 if plane == 0 else 0)
        for k in range(256):
            luma = uint64(k)
            value = uint32(uint32(cube[a, luma] * wa) + uint32(cube[a + 1, luma] * wb))
            value = uint32(value + uint32(cube[a + AXIS, luma] * wd))
            value = uint32(value + uint32(cube[a + AXIS + 1, luma] * we))
            value = uint32(uint32(value + uint32(_HALF)) >> uint32(2 * SHIFT))
            before = uint32(here + uint32(step * uint32(k)))
            value = uint32(uint32(value * share) + uint32(before * rest))
            rows[plane, luma] = uint32(value + uint32(32768)) >> uint32(16)


@on_cuda("farm_basics.cuda_kernels:map_cube")
@njit(void(_U8, _U8, _U8, _CUBE, int64, _U8_OUT, _U8_OUT, _U8_OUT), cache=True, nogil=True)
def map_cube(y, u, v, cube, weight, y_out, u_out, v_out):  # type: ignore[no-untyped-def]
    """Look colours up and mix them in with ``weight`` (0 to 256).

    ``cube[(plane * AXIS + i) * AXIS + j, l]`` holds 256 times what becomes of luma ``l`` with the chroma
    ``i * STEP``, ``j * STEP`` in each plane; in between it is bilinear. Chroma is looked up with the mean luma of its
    four pixels.

    Each pair of chroma has its rows worked out once a frame, in vector loops, instead of four lookups a pixel: a third
    of the time.
    """
    height, width = u.shape
    place = np.zeros(65536, np.int32)
    kept = np.empty((ROWS, 3, 256), np.uint8)
    used = 0
    for row in range(height):
        r = uint64(row)
        for column in range(width):
            c = uint64(column)
            pair = (uint64(u[r, c]) << uint64(8)) | uint64(v[r, c])
            if place[pair] == 0:
                if used == ROWS:
                    place[:] = 0
                    used = 0
                _rows_of(cube, int64(u[r, c]), int64(v[r, c]), weight, kept[used])
                used += 1
                place[pair] = used
            at = uint64(place[pair] - 1)
            top, left = uint64(2) * r, uint64(2) * c
            bottom, right = top + uint64(1), left + uint64(1)
            total = uint64(y[top, left]) + uint64(y[top, right])
            total += uint64(y[bottom, left]) + uint64(y[bottom, right])
            mean = (total + uint64(2)) >> uint64(2)
            y_out[top, left] = kept[at, 0, uint64(y[top, left])]
            y_out[top, right] = kept[at, 0, uint64(y[top, right])]
            y_out[bottom, left] = kept[at, 0, uint64(y[bottom, left])]
            y_out[bottom, right] = kept[at, 0, uint64(y[bottom, right])]
            u_out[r, c] = kept[at, 1, mean]
            v_out[r, c] = kept[at, 2, mean]
