"""Numba kernel that blends a plane, sampled at sub-pixel positions, over another.

As in :mod:`farm.render.sampling`; columns that are clear are left out, and those that are known to be opaque are
sampled only.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from farm.render.device import on_device
from farm.render.frame import Plane
from farm.render.sampling_runs import BLOCK, PAD, Index, Wide, bases, room, spread

_OPTIONS = {"cache": True, "nogil": True, "error_model": "numpy"}
_SOLID: Final = 255 * 256
"""Full alpha, interpolated between two rows."""


@njit("UniTuple(u8,4)(u2[::1],u8,u8)", **_OPTIONS)
def _edges(mask: Wide, low: int, high: int) -> tuple[int, int, int, int]:
    """Return where a row of alphas stops being clear, where a solid run begins and ends, and where it is clear again.

    Computed once per row: testing each block costs more than the blending it saves.
    """
    first, last = np.uint64(low), np.uint64(high)
    there = np.uint16(0)
    for k in range(low, high):
        there = np.uint16(there | mask[np.uint64(k)])
    if there == 0:
        return last, last, last, last
    while mask[first] == 0:
        first += np.uint64(1)
    while mask[last - np.uint64(1)] == 0:
        last -= np.uint64(1)
    left, right = first, last
    while left < right and mask[left] != _SOLID:
        left += np.uint64(1)
    while right > left and mask[right - np.uint64(1)] != _SOLID:
        right -= np.uint64(1)
    there = np.uint16(_SOLID)
    for k in range(left, right):
        there = np.uint16(there & mask[np.uint64(k)])
    return first, left, right if there == _SOLID else left, last


def _row_blender(taps: int) -> Any:
    """Return the loop over rows that blends, for a number of taps; 0 reads it from the weights' shape."""

    @njit(
        "void(u1[:,::1],u1[:,::1],u1[:,::1],i4[::1],i4[::1],i4,i4,i4,i4,u8[::1],u2[:,::1],i4,i4,i4,i4,i4,i4)",
        **_OPTIONS,
    )
    def blend_rows(
        dst: Plane,
        src: Plane,
        alpha: Plane,
        yi: Index,
        yw: Index,
        x0: int,
        y0: int,
        low: int,
        columns: int,
        base: NDArray[np.uint64],
        weights: Wide,
        opacity: int,
        left: int,
        upper: int,
        right: int,
        lower: int,
        corner: int,
    ) -> None:
        height, width = src.shape
        line = np.zeros(width + 3 * PAD + weights.shape[0], np.uint16)
        mask = np.zeros(line.shape[0], np.uint16)
        out = np.zeros(base.shape[0] * BLOCK, np.uint8)
        count = taps if taps else weights.shape[0]
        high = min(np.int64(base[-1]) + BLOCK + count - PAD, width)
        strength, reach, blocks = np.uint32(opacity), np.uint64(BLOCK + count - 1), np.int64(base.shape[0])
        for j in range(yi.shape[0]):
            top, bottom = np.uint64(yi[j]), np.uint64(min(yi[j] + 1, height - 1))
            w, v = np.uint16(yw[j]), np.uint16(256 - yw[j])
            for k in range(low, high):
                column = np.uint64(k)
                mixed = np.uint16(np.uint16(src[top, column]) * v)
                mixed = np.uint16(mixed + np.uint16(np.uint16(src[bottom, column]) * w))
                line[column + np.uint64(PAD)] = mixed
            # The columns from ``known`` to before ``open_`` need no alpha: a third less time for most of a card.
            known = open_ = np.int64(high)
            if opacity == 256 and yi[j] >= upper and yi[j] + 1 < lower:
                cut = corner if yi[j] < upper + corner or yi[j] + 1 >= lower - corner else 0
                if max(left + cut, low) < min(right - cut, high):
                    known, open_ = np.int64(max(left + cut, low)), np.int64(min(right - cut, high))
            for side in range(2):
                begin, stop = (np.int64(low), known) if side == 0 else (open_, np.int64(high))
                for k in range(begin, stop):
                    column = np.uint64(k)
                    mixed = np.uint16(np.uint16(alpha[top, column]) * v)
                    mixed = np.uint16(mixed + np.uint16(np.uint16(alpha[bottom, column]) * w))
                    mask[column + np.uint64(PAD)] = mixed
            for k in range(known, open_):
                mask[np.uint64(k + PAD)] = np.uint16(_SOLID)
            end = np.uint64(high + PAD)
            line[end], mask[end] = line[end - np.uint64(1)], mask[end - np.uint64(1)]
            if known < open_:
                clear_to, clear_from = np.uint64(low + PAD), end
                solid_from, solid_to = np.uint64(known + PAD), np.uint64(open_ + PAD)
                while mask[clear_to] == 0:
                    clear_to += np.uint64(1)
                while mask[clear_from - np.uint64(1)] == 0:
                    clear_from -= np.uint64(1)
            else:
                clear_to, solid_from, solid_to, clear_from = _edges(mask, np.uint64(low + PAD), end)
            if clear_to >= clear_from:
                continue
            row = np.uint64(y0 + j)
            for i in range(columns):
                out[np.uint64(i)] = dst[row, np.uint64(x0 + i)]
            inner = outer = np.int64(0)
            if opacity == 256 and solid_from < solid_to:
                # The blocks that are fully opaque, as most of a photo is.
                while inner < blocks and base[inner] < solid_from:
                    inner += 1
                outer = inner
                while outer < blocks and base[outer] + reach <= solid_to:
                    outer += 1
            for block in range(inner, outer):
                run, start = base[block], np.uint64(block * BLOCK)
                for i in range(BLOCK):
                    k = np.uint64(i)
                    total = np.uint32(32768)
                    for tap in range(count):
                        t = np.uint64(tap)
                        part = np.uint32(np.uint32(line[run + k + t]) * np.uint32(weights[t, start + k]))
                        total = np.uint32(total + part)
                    out[start + k] = np.uint8(total >> np.uint32(16))
            for block in range(base.shape[0]):
                run, start = base[block], np.uint64(block * BLOCK)
                if inner <= block < outer:
                    continue
                if run + reach <= clear_to or run >= clear_from:
                    continue
                for i in range(BLOCK):
                    k = np.uint64(i)
                    s, a = np.uint32(0), np.uint32(0)
                    for tap in range(count):
                        t = np.uint64(tap)
                        weight = np.uint32(weights[t, start + k])
                        s = np.uint32(s + np.uint32(np.uint32(line[run + k + t]) * weight))
                        a = np.uint32(a + np.uint32(np.uint32(mask[run + k + t]) * weight))
                    # 16 bits of alpha are kept, so that thin strokes show no steps.
                    s = np.uint32(np.uint32(s >> np.uint32(8)) * strength)
                    a = np.uint32(np.uint32(a >> np.uint32(8)) * strength)
                    keep = np.uint32(np.uint32(255 * 65536) - min(a, np.uint32(255 * 65536)))
                    keep = np.uint32(keep // np.uint32(255))
                    value = np.uint32(s + np.uint32(np.uint32(out[start + k]) * keep))
                    value = np.uint32(np.uint32(value + np.uint32(32768)) >> np.uint32(16))
                    out[start + k] = np.uint8(min(value, np.uint32(255)))
            for i in range(columns):
                dst[row, np.uint64(x0 + i)] = out[np.uint64(i)]

    return blend_rows


_blend_4, _blend_6, _blend_10, _blend_18, _blend_any = (_row_blender(taps) for taps in (4, 6, 10, 18, 0))


@on_device
@njit(
    "void(u1[:,::1],u1[:,::1],u1[:,::1],i4[::1],i4[::1],i4[::1],i4[::1],i4,i4,i4,i4,i4,i4,i4,i4)", **_OPTIONS
)
def resample_over(
    dst: Plane,
    src: Plane,
    alpha: Plane,
    xi: Index,
    xw: Index,
    yi: Index,
    yw: Index,
    x0: int,
    y0: int,
    opacity: int,
    left: int,
    upper: int,
    right: int,
    lower: int,
    corner: int,
) -> None:
    """Blend premultiplied ``src`` with its ``alpha``, sampled as in :func:`resample`, over ``dst``.

    ``opacity`` is 0 to 256. ``src`` may be ``alpha`` itself, to blend an alpha plane. Source samples from
    (left, upper) to before (right, lower) are known to be opaque, except for squares of ``corner`` samples at the
    corners; it only saves time.
    """
    columns = xi.shape[0]
    if columns == 0 or yi.shape[0] == 0:
        return
    base = np.empty((columns + BLOCK - 1) // BLOCK, np.uint64)
    taps = room(bases(xi, base))
    weights = np.empty((taps, base.shape[0] * BLOCK), np.uint16)
    spread(xi, xw, base, weights)
    low = np.int64(xi[0])
    solid = left, upper, right, lower, corner
    if taps == 4:
        _blend_4(dst, src, alpha, yi, yw, x0, y0, low, columns, base, weights, opacity, *solid)
    elif taps == 6:
        _blend_6(dst, src, alpha, yi, yw, x0, y0, low, columns, base, weights, opacity, *solid)
    elif taps == 10:
        _blend_10(dst, src, alpha, yi, yw, x0, y0, low, columns, base, weights, opacity, *solid)
    elif taps == 18:
        _blend_18(dst, src, alpha, yi, yw, x0, y0, low, columns, base, weights, opacity, *solid)
    else:
        _blend_any(dst, src, alpha, yi, yw, x0, y0, low, columns, base, weights, opacity, *solid)
