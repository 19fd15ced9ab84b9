"""How fast captions can be read, and how much of a line their characters take."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from farm.draft.captions.caption import is_wide


@dataclass(frozen=True, slots=True)
class Reading:
    """Limits of what is read at once."""

    speed: Fraction = Fraction(17)
    """Characters a second, for scripts with letters."""
    wide_speed: Fraction = Fraction(5)
    """Characters a second, for Chinese and Japanese."""
    line: int = 42
    """Characters a line, for scripts with letters."""
    wide_line: int = 16
    """Characters a line, for Chinese and Japanese."""
    lines: int = 2
    """Lines of a caption."""
    words: int | None = None
    """Words of a caption; None for as many as fit."""

    @property
    def room(self) -> int:
        """Room of a line, in the unit of :meth:`width`."""
        return self.line * self.wide_line

    def width(self, text: str) -> int:
        """Return how much of a line a text takes; :attr:`room` is a whole one."""
        wide = sum(map(is_wide, text))
        return wide * self.line + (len(text) - wide) * self.wide_line

    def seconds(self, text: str) -> Fraction:
        """Return how long it takes to read a text; blanks are read too, line feeds are not."""
        letters = text.replace("\n", "")
        wide = sum(map(is_wide, letters))
        return wide / self.wide_speed + (len(letters) - wide) / self.speed

    def rate(self, text: str, duration_s: Fraction) -> tuple[Fraction, Fraction]:
        """Return (characters a second at which a text must be read, the limit for it)."""
        count = len(text.replace("\n", ""))
        return count / duration_s, count / max(self.seconds(text), Fraction(1, 1000))
