"""Lines and parts: long captions are broken at phrases into lines of similar length, and split in time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Final

from farm.draft.captions.caption import Caption
from farm.draft.captions.phrases import CLAUSE, breaks_in, words_in
from farm.draft.captions.reading import Reading

_UNEVEN: Final = 40
"""Penalty of lines of which one is full and the other empty."""
_SPLIT: Final = 3
"""Breaks between captions disturb more than those between lines."""
_MORE_PARTS: Final = 3
"""More parts than necessary that are tried for the sake of better breaks."""
_DASHES: Final = ("-", "–", "—", "‐")


def in_lines(caption: Caption, reading: Reading) -> Caption:
    """Return a caption of at most ``reading.lines`` lines, or as few as its words allow.

    Lines of the file that are short enough are kept; so are the lines of a dialogue. Others are joined and broken
    anew: as few as possible, but not fewer than in the file if so many are allowed.
    """
    given = caption.text.split("\n")
    if _are_short(given, reading) or _is_dialogue(given):
        return caption
    joined, starts = caption.joined()
    text = _Measured.of(joined.text, starts, reading)
    full = text.lines(0, text.last)
    count = max(len(full) + 1, min(reading.lines, len(starts) + 1))
    best = _best(text, count, room=reading.room, weight=1)
    return joined.broken([text.points[index] for index in (full if best is None else best)])


def in_parts(caption: Caption, reading: Reading) -> list[Caption]:
    """Return a caption as one or several that follow each other, none longer than ``reading`` allows.

    Parts begin when their first word is spoken, if that is known, otherwise by the time that their text takes to read.
    """
    given = caption.text.split("\n")
    if reading.words is None and (_are_short(given, reading) or reading.width(caption.text) <= reading.room):
        return [caption]
    joined, starts = caption.joined()
    text = _Measured.of(joined.text, starts, reading)
    if text.fits(0, text.last):
        return [caption]
    edges = [text.points[index] for index in _part_edges(text)]
    bounds = [0, *edges, len(joined.text)]
    times = _times(joined, edges, reading)
    parts = []
    for index in range(len(bounds) - 1):
        part = joined.part(bounds[index], bounds[index + 1])
        if part.text:
            first, last = index == 0, index == len(bounds) - 2
            fade = (
                caption.fade_s[0] if first else Fraction(0),
                caption.fade_s[1] if last else Fraction(0),
            )
            parts.append(replace(part, start_s=times[index], end_s=times[index + 1], fade_s=fade))
    return parts


def _are_short(lines: Sequence[str], reading: Reading) -> bool:
    return len(lines) <= reading.lines and all(reading.width(line) <= reading.room for line in lines)


def _is_dialogue(lines: Sequence[str]) -> bool:
    return len(lines) > 1 and all(line.lstrip()[:1] in _DASHES for line in lines)


@dataclass(frozen=True, slots=True)
class _Measured:
    """A text on one line, measured between its breaks, which are counted from 0 at its beginning."""

    reading: Reading
    """Limits."""
    points: list[int]
    """Index of the character behind each break; the ends of the text are breaks too."""
    penalties: list[int]
    """How much each break disturbs."""
    widths: list[int]
    """Width of what precedes each break."""
    blanks: list[int]
    """Width of the blanks before each break, which are not seen at the end of a line."""
    words: list[int]
    """Number of words that begin before each break."""

    @classmethod
    def of(cls, text: str, starts: Collection[int], reading: Reading) -> _Measured:
        """Return a text measured. Where lines began in the file, a break is as good as behind a comma."""
        breaks = breaks_in(text)
        points = [0, *(one.index for one in breaks), len(text)]
        penalties = [min(one.penalty, CLAUSE) if one.index in starts else one.penalty for one in breaks]
        widths, blanks = [0], [0]
        for begin, end in pairwise(points):
            piece = text[begin:end]
            widths.append(widths[-1] + reading.width(piece))
            blanks.append(reading.width(piece) - reading.width(piece.rstrip()))
        firsts = [first for first, _ in words_in(text)] if reading.words is not None else []
        words = [bisect_left(firsts, point) for point in points]
        return cls(reading, points, [0, *penalties, 0], widths, blanks, words)

    @property
    def last(self) -> int:
        """The break at the end of the text."""
        return len(self.points) - 1

    def width(self, begin: int, end: int) -> int:
        """Return the width of what lies between two breaks."""
        return self.widths[end] - self.widths[begin] - self.blanks[end]

    def lines(self, begin: int, end: int) -> list[int]:
        """Return where lines begin, the first one excepted, if each takes what it can."""
        starts, start = [], begin
        for index in range(begin + 1, end + 1):
            if self.width(start, index) > self.reading.room and index - 1 > start:
                start = index - 1
                starts.append(start)
        return starts

    def fits(self, begin: int, end: int) -> bool:
        """Whether what lies between two breaks takes no more lines and words than allowed."""
        most = self.reading.words
        if most is not None and self.words[end] - self.words[begin] > most:
            return False
        return len(self.lines(begin, end)) < self.reading.lines


def _part_edges(text: _Measured) -> list[int]:
    """Return the breaks at which parts begin, the first one excepted."""
    full: list[int] = []
    for index in range(1, text.last + 1):
        start = full[-1] if full else 0
        if index - 1 > start and not text.fits(start, index):
            full.append(index - 1)
    room = text.reading.room * text.reading.lines
    for count in range(len(full) + 1, len(full) + 1 + _MORE_PARTS):
        edges = _best(text, count, room=room, weight=_SPLIT)
        if edges is not None and all(text.fits(a, b) for a, b in pairwise([0, *edges, text.last])):
            return edges
    return full


def _best(text: _Measured, count: int, *, room: int, weight: int) -> list[int] | None:
    """Return ``count - 1`` of the breaks with the least sum of penalties and unevenness; None if nothing fits.

    Dynamic programming over the breaks, as Knuth and Plass break paragraphs; only a single word may exceed ``room``.
    """
    target = text.widths[-1] / count
    before: dict[int, float] = {0: 0.0}
    origins: list[dict[int, int]] = []
    for line in range(1, count + 1):
        costs: dict[int, float] = {}
        origin: dict[int, int] = {}
        # Where this one ends if all are even, give or take a whole one.
        low = bisect_left(text.widths, line * target - room)
        high = bisect_right(text.widths, line * target + room)
        for end in range(max(line, low), high) if line < count else (text.last,):
            for start in range(end - 1, -1, -1):
                width = text.width(start, end)
                if width > room and start < end - 1:
                    break
                if start not in before:
                    continue
                cost = before[start] + text.penalties[end] * weight
                cost += _UNEVEN * ((width - target) / room) ** 2
                if end not in costs or cost < costs[end]:
                    costs[end], origin[end] = cost, start
        before = costs
        origins.append(origin)
    if text.last not in before:
        return None
    chosen, at = [], text.last
    for origin in reversed(origins):
        at = origin[at]
        chosen.append(at)
    return chosen[-2::-1]


def _times(caption: Caption, edges: Sequence[int], reading: Reading) -> list[Fraction]:
    """Return when each part begins, and when the last one ends."""
    times = [caption.start_s]
    whole = reading.seconds(caption.text)
    for edge in edges:
        spoken = next((one.start_s for one in caption.timed if one.first >= edge), None)
        share = reading.seconds(caption.text[:edge]) / whole if whole else Fraction(0)
        at = caption.start_s + (caption.end_s - caption.start_s) * share if spoken is None else spoken
        times.append(min(max(at, times[-1]), caption.end_s))
    return [*times, caption.end_s]
