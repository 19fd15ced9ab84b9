"""Building a caption character by character, as the readers of all formats do."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from farm.draft.captions.caption import PLAIN, Run, RunStyle, TimedPart, runs_of

LONGEST: Final = 10_000
"""Characters of a cue that are kept; longer ones are refused anyway."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A part of the text between two marks."""

    start_s: Fraction | None
    end_s: Fraction | None


class CaptionBuilder:
    """Characters with their styles, and marks of time between them."""

    def __init__(self) -> None:
        self.style: RunStyle = PLAIN
        self._chars: list[tuple[str, RunStyle, int]] = []
        self._stretches = [_Stretch(None, None)]
        self.is_blank = True
        """Whether nothing visible was added yet."""

    def add(self, text: str) -> None:
        """Add text in the current style."""
        stretch = len(self._stretches) - 1
        room = LONGEST - len(self._chars)
        self._chars.extend((char, self.style, stretch) for char in text[:room])
        self.is_blank = self.is_blank and not text[:room].strip()

    def mark(self, start_s: Fraction, end_s: Fraction | None = None) -> None:
        """What is added from now on is spoken from ``start_s``, to ``end_s`` or to the next mark."""
        self._stretches.append(_Stretch(start_s, end_s))

    @property
    def is_full(self) -> bool:
        """Whether what is added is no longer kept."""
        return len(self._chars) >= LONGEST

    def runs(self) -> tuple[Run, ...]:
        """Return the text without blanks around lines, and without blank lines."""
        return runs_of([(char, style) for char, style, _ in self._trimmed()])

    def timed(self, start_s: Fraction, end_s: Fraction) -> tuple[TimedPart, ...]:
        """Return the parts of a caption with their times; empty if there were no marks.

        Args:
            start_s: When the caption begins: what precedes the first mark is spoken from then on.
            end_s: When it ends, and with it what follows the last mark.
        """
        if len(self._stretches) == 1:
            return ()
        spans: dict[int, tuple[int, int]] = {}
        for index, (char, _, stretch) in enumerate(self._trimmed()):
            if not char.isspace():
                spans[stretch] = (spans.get(stretch, (index, 0))[0], index + 1)
        parts = []
        for stretch, (first, stop) in spans.items():
            mark = self._stretches[stretch]
            following = self._stretches[stretch + 1] if stretch + 1 < len(self._stretches) else None
            begin = start_s if mark.start_s is None else mark.start_s
            end = mark.end_s
            if end is None:
                end = end_s if following is None or following.start_s is None else following.start_s
            parts.append(TimedPart(first, stop, begin, max(begin, end)))
        return tuple(parts)

    def _trimmed(self) -> list[tuple[str, RunStyle, int]]:
        lines: list[list[tuple[str, RunStyle, int]]] = [[]]
        for one in self._chars:
            if one[0] == "\n":
                lines.append([])
            else:
                lines[-1].append(one)
        kept: list[tuple[str, RunStyle, int]] = []
        for line in lines:
            first, stop = 0, len(line)
            while first < stop and line[first][0].isspace():
                first += 1
            while stop > first and line[stop - 1][0].isspace():
                stop -= 1
            if first == stop:
                continue
            if kept:
                kept.append(("\n", *line[first][1:]))
            kept.extend(line[first:stop])
        return kept
