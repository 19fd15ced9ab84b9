"""Stickers with text: badges, ribbons and tags, drawn with paths so that they are sharp at any size."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from pydantic import Field

from farm.plugin import (
    BLACK,
    WHITE,
    Color,
    ColorValue,
    Gradient,
    Shadow,
    Sticker,
    TextLook,
    draw_text,
    paint_of,
    parse_color,
    shadow_filter,
    skia,
)


def shaded(color: Color, angle_deg: float = 90.0) -> Gradient:
    """Return a gradient from slightly lighter to slightly darker than ``color``, as of paper under a lamp."""
    return Gradient(((0.0, color.mixed(WHITE, 0.14)), (1.0, color.mixed(BLACK, 0.12))), angle_deg)


def stroke_of(color: Color, width_px: float) -> Any:
    """Return a paint for strokes with round ends."""
    paint = paint_of(color, 0, 0, 1, 1)
    paint.setStyle(skia.Paint.kStroke_Style)
    paint.setStrokeWidth(width_px)
    paint.setStrokeCap(skia.Paint.kRound_Cap)
    paint.setStrokeJoin(skia.Paint.kRound_Join)
    return paint


def cast(canvas: Any, path: Any, reach_px: float, effect: Any = None) -> None:
    """Draw the soft shadow of a path, its outline modified by a ``skia.PathEffect``."""
    shadow = Shadow(Color(0, 0, 0, 90), 0.0, reach_px, reach_px * 0.9)
    paint = skia.Paint(AntiAlias=True, ImageFilter=shadow_filter(shadow))
    if effect is not None:
        paint.setPathEffect(effect)
    canvas.drawPath(path, paint)


def write(
    canvas: Any, text: str, color: Color, box: tuple[float, float, float, float], *, size_px: float
) -> None:
    """Write text in a heavy weight in the middle of ``box`` (left, top, width, height)."""
    look = TextLook(
        families=("Outfit",), size_px=size_px, min_size_px=1.0, weight=900, color=color, line_height=1.0
    )
    canvas.save()
    canvas.translate(box[0], box[1])
    draw_text(canvas, text, look, box[2], box[3])
    canvas.restore()


def polygon(points: list[tuple[float, float]]) -> Any:
    """Return a closed path."""
    path = skia.Path()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    path.close()
    return path


class Burst(Sticker):
    """A starburst badge with text: -30%, NEW, 爆款."""

    name: ClassVar[str] = "basics.burst"
    aspect: ClassVar[float] = 1.0

    text: str = Field("", max_length=24, description="Text in the badge; a line feed starts a new line.")
    color: ColorValue = Field("#e5342b", description="Colour of the badge.")
    text_color: ColorValue = Field("#ffffff", description="Colour of the text and the ring.")
    points: int = Field(18, ge=8, le=48, description="Number of spikes.")

    def draw(self, canvas: Any, width_px: float, height_px: float) -> None:
        middle = width_px / 2, height_px / 2
        outer = min(middle) * 0.94
        corners = []
        for i in range(self.points * 2):
            radius = outer * (1.0 if i % 2 == 0 else 0.87)
            turn = math.pi * i / self.points
            corners.append((middle[0] + radius * math.sin(turn), middle[1] - radius * math.cos(turn)))
        path = polygon(corners)
        color, ink = parse_color(self.color), parse_color(self.text_color)
        cast(canvas, path, outer * 0.04)
        # Rounded spikes: the outline is drawn over the fill with round joins.
        fill = paint_of(shaded(color), 0, 0, width_px, height_px)
        fill.setStyle(skia.Paint.kStrokeAndFill_Style)
        fill.setStrokeWidth(outer * 0.03)
        fill.setStrokeJoin(skia.Paint.kRound_Join)
        canvas.drawPath(path, fill)
        ring = stroke_of(ink.with_alpha(0.85), outer * 0.018)
        ring.setPathEffect(skia.DashPathEffect.Make([outer * 0.06, outer * 0.045], 0.0))
        canvas.drawCircle(*middle, outer * 0.77, ring)
        side = outer * 1.24
        box = (middle[0] - side / 2, middle[1] - side * 0.32, side, side * 0.64)
        write(canvas, self.text, ink, box, size_px=outer * 0.62)


class Ribbon(Sticker):
    """A banner with folded ends: NEW ARRIVAL, 新品上市."""

    name: ClassVar[str] = "basics.ribbon"
    aspect: ClassVar[float] = 4.2

    text: str = Field("", max_length=40, description="Text on the banner.")
    color: ColorValue = Field("#c8102e", description="Colour of the banner.")
    text_color: ColorValue = Field("#ffffff", description="Colour of the text.")

    def draw(self, canvas: Any, width_px: float, height_px: float) -> None:
        color, ink = parse_color(self.color), parse_color(self.text_color)
        w, h = width_px, height_px
        fold, drop, notch = w * 0.07, h * 0.2, w * 0.035
        tail = color.mixed(BLACK, 0.22)
        left = [(0.0, drop), (fold * 1.7, drop), (fold * 1.7, h), (0.0, h), (notch, (h + drop) / 2)]
        for tail_points in (left, [(w - x, y) for x, y in left]):
            canvas.drawPath(polygon(tail_points), paint_of(tail, 0, 0, 1, 1))
        for inner in (fold, w - fold):
            away = inner + (fold * 0.7 if inner < w / 2 else -fold * 0.7)
            corner = polygon([(inner, h - drop), (away, h - drop), (away, h)])
            canvas.drawPath(corner, paint_of(color.mixed(BLACK, 0.5), 0, 0, 1, 1))
        front = polygon([(fold, 0), (w - fold, 0), (w - fold, h - drop), (fold, h - drop)])
        canvas.drawPath(front, paint_of(shaded(color), 0, 0, w, h - drop))
        for y in (h * 0.06, h - drop - h * 0.06):
            canvas.drawLine(fold, y, w - fold, y, stroke_of(ink.with_alpha(0.35), h * 0.016))
        write(
            canvas, self.text, ink, (fold * 1.5, h * 0.1, w - fold * 3, h - drop - h * 0.2), size_px=h * 0.42
        )


class Tag(Sticker):
    """A price tag on a string: ¥199, -20%."""

    name: ClassVar[str] = "basics.tag"
    aspect: ClassVar[float] = 2.1

    text: str = Field("", max_length=24, description="Text on the tag.")
    color: ColorValue = Field("#ffd23f", description="Colour of the tag.")
    text_color: ColorValue = Field("#1a1a1a", description="Colour of the text.")

    def draw(self, canvas: Any, width_px: float, height_px: float) -> None:
        color, ink = parse_color(self.color), parse_color(self.text_color)
        w, h = width_px * 0.98, height_px * 0.94
        nose = h * 0.42
        outline = polygon([(nose, 0), (w, 0), (w, h), (nose, h), (0, h * 0.66), (0, h * 0.34)])
        corners = skia.CornerPathEffect.Make(h * 0.12)
        cast(canvas, outline, h * 0.03, corners)
        fill = paint_of(shaded(color), 0, 0, w, h)
        fill.setPathEffect(corners)
        canvas.drawPath(outline, fill)
        hole = h * 0.085
        canvas.drawCircle(nose * 0.62, h / 2, hole * 1.5, stroke_of(color.mixed(BLACK, 0.3), h * 0.03))
        eraser = skia.Paint(AntiAlias=True, BlendMode=skia.BlendMode.kClear)
        canvas.drawCircle(nose * 0.62, h / 2, hole, eraser)
        write(canvas, self.text, ink, (nose * 1.15, h * 0.12, w - nose * 1.4, h * 0.76), size_px=h * 0.56)
