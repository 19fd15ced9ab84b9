"""Numba kernels that continue a picture's colours below its transparent pixels: a pyramid, built up and laid down."""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit, void
from numba.types import Array, uint8, uint64
from numpy.typing import NDArray

from farm.render.device import on_device
from farm.render.frame import Plane

_OPTIONS = {"cache": True, "nogil": True, "error_model": "numpy"}
_OUT = Array(uint8, 2, "C")
_SOURCE = Array(uint8, 2, "C", readonly=True)
_SHARES: Final[NDArray[np.uint32]] = np.array(
    [65536 if total <= 255 else (255 * 65536 + total // 2) // total for total in range(1021)], np.uint32
)
"""What four pixels count together, in 1/65536, by the sum of their alphas: at most as much as an opaque one."""


@on_device
@njit(void(_OUT, _SOURCE, _SOURCE), **_OPTIONS)
def gather(dst: Plane, src: Plane, alpha: Plane) -> None:
    """Write the sums of squares of four premultiplied pixels, divided where their alphas add up to more than 255.

    What an average would thin out keeps its 8 bits so. Pixels beyond the edge repeat it.
    """
    height, width = src.shape
    sums, covers = np.empty(width + 1, np.uint32), np.empty(width + 1, np.uint32)
    for j in range(dst.shape[0]):
        row, top, bottom = np.uint64(j), np.uint64(2 * j), np.uint64(min(2 * j + 1, height - 1))
        for i in range(width):
            k = np.uint64(i)
            sums[k] = np.uint32(np.uint32(src[top, k]) + np.uint32(src[bottom, k]))
            covers[k] = np.uint32(np.uint32(alpha[top, k]) + np.uint32(alpha[bottom, k]))
        last = np.uint64(width)
        sums[last], covers[last] = sums[last - np.uint64(1)], covers[last - np.uint64(1)]
        for i in range(dst.shape[1]):
            k, n = np.uint64(2 * i), np.uint64(2 * i + 1)
            total, cover = np.uint32(sums[k] + sums[n]), np.uint32(covers[k] + covers[n])
            share = _SHARES[np.uint64(cover)]
            value = np.uint32(np.uint32(np.uint32(total * share) + np.uint32(32768)) >> np.uint32(16))
            dst[row, np.uint64(i)] = np.uint8(min(value, np.uint32(255)))


@on_device
@njit(void(_OUT, _SOURCE, _SOURCE, _SOURCE, uint64), **_OPTIONS)
def lay_on_small(dst: Plane, src: Plane, alpha: Plane, small: Plane, thick: int) -> None:
    """Lay premultiplied ``src`` over ``small``, which is half its size and enlarged bilinearly.

    With ``thick`` 1 it is laid eight times over itself first, within 16 bits: opaque where it is not nearly clear.
    """
    height, width = src.shape
    rows, columns = small.shape
    line = np.empty(columns + 2, np.uint32)
    ground = np.empty(2 * columns, np.uint32)
    for j in range(height):
        row = np.uint64(j)
        near, far = np.uint64(j // 2), np.uint64(min(max(j // 2 + (1 if j % 2 else -1), 0), rows - 1))
        for i in range(columns):
            k = np.uint64(i)
            mixed = np.uint32(np.uint32(np.uint32(small[near, k]) * np.uint32(3)) + np.uint32(small[far, k]))
            line[k + np.uint64(1)] = mixed
        line[np.uint64(0)], line[np.uint64(columns + 1)] = line[np.uint64(1)], line[np.uint64(columns)]
        for i in range(columns):
            k = np.uint64(i)
            here = np.uint32(line[k + np.uint64(1)] * np.uint32(3))
            # In 1/256 of a level, of 16 parts.
            ground[np.uint64(2 * i)] = np.uint32(np.uint32(here + line[k]) * np.uint32(16))
            ground[np.uint64(2 * i + 1)] = np.uint32(np.uint32(here + line[k + np.uint64(2)]) * np.uint32(16))
        for i in range(width):
            k = np.uint64(i)
            cover = np.uint32(alpha[row, k])
            value = np.uint32(min(np.uint32(src[row, k]), cover) << np.uint32(8))
            left = np.uint32(np.uint32(np.uint32(255) - cover) * np.uint32(257))
            if thick == 1:
                for _ in range(3):
                    value = np.uint32(value + np.uint32(np.uint32(value * left) >> np.uint32(16)))
                    left = np.uint32(np.uint32(left * left) >> np.uint32(16))
            below = np.uint32(np.uint32(ground[k] * left) >> np.uint32(16))
            total = np.uint32(np.uint32(np.uint32(value + below) + np.uint32(128)) >> np.uint32(8))
            dst[row, k] = np.uint8(min(total, np.uint32(255)))
