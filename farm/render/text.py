"""Text: shaped, wrapped, balanced, shrunk to its box, and drawn with stroke, shadow and plate."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass, replace
from typing import Any, Final

from farm.model.look import Gradient, Plate, Shadow, Stroke, TextLook
from farm.render.characters import continues
from farm.render.drawing import Margins, Turn, argb, cast_shadow, draw_raster, paint_of, shadow_reach_px, skia
from farm.render.raster import Raster
from farm.render.striking import Struck, strike_out
from farm.render.words import SettableText, words_of

_STEP_PX: Final = 0.25
"""Font sizes are tried in these steps, so that a size is the same on every machine."""
_UNBOUNDED_PX: Final = 1e6
_BALANCED_LINES: Final = 6
"""Texts of more lines are left ragged; shorter ones get lines of even length."""
_CJK_MIDDLE_EM: Final = 0.38
"""Middle of a CJK glyph above the baseline (ideographic em box 0.88 up, 0.12 down), in font sizes."""


@dataclass(frozen=True, slots=True)
class _Block:
    """Text laid out at one size."""

    size_px: float
    width_px: float
    """Width of the layout, in which lines are aligned."""
    longest_px: float
    """Width of its longest line."""
    height_px: float
    lines: int
    fits: bool


class _Setter:
    """Lays out one text at any size."""

    def __init__(self, words: SettableText) -> None:
        self.words = words
        self.text = words.text
        self.look = words.look
        self.fonts = words.fonts
        self.locale = words.locale

    def paragraph(self, size_px: float, paint: Any) -> Any:
        """Return the paragraph, not yet laid out, in ``paint``."""
        layout = skia.textlayout
        strut = layout.StrutStyle()
        strut.setStrutEnabled(True)
        strut.setForceStrutHeight(True)
        strut.setFontFamilies(list(self.fonts.names[:1]))
        strut.setFontSize(size_px)
        strut.setHeight(self.look.line_height)
        strut.setHeightOverride(True)
        strut.setHalfLeading(True)
        style = layout.TextStyle()
        style.setFontFamilies(list(self.fonts.names))
        style.setFontSize(size_px)
        style.setLetterSpacing(self.look.letter_spacing_em * size_px)
        style.setForegroundPaint(paint)
        style.setLocale(self.locale)
        whole = layout.ParagraphStyle()
        whole.setStrutStyle(strut)
        whole.setTextStyle(style)
        whole.setTextAlign(_ALIGN[self.look.align])
        builder = layout.ParagraphBuilder.make(whole, self.fonts.collection, skia.Unicodes.ICU.Make())
        builder.pushStyle(style)
        seen = _seen_characters(self.text, self.look.shown)
        builder.addText(self.text[:seen])
        if seen < len(self.text):
            # What is not typed yet keeps its room, so that lines do not jump.
            style.setForegroundPaint(skia.Paint(Color=0))
            builder.pushStyle(style)
            builder.addText(self.text[seen:])
        return builder.Build()

    def lay(self, size_px: float, width_px: float, height_px: float) -> _Block:
        """Return the block at ``size_px``; it fits if no word is split and nothing sticks out."""
        pitch = self.look.line_height * size_px
        paragraph = self.paragraph(size_px, skia.Paint(AntiAlias=True))
        # Queried first: once a layout has split a word, the width of that word is no longer available.
        paragraph.layout(_UNBOUNDED_PX)
        word = paragraph.MinIntrinsicWidth
        paragraph.layout(max(1.0, width_px))
        lines = max(1, round(paragraph.Height / pitch))
        # A forced strut rounds each line to whole pixels; half a pixel per line still fits.
        fits = word <= width_px + 0.5 and paragraph.Height <= height_px + 0.5 * lines
        width = width_px
        if fits and 1 < lines <= _BALANCED_LINES and "\n" not in self.text:
            width = self._balance(paragraph, word, width_px)
            paragraph.layout(width)
        return _Block(size_px, width, paragraph.LongestLine, paragraph.Height, lines, fits)

    def _balance(self, paragraph: Any, word_px: float, width_px: float) -> float:
        """Return the smallest whole width at which the paragraph is no taller and splits no word."""
        height = paragraph.Height
        low, high = math.ceil(word_px), max(math.ceil(word_px), math.floor(width_px))
        while low < high:
            middle = (low + high) // 2
            paragraph.layout(middle)
            if paragraph.Height <= height + 0.5:
                high = middle
            else:
                low = middle + 1
        return max(float(high), 1.0)

    def fit(self, width_px: float, height_px: float) -> _Block:
        """Return the block at the largest size that fits, or at the smallest allowed."""
        room = _Room(self.look, width_px, height_px)
        wished = self.look.size_px
        block = self.lay(wished, *room.at(wished))
        if block.fits:
            return block
        low, high = math.ceil(min(self.look.min_size_px, wished) / _STEP_PX), math.ceil(wished / _STEP_PX)
        best = None
        while low <= high:
            middle = (low + high) // 2
            size = max(_STEP_PX, min(wished, middle * _STEP_PX))
            block = self.lay(size, *room.at(size))
            if block.fits:
                best, low = block, middle + 1
            else:
                high = middle - 1
        if best is not None:
            return best
        smallest = max(1.0, min(self.look.min_size_px, wished))
        return self.lay(smallest, *room.at(smallest))


def _seen_characters(text: str, share: float) -> int:
    """Return how many characters make up a share of a text; one that is composed of several is not split."""
    if share >= 1:
        return len(text)
    count = max(0, math.floor(share * len(text) + 1e-6))
    while 0 < count < len(text) and continues(text, count):
        count += 1
    return count


@dataclass(frozen=True, slots=True)
class _Room:
    """Space that a plate leaves in a box; padding shrinks with the text."""

    look: TextLook
    width_px: float
    height_px: float

    def at(self, size_px: float) -> tuple[float, float]:
        """Return (width, height) for the lines at ``size_px``."""
        if self.look.plate is None:
            return self.width_px, self.height_px
        scale = size_px / self.look.size_px
        pad_x, pad_y = self.look.plate.pad_x_px * scale, self.look.plate.pad_y_px * scale
        return max(1.0, self.width_px - 2 * pad_x), max(1.0, self.height_px - 2 * pad_y)


_ALIGN: Final = {
    "left": skia.textlayout.TextAlign.kLeft,
    "center": skia.textlayout.TextAlign.kCenter,
    "right": skia.textlayout.TextAlign.kRight,
}
_SHARE: Final = {"left": 0.0, "center": 0.5, "right": 1.0, "top": 0.0, "middle": 0.5, "bottom": 1.0}
"""Share of the spare room that lies before the block."""


def _is_cjk(text: str) -> bool:
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return 2 * wide > len(text)


@dataclass(frozen=True, slots=True)
class _Setting:
    """Text set in a box, ready to be drawn."""

    setter: _Setter
    block: _Block
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
    setter, look = _Setter(words), words.look
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
        left_px=pad_x + (width_px - 2 * pad_x - block.longest_px) * _SHARE[look.align],
        top_px=pad_y + (height_px - 2 * pad_y - block.height_px) * _SHARE[look.valign],
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


def _draw_words(canvas: Any, setter: _Setter, block: _Block, stroke: Stroke | None) -> None:
    """Draw stroke, fill and strike-through with the block's corner at the origin."""
    look = setter.look
    # The layout has the width at which it was measured; its aligned lines start this far to the right in it.
    indent = (block.width_px - block.longest_px) * _SHARE[look.align]
    # Letter spacing is also added after the last letter of a line, which moves the line.
    lead = look.letter_spacing_em * block.size_px * _SHARE[look.align]
    middle_em = _CJK_MIDDLE_EM if _is_cjk(setter.text) else setter.fonts.cap_em / 2
    dx, lift = lead - indent, (middle_em - setter.fonts.middle_em) * block.size_px

    def paint_on(onto: Any, paint: Any, by: _Setter = setter) -> None:
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
        every = _Setter(replace(setter.words, look=whole))
        struck = Struck(
            setter.text, whole, block.size_px, block.width_px, block.longest_px, block.height_px, block.lines,
            lambda onto, paint: paint_on(onto, paint, every),
        )  # fmt: skip
        strike_out(canvas, struck, look)
