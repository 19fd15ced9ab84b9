"""Drawn shapes and stickers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol

from farm.model.look import Gradient, ShapeLook
from farm.render.drawing import argb, draw_raster, paint_of, shadow_filter, shadow_reach_px, skia
from farm.render.raster import Raster


class Drawable(Protocol):
    """What can be drawn in a box: a sticker, or a wrapper of one."""

    @property
    def aspect(self) -> float:
        """Width over height of the whole drawing."""

    def draw(self, canvas: Any, width_px: float, height_px: float) -> None:
        """Paint onto a ``skia.Canvas`` whose clear area is ``width_px`` by ``height_px`` from the origin."""


def raster_shape(look: ShapeLook, width_px: int, height_px: int) -> Raster:
    """Draw a shape that fills its box.

    Gradients are dithered. The stroke lies inside the box (a line's is centred on it); the shadow may extend
    beyond it and is not drawn twice under a translucent fill.

    Args:
        look: The shape.
        width_px: The box's width.
        height_px: The box's height.
    """
    # Without a shadow only a line thicker than its box may extend beyond it: antialiasing must not.
    thick_px = look.stroke.width_px if look.stroke is not None and look.form == "line" else 0.0

    def draw(canvas: Any) -> None:
        if look.shadow is not None:
            canvas.saveLayer(None, skia.Paint(ImageFilter=shadow_filter(look.shadow)))
            _draw_shape(canvas, _opaque(look), width_px, height_px)
            canvas.restore()
        _draw_shape(canvas, look, width_px, height_px)

    return draw_raster(width_px, height_px, shadow_reach_px(look.shadow) + thick_px, draw)


def raster_sticker(sticker: Drawable, width_px: int, height_px: int) -> Raster:
    """Draw a sticker as large as its box allows at its aspect ratio, centred in the box."""
    width = min(float(width_px), height_px * sticker.aspect)
    height = width / sticker.aspect

    def draw(canvas: Any) -> None:
        canvas.translate((width_px - width) / 2, (height_px - height) / 2)
        sticker.draw(canvas, width, height)

    # Glow and soft shadows may extend slightly beyond the drawing.
    return draw_raster(width_px, height_px, max(width, height) * 0.1 + 1, draw)


def _opaque(look: ShapeLook) -> ShapeLook:
    """Return the look without translucency: a translucent card casts the shadow of an opaque one."""
    if isinstance(look.fill, Gradient) or look.fill is None:
        return look
    return replace(look, fill=replace(look.fill, a=255))


def _draw_shape(canvas: Any, look: ShapeLook, width: float, height: float) -> None:
    if look.form == "line":
        _draw_line(canvas, look, width, height)
        return
    if look.fill is not None:
        _draw_outline(canvas, look, 0.0, width, height, paint_of(look.fill, 0.0, 0.0, width, height))
    if look.stroke is not None and look.stroke.width_px > 0:
        paint = skia.Paint(AntiAlias=True, Color=argb(look.stroke.color), StrokeWidth=look.stroke.width_px)
        paint.setStyle(skia.Paint.kStroke_Style)
        _draw_outline(canvas, look, look.stroke.width_px / 2, width, height, paint)


def _draw_outline(
    canvas: Any, look: ShapeLook, inset: float, width: float, height: float, paint: Any
) -> None:
    rect = skia.Rect.MakeLTRB(inset, inset, max(inset, width - inset), max(inset, height - inset))
    if look.form == "ellipse":
        canvas.drawOval(rect, paint)
        return
    radius = max(0.0, min(look.radius_px, width / 2, height / 2) - inset)
    canvas.drawRoundRect(rect, radius, radius, paint)


def _draw_line(canvas: Any, look: ShapeLook, width: float, height: float) -> None:
    fill = look.stroke.color if look.stroke is not None else look.fill
    if fill is None:
        return
    thick = look.stroke.width_px if look.stroke is not None else height
    paint = paint_of(fill, 0.0, 0.0, width, height)
    paint.setStrokeWidth(thick)
    paint.setStrokeCap(skia.Paint.kRound_Cap)
    reach = min(thick / 2, width / 2)
    canvas.drawLine(reach, height / 2, max(reach, width - reach), height / 2, paint)
