"""Words as they are set: cleaned, kept unbroken, each line in its own direction, in fonts that have their glyphs."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from farm.model.font_file import FontFile
from farm.model.look import TextLook
from farm.render.chinese import JOINER, keep_words
from farm.render.fallback import Chosen, choose_fonts, plainer
from farm.render.fonts import FontSet

RIGHT_TO_LEFT, POP = "\u2067", "\u2069"
_TALL_LINE: Final = 1.55
_ACCENTED_LINE: Final = 1.35
_TALL: Final = (
    ("\u0600", "\u08ff"),  # Arabic, Syriac
    ("\u0900", "\u0dff"),  # India and Sri Lanka
    ("\u0e00", "\u0eff"),  # Thai, Lao
    ("\u1000", "\u109f"),  # Myanmar
    ("\u1780", "\u17ff"),  # Khmer
    ("\ufb50", "\ufdff"),
    ("\ufe70", "\ufeff"),
)
"""Scripts with marks far above and below their letters: tighter lines would run into each other."""
_JOINED: Final = (("\u0600", "\u08ff"), ("\u0900", "\u0dff"), ("\u1000", "\u109f"), ("\u1780", "\u17ff"))
"""Scripts whose letters join or stack: letter spacing would tear words apart."""
_STACKED: Final = ("\u1ea0", "\u1eff")
"""Vietnamese letters with two accents."""


_NOTES: Final = "\u180f\ufff9\ufffa\ufffb\ufffc"
"""Marks around annotations and places of objects, and a selector: not drawn, but skia shows boxes for them."""
_BLANK: Final = "\u3164"
"""A blank of Korean as wide as a syllable, for which skia shows a box."""
_LONGEST_KEPT: Final = 500
"""Longer texts are not cached."""
_HANGUL: Final = re.compile("(?<=[\uac00-\ud7a3])(?=[\uac00-\ud7a3])")
"""Korean lines break at spaces; Unicode's rules would let them break after any syllable."""


@dataclass(frozen=True, slots=True)
class SettableText:
    """A text ready to be set."""

    text: str
    """What is set; may hold joiners and direction marks that have no width."""
    look: TextLook
    """How it is set, adjusted to its script."""
    fonts: FontSet
    """The fonts that set it."""
    locale: str
    """The locale that selects the forms of shared glyphs."""
    missing: str
    """The characters that no font has, each once, in order."""


def clean_text(text: str) -> str:
    """Return ``text`` without what cannot be set (controls, lone surrogates, noncharacters) and outer blank lines."""
    return "\n".join(line.strip() for line in clean_run(text).strip("\n").split("\n"))


def clean_run(text: str) -> str:
    """Return a run of a text without what cannot be set; blanks at its ends belong to the text around it."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").replace(_BLANK, "\u3000")
    kept = "".join(char for char in unified if char == "\n" or _can_be_set(char))
    if any(map(unicodedata.combining, kept)):
        # Decomposed, as macOS writes it: fewer fonts have separate accents.
        kept = unicodedata.normalize("NFC", kept)
    return kept


def _can_be_set(char: str) -> bool:
    code = ord(char)
    return (
        unicodedata.category(char) not in ("Cc", "Cs")
        and char not in _NOTES
        and code & 0xFFFE != 0xFFFE
        and not 0xFDD0 <= code <= 0xFDEF
    )


def words_of(text: str, look: TextLook) -> SettableText:
    """Return ``text`` as ``look`` sets it."""
    spell = _spell if len(text) <= _LONGEST_KEPT else _spell.__wrapped__
    spelled = spell(text, look.families, look.weight, look.fonts, look.uppercase)
    fitted = replace(
        look,
        line_height=max(look.line_height, spelled.least_line_height),
        letter_spacing_em=0.0 if spelled.joined else look.letter_spacing_em,
    )
    chosen = spelled.chosen
    return SettableText(spelled.text, fitted, chosen.fonts, chosen.locale, chosen.missing)


@dataclass(frozen=True, slots=True)
class _Spelled:
    """A text as it is set, at any size."""

    text: str
    """What is set."""
    chosen: Chosen
    """The fonts that set it."""
    least_line_height: float
    """The minimum for its script, in font sizes."""
    joined: bool
    """Whether its letters join or stack."""


@lru_cache(maxsize=2048)
def _spell(
    text: str, families: tuple[str, ...], weight: int, fonts: tuple[FontFile, ...], uppercase: bool
) -> _Spelled:
    """Return a text as it is set; cached, since a draft measures the same words at many sizes."""
    words = spelled_run(clean_text(text), families, weight, fonts, uppercase=uppercase)
    words += breakable_end(words)
    chosen = choose_fonts(words, families, weight, fonts)
    return _Spelled(_directed(words), chosen, least_line_height(words), letters_join(words))


def spelled_run(
    text: str, families: tuple[str, ...], weight: int, fonts: tuple[FontFile, ...], *, uppercase: bool
) -> str:
    """Return a cleaned run of a text as it is set: ligatures and words resolved, in capitals if asked."""
    words = keep_words(plainer(text, families, weight, fonts))
    return _HANGUL.sub(JOINER, words.upper() if uppercase else words)


def breakable_end(text: str) -> str:
    """Return what to append to a text so that skia tells how wide its words are.

    Skia takes a text of nothing but ideographs for one word; a character without width is enough to tell it otherwise.
    """
    return JOINER if JOINER not in text and any("\u2e80" <= char <= "\uffdc" for char in text) else ""


def least_line_height(text: str) -> float:
    """Return the least pitch of lines that the scripts of a text need, in font sizes; 0 for any."""
    return _TALL_LINE if _has(text, _TALL) else _ACCENTED_LINE if _has(text, (_STACKED,)) else 0.0


def letters_join(text: str) -> bool:
    """Return whether letters of a text join or stack, so that they cannot be set apart."""
    return _has(text, _JOINED)


def _directed(text: str) -> str:
    """Return ``text`` with direction marks around each right-to-left line: skia starts all lines from the left."""
    if not runs_right_to_left(text):
        return text
    return "\n".join(
        f"{RIGHT_TO_LEFT}{line}{POP}" if begins_right(line) else line for line in text.split("\n")
    )


def runs_right_to_left(text: str) -> bool:
    """Return whether a text has letters that run from right to left."""
    return any(unicodedata.bidirectional(char) in ("R", "AL") for char in text)


def begins_right(line: str) -> bool:
    """Return whether the first letter with a direction runs from right to left (UAX #9, P2 and P3)."""
    kinds = (unicodedata.bidirectional(char) for char in line)
    return next((kind != "L" for kind in kinds if kind in ("L", "R", "AL")), False)


def _has(text: str, ranges: tuple[tuple[str, str], ...]) -> bool:
    return any(first <= char <= last for char in text for first, last in ranges)
