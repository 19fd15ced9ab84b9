"""The drawing engine: skia, with the canvases, paints and crops that text, shapes and stickers share."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from farm.errors import MachineError
from farm.model.color import Color
from farm.model.look import Gradient, Shadow
from farm.render.raster import Raster

try:
    import skia
except ImportError as error:
    raise MachineError(
        f"the drawing engine cannot be loaded ({error}); it needs the system's EGL and GL libraries: "
        "apt-get install -y libegl1 libgl1"
    ) from error
"""The package ``skia``, imported with a message that says what is missing where it cannot be loaded."""

_PREMULTIPLIED_INTERPOLATION = 1
"""SkGradientShader::kInterpolateColorsInPremul_Flag: no grey fringe towards transparent colours."""


def argb(color: Color) -> int:
    """Return skia's 32-bit number for a colour."""
    return int(skia.ColorSetARGB(color.a, color.r, color.g, color.b))


def paint_of(fill: Color | Gradient, left: float, top: float, width: float, height: float) -> Any:
    """Return an antialiased, dithered ``skia.Paint``; a gradient spans the given rectangle.

    A linear gradient runs from corner to corner along its angle, as in CSS Images 3, so that the first and
    the last colour are just reached.
    """
    paint = skia.Paint(AntiAlias=True, Dither=isinstance(fill, Gradient))
    if isinstance(fill, Color):
        paint.setColor(argb(fill))
        return paint
    colors = [argb(color) for _, color in fill.stops]
    positions = [position for position, _ in fill.stops]
    cx, cy = left + width / 2, top + height / 2
    if fill.radial:
        radius = max(1e-3, math.hypot(width, height) / 2)
        shader = skia.GradientShader.MakeRadial(
            skia.Point(cx, cy), radius, colors, positions, skia.TileMode.kClamp, _PREMULTIPLIED_INTERPOLATION
        )
    else:
        dx, dy = math.cos(math.radians(fill.angle_deg)), math.sin(math.radians(fill.angle_deg))
        reach = max(1e-3, (abs(width * dx) + abs(height * dy)) / 2)
        ends = [skia.Point(cx - dx * reach, cy - dy * reach), skia.Point(cx + dx * reach, cy + dy * reach)]
        shader = skia.GradientShader.MakeLinear(
            ends, colors, positions, skia.TileMode.kClamp, _PREMULTIPLIED_INTERPOLATION
        )
    paint.setShader(shader)
    return paint


def shadow_filter(shadow: Shadow) -> Any:
    """Return the ``skia.ImageFilter`` that leaves only the shadow of what is drawn."""
    return skia.ImageFilters.DropShadowOnly(
        shadow.dx_px, shadow.dy_px, shadow.blur_px, shadow.blur_px, argb(shadow.color)
    )


def cast_shadow(
    canvas: Any,
    shadow: Shadow,
    bounds: tuple[float, float, float, float],
    draw: Callable[[Any], None],
) -> None:
    """Paint the shadow of what ``draw`` paints on a ``skia.Canvas``, within the bounds (left, top, right, bottom).

    Skia blurs the four channels of a layer, at 70 ns a pixel; a shadow has one, which takes a fifth of that. On a
    canvas that is turned or scaled, and without a blur, it is left to skia.
    """
    matrix, reach = canvas.getTotalMatrix(), shadow_reach_px(shadow)
    left, top, right, bottom = bounds
    if shadow.blur_px <= 0 or not matrix.isTranslate():
        area = skia.Rect.MakeLTRB(left - reach, top - reach, right + reach, bottom + reach)
        canvas.saveLayer(area, skia.Paint(ImageFilter=shadow_filter(shadow)))
        draw(canvas)
        canvas.restore()
        return
    from farm.render.blur import blurred

    x, y = matrix.getTranslateX() + shadow.dx_px, matrix.getTranslateY() + shadow.dy_px
    room = 3 * shadow.blur_px + 1
    seen = canvas.getDeviceClipBounds()
    # What lies beyond the canvas by more than the blur's reach cannot be seen.
    x0 = math.floor(max(left + x, seen.left() - room) - room)
    y0 = math.floor(max(top + y, seen.top() - room) - room)
    columns = math.ceil(min(right + x, seen.right() + room) + room) - x0
    rows = math.ceil(min(bottom + y, seen.bottom() + room) + room) - y0
    if columns <= 0 or rows <= 0:
        return
    covered = np.zeros((rows, columns), np.uint8)
    info = skia.ImageInfo.Make(columns, rows, skia.kAlpha_8_ColorType, skia.kPremul_AlphaType)
    surface = skia.Surface.MakeRasterDirect(info, covered, columns)
    pen = surface.getCanvas()
    pen.translate(x - x0, y - y0)
    draw(pen)
    del pen, surface  # skia writes into `covered` until then
    soft = np.ascontiguousarray(blurred(covered, shadow.blur_px))
    image = skia.Image.fromarray(soft, skia.kAlpha_8_ColorType)
    canvas.save()
    canvas.resetMatrix()
    canvas.drawImage(image, x0, y0, skia.SamplingOptions(), skia.Paint(Color=argb(shadow.color)))
    canvas.restore()


def shadow_reach_px(shadow: Shadow | None) -> float:
    """Return how far a shadow can reach beyond its shape: three sigmas and the offset, in pixels."""
    if shadow is None:
        return 0.0
    return 3 * shadow.blur_px + max(abs(shadow.dx_px), abs(shadow.dy_px))


@dataclass(frozen=True, slots=True)
class Turn:
    """A rotation of a drawing."""

    angle_deg: float
    """Clockwise."""
    x: float
    """Column of the box that stays in place."""
    y: float
    """Row of the box that stays in place."""

    def bounds(self, left: int, top: int, right: int, bottom: int) -> tuple[int, int, int, int]:
        """Return the whole pixels that a rectangle covers once it is turned."""
        cos, sin = math.cos(math.radians(self.angle_deg)), math.sin(math.radians(self.angle_deg))
        xs, ys = [], []
        for px, py in ((left, top), (right, top), (right, bottom), (left, bottom)):
            dx, dy = px - self.x, py - self.y
            xs.append(self.x + cos * dx - sin * dy)
            ys.append(self.y + sin * dx + cos * dy)
        return math.floor(min(xs)), math.floor(min(ys)), math.ceil(max(xs)), math.ceil(max(ys))


def draw_raster(
    width_px: float,
    height_px: float,
    margin_px: float,
    draw: Callable[[Any], None],
    *,
    crop: bool = True,
    turn: Turn | None = None,
    **story: Any,
) -> Raster:
    """Draw on a transparent canvas that extends ``margin_px`` beyond a box on every side; crop to what is painted.

    Args:
        width_px: The box's width.
        height_px: The box's height.
        margin_px: Room around the box.
        draw: Paints onto a ``skia.Canvas`` whose origin is the box's corner.
        crop: Whether clear margins are cut off.
        turn: A rotation of the box.
        story: The raster's remaining fields.
    """
    margin = math.ceil(margin_px)
    left, top, right, bottom = -margin, -margin, math.ceil(width_px) + margin, math.ceil(height_px) + margin
    if turn is not None:
        left, top, right, bottom = turn.bounds(left, top, right, bottom)
    pixels = np.zeros((max(1, bottom - top), max(1, right - left), 4), np.uint8)
    rows, columns = pixels.shape[:2]
    info = skia.ImageInfo.Make(columns, rows, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType)
    surface = skia.Surface.MakeRasterDirect(info, pixels, pixels.strides[0])
    canvas = surface.getCanvas()
    canvas.translate(-left, -top)
    if turn is not None:
        canvas.rotate(turn.angle_deg, turn.x, turn.y)
    draw(canvas)
    del canvas, surface  # skia writes into `pixels` until then
    if not crop:
        return Raster(pixels, left, top, **story)
    # A clear pixel is 0, since colours are premultiplied; as one number a pixel this takes a fifth of the time.
    painted = pixels.view(np.uint32)[:, :, 0]
    down, across = np.flatnonzero(painted.max(axis=1)), np.flatnonzero(painted.max(axis=0))
    if down.size == 0:
        return Raster(np.zeros((1, 1, 4), np.uint8), 0, 0, **story)
    cropped = np.ascontiguousarray(pixels[down[0] : down[-1] + 1, across[0] : across[-1] + 1])
    return Raster(cropped, int(across[0]) + left, int(down[0]) + top, **story)


__all__ = [
    "Turn",
    "argb",
    "cast_shadow",
    "draw_raster",
    "paint_of",
    "shadow_filter",
    "shadow_reach_px",
    "skia",
]
