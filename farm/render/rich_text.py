"""Drawing rich text: its parts with plates, shadows, outlines, fills and lines, each where its animation has it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

from farm.model.color import Color
from farm.model.look import Gradient, Shadow, Stroke, TextLook
from farm.model.rich_text import RichText
from farm.render.choreography import AnimatorAt, Choreography, Posed
from farm.render.drawing import (
    Margins,
    Turn,
    argb,
    cast_shadow,
    draw_raster,
    paint_of,
    shadow_reach_px,
    skia,
)
from farm.render.raster import Raster
from farm.render.rich_plates import (
    draw_plates,
    draw_word_lines,
    draw_word_plates,
    opacity_of,
    presence_of,
    stands,
)
from farm.render.rich_words import Run, rich_words
from farm.render.text import scaled_shadow
from farm.render.typeset import Typeset, finest_of, typeset

_UNDERLINE_EM: Final = 0.14
"""Middle of an underline below the baseline, in font sizes."""
_LINE_EM: Final = 0.075
"""Thickness of lines under and through text."""
_UNSEEN: Final = 1 / 512
"""Opacity below which nothing is drawn."""


def raster_rich(
    text: str,
    look: TextLook,
    rich: RichText | None,
    width_px: int,
    height_px: int,
    rate: Fraction,
    animator: AnimatorAt,
    turn: Turn | None = None,
) -> Raster:
    """Set a rich text in a box and draw it as it is at its frame.

    Args:
        text: Its words.
        look: How they are drawn.
        rich: Its runs and animations; None if only its look is rich.
        width_px: The box's width.
        height_px: The box's height.
        rate: Frames per second.
        animator: Returns its animators.
        turn: A rotation of the box.

    Returns:
        The raster; one clear pixel for blank text.

    Raises:
        PluginError: an animator failed.
    """
    rich = rich or RichText()
    words = rich_words(text, look, rich.spans)
    if not words.words.text.strip():
        return draw_raster(0, 0, 0, lambda _: None, size_px=look.size_px)
    spoken = tuple(one.text for one in rich.speech.words) if rich.speech is not None else ()
    setting = typeset(words, finest_of(look, rich), spoken, float(width_px), float(height_px))
    choreography = Choreography(setting, rich, rate, animator)
    drawing = _Drawing(setting, [choreography.poses(part) for part in setting.parts.parts])
    return draw_raster(
        width_px,
        height_px,
        drawing.margins(width_px, height_px),
        drawing.draw,
        size_px=setting.size_px,
        shrunk=setting.scale < 1,
        overflow=not setting.fits,
        missing=words.words.missing,
        turn=turn,
    )


@dataclass(frozen=True, slots=True)
class _Drawing:
    """A text with the poses of its parts."""

    setting: Typeset
    poses: list[list[Posed]]

    @property
    def _strokes(self) -> list[Stroke]:
        """Outlines, the lowest first, as wide as the text's size asks for."""
        look = self.setting.words.words.look
        found = [*([look.stroke] if look.stroke else []), *(look.outlines or ())]
        return [Stroke(one.color, one.width_px * self.setting.scale) for one in reversed(found)]

    @property
    def _shadows(self) -> list[Shadow]:
        """Shadows, the lowest first."""
        look = self.setting.words.words.look
        found = [*([look.shadow] if look.shadow else []), *(look.shadows or ())]
        return [scaled_shadow(one, self.setting.scale) for one in reversed(found)]

    def margins(self, width_px: float, height_px: float) -> Margins:
        """Return the room that the drawing needs around its box."""
        setting = self.setting
        corners = [corner for number in range(len(self.poses)) for corner in self._corners(number)]
        xs, ys = [x for x, _ in corners] or [0.0], [y for _, y in corners] or [0.0]
        spare = setting.size_px * 0.6 + max((one.width_px for one in self._strokes), default=0.0)
        spare += max((shadow_reach_px(one) for one in self._shadows), default=0.0)
        look = setting.words.words.look
        if look.plate is not None:
            spare += max(look.plate.pad_x_px, look.plate.pad_y_px) * setting.scale
        left, top = setting.left + min(xs), setting.top + min(ys) * setting.stretch
        right, bottom = setting.left + max(xs) - width_px, setting.top + max(ys) * setting.stretch - height_px
        # What an animation throws farther than this is off the canvas, or nearly so.
        most = 4.0 * max(width_px, height_px)
        return Margins(*(min(most, max(0.0, one) + spare) for one in (-left, -top, right, bottom)))

    def _corners(self, number: int) -> Iterator[tuple[float, float]]:
        part, setting = self.setting.parts.parts[number], self.setting
        baseline, size = setting.measured.baselines[part.line], setting.size_px
        largest = size * max(1.0, setting.words.runs[part.run].span.size)
        matrix = self._matrix(number)
        rect = skia.Rect.MakeLTRB(part.left, baseline - largest, part.right, baseline + 0.35 * largest)
        spread = max([0.0, *(3 * one.pose.blur_em for one in self.poses[number])]) * size
        area = matrix.mapRect(rect)
        yield area.left() - spread, area.top() - spread
        yield area.right() + spread, area.bottom() + spread

    def _reach(self, number: int) -> Any:
        """Return the ``skia.Rect`` in which a part is painted, its outlines and blur included."""
        part, setting = self.setting.parts.parts[number], self.setting
        baseline, size = setting.measured.baselines[part.line], setting.size_px
        size *= max(1.0, setting.words.runs[part.run].span.size)
        spread = max([0.0, *(3 * one.pose.blur_em for one in self.poses[number])]) * size
        spread += 0.6 * size + max((one.width_px for one in self._strokes), default=0.0)
        rect = skia.Rect.MakeLTRB(part.left, baseline - size, part.right, baseline + 0.35 * size)
        return rect.makeOutset(spread, spread)

    def _matrix(self, number: int) -> Any:
        """Return the map from where a part is painted to where it is drawn in the block."""
        a, b, c, d, e, f = self.setting.places[number]
        matrix = skia.Matrix()
        matrix.setAll(a, c, e, b, d, f, 0, 0, 1)
        for posed in self.poses[number]:
            matrix.preConcat(pose_matrix(self.setting, posed))
        return matrix

    def draw(self, canvas: Any) -> None:
        """Paint with the box's corner at the origin."""
        setting = self.setting
        draw_plates(canvas, setting, presence_of(self.poses))
        canvas.save()
        canvas.translate(setting.left, setting.top)
        canvas.scale(1.0, setting.stretch)
        draw_word_plates(canvas, setting, self.poses, self._matrix)
        for shadow in self._shadows:
            room = setting.size_px + max((one.width_px for one in self._strokes), default=0.0)
            corners = [corner for number in range(len(self.poses)) for corner in self._corners(number)]
            xs, ys = [x for x, _ in corners], [y for _, y in corners]
            if corners:
                bounds = min(xs) - room, min(ys) - room, max(xs) + room, max(ys) + room
                cast_shadow(canvas, shadow, bounds, lambda pen: self._draw_letters(pen, blurs=False))
        self._draw_letters(canvas)
        draw_word_lines(canvas, setting, self.poses, self._matrix)
        canvas.restore()

    def _draw_letters(self, canvas: Any, *, blurs: bool = True) -> None:
        """Draw outlines, fills and lines; ``blurs`` is off for shadows, which are blurred themselves."""
        alphas = [opacity_of(poses) for poses in self.poses]
        blurred = [self._blur_px(number) if blurs else 0.0 for number in range(len(alphas))]
        layered = [alpha < 1 - _UNSEEN or blur > 0.3 for alpha, blur in zip(alphas, blurred, strict=True)]
        solid = [number for number, apart in enumerate(layered) if not apart]
        # Outlines lie below all letters, so that none covers its neighbour.
        for stroke in self._strokes:
            self._draw_outlines(canvas, solid, stroke)
        for number in solid:
            self._draw_part(canvas, number, None)
        for number, apart in enumerate(layered):
            if not apart or alphas[number] <= _UNSEEN:
                continue
            paint = skia.Paint(Alphaf=min(1.0, alphas[number]))
            if blurred[number] > 0.3:
                paint.setImageFilter(skia.ImageFilters.Blur(blurred[number], blurred[number]))
            # A layer without bounds is as large as the canvas: 20 times the cost.
            canvas.saveLayer(self._matrix(number).mapRect(self._reach(number)), paint)
            for each in (*self._strokes, None):
                self._draw_part(canvas, number, each)
            canvas.restore()

    def _blur_px(self, number: int) -> float:
        return max([0.0, *(one.pose.blur_em for one in self.poses[number])]) * self.setting.size_px

    def _draw_outlines(self, canvas: Any, numbers: list[int], stroke: Stroke) -> None:
        """Draw an outline of parts; a translucent one as a whole, so that it is even where letters meet."""
        if stroke.width_px <= 0 or not numbers:
            return
        translucent = stroke.color.a < 255
        if translucent:
            area = skia.Rect.MakeEmpty()
            for number in numbers:
                area.join(self._matrix(number).mapRect(self._reach(number)))
            canvas.saveLayerAlpha(area, stroke.color.a)
            stroke = replace(stroke, color=replace(stroke.color, a=255))
        for number in numbers:
            self._draw_part(canvas, number, stroke)
        if translucent:
            canvas.restore()

    def _draw_part(self, canvas: Any, number: int, stroke: Stroke | None) -> None:
        """Draw an outline of a part, or its fill and lines."""
        canvas.save()
        canvas.concat(self._matrix(number))
        if self._clip(canvas, number):
            if stroke is None:
                self._draw_fill(canvas, number)
            elif stroke.width_px > 0:
                self._draw_outline(canvas, number, stroke)
        canvas.restore()

    def _clip(self, canvas: Any, number: int) -> bool:
        """Cut off what poses hide of a part; return whether anything is left."""
        setting, part = self.setting, self.setting.parts.parts[number]
        baseline, size = setting.measured.baselines[part.line], setting.size_px
        size *= setting.words.runs[part.run].span.size
        for one in self.poses[number]:
            pose = one.pose
            if not (pose.hide_left or pose.hide_top or pose.hide_right or pose.hide_bottom):
                continue
            if pose.hide_left + pose.hide_right >= 1 or pose.hide_top + pose.hide_bottom >= 1:
                return False
            width, top, height = one.right - one.left, baseline - 0.95 * size, 1.25 * size
            # Sides that hide nothing do not cut accents and outlines either.
            left = one.left + pose.hide_left * width if pose.hide_left > 0 else one.left - size
            right = one.right - pose.hide_right * width if pose.hide_right > 0 else one.right + size
            upper = top + pose.hide_top * height if pose.hide_top > 0 else top - size
            lower = top + (1 - pose.hide_bottom) * height if pose.hide_bottom > 0 else top + height + size
            canvas.clipRect(skia.Rect.MakeLTRB(left, upper, right, lower), skia.ClipOp.kIntersect, True)
        return True

    def _draw_outline(self, canvas: Any, number: int, stroke: Stroke) -> None:
        shown = min([1.0, *(one.pose.outlines for one in self.poses[number])])
        if shown <= _UNSEEN:
            return

        def paint(run: Run) -> Any:
            del run
            one = skia.Paint(AntiAlias=True, Color=argb(stroke.color), StrokeWidth=stroke.width_px)
            one.setStyle(skia.Paint.kStroke_Style)
            one.setStrokeJoin(skia.Paint.kRound_Join)
            return one

        name = f"stroke {argb(stroke.color):x} {stroke.width_px!r}"
        if shown < 1:
            canvas.saveLayerAlpha(self._reach(number), round(255 * shown))
        canvas.drawPicture(self.setting.picture(number, name, paint))
        if shown < 1:
            canvas.restore()

    def _draw_fill(self, canvas: Any, number: int) -> None:
        setting, part = self.setting, self.setting.parts.parts[number]
        run = setting.words.runs[part.run]
        canvas.drawPicture(setting.picture(number, "fill", lambda one: self._paint(one.color)))
        self._draw_lines(canvas, number, run.color)
        for one in self.poses[number]:
            pose = one.pose
            if pose.color is None or pose.tint <= 0 or pose.sweep <= 0:
                continue
            color = pose.color
            canvas.save()
            if pose.sweep < 1:
                canvas.clipRect(self._swept(number, one), skia.ClipOp.kIntersect, True)
            if pose.tint < 1:
                canvas.saveLayerAlpha(self._reach(number), round(255 * pose.tint))
            canvas.drawPicture(self._in_color(number, color))
            self._draw_lines(canvas, number, color)
            if pose.tint < 1:
                canvas.restore()
            canvas.restore()

    def _swept(self, number: int, posed: Posed) -> Any:
        """Return the ``skia.Rect`` of a unit's share that has another colour: downwards for what stands in a column."""
        sweep, far = posed.pose.sweep, 1e5
        if stands(self.setting, number):
            baseline = self.setting.measured.baselines[posed.line]
            bottom = baseline + (1.05 * sweep - 0.9) * self.setting.size_px
            return skia.Rect.MakeLTRB(-far, -far, far, bottom)
        width = (posed.right - posed.left) * sweep
        if posed.backwards:
            return skia.Rect.MakeLTRB(posed.right - width, -far, far, far)
        return skia.Rect.MakeLTRB(-far, -far, posed.left + width, far)

    def _in_color(self, number: int, color: Color) -> Any:
        return self.setting.picture(number, f"fill {argb(color):x}", lambda _: self._paint(color))

    def _paint(self, color: Color | Gradient) -> Any:
        """Return the paint of a fill; a gradient spans the block of letters, without the air of its lines."""
        block = self.setting.measured.block
        inset = (
            (block.height_px / max(1, block.lines) - block.size_px) / 2
            if isinstance(color, Gradient)
            else 0.0
        )
        return paint_of(color, 0.0, inset, block.longest_px, max(1.0, block.height_px - 2 * inset))

    def _draw_lines(self, canvas: Any, number: int, color: Color | Gradient) -> None:
        """Draw the lines under and through a part, and through those beside it that stand as it does."""
        setting, parts = self.setting, self.setting.parts.parts
        part, run = parts[number], setting.words.runs[parts[number].run]
        if not (run.underline or run.strike) or setting.words.words.look.vertical:
            return
        left, right = part.left, part.right
        if not self.poses[number] and self._continues(number - 1, number):
            return
        last = number
        while not self.poses[number] and self._continues(last, last + 1):
            last += 1
            left, right = min(left, parts[last].left), max(right, parts[last].right)
        if last + 1 < len(parts) and (parts[last + 1].run, parts[last + 1].line) == (part.run, part.line):
            # Across the blank between them.
            left, right = min(left, parts[last + 1].right), max(right, parts[last + 1].left)
        size, baseline = setting.size_px * run.span.size, setting.measured.baselines[part.line]
        thick, paint = max(1.0, _LINE_EM * size), self._paint(color)
        middles = [_UNDERLINE_EM * size] if run.underline else []
        if run.strike:
            middles.append(-0.5 * run.fonts.cap_em * size)
        for middle in middles:
            top = baseline + middle - thick / 2
            canvas.drawRect(skia.Rect.MakeLTRB(left, top, right, top + thick), paint)

    def _continues(self, one: int, other: int) -> bool:
        """Whether a line passes from a part to the next without a seam."""
        parts, look = self.setting.parts.parts, self.setting.words.words.look
        if one < 0 or other >= len(parts) or look.arc_deg:
            return False
        same = parts[one].run == parts[other].run and parts[one].line == parts[other].line
        return same and not self.poses[one] and not self.poses[other]


def pose_matrix(setting: Typeset, posed: Posed) -> Any:
    """Return the ``skia.Matrix`` of a pose, about the middle of its unit's letters."""
    pose, size = posed.pose, setting.size_px
    x = (posed.left + posed.right) / 2
    y = setting.measured.baselines[posed.line] - setting.setter.fonts.cap_em * size / 2
    matrix = skia.Matrix()
    matrix.setTranslate(x + pose.dx_em * size, y + pose.dy_em * size)
    if pose.rotation_deg:
        matrix.preRotate(pose.rotation_deg)
    if pose.skew_deg:
        matrix.preSkew(-math.tan(math.radians(pose.skew_deg)), 0)
    matrix.preScale(pose.scale_x, pose.scale_y)
    matrix.preTranslate(-x, -y)
    return matrix
