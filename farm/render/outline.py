"""Outlines of shapes, as skia paths."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from farm.model.look import ShapeLook
from farm.model.path_data import PathStep, parse_path
from farm.render.drawing import skia
from farm.render.looping import noise

_HEART = (
    "M 50 92 C 18 64 4 46 4 28 C 4 12 16 4 28 4 C 38 4 46 9 50 18 "
    "C 54 9 62 4 72 4 C 84 4 96 12 96 28 C 96 46 82 64 50 92 Z"
)
"""A heart in a square of 100."""


def path_of(steps: Sequence[PathStep]) -> Any:
    """Return parsed path data as a ``skia.Path``."""
    path = skia.Path()
    for step in steps:
        match step.kind, step.numbers:
            case "M", n:
                path.moveTo(*n)
            case "L", n:
                path.lineTo(*n)
            case "C", n:
                path.cubicTo(*n)
            case "Q", n:
                path.quadTo(*n)
            case "A", (rx, ry, turn, large, sweep, x, y):
                size = skia.Path.ArcSize.kLarge_ArcSize if large else skia.Path.ArcSize.kSmall_ArcSize
                way = skia.PathDirection.kCW if sweep else skia.PathDirection.kCCW
                path.arcTo(rx, ry, turn, size, way, x, y)
            case _:
                path.close()
    return path


POINTED: Final = ("polygon", "star", "arrow")
"""Forms of straight edges: their outline lies ``inset`` within each edge, so that a mitred stroke along it keeps them
and their tips."""


def possible_inset(look: ShapeLook, inset: float, width: float, height: float) -> float:
    """Return how far within a shape its outline can lie, up to ``inset``: a thin tip leaves room for a thin stroke."""
    if look.form not in POINTED:
        return inset if look.form in ("path", "line") else min(inset, 0.49 * min(width, height))
    points = _corners(look, width, height)
    if _is_within(points, _inset(points, inset)):
        return inset
    low, high = 0.0, inset
    for _ in range(24):
        middle = (low + high) / 2
        low, high = (middle, high) if _is_within(points, _inset(points, middle)) else (low, middle)
    # A little less, since an edge of no length would have no mitre at its ends.
    return 0.95 * low


def outline(look: ShapeLook, inset: float, width: float, height: float) -> Any:
    """Return the outline of a shape in a box of ``width`` x ``height``, ``inset`` within it, as a ``skia.Path``."""
    rect = skia.Rect.MakeLTRB(inset, inset, max(inset, width - inset), max(inset, height - inset))
    path = skia.Path()
    match look.form:
        case "ellipse" | "ring":
            _add_round(path, look, rect)
        case "polygon" | "star" | "arrow":
            path = _closed(_inset(_corners(look, width, height), inset))
        case "heart":
            path = _fitted(path_of(parse_path(_HEART)), (0, 0, 100, 96), rect)
        case "path":
            drawn = path_of(parse_path(look.path))
            bounds = drawn.computeTightBounds()
            own = look.view or (bounds.left(), bounds.top(), bounds.width(), bounds.height())
            path = _fitted(drawn, own, rect, keep=not look.stretched)
        case "torn":
            path = _closed(_torn_edge(look, rect))
        case "line":
            middle = height / 2
            path.moveTo(rect.left(), middle)
            path.lineTo(rect.right(), middle)
        case _:
            radius = max(0.0, min(look.radius_px, width / 2, height / 2) - inset)
            path.addRoundRect(rect, radius, radius)
            if look.extent < 1:
                # Its end is as round as the rect's own, and never sticks out of it.
                right = rect.left() + rect.width() * max(0.0, look.extent)
                left = min(rect.left(), right - 2 * radius)
                part = skia.Path()
                part.addRoundRect(skia.Rect.MakeLTRB(left, rect.top(), right, rect.bottom()), radius, radius)
                path = skia.Op(path, part, skia.PathOp.kIntersect_PathOp)
    return path


def _add_round(path: Any, look: ShapeLook, rect: Any) -> None:
    """Add an ellipse or ring, or a sector of it that begins at the top."""
    sweep = max(0.0, min(1.0, look.sweep))
    hollow = look.form == "ring"
    mx, my = rect.width() / 2 * look.inner, rect.height() / 2 * look.inner
    hole = skia.Rect.MakeLTRB(
        rect.centerX() - mx, rect.centerY() - my, rect.centerX() + mx, rect.centerY() + my
    )
    if sweep >= 1:
        # Begun at the top, as an outline that draws itself is expected to be.
        path.addOval(rect, skia.PathDirection.kCW, 0)
        if hollow:
            path.addOval(hole, skia.PathDirection.kCCW, 0)
        return
    if sweep <= 0:
        return
    angle = 360 * sweep
    path.arcTo(rect, -90, angle, True)
    if hollow:
        path.arcTo(hole, -90 + angle, -angle, False)
    else:
        path.lineTo(rect.centerX(), rect.centerY())
    path.close()


def _around(rect: Any, corners: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return points at (radius, turn) about a rectangle's centre, turn 0 at the top, clockwise."""
    rx, ry = rect.width() / 2, rect.height() / 2
    return [
        (
            rect.centerX() + rx * radius * math.sin(2 * math.pi * turn),
            rect.centerY() - ry * radius * math.cos(2 * math.pi * turn),
        )
        for radius, turn in corners
    ]


def _corners(look: ShapeLook, width: float, height: float) -> list[tuple[float, float]]:
    """Return the corners of a form of straight edges that fills its box, clockwise."""
    rect = skia.Rect.MakeWH(width, height)
    if look.form == "polygon":
        return _around(rect, [(1.0, index / look.points) for index in range(look.points)])
    if look.form == "star":
        tips = 2 * look.points
        return _around(rect, [(1.0 if i % 2 == 0 else look.inner, i / tips) for i in range(tips)])
    head, upper = min(0.8 * height, 0.6 * width), height * (1 - _SHAFT) / 2
    neck, lower = width - head, height - upper
    return [
        (0, upper), (neck, upper), (neck, 0), (width, height / 2), (neck, height), (neck, lower), (0, lower),
    ]  # fmt: skip


_SHAFT: Final = 0.46
"""Thickness of a block arrow's shaft, as a share of its head's."""


def _inset(points: Sequence[tuple[float, float]], by: float) -> list[tuple[float, float]]:
    """Return a polygon, given clockwise, whose edges lie a distance within those of another."""
    if by <= 0:
        return list(points)
    normals = []
    for (x0, y0), (x1, y1) in zip(points, [*points[1:], points[0]], strict=True):
        length = max(1e-9, math.hypot(x1 - x0, y1 - y0))
        normals.append(((y0 - y1) / length, (x1 - x0) / length))
    inner = []
    for index, (x, y) in enumerate(points):
        (ax, ay), (bx, by_) = normals[index - 1], normals[index]
        stretch = by / max(1e-6, 1 + ax * bx + ay * by_)
        inner.append((x + (ax + bx) * stretch, y + (ay + by_) * stretch))
    return inner


def _is_within(outer: Sequence[tuple[float, float]], inner: Sequence[tuple[float, float]]) -> bool:
    """Whether no edge of a polygon has turned round by being inset."""
    for index in range(len(outer)):
        (x0, y0), (x1, y1) = outer[index - 1], outer[index]
        (u0, v0), (u1, v1) = inner[index - 1], inner[index]
        if (x1 - x0) * (u1 - u0) + (y1 - y0) * (v1 - v0) < 0:
            return False
    return True


def _closed(points: Sequence[tuple[float, float]]) -> Any:
    path = skia.Path()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    path.close()
    return path


def _fitted(path: Any, own: tuple[float, float, float, float], rect: Any, *, keep: bool = False) -> Any:
    """Return a path whose own area (left, top, width, height) is stretched to ``rect``, or fitted into it."""
    left, top, width, height = own
    sx, sy = rect.width() / max(width, 1e-6), rect.height() / max(height, 1e-6)
    # A straight path has no extent in one direction, which has no scale, and does not limit that of the other.
    if not keep:
        sx, sy = (s if side > 1e-6 else 1.0 for s, side in ((sx, width), (sy, height)))
    else:
        sx = sy = min((s for s, side in ((sx, width), (sy, height)) if side > 1e-6), default=1.0)
    matrix = skia.Matrix()
    matrix.setTranslate(-left - width / 2, -top - height / 2)
    matrix.postScale(sx, sy)
    matrix.postTranslate(rect.centerX(), rect.centerY())
    fitted = skia.Path()
    path.transform(matrix, fitted)
    return fitted


def _torn_edge(look: ShapeLook, rect: Any) -> list[tuple[float, float]]:
    """Return the edge of a torn sheet: noise in two octaves, inwards only, so that the box is kept."""
    rough = look.roughness_px
    step = max(2.0, rough / 3)
    points: list[tuple[float, float]] = []
    left, top, right, bottom = rect.left(), rect.top(), rect.right(), rect.bottom()
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    for side in range(4):
        (x0, y0), (x1, y1) = corners[side], corners[(side + 1) % 4]
        length = math.hypot(x1 - x0, y1 - y0)
        # Corners are left out, where the edges of two sides would cross.
        room = max(0.0, length - 2 * rough)
        count = max(1, int(room / step))
        ux, uy = ((x1 - x0) / length, (y1 - y0) / length) if length else (0.0, 0.0)
        for index in range(count):
            along = rough + room * index / count if room else length / 2
            coarse = _wave(along / (rough * 6 + 1), look.seed * 8 + side)
            fine = noise(index, look.seed * 8 + side + 4)
            depth = rough * (0.5 + 0.35 * coarse + 0.15 * fine)
            points.append((x0 + ux * along - uy * depth, y0 + uy * along + ux * depth))
    return points


def _wave(place: float, seed: int) -> float:
    """Return smooth noise of -1 to 1."""
    step = math.floor(place)
    share = place - step
    ease = share * share * (3 - 2 * share)
    start = noise(step, seed)
    return start + (noise(step + 1, seed) - start) * ease
