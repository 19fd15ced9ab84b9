"""Numba kernels that sample planes at sub-pixel positions: shifted and scaled.

Bilinear, in integers, rounded once; results do not depend on the CPU. Coordinates are passed as tables (separable) or
as Q16 matrices. The loops are written so that the compiler vectorises them: gathering two neighbours costs about
1.1 ns per output pixel, this 0.25 ns (720x1280, AVX2).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, void
from numba.types import Array, int32, uint8, uint16, uint64
from numpy.typing import NDArray

from farm.render.device import on_device
from farm.render.frame import Plane
from farm.render.sampling_runs import BLOCK, PAD, Index, Wide, bases, room, spread

_OPTIONS = {"cache": True, "nogil": True, "error_model": "numpy"}
_OUT, _TABLE = Array(uint8, 2, "C"), Array(int32, 1, "C")
_SOURCE = Array(uint8, 2, "C", readonly=True)
"""Frames given to elements may be read-only, and plugins resample them too."""


@njit("UniTuple(i4,2)(i4,i4,f8,f8,i4,f8,f8,i4[::1],i4[::1])", **_OPTIONS)
def positions(
    low: int,
    high: int,
    origin: float,
    scale: float,
    size: int,
    offset: float,
    step: float,
    index: Index,
    weight: Index,
) -> tuple[int, int]:
    """Fill in source indices and weights of their right neighbours (0 to 256); return first output and count.

    Output sample i sits at canvas coordinate ``step * i + offset`` and source sample k at ``step * k + offset``
    of the picture: step 1, offset 0.5 for luma; step 2 for chroma, offset 0.5 across and 1 down. Outputs from
    ``low`` up to ``high`` that lie on the picture, ``size`` samples long from ``origin`` on, are counted.
    """
    first, count = low, 0
    for output in range(low, high):
        source = ((output * step + offset - origin) / scale - offset) / step
        place = source * step + offset
        if place < 0 or place > size * step:
            continue
        if count == 0:
            first = output
        fixed = np.int64(np.floor(min(max(source, 0.0), size - 1.0) * 256 + 0.5))
        index[count] = min(fixed >> 8, size - 1)
        weight[count] = fixed - (np.int64(index[count]) << 8)
        count += 1
    return first, count


def _row_sampler(taps: int) -> Any:
    """Return the loop over rows for a number of taps."""

    @njit(
        void(_OUT, _SOURCE, _TABLE, _TABLE, int32, int32, int32, int32, uint64[::1], uint16[:, ::1]),
        **_OPTIONS,
    )
    def sample_rows(
        dst: Plane,
        src: Plane,
        yi: Index,
        yw: Index,
        x0: int,
        y0: int,
        low: int,
        columns: int,
        base: NDArray[np.uint64],
        weights: Wide,
    ) -> None:
        height, width = src.shape
        line = np.zeros(width + 3 * PAD + weights.shape[0], np.uint16)
        out = np.empty(base.shape[0] * BLOCK, np.uint8)
        count = taps
        high = min(np.int64(base[-1]) + BLOCK + count - PAD, width)
        for j in range(yi.shape[0]):
            # Unsigned indices avoid the test for negative ones, which would prevent vectorisation.
            top, bottom = np.uint64(yi[j]), np.uint64(min(yi[j] + 1, height - 1))
            w, v = np.uint16(yw[j]), np.uint16(256 - yw[j])
            for k in range(low, high):
                column = np.uint64(k)
                mixed = np.uint16(np.uint16(src[top, column]) * v)
                mixed = np.uint16(mixed + np.uint16(np.uint16(src[bottom, column]) * w))
                line[column + np.uint64(PAD)] = mixed
            line[np.uint64(high + PAD)] = line[np.uint64(high + PAD - 1)]
            for block in range(base.shape[0]):
                run, start = base[block], np.uint64(block * BLOCK)
                for i in range(BLOCK):
                    k = np.uint64(i)
                    total = np.uint32(32768)
                    for tap in range(count):
                        t = np.uint64(tap)
                        part = np.uint32(np.uint32(line[run + k + t]) * np.uint32(weights[t, start + k]))
                        total = np.uint32(total + part)
                    out[start + k] = np.uint8(total >> np.uint32(16))
            row = np.uint64(y0 + j)
            for i in range(columns):
                dst[row, np.uint64(x0 + i)] = out[np.uint64(i)]

    return sample_rows


_sample_4, _sample_6, _sample_10, _sample_18 = (_row_sampler(taps) for taps in (4, 6, 10, 18))


@njit(void(_OUT, _SOURCE, _TABLE, _TABLE, _TABLE, _TABLE, int32, int32), **_OPTIONS)
def _gather_rows(
    dst: Plane, src: Plane, xi: Index, xw: Index, yi: Index, yw: Index, x0: int, y0: int
) -> None:
    """Sample pictures that are made less than half as wide: fewer pixels, whose runs would be long."""
    height, width = src.shape
    line = np.empty(width + 1, np.uint16)
    low = np.int64(xi[0])
    high = min(np.int64(xi[-1]) + 2, width)
    for j in range(yi.shape[0]):
        top, bottom = np.uint64(yi[j]), np.uint64(min(yi[j] + 1, height - 1))
        w, v = np.uint16(yw[j]), np.uint16(256 - yw[j])
        for k in range(low, high):
            column = np.uint64(k)
            mixed = np.uint16(np.uint16(src[top, column]) * v)
            line[column] = np.uint16(mixed + np.uint16(np.uint16(src[bottom, column]) * w))
        line[np.uint64(high)] = line[np.uint64(high - 1)]
        row = np.uint64(y0 + j)
        for i in range(xi.shape[0]):
            k = np.uint64(i)
            left, weight = np.uint64(xi[k]), np.uint32(xw[k])
            total = np.uint32(np.uint32(line[left]) * np.uint32(np.uint32(256) - weight))
            total = np.uint32(total + np.uint32(np.uint32(line[left + np.uint64(1)]) * weight))
            dst[row, np.uint64(x0 + i)] = np.uint8(np.uint32(total + np.uint32(32768)) >> np.uint32(16))


@on_device
@njit(void(_OUT, _SOURCE, _TABLE, _TABLE, _TABLE, _TABLE, int32, int32), **_OPTIONS)
def resample(dst: Plane, src: Plane, xi: Index, xw: Index, yi: Index, yw: Index, x0: int, y0: int) -> None:
    """Write ``src`` sampled bilinearly into ``dst`` from (x0, y0) on.

    ``xi[i]`` and ``xw[i]`` are the left source column and its right neighbour's weight (0 to 256) for output
    column x0+i, rising; ``yi`` and ``yw`` the same for rows. Neighbours beyond the edge repeat it.
    """
    columns = xi.shape[0]
    if columns == 0 or yi.shape[0] == 0:
        return
    base = np.empty((columns + BLOCK - 1) // BLOCK, np.uint64)
    taps = room(bases(xi, base))
    if taps > 18:
        _gather_rows(dst, src, xi, xw, yi, yw, x0, y0)
        return
    weights = np.empty((taps, base.shape[0] * BLOCK), np.uint16)
    spread(xi, xw, base, weights)
    low = np.int64(xi[0])
    if taps == 4:
        _sample_4(dst, src, yi, yw, x0, y0, low, columns, base, weights)
    elif taps == 6:
        _sample_6(dst, src, yi, yw, x0, y0, low, columns, base, weights)
    elif taps == 10:
        _sample_10(dst, src, yi, yw, x0, y0, low, columns, base, weights)
    else:
        _sample_18(dst, src, yi, yw, x0, y0, low, columns, base, weights)
