"""Characters of several code points that the fonts do not draw as one: marks without a place, emoji that fall apart."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from farm.model.look import TextLook
from farm.render.drawing import skia
from farm.render.fonts import FontSet, load_fonts
from farm.render.marks import marked_in, parts_of
from farm.render.unseen import BEFORE_DIGITS, is_unseen
from farm.render.words import words_of

_EMOJI: Final = "Noto Color Emoji"
_SIZE_PX: Final = 40.0
_UNBOUNDED_PX: Final = 1e6
_NO_FLAG: Final = "\U0001f1fd\U0001f1fd"
"""A pair of letters that will never be a region's: fonts draw their placeholder for flags."""


def apart_in(text: str, look: TextLook) -> list[str]:
    """Return the characters of ``text`` that are drawn apart or as boxes although fonts have all their code points.

    Those with code points that no font has are not among them: see :func:`farm.render.text.missing_characters`.
    """
    if text.isascii() or not any(map(_joins, text)):
        return []
    words = words_of(text, look)
    shown = [
        part
        for part in dict.fromkeys(parts_of(words.text))
        if not any(char in words.missing for char in part)
    ]
    marked = {part for part in marked_in("".join(shown)) if not words.fonts.joins(part)}
    alone = [
        char
        for char, after in pairwise(f"{words.text} ")
        if char in BEFORE_DIGITS and char not in words.missing and not after.isdigit()
    ]
    return [part for part in shown if _seen(part) in marked or _falls_apart(part)] + list(
        dict.fromkeys(alone)
    )


def _seen(part: str) -> str:
    return "".join(char for char in part if not is_unseen(char))


def _falls_apart(part: str) -> bool:
    """Return whether a character is a sequence of emoji that the emoji font does not have."""
    if len(part) < 2 or not any(map(_joins_emoji, part)):
        return False
    return _is_sequence_lacking(part)


def _joins(char: str) -> bool:
    return unicodedata.category(char)[0] == "M" or char in BEFORE_DIGITS or _joins_emoji(char)


def _joins_emoji(char: str) -> bool:
    return (
        char == "\u200d"
        or "\U0001f1e6" <= char <= "\U0001f1ff"
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\U000e0020" <= char <= "\U000e007f"
    )


@lru_cache(maxsize=256)
def _is_sequence_lacking(part: str) -> bool:
    seen = _seen(part)
    if not seen or " " in part or not all(map(_emoji().has, seen)):
        return False  # letters of scripts that use joiners
    if _is_flag(part) and _picture(part) == _picture(_NO_FLAG):
        return True
    return _width(part) > 1.5 * _width(seen[0])


def _is_flag(part: str) -> bool:
    return "\U0001f1e6" <= part[0] <= "\U0001f1ff" or part[0] == "\U0001f3f4"


def _emoji() -> FontSet:
    return load_fonts((_EMOJI,), 400)


def _paragraph(text: str) -> Any:
    layout, fonts = skia.textlayout, _emoji()
    style = layout.TextStyle()
    style.setFontFamilies(list(fonts.names))
    style.setFontSize(_SIZE_PX)
    whole = layout.ParagraphStyle()
    whole.setTextStyle(style)
    builder = layout.ParagraphBuilder.make(whole, fonts.collection, skia.Unicodes.ICU.Make())
    builder.pushStyle(style)
    builder.addText(text)
    paragraph = builder.Build()
    paragraph.layout(_UNBOUNDED_PX)
    return paragraph


def _width(text: str) -> float:
    return float(_paragraph(text).LongestLine)


@lru_cache(maxsize=64)
def _picture(text: str) -> bytes:
    side = round(2 * _SIZE_PX)
    surface = skia.Surface(side, side)
    with surface as canvas:
        _paragraph(text).paint(canvas, 0, 0)
    return bytes(surface.makeImageSnapshot().tobytes())
