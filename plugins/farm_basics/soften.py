"""Softening of a frame by three box filters, which approximate a Gaussian at a cost that is independent of its size."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from farm.plugin import Frame, Plane, resample

Places = NDArray[np.int32]

_LARGEST_SPAN = 8191
"""Largest span for which the kernels' reciprocal is exact."""


def box_radii(sigma_px: float) -> tuple[int, int, int]:
    """Return the radii of three boxes whose variances add up to that of a Gaussian.

    Boxes of 2r + 1 pixels have the variance ((2r + 1)^2 - 1) / 12; the widths are the two odd numbers around the ideal
    one, as in Kovesi, "Fast almost-Gaussian filtering", 2010.
    """
    if sigma_px <= 0:
        return 0, 0, 0
    ideal = math.sqrt(12 * sigma_px**2 / 3 + 1)
    small = math.floor(ideal)
    small -= 1 - small % 2
    count = round((12 * sigma_px**2 - 3 * small**2 - 12 * small - 9) / (-4 * small - 4))
    spans = [min(small if i < count else small + 2, _LARGEST_SPAN) for i in range(3)]
    first, second, third = ((span - 1) // 2 for span in spans)
    return first, second, third


def _halvings(sigma_px: float) -> int:
    """Return how many times a plane is halved before it is blurred, so that sigma stays above 2.5 pixels."""
    times = 0
    while sigma_px >= 5:
        sigma_px, times = sigma_px / 2, times + 1
    return times


@lru_cache(maxsize=64)
def _between(count: int, size: int, factor: int) -> tuple[Places, Places]:
    """Return where ``count`` pixels lie among ``size`` that are ``factor`` as wide: the index and the next's weight."""
    place = (np.arange(count, dtype=np.int64) * 2 + 1) * 128 // factor - 128
    place = np.clip(place, 0, (size - 1) << 8)
    return (place >> 8).astype(np.int32), (place & 255).astype(np.int32)


def halved(plane: Plane, times: int) -> Plane:
    """Return a plane at half its size, or half of that, …; odd sizes are rounded up."""
    from farm_basics.kernels import halve

    for _ in range(times):
        height, width = plane.shape
        smaller = np.empty_like(plane, shape=((height + 1) // 2, (width + 1) // 2))
        halve(plane, smaller)
        plane = smaller
    return plane


def grown(plane: Plane, like: Plane, times: int) -> Plane:
    """Return a plane that was halved at the size of ``like`` again, bilinear."""
    if times == 0:
        return plane
    out = np.empty_like(like)
    columns = _between(like.shape[1], plane.shape[1], 1 << times)
    rows = _between(like.shape[0], plane.shape[0], 1 << times)
    resample(out, plane, *columns, *rows, 0, 0)
    return out


def soften_plane(plane: Plane, sigma_px: float, *, rows: bool = True, columns: bool = True) -> Plane:
    """Return the plane blurred with a Gaussian of about ``sigma_px``, along rows, columns or both.

    Wide blurs are made at a half, a quarter, … of the size and enlarged, which costs a fraction and cannot be seen.
    """
    from farm_basics.kernels import box_columns, box_rows

    times = _halvings(sigma_px) if rows and columns else 0
    small = halved(plane, times)
    # Halving and enlarging add about 0.9 square pixels (of the larger size) of variance each time.
    for _ in range(times):
        sigma_px = math.sqrt(max(sigma_px**2 - 0.9, 0)) / 2
    passes = [(box_rows, rows), (box_columns, columns)]
    current = small
    spare: list[Plane] = []
    for radius in box_radii(sigma_px):
        for blur, wanted in passes:
            if radius > 0 and wanted:
                target = spare.pop() if spare else np.empty_like(small)
                blur(current, radius, target)
                if current is not small:
                    spare.append(current)
                current = target
    return grown(current, plane, times)


def soften(frame: Frame, sigma_px: float, *, rows: bool = True, columns: bool = True) -> Frame:
    """Return the frame with all its planes blurred; ``sigma_px`` is in luma pixels."""
    full = {"rows": rows, "columns": columns}
    blurred = Frame(
        soften_plane(frame.y, sigma_px, **full),
        soften_plane(frame.u, sigma_px / 2, **full),
        soften_plane(frame.v, sigma_px / 2, **full),
    )
    if frame.a is None or frame.a2 is None:
        return blurred
    return Frame(
        blurred.y,
        blurred.u,
        blurred.v,
        soften_plane(frame.a, sigma_px, **full),
        soften_plane(frame.a2, sigma_px / 2, **full),
    )
