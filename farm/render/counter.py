"""Counters: a number set with digits of equal width, which are replaced or roll."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate
from typing import Any, Final

import numpy as np

from farm.model.curve import Curve
from farm.model.look import NumberForm, TextLook
from farm.model.source import ROLL_STEPS, CounterSource
from farm.render.drawing import Turn, cast_shadow, draw_raster, shadow_reach_px, skia
from farm.render.raster import Raster
from farm.render.striking import Struck, strike_out
from farm.render.text import draw_plate, draw_text, measure_text, scaled_shadow
from farm.render.words import words_of

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
    presence: float = 1.0
    """How far a leading digit, or the separator behind it, has appeared: its opacity, and the share of its room."""
    digit: bool = False
    """Whether it is a digit of the number, which may roll."""

    @property
    def changes(self) -> bool:
        """Whether it is a digit between two of its values."""
        return self.digit and (self.turn > 0 or self.presence < 1)


def raster_counter(source: CounterSource, width_px: int, height_px: int, turn: Turn | None = None) -> Raster:
    """Draw a number, constant in ``source``, in a box.

    The size is the largest, up to the look's, at which the widest text of the counter fits, so that it does not change
    while the number runs.
    """
    look = source.look
    plain = _plain(look)
    fitting = _fitting_share(source.form, look, width_px, height_px)
    share = max(min(1.0, fitting), min(1.0, look.min_size_px / look.size_px))
    pad_x = look.plate.pad_x_px if look.plate else 0.0
    pad_y = look.plate.pad_y_px if look.plate else 0.0
    line = look.line_height * look.size_px
    size = look.size_px * share
    cells = list(_cells(source, plain))
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

    shadow = look.shadow and scaled_shadow(look.shadow, share)

    def number(canvas: Any) -> None:
        _draw_cells(canvas, cells, sized, line * share)
        strike_out(canvas, Struck("", plain, size, wide, wide, line * share, 1, lambda *_: None), look)

    def draw(canvas: Any) -> None:
        if look.plate is not None:
            draw_plate(canvas, look.plate, (left, top, wide, line * share), float(width_px), share)
        canvas.translate(left, top)
        if shadow is not None:
            spare = size * 0.6 + (sized.stroke.width_px if sized.stroke is not None else 0.0)
            bounds = -spare, -spare, wide + spare, line * share + spare
            cast_shadow(canvas, shadow, bounds, number)
        number(canvas)

    stroke = sized.stroke.width_px if sized.stroke is not None else 0.0
    spare = max(0.0, wide - width_px) + size + stroke + shadow_reach_px(shadow)
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


def counter_fits(form: NumberForm, look: TextLook, width_px: float, height_px: float) -> bool:
    """Whether the widest text of a counter fits a box at the smallest size that its look allows."""
    smallest = min(1.0, look.min_size_px / look.size_px)
    # As for text, half a pixel more still fits.
    return _fitting_share(form, look, width_px + 0.5, height_px + 0.5) >= smallest


def _plain(look: TextLook) -> TextLook:
    """Return a look for the parts of a counter, which are placed and shaded as a whole."""
    return replace(look, plate=None, shadow=None, align="left", valign="middle", strike=False, struck=0.0)


def _fitting_share(form: NumberForm, look: TextLook, width_px: float, height_px: float) -> float:
    """Return the share of a look's size at which a counter's widest text just fits a box."""
    plain = _plain(look)
    widest = CounterSource(Curve.constant(0.0), form, look)
    wide = sum(cell.width for cell in _cells(widest, plain, form.widest or None)) * look.size_px
    pad_x = look.plate.pad_x_px if look.plate else 0.0
    pad_y = look.plate.pad_y_px if look.plate else 0.0
    line = look.line_height * look.size_px
    return min(width_px / max(1e-6, wide + 2 * pad_x), height_px / (line + 2 * pad_y))


def _cells(source: CounterSource, look: TextLook, text: str | None = None) -> Iterator[_Cell]:
    """Yield the cells of the number, or of a given text."""
    form, value = source.form, source.value.at(0)
    reels: list[tuple[int, float]] = []
    if text is None:
        text = form.written(value)
        if source.rolls and not form.clock:
            reels = _reels(value, form.decimals, sum(char in _DIGITS for char in form.widest_number))
            text = form.text.replace("{}", form.rolled([digit for digit, _ in reels], value < 0))
    lead, _, rest = form.text.partition("{}")
    before, after = len(lead), len(text) - len(rest)
    digit_width = max(_width_em(digit, look) for digit in _DIGITS)
    run, index, presence = "", 0, 1.0
    for place, char in enumerate(text):
        inside = before <= place < after
        if inside and char in _DIGITS:
            if run:
                yield _Cell(run, _width_em(run, look))
                run = ""
            turn = reels[index][1] if reels else 0.0
            presence = _presence(reels, index, form) if reels else 1.0
            if presence > 0:
                yield _Cell(char, digit_width * presence, turn, presence, digit=True)
            index += 1
        elif inside and index and presence < 1:
            # A separator behind a leading digit comes and goes with it.
            if presence > 0:
                yield _Cell(char, _width_em(char, look) * presence, 0.0, presence)
        else:
            run += char
    if run:
        yield _Cell(run, _width_em(run, look))


def _presence(reels: list[tuple[int, float]], index: int, form: NumberForm) -> float:
    """Return how far the digit of a reel is written: a leading zero is not, and appears as it turns to 1."""
    if len(reels) - form.decimals - index <= form.digits or any(digit for digit, _ in reels[: index + 1]):
        return 1.0
    return max(turn for _, turn in reels[: index + 1])


def _reels(value: float, decimals: int, count: int) -> list[tuple[int, float]]:
    """Return (digit, turn towards the next) of each reel, most significant first.

    The last reel turns evenly; another turns with it while that passes from 9 to 0, as in a mileage counter.
    """
    # In the steps of `CounterSource.at`: 0.29 * 100 is a little less than 29.
    scaled = math.floor(abs(value) * 10**decimals * ROLL_STEPS + 0.5) / ROLL_STEPS
    reels = []
    for place in range(count):
        unit = 10**place
        digit = int(scaled // unit) % 10
        rest = scaled - math.floor(scaled / unit) * unit
        turn = rest if place == 0 else max(0.0, rest - (unit - 1))
        reels.append((digit, min(1.0, turn)))
    return reels[::-1]


def _draw_cells(canvas: Any, cells: list[_Cell], look: TextLook, height: float) -> None:
    places = list(accumulate((cell.width * look.size_px for cell in cells), initial=0.0))
    for cell, x in zip(cells, places, strict=False):
        if not cell.changes:
            spare = (cell.width - _width_em(cell.text, look)) * look.size_px if cell.digit else 0.0
            _draw_run(canvas, cell, look, height, x + spare / 2)
    changing = [(cell, x) for cell, x in zip(cells, places, strict=False) if cell.changes]
    if not changing:
        return
    window = _Window.of(look, height)
    left, right = changing[0][1] - look.size_px, changing[-1][1] + 2 * look.size_px
    area = skia.Rect.MakeLTRB(left, window.top, right, window.bottom)
    # A layer is upright: on a turned canvas it is larger than the window, beyond which nothing fades.
    canvas.save()
    canvas.clipRect(area, skia.ClipOp.kIntersect, True)
    canvas.saveLayer(area, None)
    for cell, x in changing:
        _draw_changing(canvas, cell, look, height, x, window.pitch)
    window.fade(canvas, left, right)
    canvas.restore()
    canvas.restore()


@dataclass(frozen=True, slots=True)
class _Window:
    """Where rolling digits are seen: whole in its middle, fading out towards its edges."""

    middle: float
    """Row on which a resting digit is centred."""
    clear: float
    """Distance from the middle up to which digits are opaque: a resting digit with its stroke."""
    pitch: float
    """Distance between two digits on a reel: wide enough for one to be gone when the next has come to rest."""

    @staticmethod
    def of(look: TextLook, height: float) -> _Window:
        """Return the window of a line of a given height."""
        stroke = look.stroke.width_px if look.stroke is not None else 0.0
        clear = 0.54 * words_of(_DIGITS, look).fonts.cap_em * look.size_px + stroke / 2 + 1
        return _Window(height / 2, clear, max(height, 2 * clear + _FADE_EM * look.size_px))

    @property
    def top(self) -> float:
        """Row above which nothing is seen."""
        return self.middle - (self.pitch - self.clear)

    @property
    def bottom(self) -> float:
        """Row below which nothing is seen."""
        return self.middle + (self.pitch - self.clear)

    def fade(self, canvas: Any, left: float, right: float) -> None:
        """Let what is drawn in the current layer fade out towards the edges."""
        band = math.ceil(self.pitch - 2 * self.clear) + 3
        # Beyond the layer's edges, whose outermost pixels are partly covered; between the bands nothing fades.
        top, bottom = math.floor(self.top) - 2, math.ceil(self.bottom) + 2
        paint = skia.Paint(Shader=_fading(self, top, bottom), BlendMode=skia.BlendMode.kDstIn)
        for y0, y1 in ((top, top + band), (bottom - band, bottom)):
            canvas.drawRect(skia.Rect.MakeLTRB(left - 2, y0, right + 2, y1), paint)


@lru_cache(maxsize=32)
def _fading(window: _Window, top: int, bottom: int) -> Any:
    """Return a ``skia.Shader`` of the rows' opacities, which begin and end to fade gently.

    A column of pixels takes 0.5 ms where a gradient of as many stops takes 1.3.
    """
    rows = np.arange(top, bottom) + 0.5
    faded = window.pitch - 2 * window.clear
    share = np.clip(np.minimum(rows - window.top, window.bottom - rows) / faded, 0, 1)
    alphas = np.floor(255 * share * share * (3 - 2 * share) + 0.5).astype(np.uint8)
    column = np.ascontiguousarray(np.broadcast_to(alphas[:, None, None], (len(alphas), 1, 4)))
    image = skia.Image.fromarray(column, skia.kRGBA_8888_ColorType)
    clamp = skia.TileMode.kClamp
    return image.makeShader(clamp, clamp, skia.SamplingOptions(), skia.Matrix.Translate(0, top))


_FADE_EM: Final = 0.35
"""Least height in which rolling digits fade out, in font sizes."""


def _draw_changing(canvas: Any, cell: _Cell, look: TextLook, height: float, x: float, pitch: float) -> None:
    """Draw a digit between two of its values."""
    width = cell.width / cell.presence * look.size_px
    _begin_cell(canvas, cell, x)
    shapes = [(cell.text, 0.0)] if cell.presence == 1 else []  # a leading zero is not written
    for text, ahead in (*shapes, (str((int(cell.text) + 1) % 10), 1.0)):
        spare = width - _width_em(text, look) * look.size_px
        canvas.save()
        canvas.translate(spare / 2, (ahead - cell.turn) * pitch)
        canvas.drawPicture(_picture(text, look, height))
        canvas.restore()
    canvas.restore()


def _draw_run(canvas: Any, cell: _Cell, look: TextLook, height: float, x: float) -> None:
    """Draw characters that do not roll; blanks in front of them, which are not part of a line of text, are room."""
    seen = cell.text.lstrip()
    if not seen:
        return
    _begin_cell(canvas, cell, x)
    canvas.translate(_width_em(cell.text[: len(cell.text) - len(seen)], look) * look.size_px, 0)
    canvas.drawPicture(_picture(seen, look, height))
    canvas.restore()


def _begin_cell(canvas: Any, cell: _Cell, x: float) -> None:
    """Begin a cell at a place; what appears grows into its room, so that it meets nothing beside it."""
    if cell.presence < 1:
        canvas.saveLayerAlpha(None, round(255 * cell.presence))
    else:
        canvas.save()
    canvas.translate(x, 0)
    canvas.scale(cell.presence, 1.0)


@lru_cache(maxsize=512)
def _picture(text: str, look: TextLook, height: float) -> Any:
    """Return a text recorded as a ``skia.Picture``: setting it takes 2 ms, playing it back a tenth of that."""
    recorder = skia.PictureRecorder()
    canvas = recorder.beginRecording(skia.Rect.MakeLTRB(-height, -height, _WIDE_PX, 3 * height))
    draw_text(canvas, text, look, _WIDE_PX, height)
    return recorder.finishRecordingAsPicture()


@lru_cache(maxsize=2048)
def _width_em(text: str, look: TextLook) -> float:
    """Return the advance width of a text as a multiple of the font size."""
    if not text:
        return 0.0
    probe = replace(look, size_px=100.0, min_size_px=100.0, stroke=None)
    # Measured between two letters, because the width of a line excludes blanks at its ends.
    both = measure_text(f"0{text}0", probe, _WIDE_PX, _WIDE_PX).width_px
    return (both - measure_text("00", probe, _WIDE_PX, _WIDE_PX).width_px) / 100.0
