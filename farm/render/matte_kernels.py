"""Numba kernels for masks: opacity from a picture's brightness, and mixing through a mask."""

from __future__ import annotations

import numpy as np
from numba import njit

from farm.render.device import on_device
from farm.render.frame import Plane

_OPTIONS = {"cache": True, "nogil": True, "error_model": "numpy"}


@on_device
@njit("void(u1[:,::1],u1[:,::1],u1[:,::1])", **_OPTIONS)
def luma_to_alpha(dst: Plane, luma: Plane, alpha: Plane) -> None:
    """Write the brightness of a premultiplied picture: black, and what is clear, gives 0; white gives 255."""
    for j in range(luma.shape[0]):
        for i in range(luma.shape[1]):
            # (luma - 16 * alpha / 255) * 255 / 219, rounded
            value = np.int32(luma[j, i]) * np.int32(255) - np.int32(16) * np.int32(alpha[j, i])
            value = (value + np.int32(109)) // np.int32(219)
            dst[j, i] = np.uint8(min(max(value, np.int32(0)), np.int32(255)))


@on_device
@njit("void(u1[:,::1],u1[:,::1])", **_OPTIONS)
def halve(dst: Plane, src: Plane) -> None:
    """Write a plane at chroma resolution: weights 1 2 1 across, centred on the left column of a pair, and 1 1 down."""
    height, width = dst.shape
    for j in range(height):
        for i in range(width):
            left = max(2 * i - 1, 0)
            total = np.uint32(4)
            for row in range(2 * j, 2 * j + 2):
                total += np.uint32(src[row, left]) + np.uint32(2) * np.uint32(src[row, 2 * i])
                total += np.uint32(src[row, 2 * i + 1])
            dst[j, i] = np.uint8(total >> np.uint32(3))


@on_device
@njit("void(u1[:,::1],u1[:,::1],u1[:,::1],i4,i4,i4,i4,i4)", **_OPTIONS)
def mix_through(
    dst: Plane, src: Plane, mask: Plane, left: int, top: int, right: int, bottom: int, opacity: int
) -> None:
    """Mix ``src`` into ``dst`` by ``mask`` (0 to 255) and ``opacity`` (0 to 256), within a rectangle."""
    for j in range(top, bottom):
        for i in range(left, right):
            weight = np.uint32(mask[j, i]) * np.uint32(opacity)
            total = np.uint32(src[j, i]) * weight + np.uint32(dst[j, i]) * (np.uint32(65280) - weight)
            dst[j, i] = np.uint8((total + np.uint32(32640)) // np.uint32(65280))
