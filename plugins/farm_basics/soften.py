"""Softening of a frame by three box filters, which approximate a Gaussian at a cost that is independent of its size."""

from __future__ import annotations

import math

import numpy as np

from farm.plugin import Frame, Plane

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


def soften_plane(plane: Plane, sigma_px: float, *, rows: bool = True, columns: bool = True) -> Plane:
    """Return the plane blurred with a Gaussian of about ``sigma_px``, along rows, columns or both."""
    from farm_basics.kernels import box_columns, box_rows

    passes = [(box_rows, rows), (box_columns, columns)]
    current = plane
    spare: list[Plane] = []
    for radius in box_radii(sigma_px):
        for blur, wanted in passes:
            if radius > 0 and wanted:
                target = spare.pop() if spare else np.empty_like(plane)
                blur(current, radius, target)
                if current is not plane:
                    spare.append(current)
                current = target
    return current


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
