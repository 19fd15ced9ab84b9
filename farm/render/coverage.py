"""Coverage: which rows of a canvas pictures cover completely, so that it need not be cleared, nor carry alpha."""

from __future__ import annotations

import math
from collections.abc import Iterable

from farm.model.placement import Blend
from farm.model.source import AdjustmentSource
from farm.model.timeline import Track
from farm.render.frame import Frame
from farm.render.picture import Shown
from farm.render.place import ClipRect, Move, Solid

Rows = tuple[int, int]
"""Rows of a canvas that are covered from side to side: the first, and the one after the last; even."""


def fills(rows: Iterable[Rows], height: int) -> bool:
    """Whether runs of rows together cover all rows of a canvas."""
    covered = 0
    for first, last in sorted(rows):
        if first > covered:
            return False
        covered = max(covered, last)
    return covered >= height


def rows_covered(shown: Shown, dst: Frame, ax: float, ay: float, move: Move) -> tuple[Rows, ...]:
    """Return the rows that a picture, moved about (ax, ay), covers with opaque pixels from side to side."""
    mapping = shown.mapping.moved(ax, ay, move)
    if not mapping.upright or move.scale_x <= 0 or move.scale_y <= 0 or shown.turned_deg:
        return ()
    solid = Solid(0, 0, shown.frame.width, shown.frame.height) if shown.frame.opaque else shown.solid
    if solid.corner or solid.left >= solid.right:
        return ()
    # A sampled picture reaches its edges; the edges of one that is smoothed there are two pixels inside.
    inset = 0 if shown.frame.opaque else 2
    left, right = (mapping.x + edge * mapping.sx for edge in (solid.left + inset, solid.right - inset))
    top, bottom = (mapping.y + edge * mapping.sy for edge in (solid.top + inset, solid.bottom - inset))
    if shown.box is not None:
        area = moved_rect(shown.box, ax, ay, move)
        left, top, right, bottom = (
            max(left, area[0]),
            max(top, area[1]),
            min(right, area[2]),
            min(bottom, area[3]),
        )
    if left > 0.01 or right < dst.width - 0.01:
        return ()
    first, last = 2 * math.ceil((top - 0.01) / 2), 2 * math.floor((bottom + 0.01) / 2)
    return ((first, last),) if first < last else ()


def moved_rect(box: ClipRect, ax: float, ay: float, move: Move) -> ClipRect:
    """Return a rectangle scaled about (ax, ay) and shifted, its edges even."""
    left, right = (ax + (edge - ax) * move.scale_x + move.dx for edge in (box[0], box[2]))
    top, bottom = (ay + (edge - ay) * move.scale_y + move.dy for edge in (box[1], box[3]))
    even = tuple(2 * round(edge / 2) for edge in (left, top, right, bottom))
    return even[0], even[1], even[2], even[3]


def isolates(tracks: tuple[Track, ...]) -> bool:
    """Whether a group needs a canvas of its own: its blends and adjustments end at what is below it."""
    return any(
        isinstance(clip.source, AdjustmentSource) or clip.blend is not Blend.NORMAL
        for track in tracks
        for clip in track.clips
    )


def _contains(outer: ClipRect, inner: ClipRect) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and outer[2] >= inner[2] and outer[3] >= inner[3]


def shown_fills(shown: Shown, dst: Frame) -> bool:
    """Whether what is shown covers every pixel of a canvas while it rests."""
    if not shown.frame.opaque or (
        shown.box is not None and not _contains(shown.box, (0, 0, dst.width, dst.height))
    ):
        return False
    right = shown.mapping.x + shown.frame.width * shown.mapping.sx
    bottom = shown.mapping.y + shown.frame.height * shown.mapping.sy
    inside = shown.mapping.x <= 0.01 and shown.mapping.y <= 0.01
    return inside and right >= dst.width - 0.01 and bottom >= dst.height - 0.01
