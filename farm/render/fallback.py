"""Fallback: which families set a text, so that every character has a glyph and words are of one design.

Text covered by the families of its style and the two that always follow them (Chinese, emoji) is set in these alone, so
that it looks the same whatever else ships or was added. Only other text uses further families, in a fixed order, those
added by the operator last.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from farm.model.font_file import FontFile
from farm.render.families import FAMILIES, draws_chinese_in_serif, is_display, is_serif
from farm.render.fonts import FontSet, load_fonts
from farm.render.marks import marked_in
from farm.render.unseen import is_unseen

ALWAYS: Final = ("Noto Sans SC", "Noto Color Emoji")
"""Families appended to every list of families."""
_CHINESE: Final = ("Noto Sans SC", "Noto Serif SC")
_LAST: Final = ("Noto Sans JP", "Noto Sans Symbols")
_LATER: Final = (
    *(name for name in FAMILIES if name.startswith("Noto Sans") and name not in (*ALWAYS, *_LAST)),
    *_LAST,
)
"""Families searched in this order for missing characters."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The fonts that set a text."""

    fonts: FontSet
    """In order of preference."""
    locale: str
    """The locale that selects the forms of shared glyphs."""
    missing: str
    """The characters that no font has, each once, in order."""


def plainer(text: str, families: tuple[str, ...], weight: int, added: tuple[FontFile, ...] = ()) -> str:
    """Return ``text`` with characters that its families lack in NFKC form, if they have that: ligature ﬁ as fi."""
    base = load_fonts(_base(families), weight, added)
    return "".join(char if _covers(base, char) else _plainer(char, base) for char in text)


def _plainer(char: str, base: FontSet) -> str:
    plain = unicodedata.normalize("NFKC", char)
    return plain if all(_covers(base, one) for one in plain) else char


def _covers(fonts: FontSet, char: str) -> bool:
    return is_unseen(char) or fonts.has(char)


@lru_cache(maxsize=512)
def choose_fonts(
    text: str, families: tuple[str, ...], weight: int, added: tuple[FontFile, ...] = ()
) -> Chosen:
    """Return the fonts for ``text``.

    Args:
        text: As it is set, after case changes.
        families: Those of its style.
        weight: 100 to 900.
        added: Files added by the operator: of these families, and of others that may supply missing characters.
    """
    base_families = _base(families)
    base = load_fonts(base_families, weight, added)
    lacking = lacking_in(base, text)
    later: list[str] = []
    for family in (*_serif_first(families), *(one.family for one in added)):
        if not lacking:
            break
        if family not in base_families and family not in later:
            fonts = load_fonts((family,), weight, added)
            if found := [char for char in lacking if fonts.has(char)]:
                later.append(family)
                lacking = [char for char in lacking if char not in found]
    later += _joining(text, families, base, later, weight, added)
    order = _in_order(text, families, base_families, later, weight, added)
    fonts = base if order == base_families else load_fonts(order, weight, added)
    return Chosen(fonts, _locale(text), "".join(lacking))


def _joining(
    text: str,
    families: tuple[str, ...],
    base: FontSet,
    later: list[str],
    weight: int,
    added: tuple[FontFile, ...],
) -> list[str]:
    """Return further families for letters with marks of which one font must have both, since marks are placed by it."""
    marked = [part for part in marked_in(text) if not base.joins(part)]
    found: list[str] = []
    if not marked:
        return found
    for family in (*later, *_serif_first(families), *(one.family for one in added)):
        fonts = load_fonts((family,), weight, added)
        if any(map(fonts.joins, marked)):
            marked = [part for part in marked if not fonts.joins(part)]
            if family not in (*_base(families), *later):
                found.append(family)
    return found


def lacking_in(fonts: FontSet, text: str) -> list[str]:
    """Return the visible characters of ``text`` that ``fonts`` lack, each once."""
    return [char for char in dict.fromkeys(text) if not _covers(fonts, char)]


def _base(families: tuple[str, ...]) -> tuple[str, ...]:
    known = [*families, *ALWAYS]
    serif = next(filter(draws_chinese_in_serif, known), None)
    if serif is not None:
        # Chinese beside a serif is a serif too, unless the list says otherwise.
        known.insert(known.index(serif) + 1, "Noto Serif SC")
    return tuple(dict.fromkeys(known))


def _serif_first(families: tuple[str, ...]) -> Iterable[str]:
    return ("Noto Serif", *_LATER) if is_serif(families[0]) else _LATER


def _in_order(
    text: str,
    families: tuple[str, ...],
    base: tuple[str, ...],
    later: list[str],
    weight: int,
    added: tuple[FontFile, ...],
) -> tuple[str, ...]:
    """Return the families in the order in which they are searched for each character."""
    order = [*base, *later]
    if _has(text, "\u3040", "\u30ff") and "Noto Sans JP" not in base:
        # Kana indicate that ideographs should have Japanese forms, in one design.
        order = [name for name in order if name != "Noto Sans JP"]
        order.insert(min(order.index(name) for name in _CHINESE if name in order), "Noto Sans JP")
    alphabet = next(iter(_serif_first(families)))
    if alphabet not in families and _is_alphabetic(text) and _lacks_letters(text, families, weight, added):
        # Letters of a second design inside words would look like a mistake.
        order = [alphabet, *(name for name in order if name != alphabet)]
    return tuple(order)


def _lacks_letters(text: str, families: tuple[str, ...], weight: int, added: tuple[FontFile, ...]) -> bool:
    latin = load_fonts(_base(families), weight, added)
    # Chinese fonts also have Greek and Cyrillic, full-width and without accents: for symbols, not for words.
    western = tuple(name for name in families if name not in _CHINESE) or families
    others = load_fonts(western, weight, added)
    letters = filter(_is_letter, dict.fromkeys(text))
    if is_display(families[0]):
        # The few accented letters of the Chinese fonts would stand out in a word of so distinct a design.
        latin = others
    return any(not (others if _is_greek_or_cyrillic(char) else latin).has(char) for char in letters)


def _is_greek_or_cyrillic(char: str) -> bool:
    return "\u0370" <= char <= "\u052f" or "\u1c80" <= char <= "\u1c8f" or "\u1f00" <= char <= "\u1fff"


def _is_letter(char: str) -> bool:
    """Return whether ``char`` is a letter, or an accent, of an alphabet that Noto Sans has: Latin, Greek, Cyrillic."""
    if not (
        char < "\u0530"
        or "\u1c80" <= char <= "\u1fff"
        or "\u2c60" <= char <= "\u2dff"
        or "\ua640" <= char <= "\ua7ff"
    ):
        return False
    return unicodedata.category(char)[0] in "LM"


def _is_alphabetic(text: str) -> bool:
    """Return whether ``text`` has no ideographs: Greek or Cyrillic letters between these are symbols."""
    return not (_has(text, "\u2e80", "\u9fff") or _has(text, "\U00020000", "\U0003ffff"))


def _locale(text: str) -> str:
    if _has(text, "\u3040", "\u30ff"):
        return "ja"
    return "ko" if _has(text, "\uac00", "\ud7a3") else "zh-Hans"


def _has(text: str, first: str, last: str) -> bool:
    return any(first <= char <= last for char in text)
