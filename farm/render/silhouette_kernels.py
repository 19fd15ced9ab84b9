"""Numba kernels that let the opaque part of a picture grow."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from farm.render.device import on_device
from farm.render.frame import Plane

_OPTIONS = {"cache": True, "nogil": True, "error_model": "numpy"}


@on_device
@njit("void(u1[:,::1],u1[:,::1],f8)", **_OPTIONS)
def grow(out: Plane, alpha: Plane, radius_px: float) -> None:
    """Write the opacity of everything within ``radius_px`` of the pixels of ``alpha`` that are at least half opaque.

    The distances are exact (Meijster, Roerdink and Hesselink, 2000, cut off at the radius); edges are smoothed over one
    pixel.
    """
    height, width = alpha.shape
    reach = math.ceil(radius_px) + 1
    far = reach + 1
    # Rows to the nearest half-opaque pixel of each column; ``far`` where that is out of reach.
    rows = np.empty((height, width), np.int32)
    for x in range(width):
        rows[0, x] = 0 if alpha[0, x] >= 128 else far
    for y in range(1, height):
        for x in range(width):
            rows[y, x] = 0 if alpha[y, x] >= 128 else min(far, rows[y - 1, x] + 1)
    for y in range(height - 2, -1, -1):
        for x in range(width):
            rows[y, x] = min(rows[y, x], rows[y + 1, x] + 1)
    squares = np.empty(width, np.int32)
    for y in range(height):
        for x in range(width):
            squares[x] = rows[y, x] * rows[y, x]
        for x in range(width):
            nearest = far * far
            for other in range(max(0, x - reach), min(width, x + reach + 1)):
                nearest = min(nearest, (other - x) * (other - x) + squares[other])
            share = radius_px + 0.5 - math.sqrt(float(nearest))
            out[y, x] = np.uint8(math.floor(255.0 * min(1.0, max(0.0, share)) + 0.5))
