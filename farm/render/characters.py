"""Characters as readers see them, which may consist of several code points."""

from __future__ import annotations

import unicodedata
from itertools import takewhile
from typing import Final

_ZERO_WIDTH_JOINER: Final = "\u200d"
_VIRAMA: Final = 9
"""Unicode's combining class of the signs that join two Indic letters."""


def continues(text: str, index: int) -> bool:
    """Return whether a code point continues the character before it (Unicode Standard Annex 29, rules GB6 to GB13).

    Marks, skin tones and what is joined belong to what they follow; flags are pairs, tagged or not; Indic letters after
    a virama and the parts of a Korean syllable form one character.

    Args:
        text: The text.
        index: The code point's, 1 or more.
    """
    before, char = text[index - 1], text[index]
    if unicodedata.category(char).startswith("M") or _extends(char) or before == _ZERO_WIDTH_JOINER:
        return True
    if _is_regional(char):
        run = sum(1 for _ in takewhile(_is_regional, reversed(text[:index])))
        return run % 2 == 1
    if unicodedata.combining(before) == _VIRAMA:
        return unicodedata.category(char) == "Lo"
    return "\u1160" <= char <= "\u11ff" and "\u1100" <= before <= "\u11ff"


def _extends(char: str) -> bool:
    return (
        char in "\u200c\u200d\u2060"
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\U000e0020" <= char <= "\U000e007f"
    )


def _is_regional(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"
