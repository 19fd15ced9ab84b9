"""A rich text set in its box: flat, stretched, on an arc or in columns, its parts where they are drawn."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from farm.model.look import TextLook
from farm.model.rich_text import RichText, TextUnit
from farm.render.columns import Columns, cells_of, columns_of, matrix_of, places_of
from farm.render.drawing import skia
from farm.render.parts import Part, Parts, parts_of
from farm.render.rich_setter import Measured, RichSetter
from farm.render.rich_words import RichWords, Run, rich_words
from farm.render.setting import SHARE, Block, is_cjk

Matrix = tuple[float, float, float, float, float, float]
"""(a, b, c, d, e, f): x' = a x + c y + e, y' = b x + d y + f."""
_FLAT: Final[Matrix] = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_SLANT: Final = math.tan(math.radians(12))
"""Slant of italics that are made of upright letters."""
_MOST_STRETCH: Final = 4.0
_STEP_PX: Final = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Typeset:
    """A text ready to be drawn."""

    words: RichWords
    """Its runs."""
    setter: RichSetter
    """Lays out its parts."""
    measured: Measured
    """Where its characters stand, in the coordinates in which parts are painted."""
    parts: Parts
    """What is drawn."""
    places: tuple[Matrix, ...]
    """Where each part is drawn: from the coordinates in which it is painted to the block's."""
    left: float
    """Left edge of the block in the box, in pixels."""
    top: float
    """Its top edge."""
    width: float
    """Width of the block."""
    height: float
    """Its height."""
    stretch: float
    """Height of its letters as a multiple of their own."""
    scale: float
    """Its font size over the look's."""
    fits: bool
    """Whether it fits its box at its size."""
    pictures: dict[tuple[int, str], Any]
    """Recordings of its parts by (part, paint), filled as they are first drawn."""

    @property
    def size_px(self) -> float:
        """Its font size."""
        return self.measured.block.size_px

    def picture(self, number: int, name: str, paint: Callable[[Run], Any]) -> Any:
        """Return a part recorded as a ``skia.Picture`` in a paint, which ``name`` tells apart from others."""
        known = self.pictures.get((number, name))
        if known is None:
            part, block = self.parts.parts[number], self.measured.block
            paragraph = self.setter.part(block.size_px, part.start, part.stop, paint)
            paragraph.layout(max(1.0, block.width_px))
            reach = 4 * block.size_px
            recorder = skia.PictureRecorder()
            bounds = skia.Rect.MakeLTRB(-reach, -reach, block.longest_px + reach, block.height_px + reach)
            paragraph.paint(recorder.beginRecording(bounds), self.measured.dx, self.measured.lift)
            known = self.pictures[number, name] = recorder.finishRecordingAsPicture()
        return known


def finest_of(look: TextLook, rich: RichText | None) -> TextUnit:
    """Return the smallest unit in which a text has to be drawn."""
    if look.arc_deg or look.vertical:
        return TextUnit.CHAR
    kinds = {one.unit for one in rich.animations} if rich is not None else set()
    return next((kind for kind in (TextUnit.CHAR, TextUnit.WORD) if kind in kinds), TextUnit.LINE)


def rich_fits(text: str, look: TextLook, rich: RichText | None, width_px: float, height_px: float) -> bool:
    """Return whether a rich text fits its box at the smallest size that its look allows."""
    words = rich_words(text, look, rich.spans if rich is not None else ())
    if not words.words.text.strip():
        return True
    if look.vertical or look.arc_deg:
        return typeset(words, TextUnit.CHAR, (), width_px, height_px).fits
    # Where characters stand does not matter here, and finding them takes most of setting a text.
    return RichSetter(words).fit(width_px, height_px / (look.stretch or 1.0)).fits


@lru_cache(maxsize=48)
def typeset(
    words: RichWords, finest: TextUnit, spoken: tuple[str, ...], width_px: float, height_px: float
) -> Typeset:
    """Return a text set in a box, in parts no larger than a unit of a kind and than a spoken word."""
    look, setter = words.words.look, RichSetter(words)
    if look.vertical:
        return _vertical(words, setter, spoken, width_px, height_px)
    if look.arc_deg:
        return _on_arc(words, setter, spoken, width_px, height_px)
    return _flat(words, setter, finest, spoken, width_px, height_px)


def _padding(look: TextLook, scale: float) -> tuple[float, float]:
    if look.plate is None:
        return 0.0, 0.0
    return look.plate.pad_x_px * scale, look.plate.pad_y_px * scale


def _placed(
    words: RichWords,
    setter: RichSetter,
    measured: Measured,
    parts: Parts,
    places: tuple[Matrix, ...],
    size: tuple[float, float],
    box: tuple[float, float],
    stretch: float = 1.0,
    fits: bool = True,
) -> Typeset:
    """Return a text whose block of a size is aligned in a box."""
    look = words.words.look
    scale = measured.block.size_px / look.size_px
    pad_x, pad_y = _padding(look, scale)
    width, height = size
    return Typeset(
        words,
        setter,
        measured,
        parts,
        places,
        pad_x + (box[0] - 2 * pad_x - width) * SHARE[look.align],
        pad_y + (box[1] - 2 * pad_y - height) * SHARE[look.valign],
        width,
        height,
        stretch,
        scale,
        fits,
        {},
    )


def _flat(
    words: RichWords,
    setter: RichSetter,
    finest: TextUnit,
    spoken: tuple[str, ...],
    width_px: float,
    height_px: float,
) -> Typeset:
    look = words.words.look
    stretch = look.stretch if look.stretch is not None else 1.0
    block = setter.fit(width_px, height_px / (stretch or 1.0))
    cap_em = 0.92 if is_cjk(setter.text) else setter.fonts.cap_em
    # Above capitals and below baselines there is air, which a stretched block does without.
    air = max(0.0, look.line_height - cap_em) * block.size_px
    if look.stretch == 0:
        _, pad_y = _padding(look, block.size_px / look.size_px)
        inked = max(1.0, block.height_px - air)
        stretch = min(_MOST_STRETCH, max(1.0, (height_px - 2 * pad_y) / inked))
    measured = setter.measure(block)
    if look.stretch == 0:
        measured = replace(
            measured,
            lift=measured.lift - air / 2,
            baselines=tuple(one - air / 2 for one in measured.baselines),
        )
    height = (block.height_px - (air if look.stretch == 0 else 0.0)) * stretch
    parts = parts_of(setter.text, measured.clusters, finest, spoken)
    places = tuple(_lying(words, measured, part) for part in parts.parts)
    size = block.longest_px, height
    return _placed(words, setter, measured, parts, places, size, (width_px, height_px), stretch, block.fits)


def _lying(words: RichWords, measured: Measured, part: Part) -> Matrix:
    """Return where a part of a flat text is drawn: slanted about its baseline, or raised."""
    run, baseline = words.runs[part.run], measured.baselines[part.line]
    slant = _SLANT if run.italic else 0.0
    return 1.0, 0.0, -slant, 1.0, slant * baseline, -run.span.shift_em * measured.block.size_px


def _sizes(look: TextLook, fitting_px: float) -> tuple[float, bool]:
    """Return the size at which a text is set where ``fitting_px`` is the largest that fits, and whether it fits."""
    smallest = max(1.0, min(look.min_size_px, look.size_px))
    size = min(look.size_px, math.floor(fitting_px / _STEP_PX) * _STEP_PX)
    return (size, True) if size >= smallest else (smallest, False)


def _on_arc(
    words: RichWords, setter: RichSetter, spoken: tuple[str, ...], width_px: float, height_px: float
) -> Typeset:
    look = words.words.look
    turned = math.radians(look.arc_deg or 0.0)
    half, bulges = abs(turned) / 2, turned > 0
    wished = look.size_px

    def around(block: Block) -> tuple[float, float]:
        """Return the heights above and below the baseline that lies on the circle."""
        pitch = block.height_px / block.lines
        above = block.height_px - 0.25 * pitch if bulges else 0.75 * pitch
        return above, block.height_px - above

    def shape(block: Block) -> tuple[float, float, float]:
        """Return (radius of the baseline, width and height of the arc)."""
        radius = max(block.longest_px, 1.0) / (2 * half)
        if not bulges:
            # Letters stand on the outside of the circle: it passes where their tops would touch.
            radius += 0.8 * block.size_px
        above, below = around(block)
        outer = radius + (above if bulges else below)
        inner = max(0.0, radius - (below if bulges else above))
        wide = 2 * outer * (math.sin(half) if half < math.pi / 2 else 1.0)
        return radius, wide, outer - (inner if half < math.pi / 2 else outer) * math.cos(half)

    block = setter.unwrapped(wished)
    pad_x, pad_y = _padding(look, 1.0)
    _, wide, high = shape(block)
    share = min(1.0, width_px / (wide + 2 * pad_x), height_px / (high + 2 * pad_y))
    size, fits = _sizes(look, wished * share)
    block = setter.unwrapped(size) if size != wished else block
    measured = setter.measure(block)
    radius, wide, high = shape(block)
    parts = parts_of(setter.text, measured.clusters, TextUnit.CHAR, spoken)
    middle = block.longest_px / 2
    spread = radius if bulges else radius - 0.8 * size
    baseline = measured.baselines[-1] if bulges else measured.baselines[0]
    above, below = around(block)
    centre = radius + above if bulges else high - radius - below

    def bent(part: Part) -> Matrix:
        across = (part.left + part.right) / 2
        away = (baseline - measured.baselines[part.line]) * (1 if bulges else -1)
        # Letters of each line keep their distances, however far it is from the middle.
        angle = (across - middle) / max(1.0, spread + away) * (1 if bulges else -1)
        cos, sin = math.cos(angle), math.sin(angle)
        base = baseline + (radius if bulges else -radius)
        # About the middle of the circle: (across, base) comes to (wide / 2, centre), turned by the angle.
        a, b, c, d = cos, sin, -sin, cos
        lying = _lying(words, measured, part)
        e = wide / 2 - a * across - c * base
        f = centre - b * across - d * base
        return _after((a, b, c, d, e, f), lying)

    places = tuple(map(bent, parts.parts))
    return _placed(words, setter, measured, parts, places, (wide, high), (width_px, height_px), fits=fits)


def _after(outer: Matrix, inner: Matrix) -> Matrix:
    """Return the map that applies ``inner`` and then ``outer``."""
    a, b, c, d, e, f = outer
    g, h, i, j, k, m = inner
    return a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * m + e, b * k + d * m + f


def _vertical(
    words: RichWords, setter: RichSetter, spoken: tuple[str, ...], width_px: float, height_px: float
) -> Typeset:
    look = words.words.look
    pitch = max(1.25, look.line_height * 1.1)
    spacing = max(0.0, look.letter_spacing_em)
    probe = setter.unwrapped(look.size_px)
    measured = setter.measure(probe)
    parts = parts_of(setter.text, measured.clusters, TextUnit.CHAR, spoken)
    lines = cells_of(setter.text, parts.parts, look.size_px)
    pad_x, pad_y = _padding(look, 1.0)

    def at(size: float) -> tuple[Columns, bool]:
        scale = size / look.size_px
        room_x, room_y = width_px - 2 * pad_x * scale, height_px - 2 * pad_y * scale
        columns = columns_of(lines, room_y / size, pitch, spacing)
        fits = columns.width_em * size <= room_x + 0.5 and columns.height_em * size <= room_y + 0.5
        return columns, fits

    low, high = math.ceil(min(look.min_size_px, look.size_px) / _STEP_PX), math.floor(look.size_px / _STEP_PX)
    size, fits = low * _STEP_PX, False
    while low <= high:
        middle = (low + high) // 2
        if at(middle * _STEP_PX)[1]:
            size, fits, low = middle * _STEP_PX, True, middle + 1
        else:
            high = middle - 1
    size = max(size, 1.0)
    columns, _ = at(size)
    if size != look.size_px:
        measured = setter.measure(setter.unwrapped(size))
        parts = parts_of(setter.text, measured.clusters, TextUnit.CHAR, spoken)
    found = places_of(columns, size, pitch, spacing)
    places = tuple(
        _after(matrix_of(*found[number], measured.baselines[part.line], size), _lying(words, measured, part))
        if number in found
        else _FLAT
        for number, part in enumerate(parts.parts)
    )
    block = columns.width_em * size, columns.height_em * size
    return _placed(words, setter, measured, parts, places, block, (width_px, height_px), fits=fits)
