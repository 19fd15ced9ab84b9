"""Numba kernels for one sample at the edge of a picture, which other kernels call."""

from __future__ import annotations

import numpy as np
from numba import njit

from farm.render.frame import Plane

_OPTIONS = {"cache": True, "nogil": True, "error_model": "numpy"}


@njit("UniTuple(i8,2)(u1[:,::1],u1[:,::1],i8,i8)", **_OPTIONS)
def sample(src: Plane, alpha: Plane, sx: int, sy: int) -> tuple[int, int]:
    """Return a sample and its alpha, times 65536, whose neighbours may lie outside, where all is transparent."""
    height, width = src.shape
    c0, r0 = sx >> 16, sy >> 16
    wx, wy = (sx >> 8) & 255, (sy >> 8) & 255
    s, a = np.int64(0), np.int64(0)
    for dr in range(2):
        r = r0 + dr
        if r < 0 or r >= height:
            continue
        wr = wy if dr else 256 - wy
        for dc in range(2):
            c = c0 + dc
            if c < 0 or c >= width:
                continue
            weight = wr * (wx if dc else 256 - wx)
            s += weight * np.int64(src[r, c])
            a += weight * np.int64(alpha[r, c])
    return s, a


@njit("u1(i8,i8,u1,i8)", **_OPTIONS)
def blended(s: int, a: int, below: int, strength: int) -> int:
    """Return a sample and its alpha, times 65536, over ``below`` at a strength of 0 to 256."""
    if a == 0:
        return below
    # s and a carry 24 fraction bits once opacity is applied.
    value = s * strength + np.int64(below) * ((np.int64(255 << 24) - a * strength) // 255)
    return np.uint8(min((value + (1 << 23)) >> 24, np.int64(255)))


@njit("u1(u1[:,::1],u1[:,::1],i8,i8,u1,i8)", **_OPTIONS)
def sample_over(src: Plane, alpha: Plane, sx: int, sy: int, below: int, strength: int) -> int:
    """Return the blend over ``below`` of a sample whose neighbours may lie outside, where all is transparent."""
    s, a = sample(src, alpha, sx, sy)
    return blended(s, a, below, strength)
