"""Captions that roll: each repeats the lines that are already shown, as YouTube's automatic ones do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from farm.draft.captions.caption import Caption

_CLOSE_S: Final = Fraction(3, 20)
"""Captions farther apart than this do not continue each other."""
_LEAST: Final = 3
"""Repetitions that make a pattern."""
_MORE_LINES: Final = 4
"""A caption that repeats shows at most this many lines."""


def unrolled(captions: Sequence[Caption]) -> tuple[list[Caption], int]:
    """Return (captions, repetitions): each line only where it first appears, if the captions roll.

    They do if at least half of all captions begin with lines that the one before them ends with. A refrain, where a
    few do, is left alone. A caption that adds nothing lengthens the one before it.
    """
    repeated = [_repeated(one, other) for one, other in zip([None, *captions], captions, strict=False)]
    count = sum(map(bool, repeated))
    if count < _LEAST or 2 * count < len(captions):
        return list(captions), 0
    kept: list[Caption] = []
    for caption, length in zip(captions, repeated, strict=True):
        if length == len(caption.text):
            if kept:
                kept[-1] = replace(kept[-1], end_s=max(kept[-1].end_s, caption.end_s))
            continue
        new = caption.part(length, len(caption.text)) if length else caption
        # They are at the left so that words do not move as a line grows, which it does no longer.
        new = replace(new, place=None)
        if kept and length:
            # The line stays above the new one, which is shown instead of it.
            kept[-1] = replace(kept[-1], end_s=max(kept[-1].start_s, min(kept[-1].end_s, new.start_s)))
        kept.append(new)
    return kept, count


def _repeated(before: Caption | None, caption: Caption) -> int:
    """Return how many characters of a caption are the last lines of the one before it, whole lines only."""
    if before is None or not caption.text or not before.text:
        return 0
    if not before.start_s <= caption.start_s <= before.end_s + _CLOSE_S:
        return 0
    earlier, lines = before.text.split("\n"), caption.text.split("\n")
    for count in range(min(len(earlier), len(lines), _MORE_LINES), 0, -1):
        if [line.strip() for line in earlier[-count:]] == [line.strip() for line in lines[:count]]:
            length = len("\n".join(lines[:count]))
            return min(len(caption.text), length + (1 if count < len(lines) else 0))
    return 0
