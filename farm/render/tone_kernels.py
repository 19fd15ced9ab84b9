"""Kernels that look up colours in tables: from 10-bit YUV of any transfer function to 8-bit BT.709."""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from farm.render.frame import Plane

_OPTIONS = {"cache": True, "nogil": True, "error_model": "numpy"}
_ROUND: Final = 1 << 17
_SHIFT: Final = 18  # 4 bits along each axis, 6 of the table


@njit("i4(i2[:,:,:],i4,i4,i4)", inline="always", **_OPTIONS)
def _looked_up(table: NDArray[np.int16], y: int, u: int, v: int) -> int:
    iy, iu, iv = y >> 4, u >> 4, v >> 4
    fy, fu, fv = y & 15, u & 15, v & 15
    near = (table[iy, iu, iv] * (16 - fv) + table[iy, iu, iv + 1] * fv) * (16 - fu)
    near += (table[iy, iu + 1, iv] * (16 - fv) + table[iy, iu + 1, iv + 1] * fv) * fu
    far = (table[iy + 1, iu, iv] * (16 - fv) + table[iy + 1, iu, iv + 1] * fv) * (16 - fu)
    far += (table[iy + 1, iu + 1, iv] * (16 - fv) + table[iy + 1, iu + 1, iv + 1] * fv) * fu
    return (near * (16 - fy) + far * fy + _ROUND) >> _SHIFT


@njit(
    "void(u2[:,::1],u2[:,::1],u2[:,::1],i2[:,:,::1],i2[:,:,::1],i2[:,:,::1],u1[:,::1],u1[:,::1],u1[:,::1])",
    **_OPTIONS,
)
def map_planes(
    y: NDArray[np.uint16],
    u: NDArray[np.uint16],
    v: NDArray[np.uint16],
    luma: NDArray[np.int16],
    blue: NDArray[np.int16],
    red: NDArray[np.int16],
    out_y: Plane,
    out_u: Plane,
    out_v: Plane,
) -> None:
    """Convert 10-bit 4:2:0 planes to 8-bit ones by three tables, interpolated linearly along each axis.

    ``luma``, ``blue`` and ``red`` have shape (KNOTS, KNOTS, KNOTS), as defined in :mod:`farm.render.tone`. A chroma
    sample is looked up with the mean luma of the four pixels that it covers.
    """
    for j in range(u.shape[0]):
        for i in range(u.shape[1]):
            cu, cv = min(np.int32(u[j, i]), 1023), min(np.int32(v[j, i]), 1023)
            total = np.int32(2)
            for dj in range(2):
                for di in range(2):
                    value = min(np.int32(y[2 * j + dj, 2 * i + di]), 1023)
                    total += value
                    out_y[2 * j + dj, 2 * i + di] = _looked_up(luma, value, cu, cv)
            mean = total >> 2
            out_u[j, i] = _looked_up(blue, mean, cu, cv)
            out_v[j, i] = _looked_up(red, mean, cu, cv)
