"""Drawing pictures in perspective: turned about an axis in front of a camera."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from farm.plugin import Frame
from farm_basics.orders import Real
from farm_basics.warp import warp

Point = tuple[float, float]
Matrix = list[list[float]]


def _product(a: Matrix, b: Matrix) -> Matrix:
    return [[sum(a[i][k] * b[k][j] for k in range(3)) for j in range(3)] for i in range(3)]


def _inverse(m: Matrix) -> Matrix:
    """Return the adjugate, which is the inverse up to scale: a homography has no scale."""
    (a, b, c), (d, e, f), (g, h, i) = m
    return [
        [e * i - f * h, c * h - b * i, b * f - c * e],
        [f * g - d * i, a * i - c * g, c * d - a * f],
        [d * h - e * g, b * g - a * h, a * e - b * d],
    ]


def _at(m: Matrix, x: float, y: float) -> Point:
    away = m[2][0] * x + m[2][1] * y + m[2][2] or 1e-12
    return (m[0][0] * x + m[0][1] * y + m[0][2]) / away, (m[1][0] * x + m[1][1] * y + m[1][2]) / away


def homography(corners: Sequence[Point], width: float, height: float) -> Matrix:
    """Return the matrix that takes a rectangle to four corners, clockwise from its top left (Heckbert 1989)."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    sx, sy = x0 - x1 + x2 - x3, y0 - y1 + y2 - y3
    ax, ay, bx, by = x1 - x2, y1 - y2, x3 - x2, y3 - y2
    area = ax * by - bx * ay
    if area == 0:
        area = 1e-9
    g, h = (sx * by - bx * sy) / area, (ax * sy - sx * ay) / area
    square = [[x1 - x0 + g * x1, x3 - x0 + h * x3, x0], [y1 - y0 + g * y1, y3 - y0 + h * y3, y0], [g, h, 1.0]]
    return _product(square, [[1 / width, 0, 0], [0, 1 / height, 0], [0, 0, 1]])


def project(
    out: Frame, picture: Frame, corners: Sequence[Point], part: tuple[float, float] = (0.0, 1.0)
) -> None:
    """Draw a picture so that its corners lie at four points in luma pixels; what is outside them is kept.

    Args:
        out: The frame to draw into.
        picture: A picture of its size.
        corners: Of the whole picture, clockwise from its top left; turned the other way round it is seen mirrored.
        part: The share of the picture's width that is drawn.
    """
    forward = homography(corners, picture.width, picture.height)
    m = _inverse(forward)
    # Positive before the camera.
    sign = 1.0 if m[2][0] * corners[0][0] + m[2][1] * corners[0][1] + m[2][2] > 0 else -1.0

    def seen(x: Real, y: Real) -> tuple[Real, Real]:
        away = np.maximum((m[2][0] * x + m[2][1] * y + m[2][2]) * sign, 1e-9 * abs(m[0][0] + m[1][1]))
        return (
            (m[0][0] * x + m[0][1] * y + m[0][2]) * sign / away,
            (m[1][0] * x + m[1][1] * y + m[1][2]) * sign / away,
        )

    left, right = part[0] * picture.width, part[1] * picture.width
    shown = [_at(forward, x, y) for x in (left, right) for y in (0.0, float(picture.height))]
    columns, rows = zip(*shown, strict=True)
    warp(out, picture, seen, part=part, box=(min(columns), min(rows), max(columns), max(rows)))


def turned(
    width: float,
    height: float,
    place: Callable[[float, float], tuple[float, float, float]],
    *,
    distance: float = 1.6,
) -> list[Point]:
    """Return where a picture's corners appear.

    Args:
        width: Of the frame.
        height: Of the frame.
        place: Takes a corner, from the frame's middle in pixels, to a point in space: right, down, away.
        distance: Of the camera from the frame, in units of its larger side.
    """
    far = distance * max(width, height)
    found = []
    for x, y in ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height)):
        px, py, pz = place(x - width / 2, y - height / 2)
        # A point beside the camera would be infinitely far away.
        near = far / max(far + pz, far * 0.02)
        found.append((width / 2 + px * near, height / 2 + py * near))
    return found
