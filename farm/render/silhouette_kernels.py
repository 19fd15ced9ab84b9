"""Numba kernels that let the opaque part of a picture grow."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from farm.render.device import on_device
from farm.render.frame import Plane

# Minima of numbers that are never NaN are vectorised.
_OPTIONS = {"cache": True, "nogil": True, "error_model": "numpy", "fastmath": {"nnan", "nsz"}}


@on_device
@njit("void(u1[:,::1],u1[:,::1],f8,u1)", **_OPTIONS)
def grow(out: Plane, alpha: Plane, radius_px: float, least: int) -> None:
    """Write the opacity of everything within ``radius_px`` of what is visible: whose alpha is ``least`` or more.

    An edge runs through its pixel where the pixel's opacity says, and is smoothed over one pixel. The distance is that
    to the nearest of these pixels, which is found by columns first (Meijster, Roerdink and Hesselink, 2000, cut off at
    the radius), less the part of it that lies beyond its middle.
    """
    height, width = alpha.shape
    reach = math.ceil(radius_px) + 2
    far = reach + 1
    # Rows to the nearest visible pixel of each column, ``far`` where that is out of reach, and the part of that
    # pixel that lies beyond its middle: -0.5 to 0.5.
    rows = np.empty((height, width), np.int32)
    beyond = np.zeros((height, width), np.float32)
    for y in range(height):
        for x in range(width):
            rows[y, x] = far
            if alpha[y, x] >= least:
                rows[y, x] = 0
                beyond[y, x] = np.float32(alpha[y, x]) / np.float32(255.0) - np.float32(0.5)
            elif y > 0 and rows[y - 1, x] < far:
                rows[y, x] = rows[y - 1, x] + 1
                beyond[y, x] = beyond[y - 1, x]
    for y in range(height - 2, -1, -1):
        for x in range(width):
            below = rows[y + 1, x] + 1
            if below < rows[y, x] or (below == rows[y, x] and beyond[y + 1, x] > beyond[y, x]):
                rows[y, x] = below
                beyond[y, x] = beyond[y + 1, x]
    # The squares of the distances to the columns around.
    around = np.empty(2 * reach + 1, np.float32)
    for step in range(-reach, reach + 1):
        around[step + reach] = step * step
    squares = np.empty(width, np.float32)
    for y in range(height):
        for x in range(width):
            squares[x] = rows[y, x] * rows[y, x]
        for x in range(width):
            nearest = np.float32(far)
            if beyond[y, x] == np.float32(0.5) and rows[y, x] == 0:
                nearest = np.float32(-0.5)
            else:
                first, stop = max(0, x - reach), min(width, x + reach + 1)
                to_table = np.uint64(reach - x + first)
                for step in range(np.uint64(stop - first)):
                    other = np.uint64(first) + step
                    length = np.sqrt(around[to_table + step] + squares[other]) - beyond[y, other]
                    nearest = min(nearest, length)
            share = radius_px + 0.5 - float(nearest)
            out[y, x] = np.uint8(math.floor(255.0 * min(1.0, max(0.0, share)) + 0.5))
