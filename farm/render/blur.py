"""Gaussian blur of planes by three box filters, whose cost does not depend on the radius."""

from __future__ import annotations

import math

import numpy as np

from farm.render import kernels
from farm.render.frame import Frame, Plane


def box_radii(sigma_px: float) -> tuple[int, ...]:
    """Return the radii of three boxes whose variances add up to that of a Gaussian.

    Boxes of 2r + 1 pixels have the variance ((2r + 1)^2 - 1) / 12; the widths are the two odd numbers around the ideal
    one, as in Kovesi, "Fast almost-Gaussian filtering", 2010.
    """
    if sigma_px <= 0:
        return 0, 0, 0
    small = math.floor(math.sqrt(4 * sigma_px**2 + 1) + 1e-9)
    small -= 1 - small % 2
    count = round((12 * sigma_px**2 - 3 * small**2 - 12 * small - 9) / (-4 * small - 4))
    return tuple(((small if i < count else small + 2) - 1) // 2 for i in range(3))


def blurred(plane: Plane, sigma_px: float) -> Plane:
    """Return a plane blurred by a Gaussian of about ``sigma_px``; edges repeat."""
    source = plane
    radii = [radius for radius in box_radii(sigma_px) if radius > 0]
    if not radii:
        return plane
    for _ in range(2):
        for radius in radii:
            out = np.empty_like(source)
            kernels.blur_rows(out, source, radius)
            source = out
        turned = np.empty_like(source, shape=source.shape[::-1])
        kernels.transpose(turned, source)
        source = turned
    return source


def blurred_frame(frame: Frame, sigma_px: float) -> Frame:
    """Return all planes of a frame blurred; ``sigma_px`` is in luma pixels."""
    planes = [
        blurred(plane, sigma_px if plane.shape == frame.y.shape else sigma_px / 2) for plane in frame.planes()
    ]
    return Frame(*planes)
