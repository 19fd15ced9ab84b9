"""Parts: which part of a clip's picture is ever visible, so that no more than that is scaled."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

MARGIN_PX: Final = 4
"""Source pixels around the visible part that the scaler's filter may reach (bicubic: 2, and 2 more for half chroma)."""
SEARCH_PX: Final = 18
"""How much further out an edge may be moved to fall on whole pixels after scaling."""
WORTH: Final = 0.85
"""Parts larger than this share of the picture are not cut out: copying them would cost what it saves in scaling."""


@dataclass(frozen=True, slots=True)
class Part:
    """A rectangle of an upright picture, in its own pixels; all even."""

    left: int
    """First column."""
    top: int
    """First row."""
    width: int
    """Columns."""
    height: int
    """Rows."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run of samples along one axis and how it is scaled."""

    first: int
    """First sample."""
    count: int
    """Samples."""
    size: int
    """Samples after scaling, even."""


def run_for(length: int, size: int, low: float, high: float) -> Run:
    """Return the run that covers scaled samples ``low`` to ``high`` when ``length`` samples are scaled to ``size``.

    Its ends are chosen so that it begins on an even scaled sample and spans an even number of them, as nearly as
    possible: the cut-out part, once scaled, then lies where it would if everything were scaled.
    """
    scale = size / length
    start = math.floor(low / scale) - MARGIN_PX
    stop = math.ceil(high / scale) + MARGIN_PX
    if start <= 0 and stop >= length:
        return Run(0, length, size)
    firsts = _candidates(max(0, start - SEARCH_PX), max(0, start))
    lasts = _candidates(min(length, stop), min(length, stop + SEARCH_PX))
    if stop >= length:
        lasts = [length]

    def miss(edges: tuple[int, int]) -> tuple[float, int]:
        first, last = edges
        off = (
            abs(first * scale - _even(first * scale)),
            abs((last - first) * scale - _even((last - first) * scale)),
        )
        return round(sum(off), 6), last - first

    first, last = min(((a, b) for a in firsts for b in lasts), key=miss)
    return Run(first, last - first, max(2, _even((last - first) * scale)))


def _candidates(low: int, high: int) -> list[int]:
    return [edge for edge in range(low, high + 1) if edge % 2 == 0]


def _even(value: float) -> int:
    return 2 * round(value / 2)
