"""Word-level distance between two scripts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from farm.model.script import ScriptDocument

_TOKEN = re.compile(r"\{[^{}]*\}|[\u3400-\u9fff]|[A-Za-z0-9$€£¥%'’.,-]+")


def tokens_of(script: ScriptDocument) -> tuple[str, ...]:
    """Return a script's words in order; each Chinese character and each slot is one token."""
    text = " ".join(f"{shot.label} {shot.words}" for shot in script.shots)
    return tuple(token.strip(".,").lower() for token in _TOKEN.findall(text) if token.strip(".,"))


def edit_distance(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many tokens must be inserted, deleted or replaced to turn one sequence into the other."""
    row = list(range(len(other) + 1))
    for at, token in enumerate(one, start=1):
        before, row[0] = row[0], at
        for column, against in enumerate(other, start=1):
            cost = before + (token != against)
            before = row[column]
            row[column] = min(cost, row[column] + 1, row[column - 1] + 1)
    return row[-1]


def distance(one: ScriptDocument, other: ScriptDocument) -> float:
    """Return the share of words, 0 to 1, in which two scripts differ: edit distance over the longer one's length."""
    first, second = tokens_of(one), tokens_of(other)
    return edit_distance(first, second) / max(1, len(first), len(second))
