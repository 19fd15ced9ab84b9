"""Numba kernels that find the runs of source columns from which blocks of output columns are sampled."""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

Index = NDArray[np.int32]
Wide = NDArray[np.uint16]

_OPTIONS = {"cache": True, "nogil": True, "error_model": "numpy"}

BLOCK: Final = 16
"""Output columns that are sampled together, from one run of contiguous source columns: one AVX2 vector of
16-bit numbers."""
PAD: Final = BLOCK
"""Padding left of a row's first sample: when a picture is enlarged, a block's run may begin before it."""


@njit("i8(i4[::1],u8[::1])", **_OPTIONS)
def bases(xi: Index, base: NDArray[np.uint64]) -> int:
    """Fill in where each block's run of source columns begins (from :data:`PAD` left of the first); return the taps.

    In a block, output i reads the run's columns i to i + taps - 1, all but two of them with weight 0.
    """
    taps = 2
    for block in range(base.shape[0]):
        start = block * BLOCK
        lowest = highest = np.int64(xi[start])
        for i in range(start, min(start + BLOCK, xi.shape[0])):
            run = np.int64(xi[i]) - (i - start)
            lowest, highest = min(lowest, run), max(highest, run)
        base[block] = np.uint64(lowest + PAD)
        taps = max(taps, highest - lowest + 2)
    return taps


@njit("void(i4[::1],i4[::1],u8[::1],u2[:,::1])", **_OPTIONS)
def spread(xi: Index, xw: Index, base: NDArray[np.uint64], weights: Wide) -> None:
    """Write each output's two weights at the taps of its run that read their columns."""
    weights[:] = 0
    for i in range(xi.shape[0]):
        tap = np.int64(xi[i]) + PAD - np.int64(base[i // BLOCK]) - i % BLOCK
        weights[tap, i] = 256 - xw[i]
        weights[tap + 1, i] = xw[i]


@njit("i8(i8)", **_OPTIONS)
def room(taps: int) -> int:
    """Return the number of taps to allocate: the smallest with a specialised loop that suffices, else ``taps``."""
    for known in (4, 6, 10, 18):
        if taps <= known:
            return known
    return taps
