"""Stickers without text: marks, doodles and decorations."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from pydantic import Field

from farm.plugin import BLACK, WHITE, ColorValue, Sticker, paint_of, parse_color, skia
from farm_basics.stickers import cast, polygon, shaded, stroke_of


class Arrow(Sticker):
    """A curved arrow, as if drawn with a marker, pointing right and down."""

    name: ClassVar[str] = "basics.arrow"
    aspect: ClassVar[float] = 1.35

    color: ColorValue = Field("#ffd23f", description="Colour of the arrow.")
    outline: ColorValue = Field(
        "#1a1a1acc", description="Colour of the arrow's outline, which sets it off from any background."
    )

    def draw(self, canvas: Any, width_px: float, height_px: float) -> None:
        w, h = width_px, height_px
        swing = skia.Path()
        swing.moveTo(w * 0.08, h * 0.2)
        swing.cubicTo(w * 0.42, h * 0.02, w * 0.78, h * 0.22, w * 0.8, h * 0.8)
        head = skia.Path()
        head.moveTo(w * 0.6, h * 0.64)
        head.lineTo(w * 0.805, h * 0.88)
        head.lineTo(w * 0.93, h * 0.58)
        for color, pen in ((parse_color(self.outline), 0.15), (parse_color(self.color), 0.095)):
            for path in (swing, head):
                canvas.drawPath(path, stroke_of(color, h * pen))


class Heart(Sticker):
    """A glossy heart."""

    name: ClassVar[str] = "basics.heart"
    aspect: ClassVar[float] = 1.08

    color: ColorValue = Field("#ff3b5c", description="Colour of the heart.")

    def draw(self, canvas: Any, width_px: float, height_px: float) -> None:
        w, h = width_px, height_px
        path = skia.Path()
        path.moveTo(w * 0.5, h * 0.93)
        path.cubicTo(w * 0.12, h * 0.66, w * 0.03, h * 0.46, w * 0.04, h * 0.32)
        path.cubicTo(w * 0.05, h * 0.12, w * 0.2, h * 0.04, w * 0.3, h * 0.04)
        path.cubicTo(w * 0.4, h * 0.04, w * 0.47, h * 0.1, w * 0.5, h * 0.2)
        path.cubicTo(w * 0.53, h * 0.1, w * 0.6, h * 0.04, w * 0.7, h * 0.04)
        path.cubicTo(w * 0.8, h * 0.04, w * 0.95, h * 0.12, w * 0.96, h * 0.32)
        path.cubicTo(w * 0.97, h * 0.46, w * 0.88, h * 0.66, w * 0.5, h * 0.93)
        path.close()
        cast(canvas, path, h * 0.025)
        canvas.drawPath(path, paint_of(shaded(parse_color(self.color)), 0, 0, w, h))
        shine = skia.Path()
        shine.moveTo(w * 0.13, h * 0.36)
        shine.cubicTo(w * 0.13, h * 0.22, w * 0.19, h * 0.15, w * 0.29, h * 0.13)
        canvas.drawPath(shine, stroke_of(WHITE.with_alpha(0.75), h * 0.05))


def _spark(x: float, y: float, radius: float) -> Any:
    """Return a four-pointed star with concave sides."""
    path = skia.Path()
    path.moveTo(x, y - radius)
    near = radius * 0.12
    for dx, dy in ((1, 0), (0, 1), (-1, 0), (0, -1)):
        previous = (dy, -dx)
        turn = (x + (previous[0] + dx) * near, y + (previous[1] + dy) * near)
        path.quadTo(*turn, x + dx * radius, y + dy * radius)
    path.close()
    return path


class Sparkle(Sticker):
    """Three twinkling stars."""

    name: ClassVar[str] = "basics.sparkle"
    aspect: ClassVar[float] = 1.0

    color: ColorValue = Field("#ffe27a", description="Colour of the stars.")

    def draw(self, canvas: Any, width_px: float, height_px: float) -> None:
        w, h = width_px, height_px
        color = parse_color(self.color)
        for x, y, radius in ((0.42, 0.56, 0.4), (0.82, 0.2, 0.17), (0.14, 0.16, 0.11)):
            path = _spark(w * x, h * y, h * radius)
            cast(canvas, path, h * 0.012)
            fill = paint_of(color, 0, 0, w, h)
            canvas.drawPath(path, fill)
            canvas.drawPath(
                _spark(w * x, h * y, h * radius * 0.5), paint_of(WHITE.with_alpha(0.8), 0, 0, w, h)
            )


class Check(Sticker):
    """A tick in a disc."""

    name: ClassVar[str] = "basics.check"
    aspect: ClassVar[float] = 1.0

    color: ColorValue = Field("#22a35a", description="Colour of the disc.")
    mark: ColorValue = Field("#ffffff", description="Colour of the tick.")

    def draw(self, canvas: Any, width_px: float, height_px: float) -> None:
        w, h = width_px, height_px
        disc = skia.Path()
        disc.addCircle(w / 2, h / 2, h * 0.46)
        cast(canvas, disc, h * 0.02)
        canvas.drawPath(disc, paint_of(shaded(parse_color(self.color)), 0, 0, w, h))
        tick = skia.Path()
        tick.moveTo(w * 0.29, h * 0.52)
        tick.lineTo(w * 0.44, h * 0.67)
        tick.lineTo(w * 0.72, h * 0.36)
        canvas.drawPath(tick, stroke_of(parse_color(self.mark), h * 0.1))


class Loop(Sticker):
    """A circle drawn by hand in two rounds."""

    name: ClassVar[str] = "basics.loop"
    aspect: ClassVar[float] = 1.6

    color: ColorValue = Field("#ff4b3e", description="Colour of the pen.")
    width: float = Field(5.0, ge=0.5, le=20, description="Width of the pen, percent of the height.")

    def draw(self, canvas: Any, width_px: float, height_px: float) -> None:
        path = skia.Path()
        steps = 160
        for i in range(steps + 1):
            share = i / steps
            turn = -2.3 + share * 2 * math.pi * 1.85
            # A slowly changing radius keeps the two rounds apart, as in a drawing by hand.
            drift = 0.9 + 0.07 * math.sin(share * 7.1) - 0.045 * share
            x = width_px * (0.5 + 0.48 * drift * math.cos(turn) + 0.01 * share)
            y = height_px * (0.5 + 0.46 * drift * math.sin(turn) + 0.02 * math.sin(share * 5))
            path.moveTo(x, y) if i == 0 else path.lineTo(x, y)
        canvas.drawPath(path, stroke_of(parse_color(self.color), height_px * self.width / 100))


class Underline(Sticker):
    """A brush stroke to be placed under a word."""

    name: ClassVar[str] = "basics.underline"
    aspect: ClassVar[float] = 8.0

    color: ColorValue = Field("#ffd23f", description="Colour of the paint.")

    def draw(self, canvas: Any, width_px: float, height_px: float) -> None:
        w, h = width_px, height_px
        path = skia.Path()
        path.moveTo(w * 0.01, h * 0.52)
        path.cubicTo(w * 0.25, h * 0.1, w * 0.65, h * 0.02, w * 0.99, h * 0.24)
        path.cubicTo(w * 0.9, h * 0.36, w * 0.8, h * 0.42, w * 0.72, h * 0.46)
        path.cubicTo(w * 0.8, h * 0.5, w * 0.86, h * 0.6, w * 0.9, h * 0.7)
        path.cubicTo(w * 0.6, h * 0.62, w * 0.3, h * 0.72, w * 0.06, h * 0.98)
        path.cubicTo(w * 0.03, h * 0.84, w * 0.02, h * 0.7, w * 0.01, h * 0.52)
        path.close()
        canvas.drawPath(path, paint_of(parse_color(self.color), 0, 0, w, h))


class Stars(Sticker):
    """A rating of up to five stars."""

    name: ClassVar[str] = "basics.stars"
    aspect: ClassVar[float] = 5.4

    rating: float = Field(
        5.0, ge=0, le=5, description="Number of filled stars; fractions fill a part of a star."
    )
    color: ColorValue = Field("#ffb400", description="Colour of filled stars.")
    dim: ColorValue = Field("#00000055", description="Colour of empty stars.")

    def draw(self, canvas: Any, width_px: float, height_px: float) -> None:
        pitch = width_px / 5
        radius = min(pitch * 0.46, height_px * 0.48)
        color = parse_color(self.color)
        for i in range(5):
            x, y = pitch * (i + 0.5), height_px * 0.53
            corners = []
            for k in range(10):
                reach = radius * (1.0 if k % 2 == 0 else 0.46)
                turn = math.pi * k / 5
                corners.append((x + reach * math.sin(turn), y - reach * math.cos(turn)))
            star = polygon(corners)
            round_corners = skia.CornerPathEffect.Make(radius * 0.14)
            unlit = paint_of(parse_color(self.dim), 0, 0, 1, 1)
            unlit.setPathEffect(round_corners)
            canvas.drawPath(star, unlit)
            share = min(1.0, max(0.0, self.rating - i))
            if share > 0:
                canvas.save()
                canvas.clipRect(skia.Rect.MakeXYWH(x - radius, 0, 2 * radius * share, height_px), True)
                lit = paint_of(shaded(color), x - radius, y - radius, 2 * radius, 2 * radius)
                lit.setPathEffect(round_corners)
                canvas.drawPath(star, lit)
                canvas.restore()


class Confetti(Sticker):
    """Pieces of paper thrown into the air, in four colours."""

    name: ClassVar[str] = "basics.confetti"
    aspect: ClassVar[float] = 1.0

    first: ColorValue = Field("#ff4b5c", description="First colour of the pieces.")
    second: ColorValue = Field("#ffd23f", description="Second colour of the pieces.")
    third: ColorValue = Field("#2fb5a8", description="Third colour of the pieces.")
    fourth: ColorValue = Field("#5b6cff", description="Fourth colour of the pieces.")
    count: int = Field(90, ge=5, le=400, description="Number of pieces.")

    def draw(self, canvas: Any, width_px: float, height_px: float) -> None:
        colors = [parse_color(c) for c in (self.first, self.second, self.third, self.fourth)]
        side = min(width_px, height_px)
        for i in range(self.count):
            # Steps of the golden ratio and of sqrt(2) distribute the pieces evenly and without a pattern.
            x, y = (i * 0.6180339887) % 1.0, (i * 0.4142135624 + 0.13) % 1.0
            # The middle stays free for the content.
            if math.hypot(x - 0.5, y - 0.5) < 0.24:
                continue
            color = colors[i % 4].mixed(BLACK if i % 3 == 0 else WHITE, 0.1)
            length = side * (0.026 + 0.03 * ((i * 0.7548776662) % 1.0))
            canvas.save()
            canvas.translate(x * width_px, y * height_px)
            canvas.rotate(i * 137.50776 % 360)
            if i % 5 == 0:
                canvas.drawCircle(0, 0, length * 0.4, paint_of(color, 0, 0, 1, 1))
            else:
                snip = skia.Rect.MakeXYWH(-length / 2, -length * 0.22, length, length * 0.44)
                canvas.drawRect(snip, paint_of(color, 0, 0, 1, 1))
            canvas.restore()
