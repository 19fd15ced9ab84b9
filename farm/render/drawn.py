"""Drawn pictures: text, shapes and stickers, rasterised once for all segments that show them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import assert_never

import numpy as np

from farm.model.look import Plate, Shadow, ShapeLook, Stroke, TextLook
from farm.model.timeline import (
    ONE,
    ZERO,
    Clip,
    DrawnSource,
    MotionKind,
    Placement,
    ShapeSource,
    StickerSource,
    TextSource,
)
from farm.render.convert import frame_from_raster, frame_from_rgb
from farm.render.frame import Frame
from farm.render.picture import Shown
from farm.render.place import Mapping
from farm.render.raster import Raster
from farm.render.shape import Drawable, raster_shape, raster_sticker
from farm.render.text import raster_text

MAX_DETAIL = 4.0
"""Drawings are rasterised at up to this multiple of their box's size, to stay sharp when scaled up."""


def detail_of(placement: Placement, duration: int) -> float:
    """Return the scale at which to rasterise a drawing, so that sampling never enlarges it."""
    _, highest = placement.scale.bounds(0, duration)
    return max(0.05, min(MAX_DETAIL, highest))


@dataclass(frozen=True, slots=True)
class DrawnPicture:
    """Text, a shape or a sticker: one raster."""

    shown: Shown
    """The same at all frames."""

    def at(self, frame: int) -> Shown:
        del frame
        return self.shown


_UNSCALED = (None, MotionKind.FADE, MotionKind.WIPE)
"""Motions that neither move nor scale a clip."""


def _is_block(clip: Clip, raster: Raster) -> bool:
    """Return whether a drawing is an opaque rectangle that stays aligned to whole pairs of pixels."""
    placement = clip.placement
    motions = (clip.enter.kind if clip.enter else None, clip.exit.kind if clip.exit else None)
    x, y, (rows, columns) = round(placement.box.x), round(placement.box.y), raster.rgba.shape[:2]
    on_pairs = not (x % 2 or y % 2 or rows % 2 or columns % 2 or raster.left_px or raster.top_px)
    still = all(
        curve == rest
        for curve, rest in (
            (placement.x, ZERO),
            (placement.y, ZERO),
            (placement.scale, ONE),
            (placement.rotation_deg, ZERO),
        )
    )
    return (
        on_pairs
        and still
        and all(kind in _UNSCALED for kind in motions)
        and bool((raster.rgba[..., 3] == 255).all())
    )


def _opaque_frame(raster: Raster) -> Frame:
    return frame_from_rgb(np.ascontiguousarray(raster.rgba[..., :3]))


class Drawings:
    """Cache of rasterised drawings, limited in bytes; the least recently used are evicted first.

    Consecutive segments and jobs of a worker show the same texts: setting and converting one takes 2 to 10 ms, as long
    as composing several frames.
    """

    def __init__(self, limit_bytes: int = 64 * 2**20) -> None:
        self._limit_bytes = limit_bytes
        self._kept: OrderedDict[Hashable, DrawnPicture] = OrderedDict()
        self._size_bytes = 0

    def of(self, clip: Clip, source: DrawnSource, sticker: Drawable | None) -> DrawnPicture:
        """Return the picture of a clip whose source is drawn; see `drawn_picture`."""
        motions = (clip.enter and clip.enter.kind, clip.exit and clip.exit.kind)
        detail = detail_of(clip.placement, clip.duration)
        key = source, clip.placement, motions, detail
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            return kept
        made = self._kept[key] = drawn_picture(clip, source, sticker)
        self._size_bytes += _size_bytes(made)
        while self._size_bytes > self._limit_bytes and len(self._kept) > 1:
            self._size_bytes -= _size_bytes(self._kept.popitem(last=False)[1])
        return made


def _size_bytes(picture: DrawnPicture) -> int:
    return sum(plane.nbytes for plane in picture.shown.frame.planes())


def drawn_picture(clip: Clip, source: DrawnSource, sticker: Drawable | None) -> DrawnPicture:
    """Return the picture of a clip whose source is drawn.

    Args:
        clip: The clip.
        source: The clip's source.
        sticker: The sticker to draw where the source is one.
    """
    box, detail = clip.placement.box, detail_of(clip.placement, clip.duration)
    width, height = max(1, round(box.width * detail)), max(1, round(box.height * detail))
    raster: Raster
    match source:
        case TextSource(text, look):
            raster = raster_text(text, scaled_text(look, detail), width, height)
        case ShapeSource(look):
            raster = raster_shape(scaled_shape(look, detail), width, height)
        case StickerSource():
            assert sticker is not None
            raster = raster_sticker(sticker, width, height)
        case _:
            assert_never(source)
    if detail == 1.0 and _is_block(clip, raster):
        # Opaque pixels without a transparent border are copied instead of blended.
        return DrawnPicture(Shown(_opaque_frame(raster), Mapping(round(box.x), round(box.y)), 0))
    if detail == 1.0:
        frame, left, top = frame_from_raster(raster, round(box.x), round(box.y))
        return DrawnPicture(Shown(frame, Mapping(left, top), 0))
    frame, left, top = frame_from_raster(raster, 0, 0)
    mapping = Mapping(box.x + left / detail, box.y + top / detail, 1 / detail, 1 / detail)
    return DrawnPicture(Shown(frame, mapping, 0))


def _scaled_stroke(stroke: Stroke | None, by: float) -> Stroke | None:
    return replace(stroke, width_px=stroke.width_px * by) if stroke else None


def _scaled_shadow(shadow: Shadow | None, by: float) -> Shadow | None:
    if shadow is None:
        return None
    return replace(shadow, dx_px=shadow.dx_px * by, dy_px=shadow.dy_px * by, blur_px=shadow.blur_px * by)


def _scaled_plate(plate: Plate | None, by: float) -> Plate | None:
    if plate is None:
        return None
    return replace(
        plate, pad_x_px=plate.pad_x_px * by, pad_y_px=plate.pad_y_px * by, radius_px=plate.radius_px * by
    )


def scaled_text(look: TextLook, by: float) -> TextLook:
    """Return ``look`` with every length multiplied."""
    if by == 1.0:
        return look
    return replace(
        look,
        size_px=look.size_px * by,
        min_size_px=look.min_size_px * by,
        stroke=_scaled_stroke(look.stroke, by),
        shadow=_scaled_shadow(look.shadow, by),
        plate=_scaled_plate(look.plate, by),
    )


def scaled_shape(look: ShapeLook, by: float) -> ShapeLook:
    """Return ``look`` with every length multiplied."""
    if by == 1.0:
        return look
    return replace(
        look,
        radius_px=look.radius_px * by,
        stroke=_scaled_stroke(look.stroke, by),
        shadow=_scaled_shadow(look.shadow, by),
    )
