"""Pixel loops of effects on pictures with transparent parts: alphas joined, and colours taken off a ground."""

from __future__ import annotations

from numba import njit, void
from numba.types import Array, int32, int64, uint8, uint64

from farm.plugin import on_cuda

_CUDA = "farm_basics.layer_cuda_kernels"

_U8 = Array(uint8, 2, "C", readonly=True)
_U8_OUT = Array(uint8, 2, "C")


@on_cuda(f"{_CUDA}:larger")
@njit(void(_U8, _U8, _U8_OUT), cache=True, nogil=True)
def larger(one, other, out):  # type: ignore[no-untyped-def]
    """out = the larger of both."""
    for y in range(out.shape[0]):
        i = uint64(y)
        for x in range(out.shape[1]):
            j = uint64(x)
            out[i, j] = max(one[i, j], other[i, j])


@on_cuda(f"{_CUDA}:lift_off")
@njit(void(_U8, _U8, _U8, int64, int64, _U8_OUT), cache=True, nogil=True)
def lift_off(src, ground, alpha, low, high, out):  # type: ignore[no-untyped-def]
    """out = ground + (src - ground) * 255 / alpha, from ``low`` to ``high``: a colour seen over a ground, without it."""
    least, most = int32(low), int32(high)
    for y in range(out.shape[0]):
        i = uint64(y)
        for x in range(out.shape[1]):
            j = uint64(x)
            below, share = int32(ground[i, j]), max(int32(alpha[i, j]), int32(1))
            # Rounded by a sum that is not negative, since CPUs and GPUs divide negative numbers alike only by luck.
            apart = int32(int32(int32(src[i, j]) - below) * int32(255))
            size = int32(int32(abs(apart) + int32(share >> int32(1))) // share)
            value = int32(below + size) if apart >= 0 else int32(below - size)
            out[i, j] = uint8(min(max(value, least), most))
