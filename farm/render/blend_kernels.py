"""Numba kernels for blend modes: a layer's colours combined with a canvas's, in RGB, on planes.

Each 2x2 block shares its chroma sample. The canvas changes by the *difference* that blending makes to its RGB,
converted to luma and chroma: what blending leaves alone keeps its exact value.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from farm.render.device import on_device
from farm.render.frame import Plane

_OPTIONS = {"cache": True, "nogil": True, "error_model": "numpy"}

Table = NDArray[np.uint8]
"""B(backdrop, source) of a separable mode, uint8, shape (256, 256)."""

SEPARABLE: Final = 0
HUE: Final = 1
SATURATION: Final = 2
COLOR: Final = 3
LUMINOSITY: Final = 4
"""What :func:`blend_planes` combines: each component by a table, or the colours as a whole."""

_FULL: Final = 25500
"""Full scale in hundredths, in which the non-separable modes are computed."""


@njit("UniTuple(i8,3)(i8,i8,i8)", **_OPTIONS)
def _rgb(luma: int, cb: int, cr: int) -> tuple[int, int, int]:
    """Return sRGB of limited-range BT.709 with chroma around 0."""
    base = 76309 * (luma - 16) + 32768
    r = (base + 117489 * cr) >> 16
    g = (base - 13976 * cb - 34925 * cr) >> 16
    b = (base + 138438 * cb) >> 16
    return min(max(r, 0), 255), min(max(g, 0), 255), min(max(b, 0), 255)


@njit("i8(i8,i8)", **_OPTIONS)
def _straight(value: int, alpha: int) -> int:
    return min((value * 255 + (alpha >> 1)) // alpha, 255)


@njit("UniTuple(i8,3)(i8,i8,i8,i8)", **_OPTIONS)
def _with_lum(r: int, g: int, b: int, lum: int) -> tuple[int, int, int]:
    """Return W3C's SetLum, with ClipColor; all in hundredths."""
    off = lum - (30 * r + 59 * g + 11 * b) // 100
    r, g, b = r + off, g + off, b + off
    low, high = min(r, g, b), max(r, g, b)
    if low < 0 and lum > low:
        span = lum - low
        r, g, b = lum + (r - lum) * lum // span, lum + (g - lum) * lum // span, lum + (b - lum) * lum // span
    if high > _FULL and high > lum:
        span, room = high - lum, _FULL - lum
        r, g, b = (
            lum + (r - lum) * room // span,
            lum + (g - lum) * room // span,
            lum + (b - lum) * room // span,
        )
    return r, g, b


@njit("UniTuple(i8,3)(i8,i8,i8,i8)", **_OPTIONS)
def _with_sat(r: int, g: int, b: int, sat: int) -> tuple[int, int, int]:
    """Return W3C's SetSat; all in hundredths."""
    low, high = min(r, g, b), max(r, g, b)
    if high == low:
        return 0, 0, 0
    span = high - low
    return (r - low) * sat // span, (g - low) * sat // span, (b - low) * sat // span


@njit("UniTuple(i8,3)(i8,i8,i8,i8,i8,i8,i8)", **_OPTIONS)
def _whole(mode: int, br: int, bg: int, bb: int, sr: int, sg: int, sb: int) -> tuple[int, int, int]:
    """Return B(backdrop, source) of a non-separable mode."""
    br, bg, bb, sr, sg, sb = br * 100, bg * 100, bb * 100, sr * 100, sg * 100, sb * 100
    backdrop_lum = (30 * br + 59 * bg + 11 * bb) // 100
    if mode == HUE:
        r, g, b = _with_sat(sr, sg, sb, max(br, bg, bb) - min(br, bg, bb))
        r, g, b = _with_lum(r, g, b, backdrop_lum)
    elif mode == SATURATION:
        r, g, b = _with_sat(br, bg, bb, max(sr, sg, sb) - min(sr, sg, sb))
        r, g, b = _with_lum(r, g, b, backdrop_lum)
    elif mode == COLOR:
        r, g, b = _with_lum(sr, sg, sb, backdrop_lum)
    else:
        r, g, b = _with_lum(br, bg, bb, (30 * sr + 59 * sg + 11 * sb) // 100)
    return (
        min(max((r + 50) // 100, 0), 255),
        min(max((g + 50) // 100, 0), 255),
        min(max((b + 50) // 100, 0), 255),
    )


@njit("void(u1[:,::1],u1[:,::1],u1[:,::1],u1[:,::1],u1[:,::1],u1[:,::1],u1[:,::1],i8,i8)", **_OPTIONS)
def _blend_block(
    y: Plane, u: Plane, v: Plane, src_y: Plane, src_u: Plane, src_v: Plane, table: Table, j: int, i: int
) -> None:
    """Blend a 2x2 block where canvas and layer are opaque: the same sums without alpha, in a third of the time."""
    row, column = np.uint64(j), np.uint64(i)
    cb, cr = np.int32(u[row, column]) - np.int32(128), np.int32(v[row, column]) - np.int32(128)
    source_cb = np.int32(src_u[row, column]) - np.int32(128)
    source_cr = np.int32(src_v[row, column]) - np.int32(128)
    red, blue = np.int32(117489) * cr, np.int32(138438) * cb
    green = np.int32(-13976) * cb - np.int32(34925) * cr
    source_red, source_blue = np.int32(117489) * source_cr, np.int32(138438) * source_cb
    source_green = np.int32(-13976) * source_cb - np.int32(34925) * source_cr
    zero, full = np.int32(0), np.int32(255)
    total_r, total_g, total_b = zero, zero, zero
    for k in range(4):
        t, s = np.uint64(2 * j + (k >> 1)), np.uint64(2 * i + (k & 1))
        base = np.int32(76309) * (np.int32(y[t, s]) - np.int32(16)) + np.int32(32768)
        br = min(max((base + red) >> np.int32(16), zero), full)
        bg = min(max((base + green) >> np.int32(16), zero), full)
        bb = min(max((base + blue) >> np.int32(16), zero), full)
        base = np.int32(76309) * (np.int32(src_y[t, s]) - np.int32(16)) + np.int32(32768)
        sr = min(max((base + source_red) >> np.int32(16), zero), full)
        sg = min(max((base + source_green) >> np.int32(16), zero), full)
        sb = min(max((base + source_blue) >> np.int32(16), zero), full)
        r = np.int32(table[np.uint64(br), np.uint64(sr)]) - br
        g = np.int32(table[np.uint64(bg), np.uint64(sg)]) - bg
        b = np.int32(table[np.uint64(bb), np.uint64(sb)]) - bb
        change = np.int32(11966) * r + np.int32(40254) * g + np.int32(4064) * b + np.int32(32768)
        y[t, s] = np.uint8(min(max(np.int32(y[t, s]) + (change >> np.int32(16)), zero), full))
        total_r, total_g, total_b = total_r + r, total_g + g, total_b + b
    half = np.int32(131072)
    change = np.int32(-6596) * total_r - np.int32(22189) * total_g + np.int32(28785) * total_b + half
    u[row, column] = np.uint8(min(max(cb + np.int32(128) + (change >> np.int32(18)), zero), full))
    change = np.int32(28785) * total_r - np.int32(26146) * total_g - np.int32(2639) * total_b + half
    v[row, column] = np.uint8(min(max(cr + np.int32(128) + (change >> np.int32(18)), zero), full))


@on_device
@njit(
    "void(u1[:,::1],u1[:,::1],u1[:,::1],u1[:,::1],u1[:,::1],b1,"
    "u1[:,::1],u1[:,::1],u1[:,::1],u1[:,::1],u1[:,::1],u1[:,::1],i8)",
    **_OPTIONS,
)
def blend_planes(
    y: Plane,
    u: Plane,
    v: Plane,
    a: Plane,
    a2: Plane,
    opaque: bool,
    src_y: Plane,
    src_u: Plane,
    src_v: Plane,
    src_a: Plane,
    src_a2: Plane,
    table: Table,
    mode: int,
) -> None:
    """Blend a premultiplied layer onto a canvas of its size, in place.

    For a backdrop Cb of alpha ab and a source Cs of alpha as, W3C's result is
    ``as * ab * B(Cb, Cs) + as * (1 - ab) * Cs + (1 - as) * ab * Cb``.

    Args:
        y: Luma of the canvas; premultiplied unless it is opaque.
        u: Blue difference of the canvas.
        v: Red difference of the canvas.
        a: Alpha of the canvas; any plane where it is opaque.
        a2: Alpha at chroma resolution.
        opaque: Whether the canvas has no alpha.
        src_y: Luma of the layer.
        src_u: Blue difference of the layer.
        src_v: Red difference of the layer.
        src_a: Alpha of the layer.
        src_a2: Alpha at chroma resolution.
        table: B of a separable mode.
        mode: Which mode, if it is not separable.
    """
    height, width = u.shape
    for j in range(height):
        for i in range(width):
            top, left = 2 * j, 2 * i
            if (
                src_a[top, left] | src_a[top, left + 1] | src_a[top + 1, left] | src_a[top + 1, left + 1]
            ) == 0:
                continue
            cover = np.int64(src_a2[j, i])
            solid = src_a[top, left] & src_a[top, left + 1] & src_a[top + 1, left] & src_a[top + 1, left + 1]
            if opaque and mode == SEPARABLE and (solid & src_a2[j, i]) == 255:
                _blend_block(y, u, v, src_y, src_u, src_v, table, j, i)
                continue
            source_cb = _straight(np.int64(src_u[j, i]), cover) - 128 if cover else 0
            source_cr = _straight(np.int64(src_v[j, i]), cover) - 128 if cover else 0
            below2 = np.int64(255) if opaque else np.int64(a2[j, i])
            cb = (
                (np.int64(u[j, i]) if opaque else _straight(np.int64(u[j, i]), below2)) - 128 if below2 else 0
            )
            cr = (
                (np.int64(v[j, i]) if opaque else _straight(np.int64(v[j, i]), below2)) - 128 if below2 else 0
            )
            total_r = total_g = total_b = count = np.int64(0)
            for k in range(4):
                row, column = top + (k >> 1), left + (k & 1)
                alpha = np.int64(src_a[row, column])
                if alpha == 0:
                    continue
                below = np.int64(255) if opaque else np.int64(a[row, column])
                luma = np.int64(src_y[row, column])
                sr, sg, sb = _rgb(luma if alpha == 255 else _straight(luma, alpha), source_cb, source_cr)
                r = g = b = br = bg = bb = np.int64(0)
                if below:
                    luma = np.int64(y[row, column])
                    br, bg, bb = _rgb(luma if below == 255 else _straight(luma, below), cb, cr)
                    if mode == SEPARABLE:
                        r, g, b = np.int64(table[br, sr]), np.int64(table[bg, sg]), np.int64(table[bb, sb])
                    else:
                        r, g, b = _whole(mode, br, bg, bb, sr, sg, sb)
                    total_r, total_g, total_b = total_r + r - br, total_g + g - bg, total_b + b - bb
                    count += 1
                # The change of the premultiplied colour, times 255 squared.
                r = alpha * (below * (r - br) + (255 - below) * sr)
                g = alpha * (below * (g - bg) + (255 - below) * sg)
                b = alpha * (below * (b - bb) + (255 - below) * sb)
                grown = alpha * (255 - below)
                # BT.709's weights * 65536 * 219/255; 4112 is 65536 * 16/255, and `grown` the alpha's change * 255.
                change = 11966 * r + 40254 * g + 4064 * b + 4112 * 255 * grown
                value = np.int64(y[row, column]) + (change + (65025 << 15)) // (65025 << 16)
                y[row, column] = np.uint8(min(max(value, np.int64(0)), np.int64(255)))
                if not opaque:
                    a[row, column] = np.uint8(below + (grown + 127) // 255)
            # Chroma by the alpha at its own place, which differs from the mean of the block's at an edge.
            both, clear = cover * below2, np.int64(255) - below2
            weight = max(count, np.int64(1)) << 16
            whole = 65025 * weight
            change = both * (-6596 * total_r - 22189 * total_g + 28785 * total_b)
            change += 255 * clear * np.int64(src_u[j, i]) * weight
            blue = np.int64(u[j, i]) + (change + (whole >> 1)) // whole
            u[j, i] = np.uint8(min(max(blue, np.int64(0)), np.int64(255)))
            change = both * (28785 * total_r - 26146 * total_g - 2639 * total_b)
            change += 255 * clear * np.int64(src_v[j, i]) * weight
            red = np.int64(v[j, i]) + (change + (whole >> 1)) // whole
            v[j, i] = np.uint8(min(max(red, np.int64(0)), np.int64(255)))
            if not opaque:
                a2[j, i] = np.uint8(below2 + (cover * clear + 127) // 255)
