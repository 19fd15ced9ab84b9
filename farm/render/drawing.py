"""The drawing engine: skia, with the canvases, paints and crops that text, shapes and stickers share."""

from __future__ import annotations

import math
from collections.abc import Callable
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


def shadow_reach_px(shadow: Shadow | None) -> float:
    """Return how far a shadow can reach beyond its shape: three sigmas and the offset, in pixels."""
    if shadow is None:
        return 0.0
    return 3 * shadow.blur_px + max(abs(shadow.dx_px), abs(shadow.dy_px))


def draw_raster(
    width_px: float,
    height_px: float,
    margin_px: float,
    draw: Callable[[Any], None],
    *,
    crop: bool = True,
    **story: Any,
) -> Raster:
    """Draw on a transparent canvas that extends ``margin_px`` beyond a box on every side; crop to what is painted.

    Args:
        width_px: The box's width.
        height_px: The box's height.
        margin_px: Room around the box.
        draw: Paints onto a ``skia.Canvas`` whose origin is the box's corner.
        crop: Whether clear margins are cut off.
        story: The raster's remaining fields.
    """
    margin = math.ceil(margin_px)
    width, height = math.ceil(width_px) + 2 * margin, math.ceil(height_px) + 2 * margin
    pixels = np.zeros((max(1, height), max(1, width), 4), np.uint8)
    rows, columns = pixels.shape[:2]
    info = skia.ImageInfo.Make(columns, rows, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType)
    surface = skia.Surface.MakeRasterDirect(info, pixels, pixels.strides[0])
    canvas = surface.getCanvas()
    canvas.translate(margin, margin)
    draw(canvas)
    del canvas, surface  # skia writes into `pixels` until then
    if not crop:
        return Raster(pixels, -margin, -margin, **story)
    alpha = pixels[:, :, 3]
    down, across = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
    if down.size == 0:
        return Raster(np.zeros((1, 1, 4), np.uint8), 0, 0, **story)
    top, bottom, left, right = down[0], down[-1] + 1, across[0], across[-1] + 1
    cropped = np.ascontiguousarray(pixels[top:bottom, left:right])
    return Raster(cropped, int(left) - margin, int(top) - margin, **story)


__all__ = ["argb", "draw_raster", "paint_of", "shadow_filter", "shadow_reach_px", "skia"]
