"""QR codes, encoded by segno and drawn in whole pixels a module."""

from __future__ import annotations

from typing import Any

import segno

from farm.model.look import CodeLook
from farm.render.drawing import Turn, draw_raster, paint_of, skia
from farm.render.raster import Raster


def modules_of(look: CodeLook) -> tuple[tuple[bool, ...], ...]:
    """Return the modules of a code, True where dark, without the quiet zone.

    Raises:
        ValueError: the text is too long for the largest code at its error correction.
    """
    try:
        code = segno.make_qr(look.text, error=look.correction, boost_error=False)
    except segno.DataOverflowError as error:
        raise ValueError(f"is too long for a QR code with correction {look.correction}") from error
    return tuple(tuple(bool(module) for module in row) for row in code.matrix)


def raster_code(look: CodeLook, width_px: int, height_px: int, turn: Turn | None = None) -> Raster:
    """Draw a code with its quiet zone, in the middle of its box, each module a whole number of pixels wide."""
    modules = modules_of(look)
    count = len(modules) + 2 * look.quiet
    size = max(1, min(width_px, height_px) // count)
    side = count * size
    left, top = (width_px - side) // 2, (height_px - side) // 2

    def draw(canvas: Any) -> None:
        ground = paint_of(look.ground, 0, 0, 1, 1)
        canvas.drawRect(skia.Rect.MakeXYWH(left, top, side, side), ground)
        ink = skia.Paint(AntiAlias=False, Color=paint_of(look.color, 0, 0, 1, 1).getColor())
        for row, line in enumerate(modules):
            for column, dark in enumerate(line):
                if dark:
                    x, y = left + (look.quiet + column) * size, top + (look.quiet + row) * size
                    canvas.drawRect(skia.Rect.MakeXYWH(x, y, size, size), ink)

    return draw_raster(width_px, height_px, 0, draw, turn=turn)
