"""Plates behind rich text: behind the block, along each line, and behind words that are spoken."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from farm.model.look import Plate
from farm.render.animator import PartPose
from farm.render.choreography import Posed
from farm.render.drawing import argb, paint_of, skia
from farm.render.text import draw_plate
from farm.render.typeset import Typeset

_UNDERLINE_EM: Final = 0.17
_THICK_EM: Final = 0.09
_PAD_EM: Final = 0.14
"""Room of a highlighted word's plate beside it, in font sizes."""


def opacity_of(poses: Sequence[Posed]) -> float:
    """Return the opacity of a part."""
    return math.prod(min(1.0, max(0.0, one.pose.opacity)) for one in poses)


def presence_of(poses: Sequence[Sequence[Posed]]) -> float:
    """Return how far a text is there, 0 to 1: as far as the part of it that is seen most."""
    most = 0.0
    for posed in poses:
        seen = opacity_of(posed)
        for one in posed:
            pose = one.pose
            hidden = max(pose.hide_left + pose.hide_right, pose.hide_top + pose.hide_bottom)
            size = min(abs(pose.scale_x), abs(pose.scale_y), 1.0)
            seen *= max(0.0, 1.0 - hidden) * min(1.0, 4 * size)
        most = max(most, seen)
    return most


def draw_plates(canvas: Any, setting: Typeset, presence: float) -> None:
    """Draw the plate of a text, with its box's corner at the origin, as far as its letters are there."""
    if presence <= 0 or setting.words.words.look.plate is None:
        return
    if presence < 1:
        canvas.saveLayerAlpha(None, round(255 * presence))
    _draw_plate(canvas, setting, setting.words.words.look.plate)
    if presence < 1:
        canvas.restore()


def _draw_plate(canvas: Any, setting: Typeset, plate: Plate) -> None:
    look = setting.words.words.look
    if not plate.lines or look.vertical or look.arc_deg:
        block = setting.left, setting.top, setting.width, setting.height
        pad = plate.pad_x_px * setting.scale
        width = setting.width + 2 * (setting.left if plate.full_width else pad)
        draw_plate(canvas, plate, block, width, setting.scale)
        return
    # One path, so that translucent plates of neighbouring lines do not add up where they meet.
    outline = skia.Path()
    for left, top, right, bottom in _lines(setting):
        pad_x, pad_y = plate.pad_x_px * setting.scale, plate.pad_y_px * setting.scale
        rect = skia.Rect.MakeLTRB(left - pad_x, top - pad_y, right + pad_x, bottom + pad_y)
        radius = min(plate.radius_px * setting.scale, rect.height() / 2, rect.width() / 2)
        one = skia.Path()
        one.addRRect(skia.RRect.MakeRectXY(rect, radius, radius))
        outline = skia.Op(outline, one, skia.PathOp.kUnion_PathOp) if not outline.isEmpty() else one
    area = outline.computeTightBounds()
    canvas.drawPath(outline, paint_of(plate.fill, area.left(), area.top(), area.width(), area.height()))


def _lines(setting: Typeset) -> Iterator[tuple[float, float, float, float]]:
    """Yield (left, top, right, bottom) of the letters of each line that has any, from the box's corner."""
    for line, baseline in enumerate(setting.measured.baselines):
        parts = [one for one in setting.parts.parts if one.line == line]
        if not parts:
            continue
        size = setting.size_px * max(setting.words.runs[one.run].span.size for one in parts)
        left, right = min(one.left for one in parts), max(one.right for one in parts)
        middle = baseline - setting.setter.fonts.cap_em * size / 2
        top, bottom = middle - 0.5 * size, middle + 0.5 * size
        yield (
            setting.left + left,
            setting.top + top * setting.stretch,
            setting.left + right,
            setting.top + bottom * setting.stretch,
        )


def _once(
    poses: Sequence[Sequence[Posed]], setting: Typeset, wanted: Callable[[PartPose], bool]
) -> Iterator[tuple[int, Posed, float]]:
    """Yield (part, pose, baseline) of each unit that is posed as wanted, once."""
    done = set()
    for number, posed in enumerate(poses):
        for one in posed:
            unit = one.line, one.left, one.right
            if unit not in done and wanted(one.pose):
                done.add(unit)
                yield number, one, setting.measured.baselines[one.line]


def draw_word_plates(
    canvas: Any, setting: Typeset, poses: Sequence[Sequence[Posed]], matrix: Callable[[int], Any]
) -> None:
    """Draw the plates behind units, with the block's corner at the origin."""
    size = setting.size_px
    for number, one, baseline in _once(poses, setting, lambda pose: pose.plate is not None):
        pose = one.pose
        if pose.plate is None or pose.plate_opacity <= 0 or pose.plate_extent <= 0:
            continue
        middle = baseline - setting.setter.fonts.cap_em * size / 2
        left, right = one.left - _PAD_EM * size, one.right + _PAD_EM * size
        top, bottom = middle - 0.62 * size, middle + 0.62 * size
        if stands(setting, number):
            bottom = top + (bottom - top) * min(1.0, pose.plate_extent)
        else:
            left, right = _share(left, right, pose.plate_extent, backwards=one.backwards)
        rect = skia.Rect.MakeLTRB(left, top, right, bottom)
        radius = min(pose.plate_radius_em * size, rect.width() / 2, rect.height() / 2)
        paint = skia.Paint(AntiAlias=True, Color=argb(pose.plate))
        paint.setAlphaf(pose.plate.a / 255 * min(1.0, pose.plate_opacity))
        canvas.save()
        canvas.concat(matrix(number))
        canvas.drawRRect(skia.RRect.MakeRectXY(rect, radius, radius), paint)
        canvas.restore()


def draw_word_lines(
    canvas: Any, setting: Typeset, poses: Sequence[Sequence[Posed]], matrix: Callable[[int], Any]
) -> None:
    """Draw the lines under units, with the block's corner at the origin."""
    size = setting.size_px
    for number, one, baseline in _once(poses, setting, lambda pose: pose.line is not None):
        pose = one.pose
        if pose.line is None or pose.line_extent <= 0:
            continue
        left, right = _share(one.left, one.right, pose.line_extent, backwards=one.backwards)
        paint = skia.Paint(AntiAlias=True, Color=argb(pose.line), StrokeWidth=_THICK_EM * size)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        canvas.save()
        canvas.concat(matrix(number))
        if stands(setting, number):
            # Beside a character of a column, as emphasis is marked there.
            top = baseline - 0.88 * size
            canvas.drawLine(one.right, top, one.right, top + size * min(1.0, pose.line_extent), paint)
        elif setting.words.words.look.vertical:
            canvas.drawLine(left, baseline - 0.9 * size, right, baseline - 0.9 * size, paint)
        else:
            row = baseline + _UNDERLINE_EM * size
            canvas.drawLine(left, row, right, row, paint)
        canvas.restore()


def stands(setting: Typeset, number: int) -> bool:
    """Whether a part is an upright character of a column."""
    return bool(setting.words.words.look.vertical) and abs(setting.places[number][1]) < 0.5


def _share(left: float, right: float, extent: float, *, backwards: bool) -> tuple[float, float]:
    width = (right - left) * min(1.0, extent)
    return (right - width, right) if backwards else (left, left + width)
