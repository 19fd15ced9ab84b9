"""Lines and parts: long captions are broken at phrases into lines of similar length, and split in time."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Final

from farm.draft.captions.caption import Caption
from farm.draft.captions.phrases import CLAUSE, Break, breaks_in, words_in
from farm.draft.captions.reading import Reading

_UNEVEN: Final = 40
"""Penalty of lines of which one is full and the other empty."""
_SPLIT: Final = 3
"""Breaks between captions disturb more than those between lines."""
_DASHES: Final = ("-", "–", "—", "‐")


def in_lines(caption: Caption, reading: Reading) -> Caption:
    """Return a caption of at most ``reading.lines`` lines, or as few as its words allow.

    Lines of the file that are short enough are kept; so are the lines of a dialogue. Others are joined and broken
    anew.
    """
    given = caption.text.split("\n")
    if len(given) <= reading.lines and all(reading.width(line) <= reading.room for line in given):
        return caption
    if _is_dialogue(given):
        return caption
    joined, starts = caption.joined()
    return joined.broken(_line_breaks(joined.text, starts, reading))


def in_parts(caption: Caption, reading: Reading) -> list[Caption]:
    """Return a caption as one or several that follow each other, none longer than ``reading`` allows.

    Parts begin when their first word is spoken, if that is known, otherwise by the time that their text takes to read.
    """
    text = caption.text
    if _fits(text, 0, len(text), reading):
        return [caption]
    joined, starts = caption.joined()
    edges = _part_breaks(joined.text, starts, reading)
    if not edges:
        return [caption]
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


def _is_dialogue(lines: Sequence[str]) -> bool:
    return len(lines) > 1 and all(line.lstrip()[:1] in _DASHES for line in lines)


def _fits(text: str, first: int, stop: int, reading: Reading) -> bool:
    """Whether a part of a text takes no more lines and words than allowed."""
    part = text[first:stop].strip()
    if reading.words is not None and len(words_in(part)) > reading.words:
        return False
    lines = part.split("\n")
    if len(lines) <= reading.lines and all(reading.width(line) <= reading.room for line in lines):
        return True
    flat = " ".join(lines)
    return len(_greedy(flat, breaks_in(flat), reading)) < reading.lines


def _greedy(text: str, breaks: Sequence[Break], reading: Reading) -> list[int]:
    """Return where lines begin, the first one excepted, if each takes what it can; it may be a word that is longer."""
    starts, start, known = [], 0, 0
    for index in [*(one.index for one in breaks), len(text)]:
        if reading.width(text[start:index].rstrip()) > reading.room and known > start:
            starts.append(known)
            start = known
        known = index
    return starts


def _breaks(text: str, starts: Collection[int]) -> list[Break]:
    """Return where a text may be broken; where its lines began in the file, a break is as good as behind a comma."""
    return [
        Break(one.index, min(one.penalty, CLAUSE)) if one.index in starts else one for one in breaks_in(text)
    ]


def _line_breaks(text: str, starts: Collection[int], reading: Reading) -> list[int]:
    """Return where lines begin, the first one excepted: at the best breaks, of similar length.

    There are as few as possible, but not fewer than in the file, if so many are allowed.
    """
    breaks = _breaks(text, starts)
    full = _greedy(text, breaks, reading)
    count = max(len(full) + 1, min(reading.lines, len(starts) + 1))
    best = _best(text, breaks, count, reading, room=reading.room, weight=1)
    return full if best is None else best


def _part_breaks(text: str, starts: Collection[int], reading: Reading) -> list[int]:
    """Return where parts begin, the first one excepted."""
    breaks = _breaks(text, starts)
    if not breaks:
        return []
    room = reading.room * reading.lines
    count = max(2, math.ceil(reading.width(text) / room))
    if reading.words is not None:
        count = max(count, math.ceil(len(words_in(text)) / reading.words))
    while count <= len(breaks) + 1:
        edges = _best(text, breaks, count, reading, room=room, weight=_SPLIT)
        if edges is not None and all(_fits(text, a, b, reading) for a, b in pairwise([0, *edges, len(text)])):
            return edges
        count += 1
    return [one.index for one in breaks]


def _best(
    text: str, breaks: Sequence[Break], count: int, reading: Reading, *, room: int, weight: int
) -> list[int] | None:
    """Return ``count - 1`` of the breaks with the least sum of penalties and unevenness; None if nothing fits.

    Dynamic programming over the breaks, as Knuth and Plass break paragraphs; only a single word may exceed ``room``.
    """
    points = [0, *(one.index for one in breaks), len(text)]
    penalties = [0, *(one.penalty * weight for one in breaks), 0]
    widths = [0]
    for begin, end in pairwise(points):
        widths.append(widths[-1] + reading.width(text[begin:end]))
    target, far = widths[-1] / count, len(points) - 1
    # Blanks at the end of a line are not seen.
    blanks = [0] + [reading.width(" ") * (text[point - 1 : point] == " ") for point in points[1:]]
    before: dict[int, float] = {0: 0.0}
    origins: list[dict[int, int]] = []
    for line in range(1, count + 1):
        costs: dict[int, float] = {}
        origin: dict[int, int] = {}
        for end in range(line, far + 1) if line < count else (far,):
            for start in range(end - 1, -1, -1):
                width = widths[end] - widths[start] - blanks[end]
                if width > room and start < end - 1:
                    break
                if start not in before:
                    continue
                cost = before[start] + penalties[end] + _UNEVEN * ((width - target) / room) ** 2
                if end not in costs or cost < costs[end]:
                    costs[end], origin[end] = cost, start
        before = costs
        origins.append(origin)
    if far not in before:
        return None
    chosen, at = [], far
    for origin in reversed(origins):
        at = origin[at]
        chosen.append(points[at])
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
