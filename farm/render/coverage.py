"""Coverage: which rows of a canvas pictures cover completely, so that it need not be cleared, nor carry alpha."""

from __future__ import annotations

import math
from collections.abc import Iterable

from farm.render.extent import moved_rect
from farm.render.frame import Frame
from farm.render.picture import Shown
from farm.render.place import Move, Solid

Rows = tuple[int, int]
"""Rows of a canvas that are covered from side to side: the first, and the one after the last; even."""


def fill_rows(rows: Iterable[Rows], height: int) -> bool:
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
