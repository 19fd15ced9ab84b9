"""Characters that are never drawn."""

from __future__ import annotations

import unicodedata
from typing import Final

_UNSEEN: Final = frozenset("\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f\u2065\uffa0")
"""Characters that Unicode wants ignored if a font has no glyph, beyond the categories in :func:`is_unseen`."""
BEFORE_DIGITS: Final = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
"""Signs that enclose or underline the digits that follow; Unicode counts them among the controls."""
_DRAWN: Final = BEFORE_DIGITS | frozenset(
    "\U00013430\U00013431\U00013432\U00013433\U00013434\U00013435\U00013436\U00013437\U00013438"
    "\U0001bca0\U0001bca1\U0001bca2\U0001bca3"
)
"""Characters of the category of controls that are drawn nevertheless."""


def is_unseen(char: str) -> bool:
    """Return whether ``char`` is never drawn: controls, joiners, direction marks, blanks, variation selectors."""
    if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp", "Zs"):
        return char not in _DRAWN
    return char in _UNSEEN or "\ufe00" <= char <= "\ufe0f" or "\U000e0000" <= char <= "\U000e0fff"
