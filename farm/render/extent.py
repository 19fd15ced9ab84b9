"""Extents: the part of a canvas that a clip's picture may touch, or covers."""

from __future__ import annotations

from farm.model.placement import Box
from farm.render.frame import Frame
from farm.render.picture import Shown
from farm.render.place import ClipRect, Mapping, Move, with_alpha
from farm.render.pose import Pose


def contains(outer: ClipRect, inner: ClipRect) -> bool:
    """Whether a rectangle lies within another."""
    return outer[0] <= inner[0] and outer[1] <= inner[1] and outer[2] >= inner[2] and outer[3] >= inner[3]


def moved_rect(box: ClipRect, ax: float, ay: float, move: Move) -> ClipRect:
    """Return where a rectangle lies once moved about (ax, ay), on even pixels."""
    left, right = (ax + (edge - ax) * move.scale_x + move.dx for edge in (box[0], box[2]))
    top, bottom = (ay + (edge - ay) * move.scale_y + move.dy for edge in (box[1], box[3]))
    even = tuple(2 * round(edge / 2) for edge in (left, top, right, bottom))
    return even[0], even[1], even[2], even[3]


def revealed(clip_rect: ClipRect, mapping: Mapping, frame: Frame, pose: Pose) -> ClipRect:
    """Return the part of ``clip_rect`` that a pose reveals of a picture."""
    width, height = frame.width * mapping.sx, frame.height * mapping.sy
    edges = list(clip_rect)
    if pose.left > 0:
        edges[0] = max(edges[0], 2 * round((mapping.x + width * pose.left) / 2))
    if pose.top > 0:
        edges[1] = max(edges[1], 2 * round((mapping.y + height * pose.top) / 2))
    if pose.right > 0:
        edges[2] = min(edges[2], 2 * round((mapping.x + width * (1 - pose.right)) / 2))
    if pose.bottom > 0:
        edges[3] = min(edges[3], 2 * round((mapping.y + height * (1 - pose.bottom)) / 2))
    return edges[0], edges[1], edges[2], edges[3]


def area_of(box: Box, width: int, height: int) -> Frame:
    """Return a canvas in host memory whose alpha is opaque within a box."""
    area = Frame.empty(width, height, alpha=True)
    assert area.a is not None
    assert area.a2 is not None
    left, top = max(0, round(box.x)), max(0, round(box.y))
    right, bottom = max(0, round(box.x + box.width)), max(0, round(box.y + box.height))
    area.a[top:bottom, left:right] = 255
    area.a2[top // 2 : bottom // 2, left // 2 : right // 2] = 255
    return area


def fills(shown: Shown, dst: Frame) -> bool:
    """Whether what is shown covers every pixel of a canvas while it rests."""
    if not shown.frame.opaque or (
        shown.box is not None and not contains(shown.box, (0, 0, dst.width, dst.height))
    ):
        return False
    right = shown.mapping.x + shown.frame.width * shown.mapping.sx
    bottom = shown.mapping.y + shown.frame.height * shown.mapping.sy
    inside = shown.mapping.x <= 0.01 and shown.mapping.y <= 0.01
    return inside and right >= dst.width - 0.01 and bottom >= dst.height - 0.01


def within(shown: Shown, box: Box) -> Shown:
    """Return the part of a canvas, at rest where it belongs, that lies in a box."""
    frame, x, y = shown.frame, round(shown.mapping.x), round(shown.mapping.y)
    left, right = (2 * round((edge - x) / 2) for edge in (box.x, box.x + box.width))
    top, bottom = (2 * round((edge - y) / 2) for edge in (box.y, box.y + box.height))
    left, top = min(max(0, left), frame.width - 2), min(max(0, top), frame.height - 2)
    right, bottom = min(max(left + 2, right), frame.width), min(max(top + 2, bottom), frame.height)
    if (left, top, right, bottom) == (0, 0, frame.width, frame.height):
        return shown
    out = frame.blank(alpha=not frame.opaque, width=right - left, height=bottom - top)
    for target, plane in zip(out.planes(), frame.planes(), strict=True):
        by = 1 if plane.shape == frame.y.shape else 2
        target[:] = plane[top // by : bottom // by, left // by : right // by]
    return Shown(out, Mapping(x + left, y + top), shown.key)


def uncovered(frame: Frame, pose: Pose) -> Frame:
    """Return a picture that is clear where a pose hides it."""
    out, source = frame.blank(alpha=True), with_alpha(frame)
    left, right = 2 * round(frame.width * pose.left / 2), 2 * round(frame.width * (1 - pose.right) / 2)
    top, bottom = 2 * round(frame.height * pose.top / 2), 2 * round(frame.height * (1 - pose.bottom) / 2)
    if left < right and top < bottom:
        for target, plane in zip(out.planes(), source.planes(), strict=True):
            by = 1 if plane.shape == frame.y.shape else 2
            part = slice(top // by, bottom // by), slice(left // by, right // by)
            target[part] = plane[part]
    return out
