"""Letters with marks: characters of which one font must have all code points, since it places the marks."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from farm.render.characters import continues
from farm.render.unseen import is_unseen


def parts_of(text: str) -> Iterator[str]:
    """Yield the characters of ``text`` as readers see them."""
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or not continues(text, index):
            yield text[start:index]
            start = index


def marked_in(text: str) -> list[str]:
    """Return the characters of ``text`` that consist of a letter and marks, each once, without what is never drawn."""
    if not any(unicodedata.category(char)[0] == "M" for char in text):
        return []
    found: dict[str, None] = {}
    for part in parts_of(text):
        seen = "".join(char for char in part if not is_unseen(char))
        if len(seen) > 1 and any(unicodedata.category(char)[0] == "M" for char in seen):
            found[seen] = None
    return list(found)
