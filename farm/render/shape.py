"""Drawn shapes and stickers."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, Final, Protocol

from farm.model.look import Gradient, ShapeLook, Stroke
from farm.render.drawing import Turn, argb, begin_shadow, draw_raster, paint_of, shadow_reach_px, skia
from farm.render.outline import outline
from farm.render.raster import Raster

_OPEN: Final = ("line", "arrow")
"""Forms that are only a stroke."""
_CORNERED: Final = ("polygon", "star", "path", "torn")
"""Forms whose corners are rounded along their outline."""


class Drawable(Protocol):
    """What can be drawn in a box: a sticker, or a wrapper of one."""

    @property
    def aspect(self) -> float:
        """Width over height of the whole drawing."""

    @property
    def fills(self) -> bool:
        """Whether it fills any box, instead of keeping its aspect."""

    def draw(self, canvas: Any, width_px: float, height_px: float) -> None:
        """Paint onto a ``skia.Canvas`` whose clear area is ``width_px`` by ``height_px`` from the origin."""


def raster_shape(look: ShapeLook, width_px: int, height_px: int, turn: Turn | None = None) -> Raster:
    """Draw a shape that fills its box.

    Gradients are dithered. The stroke lies inside the box (a line's is centred on it); the shadow may extend
    beyond it and is not drawn twice under a translucent fill.

    Args:
        look: The shape.
        width_px: The box's width.
        height_px: The box's height.
        turn: A rotation of the box.
    """
    # Without a shadow only a line thicker than its box may extend beyond it: antialiasing must not.
    thick_px = _head_px(look) if look.form in _OPEN else 0.0

    def draw(canvas: Any) -> None:
        if look.shadow is not None:
            draw_shape(canvas, look, width_px, height_px, shadow=True)
        draw_shape(canvas, look, width_px, height_px, shadow=False)

    return draw_raster(width_px, height_px, shadow_reach_px(look.shadow) + thick_px, draw, turn=turn)


def draw_shape(canvas: Any, look: ShapeLook, width: float, height: float, *, shadow: bool) -> None:
    """Paint a shape, or only its shadow, in a box at the origin of a ``skia.Canvas``."""
    if not shadow:
        _draw(canvas, look, width, height)
        return
    assert look.shadow is not None
    spare = look.stroke.width_px * 3 if look.stroke is not None else 0.0
    begin_shadow(canvas, look.shadow, -spare, -spare, width + spare, height + spare)
    _draw(canvas, _opaque(look), width, height)
    canvas.restore()


def raster_sticker(sticker: Drawable, width_px: int, height_px: int, turn: Turn | None = None) -> Raster:
    """Draw a sticker as large as its box allows at its aspect ratio, centred in the box."""
    width, height = float(width_px), float(height_px)
    if not sticker.fills:
        width = min(width, height_px * sticker.aspect)
        height = width / sticker.aspect

    def draw(canvas: Any) -> None:
        canvas.translate((width_px - width) / 2, (height_px - height) / 2)
        sticker.draw(canvas, width, height)

    # Glow and soft shadows may extend slightly beyond the drawing.
    return draw_raster(width_px, height_px, max(width, height) * 0.1 + 1, draw, turn=turn)


def _opaque(look: ShapeLook) -> ShapeLook:
    """Return the look without translucency: a translucent card casts the shadow of an opaque one."""
    if isinstance(look.fill, Gradient) or look.fill is None:
        return look
    return replace(look, fill=replace(look.fill, a=255))


def _draw(canvas: Any, look: ShapeLook, width: float, height: float) -> None:
    if look.form in _OPEN:
        _draw_line(canvas, look, width, height)
        return
    whole = look.start <= 0 and look.stop >= 1
    if look.fill is not None:
        paint = paint_of(look.fill, 0.0, 0.0, width, height)
        if look.radius_px > 0 and look.form in _CORNERED:
            paint.setPathEffect(skia.CornerPathEffect.Make(look.radius_px))
        canvas.drawPath(outline(look, 0.0, width, height), paint)
    if look.stroke is not None and look.stroke.width_px > 0 and (whole or look.stop > look.start):
        canvas.drawPath(
            outline(look, look.stroke.width_px / 2, width, height), _stroke_paint(look, look.stroke)
        )


def _stroke_paint(look: ShapeLook, stroke: Stroke) -> Any:
    paint = skia.Paint(AntiAlias=True, Color=argb(stroke.color), StrokeWidth=stroke.width_px)
    paint.setStyle(skia.Paint.kStroke_Style)
    if look.form == "path" or look.radius_px > 0:
        paint.setStrokeJoin(skia.Paint.kRound_Join)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
    _add_effects(paint, look)
    return paint


def _add_effects(paint: Any, look: ShapeLook) -> None:
    """Round corners, cut the outline to its drawn part, and dash it."""
    effect = None
    if look.radius_px > 0 and look.form in _CORNERED:
        effect = skia.CornerPathEffect.Make(look.radius_px)
    if look.start > 0 or look.stop < 1:
        start, stop = (min(1.0, max(0.0, share)) for share in (look.start, look.stop))
        trim = skia.TrimPathEffect.Make(start, max(start, stop))
        effect = skia.PathEffect.MakeCompose(trim, effect) if effect is not None else trim
    if look.dash_px:
        dash = skia.DashPathEffect.Make(list(look.dash_px), look.dash_offset_px)
        effect = skia.PathEffect.MakeCompose(dash, effect) if effect is not None else dash
    if effect is not None:
        paint.setPathEffect(effect)


def _head_px(look: ShapeLook) -> float:
    """Return how far a line reaches beyond its box: half its width, or half an arrow's head."""
    if look.stroke is None:
        return 0.0
    return look.stroke.width_px * (2.6 if look.form == "arrow" else 1.0)


def _draw_line(canvas: Any, look: ShapeLook, width: float, height: float) -> None:
    fill = look.stroke.color if look.stroke is not None else look.fill
    if fill is None:
        return
    thick = look.stroke.width_px if look.stroke is not None else height
    paint = paint_of(fill, 0.0, 0.0, width, height)
    paint.setStyle(skia.Paint.kStroke_Style)
    paint.setStrokeWidth(thick)
    paint.setStrokeCap(skia.Paint.kRound_Cap)
    paint.setStrokeJoin(skia.Paint.kRound_Join)
    reach, middle = min(thick / 2, width / 2), height / 2
    start, stop = (min(1.0, max(0.0, share)) for share in (look.start, look.stop))
    if stop <= start:
        return
    left, right = reach, max(reach, width - reach)
    x0, x1 = left + (right - left) * start, left + (right - left) * stop
    shaft = skia.Path()
    shaft.moveTo(x0, middle)
    shaft.lineTo(x1, middle)
    if look.form == "arrow":
        head = min(thick * 3.2, max(0.0, x1 - x0), width)
        turn = math.radians(38)
        tip = skia.Path()
        for side in (-1, 1):
            tip.moveTo(x1, middle)
            tip.lineTo(x1 - head * math.cos(turn), middle + side * head * math.sin(turn))
        canvas.drawPath(tip, paint)
    if look.dash_px:
        paint.setPathEffect(skia.DashPathEffect.Make(list(look.dash_px), look.dash_offset_px))
        paint.setStrokeCap(skia.Paint.kButt_Cap)
    canvas.drawPath(shaft, paint)
