"""The pixel loop of colour tables from files: tetrahedral interpolation in R'G'B', in integers."""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit, void
from numba.types import Array, UniTuple, int32, int64, uint8, uint32, uint64

_U8 = Array(uint8, 2, "C", readonly=True)
_U8_OUT = Array(uint8, 2, "C")
_ROWS = Array(int32, 2, "C", readonly=True)
_DOMAIN = Array(int64, 2, "C", readonly=True)

ONE: Final = 1 << 20
"""White, in the table and in R'G'B'."""
PAIRS: Final = 8192
"""Number of chroma pairs whose results are kept while a frame is mapped; a photo has a few thousand."""
_EMPTY: Final = 0
"""No result is 0: the lowest is 16."""


@njit(int64(int64, int64, int64, int64), cache=True, nogil=True)
def _place(value, low, scale, last):  # type: ignore[no-untyped-def]
    """Return where a channel lies among the samples, in 1/65536; ``scale`` is in samples times 2^36 per unit."""
    value = min(max(value, 0), ONE)
    return min(max(((value - low) * scale + (1 << 19)) >> 20, 0), last << 16)


@njit(UniTuple(int64, 3)(_ROWS, int64, int64, _DOMAIN, int64, int64, int64), cache=True, nogil=True)
def _looked_up(rows, size, dimensions, domain, r, g, b):  # type: ignore[no-untyped-def]
    """Return red, green and blue of the table for a colour, 0 to :data:`ONE`."""
    last = size - 1
    pr, pg, pb = (
        _place(r, domain[0, 0], domain[1, 0], last),
        _place(g, domain[0, 1], domain[1, 1], last),
        _place(b, domain[0, 2], domain[1, 2], last),
    )
    i, j, k = min(pr >> 16, last - 1), min(pg >> 16, last - 1), min(pb >> 16, last - 1)
    fr, fg, fb = pr - (i << 16), pg - (j << 16), pb - (k << 16)
    if dimensions == 1:
        red = rows[i, 0] * (65536 - fr) + rows[i + 1, 0] * fr
        green = rows[j, 1] * (65536 - fg) + rows[j + 1, 1] * fg
        blue = rows[k, 2] * (65536 - fb) + rows[k + 1, 2] * fb
    else:
        near = i + size * (j + size * k)
        far = near + 1 + size * (1 + size)
        # From one corner of the cube to the opposite one along its edges, in the order of the fractions.
        if fr >= fg:
            if fg >= fb:
                a, c, most, mid, least = near + 1, near + 1 + size, fr, fg, fb
            elif fr >= fb:
                a, c, most, mid, least = near + 1, near + 1 + size * size, fr, fb, fg
            else:
                a, c, most, mid, least = near + size * size, near + 1 + size * size, fb, fr, fg
        elif fb >= fg:
            a, c, most, mid, least = near + size * size, near + size * (1 + size), fb, fg, fr
        elif fb >= fr:
            a, c, most, mid, least = near + size, near + size * (1 + size), fg, fb, fr
        else:
            a, c, most, mid, least = near + size, near + size + 1, fg, fr, fb
        w0, w1, w2 = 65536 - most, most - mid, mid - least
        red = rows[near, 0] * w0 + rows[a, 0] * w1 + rows[c, 0] * w2 + rows[far, 0] * least
        green = rows[near, 1] * w0 + rows[a, 1] * w1 + rows[c, 1] * w2 + rows[far, 1] * least
        blue = rows[near, 2] * w0 + rows[a, 2] * w1 + rows[c, 2] * w2 + rows[far, 2] * least
    return (
        min(max((red + 32768) >> 16, 0), ONE),
        min(max((green + 32768) >> 16, 0), ONE),
        min(max((blue + 32768) >> 16, 0), ONE),
    )


@njit(uint32(_ROWS, int64, int64, _DOMAIN, int64, int64, int64, int64), cache=True, nogil=True)
def _mapped(rows, size, dimensions, domain, weight, y, u, v):  # type: ignore[no-untyped-def]
    """Return luma, blue and red difference of a colour, in one word."""
    # BT.709-6, items 3.2 and 3.3, solved for R'G'B': 2^24 / 219, and 2^24 / 224 times each coefficient.
    luma, cb, cr = (y - 16) * 76608, u - 128, v - 128
    r = (luma + cr * 117950 + 8) >> 4
    g = (luma - cb * 14030 - cr * 35062 + 8) >> 4
    b = (luma + cb * 138982 + 8) >> 4
    r, g, b = _looked_up(rows, size, dimensions, domain, r, g, b)
    tone = 13933 * r + 46871 * g + 4732 * b
    half = int64(1) << 35
    y2 = 16 + ((tone * 219 + half) >> 36)
    # (b - tone) * 224 / 1.8556 and (r - tone) * 224 / 1.5748, in 1/65536.
    u2 = 128 + (((b - (tone >> 16)) * 7911288 + half) >> 36)
    v2 = 128 + (((r - (tone >> 16)) * 9321921 + half) >> 36)
    y2 = (y2 * weight + y * (256 - weight) + 128) >> 8
    u2 = (u2 * weight + u * (256 - weight) + 128) >> 8
    v2 = (v2 * weight + v * (256 - weight) + 128) >> 8
    y2, u2, v2 = min(max(y2, 16), 235), min(max(u2, 16), 240), min(max(v2, 16), 240)
    return uint32(y2 | (u2 << 8) | (v2 << 16))


@njit(
    void(_U8, _U8, _U8, _ROWS, int64, int64, _DOMAIN, int64, _U8_OUT, _U8_OUT, _U8_OUT),
    cache=True,
    nogil=True,
)
def map_cube(y, u, v, rows, size, dimensions, domain, weight, y_out, u_out, v_out):  # type: ignore[no-untyped-def]
    """Map colours by a table, mixed in with ``weight`` (0 to 256); chroma with the mean luma of its four pixels.

    Each colour that occurs is mapped once a frame and kept by its chroma pair: a photo has some ten times as many
    pixels as colours.

    Args:
        y: Luma.
        u: Blue difference.
        v: Red difference.
        rows: Red, green and blue of the samples, red changing fastest; white is :data:`ONE`.
        size: Samples along each dimension.
        dimensions: 1 or 3.
        domain: The first sample's red, green and blue, and the samples per unit, as :func:`_place` takes them.
        weight: How much the table's colours show.
        y_out: Mapped luma.
        u_out: Mapped blue difference.
        v_out: Mapped red difference.
    """
    height, width = u.shape
    place = np.zeros(65536, np.int32)
    kept = np.empty((PAIRS, 256), np.uint32)
    used = 0
    for row in range(height):
        i = uint64(row)
        for column in range(width):
            j = uint64(column)
            pair = (uint64(u[i, j]) << uint64(8)) | uint64(v[i, j])
            if place[pair] == 0 and used < PAIRS:
                kept[used] = _EMPTY
                used += 1
                place[pair] = used
            # Beyond the pairs that are kept (noise has all), colours are mapped one by one.
            at, known = uint64(max(place[pair] - 1, 0)), place[pair] > 0
            blue, red = int64(u[i, j]), int64(v[i, j])
            total = uint64(2)
            for k in range(4):
                top, left = uint64(2 * row + k // 2), uint64(2 * column + k % 2)
                luma = uint64(y[top, left])
                total += luma
                found = kept[at, luma] if known else uint32(_EMPTY)
                if found == _EMPTY:
                    found = _mapped(rows, size, dimensions, domain, weight, int64(luma), blue, red)
                    if known:
                        kept[at, luma] = found
                y_out[top, left] = uint8(found & uint32(255))
            mean = total >> uint64(2)
            found = kept[at, mean] if known else uint32(_EMPTY)
            if found == _EMPTY:
                found = _mapped(rows, size, dimensions, domain, weight, int64(mean), blue, red)
                if known:
                    kept[at, mean] = found
            u_out[i, j] = uint8(uint32(found >> uint32(8)) & uint32(255))
            v_out[i, j] = uint8(uint32(found >> uint32(16)) & uint32(255))
