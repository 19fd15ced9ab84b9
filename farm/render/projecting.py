"""Numba kernel that blends a picture in perspective: every output pixel is looked up through an inverse homography."""

from __future__ import annotations

import numpy as np
from numba import njit

from farm.render.device import on_device
from farm.render.edge_kernels import blended as _blended
from farm.render.edge_kernels import sample as _sample
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


@njit("UniTuple(i8,2)(i8[::1],i8,i8)", **_OPTIONS)
def _place(matrix: np.ndarray, column: int, row: int) -> tuple[int, int]:
    """Return where in the source a place is, in 1/65536; far outside if it is behind the viewer."""
    w = matrix[6] * column + matrix[7] * row + matrix[8]
    if w <= 0:
        return -(1 << 40), -(1 << 40)
    x = matrix[0] * column + matrix[1] * row + matrix[2]
    y = matrix[3] * column + matrix[4] * row + matrix[5]
    return (x << 16) // w, (y << 16) // w


@on_device
@njit("void(u1[:,::1],u1[:,::1],u1[:,::1],i8[::1],i4,i4,i4,i4,i4,i4,i4)", **_OPTIONS)
def project_fine_over(
    dst: Plane,
    src: Plane,
    alpha: Plane,
    matrix: np.ndarray,
    left: int,
    top: int,
    right: int,
    bottom: int,
    opacity: int,
    across: int,
    down: int,
) -> None:
    """Blend as :func:`project_over` does, each output being the mean of ``across`` times ``down`` samples.

    The matrix maps the corners of outputs, not their middles: output i lies between columns i and i + 1.
    """
    height, width = src.shape
    strength, count = np.int64(opacity), np.int64(across) * np.int64(down)
    outside = np.int64(1) << 40
    end_x, end_y = np.int64(width) << 16, np.int64(height) << 16
    for j in range(top, bottom):
        x1, y1 = _place(matrix, left, j)
        x3, y3 = _place(matrix, left, j + 1)
        for i in range(left, right):
            # Its corners; within a pixel places are evenly spaced, nearly, and a division costs as much as a sample.
            x0, y0, x2, y2 = x1, y1, x3, y3
            x1, y1 = _place(matrix, i + 1, j)
            x3, y3 = _place(matrix, i + 1, j + 1)
            if min(x0, x1, x2, x3) <= -outside or min(y0, y1, y2, y3) <= -outside:
                continue  # behind the viewer, or just before its horizon
            if min(x0, x1, x2, x3) >= end_x or min(y0, y1, y2, y3) >= end_y:
                continue
            if max(x0, x1, x2, x3) <= -65536 or max(y0, y1, y2, y3) <= -65536:
                continue
            s, a = np.int64(0), np.int64(0)
            for v in range(down):
                share = (np.int64(2 * v + 1) << 15) // down
                left_x, left_y = x0 + ((x2 - x0) * share >> 16), y0 + ((y2 - y0) * share >> 16)
                step_x = (x1 + ((x3 - x1) * share >> 16) - left_x) // across
                step_y = (y1 + ((y3 - y1) * share >> 16) - left_y) // across
                for u in range(across):
                    sx, sy = left_x + (step_x >> 1) + step_x * u, left_y + (step_y >> 1) + step_y * u
                    if 0 <= sx < end_x - 65536 and 0 <= sy < end_y - 65536:
                        c, r = np.uint64(sx >> 16), np.uint64(sy >> 16)
                        c1, r1 = c + np.uint64(1), r + np.uint64(1)
                        wx, wy = np.uint32((sx >> 8) & 255), np.uint32((sy >> 8) & 255)
                        vx, vy = np.uint32(256) - wx, np.uint32(256) - wy
                        above = np.uint32(src[r, c] * vx + src[r, c1] * wx)
                        below = np.uint32(src[r1, c] * vx + src[r1, c1] * wx)
                        s += np.int64(np.uint32(above * vy + below * wy))
                        above = np.uint32(alpha[r, c] * vx + alpha[r, c1] * wx)
                        below = np.uint32(alpha[r1, c] * vx + alpha[r1, c1] * wx)
                        a += np.int64(np.uint32(above * vy + below * wy))
                    elif -65536 < sx < end_x and -65536 < sy < end_y:
                        more, over = _sample(src, alpha, sx, sy)
                        s += more
                        a += over
            if a > 0:
                dst[j, i] = _blended(s // count, a // count, dst[j, i], strength)
