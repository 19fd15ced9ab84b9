"""The frame around a picture: its border and its shadow."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace

from farm.model.color import BLACK
from farm.model.look import ShapeLook
from farm.model.placement import Placement
from farm.render.convert import frame_from_rgba
from farm.render.device import Device
from farm.render.drawing import draw_raster, shadow_reach_px
from farm.render.frame import Frame
from farm.render.place import Mapping, place
from farm.render.shape import draw_shape
from farm.render.silhouette import Silhouette

Keep = Callable[[Hashable, Callable[[], Frame]], Frame]


@dataclass(frozen=True, slots=True, eq=False)
class Trim:
    """What lies around a box's picture, drawn once."""

    margin_px: int
    """Even room around the box."""
    below: Frame | None
    """The shadow, with the margin around the box."""
    above: Frame | None
    """The border, with the margin around the box."""

    def around(self, canvas: Frame) -> Frame:
        """Return the box's picture with its shadow below and its border above, the margin around it."""
        width, height = canvas.width + 2 * self.margin_px, canvas.height + 2 * self.margin_px
        everything = (0, 0, width, height)
        out = canvas.blank(alpha=True, width=width, height=height)
        if self.below is not None:
            place(out, self.below, Mapping(0, 0), 1.0, everything)
        place(out, canvas, Mapping(self.margin_px, self.margin_px), 1.0, everything)
        if self.above is not None:
            place(out, self.above, Mapping(0, 0), 1.0, everything)
        return out


def trim_of(
    placement: Placement, size: tuple[int, int], keep: Keep, device: Device, *, cut_out: bool
) -> Trim | Silhouette | None:
    """Return the trim of a box of an even size; None if it has neither border nor shadow.

    Args:
        placement: The clip's.
        size: The box's size.
        keep: Returns what was drawn for a key, on the device to compose on, or draws it.
        device: The device to compose on.
        cut_out: Whether the picture may leave parts of its box transparent.
    """
    if placement.border is None and placement.shadow is None:
        return None
    reach = shadow_reach_px(placement.shadow)
    if cut_out:
        reach += placement.border.width_px + 1 if placement.border is not None else 0
        return Silhouette(2 * math.ceil(reach / 2), placement.border, placement.shadow, device)
    margin = 2 * math.ceil(reach / 2)
    look = ShapeLook("rect", radius_px=placement.radius_px)
    below = above = None
    if placement.shadow is not None:
        cast = replace(look, fill=BLACK, shadow=placement.shadow)
        below = keep(("shadow", cast, size, margin), lambda: _drawn(cast, size, margin, shadow=True))
    if placement.border is not None:
        edge = replace(look, stroke=placement.border)
        above = keep(("border", edge, size, margin), lambda: _drawn(edge, size, margin, shadow=False))
    return Trim(margin, below, above)


def _drawn(look: ShapeLook, size: tuple[int, int], margin: int, *, shadow: bool) -> Frame:
    """Return a shape, or only its shadow, in a box of ``size`` with a margin around it."""
    raster = draw_raster(
        *size, margin, lambda canvas: draw_shape(canvas, look, *size, shadow=shadow), crop=False
    )
    return frame_from_rgba(raster.rgba)
