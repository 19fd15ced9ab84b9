"""Numba kernels on uint8 planes: place, blend, blur, convert.

Arithmetic is integer throughout, so results do not depend on the CPU. Signatures are explicit and compiled code
is cached on disk: no process compiles twice.
All kernels are single-threaded and release the GIL; a farm's parallelism is one worker per core.
"""

from __future__ import annotations

import numpy as np
from numba import njit, void
from numba.types import Array, int32, uint8
from numpy.typing import NDArray

from farm.render.device import on_device
from farm.render.frame import Plane

_OPTIONS = {"cache": True, "nogil": True, "error_model": "numpy"}
_OUT = Array(uint8, 2, "C")
_SOURCE = Array(uint8, 2, "C", readonly=True)
"""Frames given to elements may be read-only, and plugins call these kernels too."""


@on_device
@njit(void(_OUT, _SOURCE, _SOURCE, int32, int32, int32, int32, int32, int32, int32), **_OPTIONS)
def over(
    dst: Plane,
    src: Plane,
    alpha: Plane,
    x0: int,
    y0: int,
    left: int,
    top: int,
    right: int,
    bottom: int,
    opacity: int,
) -> None:
    """Blend premultiplied ``src`` with ``alpha`` over ``dst``, its corner at (x0, y0), within a clip rectangle.

    ``left`` to ``right`` and ``top`` to ``bottom`` bound the touched part of ``dst``; ``opacity`` is 0 to 256.
    """
    first_row, last_row = max(top, y0), min(bottom, y0 + src.shape[0])
    first, last = max(left, x0), min(right, x0 + src.shape[1])
    if first >= last:
        return
    strength = np.uint32(opacity)
    for j in range(first_row, last_row):
        source = src[j - y0, first - x0 : last - x0]
        mask = alpha[j - y0, first - x0 : last - x0]
        out = dst[j, first:last]
        # 16 bits suffice: 255 * 255 + 128, and x / 255 is (x + x / 256) / 256 for such x, rounded by the 128.
        if opacity == 256:
            for i in range(out.shape[0]):
                t = np.uint16(np.uint16(np.uint16(out[i]) * np.uint16(255 - mask[i])) + np.uint16(128))
                t = np.uint16(np.uint16(t + np.uint16(t >> 8)) >> 8)
                out[i] = np.uint8(min(np.uint16(t + source[i]), np.uint16(255)))
        else:
            for i in range(out.shape[0]):
                a = np.uint32(np.uint32(mask[i]) * strength)
                s = np.uint32(np.uint32(source[i]) * np.uint32(np.uint32(255) * strength))
                total = np.uint32(s + np.uint32(np.uint32(out[i]) * np.uint32(np.uint32(65280) - a)))
                # total / (255 * 256): by 256 first, then by 255, both exact floors of the rounded sum.
                whole = np.uint32(np.uint32(total + np.uint32(32640)) >> 8)
                value = np.uint32(np.uint32(whole + np.uint32(1)) + np.uint32(whole >> 8)) >> 8
                out[i] = np.uint8(min(value, np.uint32(255)))


@on_device
@njit("void(u1[:,::1],u1[:,::1],i4,i4,i4,i4,i4,i4,i4)", **_OPTIONS)
def lay(
    dst: Plane, src: Plane, x0: int, y0: int, left: int, top: int, right: int, bottom: int, opacity: int
) -> None:
    """Mix an opaque ``src`` over ``dst`` at (x0, y0) within a clip rectangle; ``opacity`` 256 copies."""
    first_row, last_row = max(top, y0), min(bottom, y0 + src.shape[0])
    first, last = max(left, x0), min(right, x0 + src.shape[1])
    if first >= last:
        return
    w, v = np.uint16(opacity), np.uint16(256 - opacity)
    for j in range(first_row, last_row):
        source = src[j - y0, first - x0 : last - x0]
        out = dst[j, first:last]
        for i in range(out.shape[0]):
            total = np.uint16(np.uint16(np.uint16(source[i]) * w) + np.uint16(np.uint16(out[i]) * v))
            out[i] = np.uint8(np.uint16(total + np.uint16(128)) >> 8)


@on_device
@njit(void(_OUT, _SOURCE, _SOURCE), **_OPTIONS)
def multiply(dst: Plane, src: Plane, alpha: Plane) -> None:
    """Write ``src * alpha / 255`` into ``dst``, rounded: premultiplies, or applies a mask to premultiplied planes."""
    for j in range(src.shape[0]):
        source, mask, out = src[j], alpha[j], dst[j]
        for i in range(out.shape[0]):
            t = np.uint16(np.uint16(np.uint16(source[i]) * np.uint16(mask[i])) + np.uint16(128))
            out[i] = np.uint8(np.uint16(t + np.uint16(t >> 8)) >> 8)


@on_device
@njit(void(_OUT, _SOURCE, _SOURCE), **_OPTIONS)
def divide(dst: Plane, src: Plane, alpha: Plane) -> None:
    """Write ``src * 255 / alpha`` into ``dst``, rounded and capped: undoes premultiplication; 0 where clear."""
    for j in range(src.shape[0]):
        for i in range(src.shape[1]):
            a = np.uint32(alpha[j, i])
            if a == 0:
                dst[j, i] = np.uint8(0)
            else:
                dst[j, i] = np.uint8(
                    min((np.uint32(src[j, i]) * np.uint32(255) + (a >> np.uint32(1))) // a, np.uint32(255))
                )


@njit("void(u1[:,:,::1],u1[:,::1],u1[:,::1],u1[:,::1],u1[:,::1],u1[:,::1])", **_OPTIONS)
def planes_from_rgba(rgba: NDArray[np.uint8], y: Plane, u: Plane, v: Plane, a: Plane, a2: Plane) -> None:
    """Convert premultiplied sRGB (height, width, 4) to premultiplied BT.709 limited-range planes with alpha.

    Coefficients are BT.709-6's luma weights scaled by 219/255 and 224/255, times 65536. Chroma takes the
    weights 1 2 1 across (it sits on the left column of its pair) and 1 1 down.
    """
    height, width = a.shape
    for j in range(height):
        for i in range(width):
            r, g, b, al = (
                np.int32(rgba[j, i, 0]),
                np.int32(rgba[j, i, 1]),
                np.int32(rgba[j, i, 2]),
                np.int32(rgba[j, i, 3]),
            )
            # 16/255 * 65536 = 4112
            y[j, i] = np.uint8((11966 * r + 40254 * g + 4064 * b + 4112 * al + 32768) >> 16)
            a[j, i] = np.uint8(al)
    for j in range(height // 2):
        for i in range(width // 2):
            sr = sg = sb = sa = np.int64(0)
            for dj in range(2):
                row = 2 * j + dj
                for di in range(-1, 2):
                    column = max(0, min(2 * i + di, width - 1))
                    w = 2 if di == 0 else 1
                    sr += w * np.int64(rgba[row, column, 0])
                    sg += w * np.int64(rgba[row, column, 1])
                    sb += w * np.int64(rgba[row, column, 2])
                    sa += w * np.int64(rgba[row, column, 3])
            # sums carry weight 8; 128/255 * 65536 = 32897 (rounded up so that full alpha gives 128)
            u[j, i] = np.uint8(max((-6596 * sr - 22189 * sg + 28785 * sb + 32897 * sa + 262144) >> 19, 0))
            v[j, i] = np.uint8(max((28785 * sr - 26146 * sg - 2639 * sb + 32897 * sa + 262144) >> 19, 0))
            a2[j, i] = np.uint8((sa + 4) >> 3)


@njit("void(u1[:,:,::1],u1[:,::1],u1[:,::1],u1[:,::1])", **_OPTIONS)
def planes_from_rgb(rgb: NDArray[np.uint8], y: Plane, u: Plane, v: Plane) -> None:
    """Convert opaque sRGB (height, width, 3 or 4) to BT.709 limited-range planes, as :func:`planes_from_rgba` does."""
    height, width = y.shape
    for j in range(height):
        for i in range(width):
            r, g, b = np.int32(rgb[j, i, 0]), np.int32(rgb[j, i, 1]), np.int32(rgb[j, i, 2])
            y[j, i] = np.uint8((11966 * r + 40254 * g + 4064 * b + 1048576 + 32768) >> 16)
    for j in range(height // 2):
        for i in range(width // 2):
            sr = sg = sb = np.int64(0)
            for dj in range(2):
                row = 2 * j + dj
                for di in range(-1, 2):
                    column = max(0, min(2 * i + di, width - 1))
                    w = 2 if di == 0 else 1
                    sr += w * np.int64(rgb[row, column, 0])
                    sg += w * np.int64(rgb[row, column, 1])
                    sb += w * np.int64(rgb[row, column, 2])
            u[j, i] = np.uint8((-6596 * sr - 22189 * sg + 28785 * sb + (128 << 19) + 262144) >> 19)
            v[j, i] = np.uint8((28785 * sr - 26146 * sg - 2639 * sb + (128 << 19) + 262144) >> 19)


@njit("void(u1[:,::1],u1[:,::1],u1[:,::1],u1[:,:,::1])", **_OPTIONS)
def rgb_from_planes(y: Plane, u: Plane, v: Plane, rgb: NDArray[np.uint8]) -> None:
    """Convert opaque planes to sRGB (height, width, 3) for stills and covers; chroma is interpolated across."""
    height, width = y.shape
    for j in range(height):
        cj = j // 2
        for i in range(width):
            ci = i // 2
            cn = min(ci + (i & 1), u.shape[1] - 1)
            luma = 76309 * (np.int32(y[j, i]) - 16)
            cb = np.int32(u[cj, ci]) + np.int32(u[cj, cn]) - 256
            cr = np.int32(v[cj, ci]) + np.int32(v[cj, cn]) - 256
            # 255/219, and 255/224 times 1.5748, 0.1873, 0.4681, 1.8556, times 65536; halved for the sum of two.
            r = (luma + 58743 * cr + 32768) >> 16
            g = (luma - 6988 * cb - 17461 * cr + 32768) >> 16
            b = (luma + 69219 * cb + 32768) >> 16
            rgb[j, i, 0] = np.uint8(min(max(r, 0), 255))
            rgb[j, i, 1] = np.uint8(min(max(g, 0), 255))
            rgb[j, i, 2] = np.uint8(min(max(b, 0), 255))


@on_device
@njit("void(u1[:,::1],u1[:,::1])", **_OPTIONS)
def transpose(dst: Plane, src: Plane) -> None:
    """Write the columns of ``src`` as the rows of ``dst``."""
    for j in range(dst.shape[0]):
        for i in range(dst.shape[1]):
            dst[j, i] = src[i, j]


@on_device
@njit("void(u1[:,::1],u1[:,::1],i4)", **_OPTIONS)
def blur_rows(dst: Plane, src: Plane, radius: int) -> None:
    """Write the mean of ``2 * radius + 1`` neighbours along each row; edges repeat."""
    height, width = src.shape
    window = np.uint32(2 * radius + 1)
    for j in range(height):
        total = np.uint32(src[j, 0]) * np.uint32(radius + 1)
        for k in range(1, radius + 1):
            total += np.uint32(src[j, min(k, width - 1)])
        for i in range(width):
            dst[j, i] = np.uint8((total + window // np.uint32(2)) // window)
            total += np.uint32(src[j, min(i + radius + 1, width - 1)])
            total -= np.uint32(src[j, max(i - radius, 0)])
