"""Shapes that open around a point: how large each is when it reaches a pixel."""

from __future__ import annotations

import math
from functools import cache
from typing import Final, Literal

import numpy as np

from farm_basics.orders import Real, centred, turns

ShapeName = Literal["circle", "diamond", "box", "star", "heart"]
_STEPS: Final = 720


@cache
def _radii(shape: ShapeName) -> Real:
    """Return the distance of the outline at each half degree, clockwise from upwards, in 1/65536."""
    if shape == "star":
        outline = []
        for k in range(10):
            far = 1.0 if k % 2 == 0 else 0.5
            outline.append((far * math.sin(math.pi * k / 5), -far * math.cos(math.pi * k / 5)))
    else:
        outline = []
        for k in range(400):
            t = 2 * math.pi * k / 400
            rise = 13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)
            outline.append((math.sin(t) ** 3, -(rise + 3) / 16))
    found = []
    for step in range(_STEPS):
        angle = 2 * math.pi * step / _STEPS
        dx, dy = math.sin(angle), -math.cos(angle)
        reach = 0.0
        for (ax, ay), (bx, by) in zip(outline, [*outline[1:], outline[0]], strict=True):
            # Where the ray crosses the side.
            ex, ey = bx - ax, by - ay
            cross = dx * ey - dy * ex
            if abs(cross) > 1e-12:
                along, place = (ax * ey - ay * ex) / cross, (ax * dy - ay * dx) / cross
                if along > 0 and -1e-9 <= place <= 1 + 1e-9:
                    reach = max(reach, along)
        found.append(round(reach * 65536))
    return np.array([*found, found[0]], np.float64) / 65536


def size_at(shape: ShapeName, width: int, height: int, x: float, y: float) -> Real:
    """Return how large the shape around a point has to be to reach each pixel."""
    dx, dy = centred(width, height, x, y)
    if shape == "diamond":
        return np.asarray(np.abs(dx) + np.abs(dy))
    if shape == "box":
        return np.asarray(np.maximum(np.abs(dx) * height, np.abs(dy) * width))
    far = np.sqrt(dx * dx + dy * dy)
    if shape == "circle":
        return far
    table, place = _radii(shape), turns(dx, dy) * _STEPS
    index = np.minimum(place.astype(np.int64), _STEPS - 1)
    return np.asarray(far / (table[index] + (table[index + 1] - table[index]) * (place - index)))
