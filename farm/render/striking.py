"""Lines that strike text out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from farm.model.look import Stroke, TextLook
from farm.render.drawing import argb, draw_raster, paint_of, skia


@dataclass(frozen=True, slots=True)
class Struck:
    """Text as it is laid out, with its corner at the origin."""

    text: str
    """What is set."""
    look: TextLook
    """How it is drawn, all of it and without lines through it."""
    size_px: float
    """Its font size."""
    width_px: float
    """Width of the layout, in which lines are aligned."""
    longest_px: float
    """Width of its longest line."""
    height_px: float
    """Height of all lines."""
    lines: int
    """How many lines."""
    paint: Callable[[Any, Any], None] = field(compare=False)
    """Paints all its letters onto a ``skia.Canvas`` in a ``skia.Paint``."""


def strike_out(canvas: Any, text: Struck, look: TextLook) -> None:
    """Draw the lines through a text that a look asks for."""
    if look.strike:
        _draw_line_through(canvas, text, 1.0, None)
    if look.struck > 0:
        _draw_line_through(canvas, text, look.struck, look.strike_line)


def _draw_line_through(canvas: Any, text: Struck, share: float, line: Stroke | None) -> None:
    """Draw a share of a line through a text; over several lines it passes from one to the next.

    Args:
        canvas: What to paint on.
        text: The text.
        share: How much of the line is drawn, 0 to 1.
        line: How it is drawn, at the look's font size; in the text's own colour if None.
    """
    paint = paint_of(text.look.color, 0.0, 0.0, text.longest_px, text.height_px)
    width = max(1.0, text.size_px * 0.075)
    if line is not None:
        paint = skia.Paint(AntiAlias=True, Color=argb(line.color))
        width = line.width_px * text.size_px / text.look.size_px
    paint.setStrokeWidth(width)
    paint.setStrokeCap(skia.Paint.kRound_Cap)
    overhang, pitch = text.size_px * 0.08, text.height_px / text.lines
    ends = _line_ends(text) if text.lines > 1 else ((0.0, text.longest_px),)
    # As fast on a short line as on a long one; blank lines have none.
    lengths = [right - left + 2 * overhang if right > left else 0.0 for left, right in ends]
    left_px = share * sum(lengths)
    for number, ((left, _), length) in enumerate(zip(ends, lengths, strict=True)):
        if left_px > 0 and length > 0:
            middle, start = pitch * (number + 0.5), left - overhang
            canvas.drawLine(start, middle, start + min(length, left_px), middle, paint)
        left_px -= length


@lru_cache(maxsize=128)
def _line_ends(text: Struck) -> tuple[tuple[float, float], ...]:
    """Return where each line of a text begins and ends, (0, 0) for a blank one.

    skia's binding tells the width of the longest line only: the others are seen in a drawing.
    """
    paint = skia.Paint(AntiAlias=True, Color=0xFFFFFFFF)
    drawn = draw_raster(
        text.longest_px, text.height_px, text.size_px, lambda canvas: text.paint(canvas, paint), crop=False
    )
    pitch, ends = text.height_px / text.lines, []
    for line in range(text.lines):
        # Accents and tails of the lines beside it are left out.
        first, last = (round(pitch * (line + share)) - drawn.top_px for share in (0.25, 0.75))
        inked = np.flatnonzero(drawn.rgba[first : max(first + 1, last), :, 3].any(axis=0))
        if inked.size:
            ends.append((float(inked[0] + drawn.left_px), float(inked[-1] + 1 + drawn.left_px)))
        else:
            ends.append((0.0, 0.0))
    return tuple(ends)
