"""Drawn shapes and stickers."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, Final, Protocol

from farm.model.color import Color
from farm.model.look import Gradient, ShapeLook
from farm.render.drawing import Turn, argb, cast_shadow, draw_raster, paint_of, shadow_reach_px, skia
from farm.render.outline import POINTED, outline, possible_inset
from farm.render.raster import Raster

_CORNERED: Final = (*POINTED, "path", "torn")
"""Forms whose corners are rounded along their outline."""


_FILLED_BY_STROKES: Final = ("rect", "ellipse", "heart")
"""Forms that a wide stroke fills; a thin tip of the others leaves room for a thin stroke only."""
_MOST_MASKED_PX: Final = 120.0
"""Gaussians up to which skia's masks are blurred as wide as they should be."""


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
    # Without a shadow only these may extend beyond their box: antialiasing must not.
    thick_px = _beyond_px(look)

    def draw(canvas: Any) -> None:
        if look.shadow is not None:
            draw_shape(canvas, look, width_px, height_px, shadow=True)
        draw_shape(canvas, look, width_px, height_px, shadow=False)

    return draw_raster(width_px, height_px, shadow_reach_px(look.shadow) + thick_px, draw, turn=turn)


def draw_shape(canvas: Any, look: ShapeLook, width: float, height: float, *, shadow: bool) -> None:
    """Paint a shape, or only its shadow, in a box at the origin of a ``skia.Canvas``."""
    look = _plainest(look, width, height)
    if not shadow:
        _draw(canvas, look, width, height)
        return
    assert look.shadow is not None
    path, thick = _outline(look, width, height)
    paint = _covering(look, thick)
    if paint is not None and look.shadow.blur_px <= _MOST_MASKED_PX:
        # Skia blurs what one paint covers as a mask: 1 instead of 30 ms for a card of 640x640.
        paint.setColor(argb(look.shadow.color))
        if look.shadow.blur_px > 0:
            paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, look.shadow.blur_px))
        canvas.save()
        canvas.translate(look.shadow.dx_px, look.shadow.dy_px)
        canvas.drawPath(path, paint)
        canvas.restore()
        return
    spare = look.stroke.width_px * 3 if look.stroke is not None else 0.0
    bounds = -spare, -spare, width + spare, height + spare
    cast_shadow(canvas, look.shadow, bounds, lambda pen: _draw(pen, _opaque(look), width, height))


def flat_color(look: ShapeLook) -> Color | None:
    """Return the opaque colour of which a shape fills its whole box; None if it does not."""
    bare = look.stroke is None and look.shadow is None
    if look.form != "rect" or not bare or look.radius_px > 0 or look.extent < 1:
        return None
    return look.fill if isinstance(look.fill, Color) and look.fill.a == 255 else None


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
    if _is_line(look):
        _draw_line(canvas, look, width, height)
        return
    path, thick = _outline(look, width, height)
    if look.fill is not None:
        paint = paint_of(look.fill, 0.0, 0.0, width, height)
        _round_corners(paint, look)
        canvas.drawPath(path, paint)
    if look.stroke is not None and thick > 0 and (_is_whole(look) or look.stop > look.start):
        canvas.drawPath(path, _stroke_paint(look, look.stroke.color, thick))


def _outline(look: ShapeLook, width: float, height: float) -> tuple[Any, float]:
    """Return the outline as a ``skia.Path``, and the thickness of its stroke.

    The fill ends in the middle of the stroke: of two outlines, one would show beside the other.
    """
    wide = look.stroke.width_px if look.stroke is not None else 0.0
    inset = possible_inset(look, wide / 2, width, height)
    return outline(look, inset, width, height), 2 * inset


def _plainest(look: ShapeLook, width: float, height: float) -> ShapeLook:
    """Return a look without a stroke that would meet itself in the middle: a shape in the stroke's colour."""
    if look.stroke is None or look.form not in _FILLED_BY_STROKES or not _is_whole(look) or look.dash_px:
        return look
    if 2 * look.stroke.width_px < min(width * min(1.0, look.extent), height) or look.stroke.color.a < 255:
        return look
    return replace(look, fill=look.stroke.color, stroke=None)


def _is_whole(look: ShapeLook) -> bool:
    return look.start <= 0 and look.stop >= 1


def _covering(look: ShapeLook, thick: float) -> Any:
    """Return a paint that covers an outline as fill and stroke together do, opaquely; None if that takes several."""
    if _is_line(look) or (
        isinstance(look.fill, Gradient) and any(color.a < 255 for _, color in look.fill.stops)
    ):
        return None
    if look.stroke is None or thick == 0:
        if look.fill is None:
            return None
        paint = skia.Paint(AntiAlias=True)
        _round_corners(paint, look)
        return paint
    drawn = _is_whole(look) and not look.dash_px
    if look.stroke.color.a < 255 or (look.fill is not None and not drawn):
        return None
    paint = _stroke_paint(look, look.stroke.color, thick)
    if look.fill is not None:
        paint.setStyle(skia.Paint.kStrokeAndFill_Style)
    return paint if _is_whole(look) or look.stop > look.start else None


def _is_line(look: ShapeLook) -> bool:
    """Whether a shape is only a stroke across its box."""
    return look.form == "line" or (look.form == "arrow" and look.fill is None)


_CAPS: Final = {
    "butt": skia.Paint.kButt_Cap,
    "round": skia.Paint.kRound_Cap,
    "square": skia.Paint.kSquare_Cap,
}


def _stroke_paint(look: ShapeLook, color: Color, thick: float) -> Any:
    paint = skia.Paint(AntiAlias=True, Color=argb(color), StrokeWidth=thick)
    paint.setStyle(skia.Paint.kStroke_Style)
    rounded = look.form == "path" or look.radius_px > 0
    if rounded or look.form == "torn":
        paint.setStrokeJoin(skia.Paint.kRound_Join)
    elif look.form in POINTED:
        # Its tips are those of the shape in its box, however sharp.
        paint.setStrokeMiter(1e6)
    paint.setStrokeCap(_CAPS[look.cap or ("round" if rounded else "butt")])
    _add_effects(paint, look)
    return paint


def _round_corners(paint: Any, look: ShapeLook) -> None:
    if look.radius_px > 0 and look.form in _CORNERED:
        paint.setPathEffect(skia.CornerPathEffect.Make(look.radius_px))


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


def _beyond_px(look: ShapeLook) -> float:
    """Return how far a shape may reach beyond its box."""
    if look.stroke is None:
        return 0.0
    if _is_line(look):
        return look.stroke.width_px * (2.6 if look.form == "arrow" else 1.0)
    # The tip of a heart, the corners of a sector, and the ends of dashes and of a stroke that draws itself.
    opened = look.form == "path" or look.dash_px or look.start > 0 or look.stop < 1
    ends = look.cap == "square" and opened
    sector = look.form in ("ellipse", "ring") and look.sweep < 1
    return look.stroke.width_px if look.form == "heart" or sector or ends else 0.0


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
    if look.cap == "butt" and look.form == "line":
        left, right = 0.0, width
    x0, x1 = left + (right - left) * start, left + (right - left) * stop
    if look.form == "arrow":
        head = min(thick * 3.2, max(0.0, x1 - x0), width)
        turn = math.radians(38)
        tip = skia.Path()
        for side in (-1, 1):
            tip.moveTo(x1, middle)
            tip.lineTo(x1 - head * math.cos(turn), middle + side * head * math.sin(turn))
        canvas.drawPath(tip, paint)
        # The shaft's own end stays within the head.
        x1 = max(x0, x1 - thick / 2) if look.cap == "square" else x1
    shaft = skia.Path()
    shaft.moveTo(x0, middle)
    shaft.lineTo(x1, middle)
    if look.dash_px:
        paint.setPathEffect(skia.DashPathEffect.Make(list(look.dash_px), look.dash_offset_px))
    paint.setStrokeCap(_CAPS[look.cap or ("butt" if look.dash_px else "round")])
    canvas.drawPath(shaft, paint)
