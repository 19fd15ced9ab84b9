"""Numba kernel that blends a picture in perspective: every output pixel is looked up through an inverse homography."""

from __future__ import annotations

import numpy as np
from numba import njit

from farm.render.device import on_device
from farm.render.edge_kernels import sample_over as _sample_over
from farm.render.frame import Plane

_OPTIONS = {"cache": True, "nogil": True, "error_model": "numpy"}


@on_device
@njit("void(u1[:,::1],u1[:,::1],u1[:,::1],i8[::1],i4,i4,i4,i4,i4)", **_OPTIONS)
def project_over(
    dst: Plane,
    src: Plane,
    alpha: Plane,
    matrix: np.ndarray,
    left: int,
    top: int,
    right: int,
    bottom: int,
    opacity: int,
) -> None:
    """Blend premultiplied ``src`` over ``dst`` through an inverse homography, bilinearly.

    Output (i, j) samples source column ``(m0*i + m1*j + m2) / (m6*i + m7*j + m8)`` and row
    ``(m3*i + m4*j + m5) / (m6*i + m7*j + m8)`` of the matrix in 1/2^24; what lies outside the source, or behind the
    viewer, is transparent.
    """
    height, width = src.shape
    strength = np.int64(opacity)
    across, down = np.int64(width) << 16, np.int64(height) << 16
    for j in range(top, bottom):
        x = matrix[0] * left + matrix[1] * j + matrix[2]
        y = matrix[3] * left + matrix[4] * j + matrix[5]
        w = matrix[6] * left + matrix[7] * j + matrix[8]
        for i in range(left, right):
            if w > 0:
                sx, sy = (x << 16) // w, (y << 16) // w
                if -65536 < sx < across and -65536 < sy < down:
                    dst[j, i] = _sample_over(src, alpha, sx, sy, dst[j, i], strength)
            x += matrix[0]
            y += matrix[3]
            w += matrix[6]
