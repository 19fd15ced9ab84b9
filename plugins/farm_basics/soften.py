"""Softening of a frame by three box filters, which approximate a Gaussian at a cost that is independent of its size."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from farm.plugin import Frame, Plane

_LARGEST_RADIUS: Final = 4094
"""Largest radius for which the kernels' sums fit into 32 bits."""
_HALVED, _QUARTERED = 4.0, 10.0
"""Sigmas, in pixels, from which on a plane is blurred at half and quarter size: as smooth, in a third of the time."""


def box_for(variance: float) -> tuple[int, int]:
    """Return the radius and the fraction (0 to 31) of the box whose three-fold use has a variance.

    A box of 2r + 1 pixels has the variance r (r + 1) / 3; the fraction f of one more pixel on each side makes it
    (r (r + 1) (2r + 1) / 3 + 2 f (r + 1)^2) / (2r + 1 + 2f).
    """
    each = max(0.0, variance) / 3
    radius = min(_LARGEST_RADIUS, math.floor((math.sqrt(1 + 12 * each) - 1) / 2))
    span, end = 2 * radius + 1, (radius + 1) ** 2
    fraction = (each * span - radius * (radius + 1) * span / 3) / (2 * (end - each)) if end > each else 0.0
    return radius, min(31, max(0, round(fraction * 32)))


def shrink(plane: Plane, factor: int) -> Plane:
    """Return the plane at a half or a quarter of its size, rounded up."""
    from farm_basics.blur_kernels import shrink_plane

    height, width = plane.shape
    out = np.empty_like(plane, shape=(-(-height // factor), -(-width // factor)))
    shrink_plane(plane, factor, out)
    return out


def unshrink(small: Plane, factor: int, like: Plane) -> Plane:
    """Return a shrunk plane at the size of ``like``, interpolated."""
    from farm_basics.blur_kernels import enlarge_plane

    out = np.empty_like(like)
    enlarge_plane(small, factor, out)
    return out


def soften_plane(plane: Plane, sigma_px: float, *, rows: bool = True, columns: bool = True) -> Plane:
    """Return the plane blurred with a Gaussian of about ``sigma_px``, along rows, columns or both."""
    from farm_basics.blur_kernels import average_columns, average_rows

    factor = 1
    # Along one axis alone, shrinking would blur the other.
    if rows and columns and sigma_px >= _HALVED:
        factor = 4 if sigma_px >= _QUARTERED else 2
    # Averaging squares and interpolating between them blurs as well: variances add up.
    lost = (factor * factor - 1) / 12 + factor * factor / 6 if factor > 1 else 0.0
    radius, fraction = box_for((sigma_px**2 - lost) / factor**2)
    if radius == 0 and fraction == 0:
        return plane
    start = shrink(plane, factor) if factor > 1 else plane
    current, spare = start, [np.empty_like(start), np.empty_like(start)]
    for blur, wanted in ((average_rows, rows), (average_columns, columns)) * 3:
        if wanted:
            target = spare.pop()
            blur(current, radius, fraction, target)
            if current is not start:
                spare.append(current)
            elif not spare:
                spare.append(np.empty_like(start))
            current = target
    return unshrink(current, factor, plane) if factor > 1 else current


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
