"""Setting text: shaped, wrapped, balanced, and as large as fits its box."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from typing import Any, Final

from farm.model.look import TextLook
from farm.render.characters import continues
from farm.render.drawing import skia
from farm.render.words import SettableText

_STEP_PX: Final = 0.25
"""Font sizes are tried in these steps, so that a size is the same on every machine."""
_UNBOUNDED_PX: Final = 1e6
_BALANCED_LINES: Final = 6
"""Texts of more lines are left ragged; shorter ones get lines of even length."""
CJK_MIDDLE_EM: Final = 0.38
"""Middle of a CJK glyph above the baseline (ideographic em box 0.88 up, 0.12 down), in font sizes."""


ALIGN: Final = {
    "left": skia.textlayout.TextAlign.kLeft,
    "center": skia.textlayout.TextAlign.kCenter,
    "right": skia.textlayout.TextAlign.kRight,
}
SHARE: Final = {"left": 0.0, "center": 0.5, "right": 1.0, "top": 0.0, "middle": 0.5, "bottom": 1.0}
"""Share of the spare room that lies before the block."""


@dataclass(frozen=True, slots=True)
class Block:
    """Text laid out at one size."""

    size_px: float
    width_px: float
    """Width of the layout, in which lines are aligned."""
    longest_px: float
    """Width of its longest line."""
    height_px: float
    lines: int
    fits: bool


class Setter:
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
        whole.setTextAlign(ALIGN[self.look.align])
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

    def lay(self, size_px: float, width_px: float, height_px: float) -> Block:
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
        return Block(size_px, width, paragraph.LongestLine, paragraph.Height, lines, fits)

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

    def fit(self, width_px: float, height_px: float) -> Block:
        """Return the block at the largest size that fits, or at the smallest allowed."""
        room = Room(self.look, width_px, height_px)
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
class Room:
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


def is_cjk(text: str) -> bool:
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return 2 * wide > len(text)
