"""Tilted stills: pictures that zoom and pan in a box at a constant angle."""

from __future__ import annotations

import math
from typing import Final

from farm.model.color import WHITE
from farm.model.look import ShapeLook
from farm.model.placement import Placement
from farm.render.content import Content
from farm.render.convert import frame_from_raster
from farm.render.drawing import Turn
from farm.render.frame import Frame
from farm.render.matte import Matte, matted
from farm.render.place import Mapping, place
from farm.render.shape import raster_shape

_EDGE_PX: Final = 4
"""By how much a still's edges are continued, so that sampling near them meets nothing else; even."""


def pivoted(placement: Placement, turn: Turn) -> Turn:
    """Return a rotation about a clip's anchor, counted from the whole pixel at which its box begins."""
    box = placement.box
    x = box.x + placement.anchor_x * box.width - round(box.x)
    y = box.y + placement.anchor_y * box.height - round(box.y)
    return Turn(turn.angle_deg, x, y)


def outline_of(placement: Placement, size: tuple[int, int], turn: Turn) -> tuple[Frame, Mapping]:
    """Return a turned box of an even size as alpha, in host memory, and where it belongs on the canvas."""
    look = ShapeLook("rect", fill=WHITE, radius_px=placement.radius_px)
    x, y = round(placement.box.x), round(placement.box.y)
    outline, left, top = frame_from_raster(raster_shape(look, *size, turn), x, y)
    return outline, Mapping(left, top)


class TiltedStill:
    """A still that fills a tilted box: turned once as a whole, then only resampled behind the box's turned outline.

    Zooming commutes with turning. Turning the box's picture in every frame takes three times as long.
    """

    def __init__(self, placement: Placement, turn: Turn, outline: Frame, mapping: Mapping) -> None:
        """Start.

        Args:
            placement: The clip's.
            turn: How its box is turned; see :func:`pivoted`.
            outline: The turned box; see :func:`outline_of`.
            mapping: Where the outline belongs on the canvas.
        """
        self.mapping = mapping
        """Where its pictures belong on the canvas while the clip rests."""
        self._x, self._y = round(placement.box.x), round(placement.box.y)
        self._turn = turn
        self._outline = outline
        self._still: tuple[Frame, Frame] | None = None

    @property
    def angle_deg(self) -> float:
        """The box's rotation, clockwise."""
        return self._turn.angle_deg

    def at(self, pixels: Frame, content: Content) -> Frame:
        """Return the turned box's picture; ``pixels`` are the whole opaque still, of the size of the content."""
        if self._still is None or self._still[0] is not pixels:
            self._still = pixels, _turned(pixels, self.angle_deg)
        still = self._still[1]
        angle = math.radians(self.angle_deg)
        dx = content.x + content.width * content.sx / 2 - self._turn.x
        dy = content.y + content.height * content.sy / 2 - self._turn.y
        x = self._x + self._turn.x + math.cos(angle) * dx - math.sin(angle) * dy - self.mapping.x
        y = self._y + self._turn.y + math.sin(angle) * dx + math.cos(angle) * dy - self.mapping.y
        outline = self._outline
        canvas = outline.blank(alpha=False)
        mapping = Mapping(
            x - still.width * content.sx / 2, y - still.height * content.sy / 2, content.sx, content.sy
        )
        place(canvas, still, mapping, 1.0, (0, 0, canvas.width, canvas.height))
        assert outline.a is not None
        assert outline.a2 is not None
        return matted(canvas, Matte(outline.a, outline.a2))


def _turned(still: Frame, angle_deg: float) -> Frame:
    """Return an opaque picture turned about its middle, black around it."""
    source = _continued(still)
    angle = math.radians(angle_deg)
    cos, sin = abs(math.cos(angle)), abs(math.sin(angle))
    width = 2 * math.ceil((source.width * cos + source.height * sin) / 2)
    height = 2 * math.ceil((source.width * sin + source.height * cos) / 2)
    canvas = still.blank(alpha=False, width=width, height=height)
    mapping = Mapping(
        (width - source.width) / 2,
        (height - source.height) / 2,
        rotation_deg=angle_deg,
        pivot_x=width / 2,
        pivot_y=height / 2,
    )
    place(canvas, source, mapping, 1.0, (0, 0, width, height))
    return canvas


def _continued(still: Frame) -> Frame:
    """Return a picture whose edges are repeated around it."""
    out = still.blank(alpha=False, width=still.width + 2 * _EDGE_PX, height=still.height + 2 * _EDGE_PX)
    for target, plane in zip(out.planes(), still.planes(), strict=True):
        edge = _EDGE_PX if plane.shape == still.y.shape else _EDGE_PX // 2
        rows, columns = plane.shape
        target[edge : edge + rows, edge : edge + columns] = plane
        for k in range(edge):
            target[edge : edge + rows, k : k + 1] = plane[:, :1]
            target[edge : edge + rows, edge + columns + k : edge + columns + k + 1] = plane[:, columns - 1 :]
        for k in range(edge):
            target[k : k + 1] = target[edge : edge + 1]
            target[edge + rows + k : edge + rows + k + 1] = target[edge + rows - 1 : edge + rows]
    return out
