"""Gaussian blur of planes by three box filters, whose cost does not depend on the radius."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from farm.render import kernels, sampling
from farm.render.frame import Frame, Plane

_HALF_PX: Final = 5.0
_QUARTER_PX: Final = 12.0
"""Gaussians from which on a plane is blurred at half, or a quarter, of its size."""


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
    """Return a plane blurred by a Gaussian of about ``sigma_px``; edges repeat.

    Wide blurs are made of a plane of half or a quarter of the size: a tenth of the time, within a level.
    """
    by = 4 if sigma_px >= _QUARTER_PX else 2 if sigma_px >= _HALF_PX else 1
    if by == 1 or min(plane.shape) < 4 * by:
        return _boxed(plane, sigma_px)
    # Averaging over squares and enlarging blur a little themselves.
    left = math.sqrt(max(0.0, sigma_px**2 - (by * by - 1) / 12 - by * by / 6)) / by
    small = _boxed(_averaged(plane, by), left)
    out = np.empty_like(plane)
    height, width = plane.shape
    tables = []
    for size, count in ((width, small.shape[1]), (height, small.shape[0])):
        index, weight = np.empty(size, np.int32), np.empty(size, np.int32)
        sampling.positions(0, size, 0.0, float(by), count, 0.5, 1.0, index, weight)
        tables += [index, weight]
    sampling.resample(out, small, *tables, 0, 0)
    return out


def _averaged(plane: Plane, by: int) -> Plane:
    """Return the means of squares of ``by`` pixels; the last row and column repeat where the size is no multiple."""
    height, width = plane.shape
    rows, columns = -height % by, -width % by
    padded = np.pad(plane, ((0, rows), (0, columns)), mode="edge") if rows or columns else plane
    # A sum of slices: numpy's sums along the short axes of a reshaped plane take eight times as long.
    sums = np.zeros((padded.shape[0] // by, padded.shape[1] // by), np.uint16)
    for row in range(by):
        for column in range(by):
            sums += padded[row::by, column::by]
    means: Plane = ((sums + by * by // 2) // (by * by)).astype(np.uint8)
    return means


def _boxed(plane: Plane, sigma_px: float) -> Plane:
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
