"""Text: shaped, wrapped, balanced, shrunk to its box, and drawn with stroke, shadow and plate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from farm.model.look import Gradient, Plate, Shadow, Stroke, TextLook
from farm.render.drawing import Margins, Turn, argb, cast_shadow, draw_raster, paint_of, shadow_reach_px, skia
from farm.render.raster import Raster
from farm.render.setting import CJK_MIDDLE_EM, SHARE, Block, Setter, is_cjk
from farm.render.striking import Struck, strike_out
from farm.render.words import SettableText, words_of


@dataclass(frozen=True, slots=True)
class _Setting:
    """Text set in a box, ready to be drawn."""

    setter: Setter
    block: Block
    box_width_px: float
    box_height_px: float
    left_px: float
    """Left edge of the block in the box."""
    top_px: float
    pad_x_px: float
    pad_y_px: float
    stroke: Stroke | None
    shadow: Shadow | None

    @property
    def margins(self) -> Margins:
        """Room that the drawing may need around the box, for lines and rows that do not fit, too."""
        # Glyphs may extend beyond their line: one font size covers accents and swashes.
        stroke = self.stroke.width_px if self.stroke is not None else 0.0
        spare = self.block.size_px + stroke + shadow_reach_px(self.shadow)
        right = self.left_px + self.block.longest_px - self.box_width_px
        bottom = self.top_px + self.block.height_px - self.box_height_px
        beyond = -self.left_px, -self.top_px, right, bottom
        return Margins(*(spare + max(0.0, one) for one in beyond))

    def draw(self, canvas: Any) -> None:
        """Paint with the box's corner at the origin."""
        look, block = self.setter.look, self.block
        if look.plate is not None:
            draw_plate(
                canvas,
                look.plate,
                (self.left_px, self.top_px, block.longest_px, block.height_px),
                self.box_width_px,
                block.size_px / look.size_px,
            )
        canvas.save()
        canvas.translate(self.left_px, self.top_px)
        if self.shadow is not None:
            # Glyphs may extend beyond their lines by accents and swashes.
            spare = block.size_px * 0.6 + (self.stroke.width_px if self.stroke is not None else 0.0)
            bounds = -spare, -spare, block.longest_px + spare, block.height_px + spare
            cast_shadow(
                canvas, self.shadow, bounds, lambda pen: _draw_words(pen, self.setter, block, self.stroke)
            )
        _draw_words(canvas, self.setter, block, self.stroke)
        canvas.restore()


def _set_text(words: SettableText, width_px: float, height_px: float) -> _Setting:
    setter, look = Setter(words), words.look
    block = setter.fit(width_px, height_px)
    scale = block.size_px / look.size_px
    pad_x = look.plate.pad_x_px * scale if look.plate else 0.0
    pad_y = look.plate.pad_y_px * scale if look.plate else 0.0
    return _Setting(
        setter,
        block,
        width_px,
        height_px,
        # The block of lines, with the plate around it, is placed in the box by align and valign.
        left_px=pad_x + (width_px - 2 * pad_x - block.longest_px) * SHARE[look.align],
        top_px=pad_y + (height_px - 2 * pad_y - block.height_px) * SHARE[look.valign],
        pad_x_px=pad_x,
        pad_y_px=pad_y,
        stroke=look.stroke and Stroke(look.stroke.color, look.stroke.width_px * scale),
        shadow=look.shadow and scaled_shadow(look.shadow, scale),
    )


def draw_text(canvas: Any, text: str, look: TextLook, width_px: float, height_px: float) -> None:
    """Set ``text`` as :func:`raster_text` does, in a box whose corner is the origin of a ``skia.Canvas``."""
    words = words_of(text, look)
    if words.text.strip():
        _set_text(words, width_px, height_px).draw(canvas)


@dataclass(frozen=True, slots=True)
class Extent:
    """Size of text as set."""

    width_px: float
    """Of the longest line, with its plate."""
    height_px: float
    """Of all lines, with their plate."""
    size_px: float
    """The font size that fits."""
    lines: int
    """How many lines."""
    fits: bool
    """Whether it fits at ``size_px``."""


def measure_text(text: str, look: TextLook, width_px: float, height_px: float) -> Extent:
    """Return the size of ``text`` in a box, set as :func:`raster_text` would."""
    words = words_of(text, look)
    if not words.text.strip():
        return Extent(0.0, 0.0, look.size_px, 0, True)
    setting = _set_text(words, width_px, height_px)
    block = setting.block
    return Extent(
        block.longest_px + 2 * setting.pad_x_px,
        block.height_px + 2 * setting.pad_y_px,
        block.size_px,
        block.lines,
        block.fits,
    )


def missing_characters(text: str, look: TextLook) -> str:
    """Return the characters of ``text`` that none of its fonts has, each once, in order."""
    return words_of(text, look).missing


def raster_text(text: str, look: TextLook, width_px: int, height_px: int, turn: Turn | None = None) -> Raster:
    """Set ``text`` in a box and draw it.

    Lines break between words (Chinese, Japanese and Korean between characters, by the rules of Unicode's
    line breaking) and are balanced. Text that does not fit is set smaller, down to ``min_size_px``; the
    stroke, the shadow and the plate shrink with it. The plate stays inside the box; stroke and shadow may
    extend beyond it. Letters are centred by cap height, Chinese by its em box.

    Args:
        text: The words; line feeds break lines.
        look: How they are drawn.
        width_px: The box's width.
        height_px: The box's height.
        turn: A rotation of the box.

    Returns:
        The raster; one clear pixel for blank text.
    """
    words = words_of(text, look)
    if not words.text.strip():
        return draw_raster(0, 0, 0, lambda _: None, size_px=look.size_px)
    setting = _set_text(words, width_px, height_px)
    return draw_raster(
        width_px,
        height_px,
        setting.margins,
        setting.draw,
        size_px=setting.block.size_px,
        shrunk=setting.block.size_px < look.size_px,
        overflow=not setting.block.fits,
        missing=words.missing,
        turn=turn,
    )


def scaled_shadow(shadow: Shadow, scale: float) -> Shadow:
    """Return the shadow of something drawn at another size."""
    return Shadow(shadow.color, shadow.dx_px * scale, shadow.dy_px * scale, shadow.blur_px * scale)


def draw_plate(
    canvas: Any,
    plate: Plate,
    block: tuple[float, float, float, float],
    box_width_px: float,
    scale: float,
) -> None:
    """Draw a plate behind a block of text.

    Args:
        canvas: What to paint on, its origin at the box's corner.
        plate: The plate, at the look's own font size.
        block: Left, top, width and height of the text.
        box_width_px: Width of a plate that fills its box.
        scale: The text's font size over the look's.
    """
    left, top, width, height = block
    pad_x, pad_y = plate.pad_x_px * scale, plate.pad_y_px * scale
    left, top, width, height = left - pad_x, top - pad_y, width + 2 * pad_x, height + 2 * pad_y
    if plate.full_width:
        left, width = 0.0, box_width_px
    radius = min(plate.radius_px * scale, height / 2, width / 2)
    rect = skia.RRect.MakeRectXY(skia.Rect.MakeXYWH(left, top, width, height), radius, radius)
    canvas.drawRRect(rect, paint_of(plate.fill, left, top, width, height))


def _draw_words(canvas: Any, setter: Setter, block: Block, stroke: Stroke | None) -> None:
    """Draw stroke, fill and strike-through with the block's corner at the origin."""
    look = setter.look
    # The layout has the width at which it was measured; its aligned lines start this far to the right in it.
    indent = (block.width_px - block.longest_px) * SHARE[look.align]
    # Letter spacing is also added after the last letter of a line, which moves the line.
    lead = look.letter_spacing_em * block.size_px * SHARE[look.align]
    middle_em = CJK_MIDDLE_EM if is_cjk(setter.text) else setter.fonts.cap_em / 2
    dx, lift = lead - indent, (middle_em - setter.fonts.middle_em) * block.size_px

    def paint_on(onto: Any, paint: Any, by: Setter = setter) -> None:
        paragraph = by.paragraph(block.size_px, paint)
        paragraph.layout(max(1.0, block.width_px))
        paragraph.paint(onto, dx, lift)

    if stroke is not None and stroke.width_px > 0:
        paint = skia.Paint(AntiAlias=True, Color=argb(stroke.color), StrokeWidth=stroke.width_px)
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
        paint_on(canvas, paint)
    fill = look.color
    # Glyphs are painted in the canvas's own coordinates, so a gradient spans the block from the origin.
    inset = (block.height_px / block.lines - block.size_px) / 2 if isinstance(fill, Gradient) else 0.0
    paint_on(canvas, paint_of(fill, 0.0, inset, block.longest_px, max(1.0, block.height_px - 2 * inset)))
    if look.strike or look.struck > 0:
        # Where its lines end does not depend on how much of it is typed.
        whole = replace(look, shown=1.0, struck=0.0, strike_line=None, strike=False)
        every = Setter(replace(setter.words, look=whole))
        struck = Struck(
            setter.text, whole, block.size_px, block.width_px, block.longest_px, block.height_px, block.lines,
            lambda onto, paint: paint_on(onto, paint, every),
        )  # fmt: skip
        strike_out(canvas, struck, look)
