"""Counters: a number set with digits of equal width, which are replaced or roll."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from farm.model.look import TextLook
from farm.model.source import CounterSource
from farm.render.drawing import Turn, begin_shadow, draw_raster, paint_of, shadow_reach_px, skia
from farm.render.raster import Raster
from farm.render.text import draw_text, measure_text

_WIDE_PX: Final = 100_000.0
_DIGITS: Final = "0123456789"


@dataclass(frozen=True, slots=True)
class _Cell:
    """A digit, or a run of other characters."""

    text: str
    """What is shown; for a rolling digit the one that is leaving."""
    width: float
    """In font sizes of 1 pixel."""
    turn: float = 0.0
    """How far a digit has rolled towards the next one, 0 to 1."""


def raster_counter(source: CounterSource, width_px: int, height_px: int, turn: Turn | None = None) -> Raster:
    """Draw a number, constant in ``source``, in a box.

    The size is the largest, up to the look's, at which the widest text of the counter fits, so that it does not change
    while the number runs.
    """
    look = source.look
    plain = replace(look, plate=None, shadow=None, align="left", valign="middle", strike=False, struck=0.0)
    widest = sum(cell.width for cell in _cells(source, plain, source.form.widest or None))
    pad_x = look.plate.pad_x_px if look.plate else 0.0
    pad_y = look.plate.pad_y_px if look.plate else 0.0
    line = look.line_height * look.size_px
    share = min(1.0, width_px / (widest * look.size_px + 2 * pad_x), height_px / (line + 2 * pad_y))
    share = max(share, min(1.0, look.min_size_px / look.size_px))
    size = look.size_px * share
    cells = list(_cells(source, plain, None))
    wide = sum(cell.width for cell in cells) * size
    part = {"left": 0.0, "center": 0.5, "right": 1.0, "top": 0.0, "middle": 0.5, "bottom": 1.0}
    pad_x, pad_y = pad_x * share, pad_y * share
    left = pad_x + (width_px - 2 * pad_x - wide) * part[look.align]
    top = pad_y + (height_px - 2 * pad_y - line * share) * part[look.valign]
    sized = replace(
        plain,
        size_px=size,
        min_size_px=size,
        stroke=look.stroke and replace(look.stroke, width_px=look.stroke.width_px * share),
    )

    def draw(canvas: Any) -> None:
        if look.plate is not None:
            area = left - pad_x, top - pad_y, wide + 2 * pad_x, line * share + 2 * pad_y
            radius = min(look.plate.radius_px * share, area[3] / 2)
            rect = skia.RRect.MakeRectXY(skia.Rect.MakeXYWH(*area), radius, radius)
            canvas.drawRRect(rect, paint_of(look.plate.fill, *area))
        canvas.translate(left, top)
        if look.shadow is not None:
            spare = size * 0.6 + (sized.stroke.width_px if sized.stroke is not None else 0.0)
            begin_shadow(canvas, look.shadow, -spare, -spare, wide + spare, line * share + spare)
            _draw_cells(canvas, cells, sized, line * share)
            canvas.restore()
        _draw_cells(canvas, cells, sized, line * share)

    stroke = sized.stroke.width_px if sized.stroke is not None else 0.0
    spare = max(0.0, wide - width_px) + size + stroke + shadow_reach_px(look.shadow)
    return draw_raster(
        width_px,
        height_px,
        spare,
        draw,
        size_px=size,
        shrunk=share < 1,
        overflow=wide > width_px + 1,
        turn=turn,
    )


def _cells(source: CounterSource, look: TextLook, text: str | None) -> Iterator[_Cell]:
    """Yield the cells of the number, or of a given text."""
    form, value = source.form, source.value.at(0)
    turns: list[tuple[int, float]] = []
    if text is None:
        text = form.written(value)
        if source.rolls and not form.clock:
            turns = _reels(value, form.decimals, sum(char in _DIGITS for char in form.widest_number))
            text = form.text.replace("{}", form.rolled([digit for digit, _ in turns], value < 0))
    before = text.find(form.text.partition("{}")[0]) + len(form.text.partition("{}")[0])
    after = len(text) - len(form.text.partition("{}")[2])
    digit_width = max(_width_em(digit, look) for digit in _DIGITS)
    run, index, leading = "", 0, True
    for place, char in enumerate(text):
        if char not in _DIGITS or not before <= place < after:
            # A separator among leading zeros is left out with them.
            if before <= place < after and turns and leading and index:
                continue
            run += char
            continue
        if run:
            yield _Cell(run, _width_em(run, look))
            run = ""
        digit, turn = turns[index] if turns else (int(char), 0.0)
        left = len(turns) - form.decimals - index if turns else 0
        leading = leading and bool(turns) and digit == 0 and left > form.digits
        # A leading digit that rolls away takes its room with it.
        if not leading or turn > 0:
            yield _Cell(str(digit), digit_width * turn if leading else digit_width, turn)
        index += 1
    if run:
        yield _Cell(run, _width_em(run, look))


def _reels(value: float, decimals: int, count: int) -> list[tuple[int, float]]:
    """Return (digit, turn towards the next) of each reel, most significant first.

    The last reel turns evenly; another turns with it while that passes from 9 to 0, as in a mileage counter.
    """
    scaled = abs(value) * 10**decimals
    reels = []
    for place in range(count):
        unit = 10**place
        digit = int(scaled // unit) % 10
        rest = scaled - math.floor(scaled / unit) * unit
        turn = rest if place == 0 else max(0.0, rest - (unit - 1))
        reels.append((digit, min(1.0, turn)))
    return reels[::-1]


def _draw_cells(canvas: Any, cells: list[_Cell], look: TextLook, height: float) -> None:
    x = 0.0
    for cell in cells:
        width = cell.width * look.size_px
        if cell.text in _DIGITS and len(cell.text) == 1:
            canvas.save()
            reach = look.size_px * 0.06
            if cell.turn > 0:
                canvas.clipRect(skia.Rect.MakeXYWH(x - reach, 0, width + 2 * reach, height), True)
            shapes = [(cell.text, -cell.turn * height)]
            if cell.turn > 0 and cell.width < _width_em("0", look) * 0.98 and cell.text == "0":
                shapes = []  # a leading zero is not written
            if cell.turn > 0:
                shapes.append((str((int(cell.text) + 1) % 10), (1 - cell.turn) * height))
            for text, dy in shapes:
                canvas.save()
                spare = width - _width_em(text, look) * look.size_px
                canvas.translate(x + spare / 2, dy)
                canvas.drawPicture(_picture(text, look, height))
                canvas.restore()
            canvas.restore()
        else:
            canvas.save()
            canvas.translate(x, 0)
            canvas.drawPicture(_picture(cell.text, look, height))
            canvas.restore()
        x += width


@lru_cache(maxsize=512)
def _picture(text: str, look: TextLook, height: float) -> Any:
    """Return a text recorded as a ``skia.Picture``: setting it takes 2 ms, playing it back a tenth of that."""
    recorder = skia.PictureRecorder()
    # A trailing space is set as a full-width one would be, not stripped: it keeps the room between number and unit.
    canvas = recorder.beginRecording(skia.Rect.MakeLTRB(-height, -height, _WIDE_PX, 3 * height))
    draw_text(canvas, text, look, _WIDE_PX, height)
    return recorder.finishRecordingAsPicture()


@lru_cache(maxsize=2048)
def _width_em(text: str, look: TextLook) -> float:
    """Return the advance width of a text as a multiple of the font size."""
    probe = replace(look, size_px=100.0, min_size_px=100.0, stroke=None)
    # Measured between two letters, because the width of a line excludes blanks at its ends.
    both = measure_text(f"0{text}0", probe, _WIDE_PX, _WIDE_PX).width_px
    return (both - measure_text("00", probe, _WIDE_PX, _WIDE_PX).width_px) / 100.0
