"""The drawing engine: skia, with the canvases, paints and crops that text, shapes and stickers share."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import astuple, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

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

    Skia blurs the four channels of a layer, at 70 ns a pixel, and no wider than some 500 px; a shadow has one channel,
    which takes a fifth of that. The canvas may be moved, turned and scaled, but not slanted.
    """
    from farm.render.blur import blurred

    left, top, right, bottom = bounds
    matrix = canvas.getTotalMatrix()
    matrix.preTranslate(shadow.dx_px, shadow.dy_px)
    area, sigma = (
        matrix.mapRect(skia.Rect.MakeLTRB(left, top, right, bottom)),
        matrix.mapRadius(shadow.blur_px),
    )
    seen, room = canvas.getDeviceClipBounds(), 3 * sigma + 1
    # What lies beyond the canvas by more than the blur's reach cannot be seen.
    x0 = math.floor(max(area.left(), seen.left() - room) - room)
    y0 = math.floor(max(area.top(), seen.top() - room) - room)
    columns = math.ceil(min(area.right(), seen.right() + room) + room) - x0
    rows = math.ceil(min(area.bottom(), seen.bottom() + room) + room) - y0
    if columns <= 0 or rows <= 0:
        return
    covered = np.zeros((rows, columns), np.uint8)
    info = skia.ImageInfo.Make(columns, rows, skia.kAlpha_8_ColorType, skia.kPremul_AlphaType)
    surface = skia.Surface.MakeRasterDirect(info, covered, columns)
    pen = surface.getCanvas()
    matrix.postTranslate(-x0, -y0)
    pen.concat(matrix)
    draw(pen)
    del pen, surface  # skia writes into `covered` until then
    _lay(canvas, np.ascontiguousarray(blurred(covered, sigma)), x0, y0, shadow.color)


def _lay(canvas: Any, covered: NDArray[np.uint8], left: int, top: int, color: Color) -> None:
    """Lay a colour over a canvas as far as ``covered``, uint8 (rows, columns), says; its corner at a device pixel."""
    from farm.render.shade_kernels import shade

    size = canvas.getBaseLayerSize()
    clip = canvas.getDeviceClipBounds()
    x, y = max(0, left), max(0, top)
    right, bottom = min(size.width(), left + covered.shape[1]), min(size.height(), top + covered.shape[0])
    if right <= x or bottom <= y:
        return
    seen = canvas.accessTopLayerPixels()
    # A layer has coordinates of its own, and a recording no pixels.
    whole = seen is not None and tuple(seen.shape) == (size.width(), size.height())
    inside = (
        whole and clip.left() <= x and clip.top() <= y and clip.right() >= right and clip.bottom() >= bottom
    )
    pixels = np.empty((bottom - y, right - x, 4), np.uint8)
    info = skia.ImageInfo.Make(right - x, bottom - y, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType)
    # Where nothing is clipped, the canvas is written to directly, in a fifth of the time.
    if inside and canvas.readPixels(info, pixels, pixels.strides[0], x, y):
        part = np.ascontiguousarray(covered[y - top : bottom - top, x - left : right - left])
        shade(pixels, part, color.r, color.g, color.b, color.a)
        canvas.writePixels(info, pixels, pixels.strides[0], x, y)
        return
    image = skia.Image.fromarray(covered, skia.kAlpha_8_ColorType)
    canvas.save()
    canvas.resetMatrix()
    canvas.drawImage(image, left, top, skia.SamplingOptions(), skia.Paint(Color=argb(color)))
    canvas.restore()


def shadow_reach_px(shadow: Shadow | None) -> float:
    """Return how far a shadow can reach beyond its shape; 0 without one."""
    return 0.0 if shadow is None else shadow.reach_px


@dataclass(frozen=True, slots=True)
class Margins:
    """Room around a box, in pixels."""

    left: float
    """Beside its left edge."""
    top: float
    """Above it."""
    right: float
    """Beside its right edge."""
    bottom: float
    """Below it."""

    def at_most(self, most: float) -> Margins:
        """Return the margins, none of them larger than ``most``."""
        return Margins(*(min(most, one) for one in (self.left, self.top, self.right, self.bottom)))


_MOST_PX: Final = 64_000_000
"""Pixels of a drawing at most, 256 MB: what sticks out of its box farther than fits is cut off."""


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


def _extent(
    width_px: float, height_px: float, margins: Margins, turn: Turn | None
) -> tuple[int, int, int, int]:
    """Return the whole pixels (left, top, right, bottom) of a box with its margins, relative to its corner."""
    left, top = -math.ceil(margins.left), -math.ceil(margins.top)
    right, bottom = (
        math.ceil(width_px) + math.ceil(margins.right),
        math.ceil(height_px) + math.ceil(margins.bottom),
    )
    return turn.bounds(left, top, right, bottom) if turn is not None else (left, top, right, bottom)


def draw_raster(
    width_px: float,
    height_px: float,
    margin_px: float | Margins,
    draw: Callable[[Any], None],
    *,
    crop: bool = True,
    turn: Turn | None = None,
    **story: Any,
) -> Raster:
    """Draw on a transparent canvas that extends beyond a box by its margins; crop to what is painted.

    Args:
        width_px: The box's width.
        height_px: The box's height.
        margin_px: Room around the box, on every side or on each.
        draw: Paints onto a ``skia.Canvas`` whose origin is the box's corner.
        crop: Whether clear margins are cut off.
        turn: A rotation of the box.
        story: The raster's remaining fields.
    """
    margins = margin_px if isinstance(margin_px, Margins) else Margins(*[margin_px] * 4)
    left, top, right, bottom = _extent(width_px, height_px, margins, turn)
    while (right - left) * (bottom - top) > _MOST_PX and (largest := max(astuple(margins))) >= 1:
        margins = margins.at_most(largest / 2)
        left, top, right, bottom = _extent(width_px, height_px, margins, turn)
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
    "Margins",
    "Turn",
    "argb",
    "cast_shadow",
    "draw_raster",
    "paint_of",
    "shadow_filter",
    "shadow_reach_px",
    "skia",
]
