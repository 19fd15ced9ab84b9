"""Pixel loops of keys: alpha by chroma, and colours without the key's share."""

from __future__ import annotations

from numba import njit, void
from numba.types import Array, int32, int64, uint8, uint64

from farm.plugin import on_cuda

_CUDA = "farm_basics.key_cuda_kernels"

_U8 = Array(uint8, 2, "C", readonly=True)
_U8_OUT = Array(uint8, 2, "C")
_U8_ROW = Array(uint8, 1, "C", readonly=True)
_I32_ROW = Array(int32, 1, "C", readonly=True)


@on_cuda(f"{_CUDA}:map_chroma")
@njit(void(_U8, _U8, _U8_ROW, _U8_OUT), cache=True, nogil=True)
def map_chroma(u, v, table, out):  # type: ignore[no-untyped-def]
    """out = table[256 * u + v]."""
    for y in range(out.shape[0]):
        i = uint64(y)
        for x in range(out.shape[1]):
            j = uint64(x)
            out[i, j] = table[(uint64(u[i, j]) << uint64(8)) | uint64(v[i, j])]


@on_cuda(f"{_CUDA}:unmix")
@njit(void(_U8, _U8, int64, _I32_ROW, int64, _U8_OUT), cache=True, nogil=True)
def unmix(src, shares, key, reciprocals, highest, out):  # type: ignore[no-untyped-def]
    """Take the key's share (0 to 255) out of each pixel: out = (src - key * share) / (1 - share), 16 to ``highest``.

    ``reciprocals`` has 65536 / (255 - share), limited where little is left to divide.
    """
    height, width = src.shape
    level, top = int32(key), int32(highest)
    for y in range(height):
        i = uint64(y)
        for x in range(width):
            j = uint64(x)
            # src + (src - key) * share / (255 - share)
            away = int32(int32(src[i, j]) - level)
            share = int32(shares[i, j])
            more = int32(int32(int32(away * share) * reciprocals[uint64(share)]) >> int32(14))
            out[i, j] = uint8(min(max(int32(int32(src[i, j]) + more), int32(16)), top))
