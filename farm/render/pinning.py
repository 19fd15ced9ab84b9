"""Pinning: a picture whose four corners are pulled to given places, in perspective."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from farm.model.placement import Box, Pin
from farm.render.frame import Frame
from farm.render.picture import Shown
from farm.render.place import ClipRect, Mapping, Move, bounds_of, halves, triples, with_alpha
from farm.render.pose import Pose
from farm.render.projecting import project_fine_over, project_over

Matrix = NDArray[np.float64]
_ONE = 1 << 24
_STEEPEST = 1e7
"""Larger entries of a map, of a quadrilateral that is flat or reaches the horizon, would overflow."""


def pinned_corners(pin: Pin, pose: Pose, moment: float) -> tuple[tuple[float, float], ...]:
    """Return where the corners of a pinned box are at a moment, clockwise from the top left.

    What entrances, exits and loops do to it, they do about the middle of the corners.
    """
    values = [curve.at(moment) for curve in pin.corners]
    points = tuple(zip(values[::2], values[1::2], strict=True))
    if pose.rests:
        return points
    middle_x, middle_y = sum(values[::2]) / 4, sum(values[1::2]) / 4
    move = Move(pose.dx, pose.dy, pose.scale_x, pose.scale_y, pose.rotation_deg, pose.skew_x_deg)
    mapping = Mapping(0, 0).moved(middle_x, middle_y, move)
    return tuple(mapping.place_of(x, y) for x, y in points)


def place_pinned(
    dst: Frame, shown: Shown, box: Box, points: Sequence[tuple[float, float]], opacity: float
) -> None:
    """Draw a picture over a canvas with its box's corners at given places, clockwise from the top left.

    Nothing is drawn where three corners lie on a line, or where the sides cross in the middle.
    """
    strength = max(0, min(256, math.floor(opacity * 256 + 0.5)))
    try:
        there = _square_to(points)
        # Picture pixels -> the unit square of the box -> the canvas, inverted.
        mapping = shown.mapping
        own = np.array(
            [
                [mapping.sx / box.width, 0, (mapping.x - box.x) / box.width],
                [0, mapping.sy / box.height, (mapping.y - box.y) / box.height],
                [0, 0, 1],
            ]
        )
        back = np.linalg.inv(there @ own)
    except np.linalg.LinAlgError:
        return
    if not np.isfinite(back).all():
        return
    if strength == 0:
        return
    # Positive in front of the viewer: decided at the middle of the quadrilateral.
    middle = np.array([sum(x for x, _ in points) / 4, sum(y for _, y in points) / 4, 1])
    weight = float(back[2] @ middle)
    if abs(weight) < 1e-9 * float(np.abs(back).max()):
        return  # sides cross in the middle
    back = back / weight
    if np.abs(back).max() > _STEEPEST:
        return
    # A shadow lies outside the corners.
    area = _reach(there @ own, weight, shown.frame, (0, 0, dst.width, dst.height))
    if area[0] >= area[2] or area[1] >= area[3]:
        return
    parts = _parts(back, area)
    for out, src, alpha in triples(dst, with_alpha(shown.frame)):
        full = out.shape == dst.y.shape
        for rect, across, down in parts:
            part = rect if full else halves(rect)
            if across == down == 1:
                project_over(out, src, alpha, _fixed(back, full), *part, strength)
            else:
                corners = _fixed(back, full, -0.5)
                project_fine_over(out, src, alpha, corners, *part, strength, across, down)


def _reach(there: Matrix, weight: float, picture: Frame, canvas: ClipRect) -> ClipRect:
    """Return the part of a canvas that a whole picture may touch, given the homography to it."""
    corners = np.array(
        [[0, 0, 1], [picture.width, 0, 1], [picture.width, picture.height, 1], [0, picture.height, 1]]
    )
    placed = there @ corners.T * math.copysign(1.0, weight)
    if (placed[2] <= 1e-6 * np.abs(placed[2]).max()).any():
        return canvas  # it reaches behind the viewer
    return bounds_of([(float(x / w), float(y / w)) for x, y, w in placed.T], canvas)


_TILE_PX: Final = 64
"""Within a square of this side, pixels are averages of equally many samples."""
_MOST: Final = 8
"""Samples per pixel and direction at most."""
_SPARSE: Final = 0.6
"""Samples may lie this much further apart than the picture's pixels: bilinear sampling still meets them all."""


def _parts(back: Matrix, area: ClipRect) -> list[tuple[ClipRect, int, int]]:
    """Return even parts of an area, with the samples that a pixel needs across and down, where a picture shrinks.

    Where more pixels of a picture than one fall on a pixel of the canvas, single samples would leave some out: edges
    become ragged, and lines come and go.
    """
    left, top, right, bottom = area[0] // 2 * 2, area[1] // 2 * 2, area[2], area[3]
    xs, ys = np.arange(left, right, _TILE_PX), np.arange(top, bottom, _TILE_PX)
    # The middles of the squares, or of what is left of them at the area's ends.
    mx, my = np.meshgrid(
        (xs + np.minimum(xs + _TILE_PX, right)) / 2, (ys + np.minimum(ys + _TILE_PX, bottom)) / 2
    )
    x, y, w = (row[0] * mx + row[1] * my + row[2] for row in back)
    seen = w > 1e-9
    safe = np.where(seen, w, 1.0)
    counts = []
    for axis in (0, 1):
        dx = (back[0, axis] - x / safe * back[2, axis]) / safe
        dy = (back[1, axis] - y / safe * back[2, axis]) / safe
        steps = np.where(seen, np.hypot(dx, dy), 1.0)
        counts.append(np.clip(np.ceil(np.minimum(steps, 1e6) - _SPARSE), 1, _MOST).astype(int))
    across, down = counts
    if (across == across[0, 0]).all() and (down == down[0, 0]).all():
        return [(area, int(across[0, 0]), int(down[0, 0]))]
    parts: list[tuple[ClipRect, int, int]] = []
    for row, y0 in enumerate(ys):
        first = 0
        for column in range(1, len(xs) + 1):
            alike = column < len(xs) and (
                across[row, column] == across[row, first] and down[row, column] == down[row, first]
            )
            if alike:
                continue
            end = right if column == len(xs) else int(xs[column])
            rect = int(xs[first]), int(y0), end, min(int(y0) + _TILE_PX, bottom)
            parts.append((rect, int(across[row, first]), int(down[row, first])))
            first = column
    return parts


def _fixed(back: Matrix, full: bool, corner: float = 0.0) -> NDArray[np.int64]:
    """Return the inverse homography from indices of a canvas's samples to those of a picture's plane, in 1/2^24.

    Args:
        back: The inverse homography, in pixels.
        full: Whether the plane has a sample per pixel, instead of per pair.
        corner: What is added to indices of the canvas's samples: -0.5 for their corners.
    """
    step, ox, oy = (1.0, 0.5, 0.5) if full else (2.0, 0.5, 1.0)
    index_to_place = np.array([[step, 0, ox + corner * step], [0, step, oy + corner * step], [0, 0, 1]])
    place_to_index = np.array([[1 / step, 0, -ox / step], [0, 1 / step, -oy / step], [0, 0, 1]])
    fixed: NDArray[np.int64] = np.floor(place_to_index @ back @ index_to_place * _ONE + 0.5).astype(np.int64)
    return fixed.reshape(9)


def _square_to(points: Sequence[tuple[float, float]]) -> Matrix:
    """Return the homography from the unit square to a quadrilateral (Heckbert, 1989, section 2.2.3)."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points
    sx, sy = x0 - x1 + x2 - x3, y0 - y1 + y2 - y3
    dx1, dy1, dx2, dy2 = x1 - x2, y1 - y2, x3 - x2, y3 - y2
    whole = dx1 * dy2 - dx2 * dy1
    if abs(whole) < 1e-9:
        raise np.linalg.LinAlgError
    g, h = (sx * dy2 - dx2 * sy) / whole, (dx1 * sy - sx * dy1) / whole
    return np.array(
        [
            [x1 - x0 + g * x1, x3 - x0 + h * x3, x0],
            [y1 - y0 + g * y1, y3 - y0 + h * y3, y0],
            [g, h, 1.0],
        ]
    )
