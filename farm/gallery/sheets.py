"""Contact sheets of the gallery's sections, with names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from farm.gallery.shoot import Shot
from farm.model.color import Color
from farm.model.look import TextLook
from farm.render.drawing import draw_raster
from farm.render.text import draw_text

_CELL: Final = (108, 192)
_LABEL_PX: Final = 22
_GAP_PX: Final = 6
_GROUND: Final = (244, 243, 240)
_INK: Final = Color(30, 30, 34)


def sheet(shots: Sequence[Shot], *, frames: int = 3, columns: int = 4) -> Image.Image:
    """Return a sheet of exhibits: some frames of each, in a row, above its name."""
    width, height = frames * _CELL[0], _CELL[1] + _LABEL_PX
    rows = -(-len(shots) // columns)
    size = columns * (width + _GAP_PX) + _GAP_PX, rows * (height + _GAP_PX) + _GAP_PX
    page = Image.new("RGB", size, _GROUND)
    for index, shot in enumerate(shots):
        left = _GAP_PX + index % columns * (width + _GAP_PX)
        top = _GAP_PX + index // columns * (height + _GAP_PX)
        for place, still in enumerate(_chosen(shot.stills, frames)):
            picture = Image.fromarray(still).resize(_CELL, Image.Resampling.LANCZOS)
            page.paste(picture, (left + place * _CELL[0], top))
        label = Image.fromarray(_label(shot.exhibit.name, width))
        page.paste(label.convert("RGB"), (left, top + _CELL[1]), label.getchannel("A"))
    return page


def _chosen(stills: Sequence[NDArray[np.uint8]], count: int) -> list[NDArray[np.uint8]]:
    if count >= len(stills):
        return list(stills)
    if count == 1:
        return [stills[len(stills) // 2]]
    return [stills[round(index * (len(stills) - 1) / (count - 1))] for index in range(count)]


def _label(text: str, width: int) -> NDArray[np.uint8]:
    """Return a name on one line, straight RGBA of one colour."""
    look = TextLook(("Outfit",), 13.0, 7.0, weight=500, color=_INK, align="left")

    def draw(canvas: Any) -> None:
        draw_text(canvas, text, look, width, _LABEL_PX)

    pixels = draw_raster(width, _LABEL_PX, 0, draw, crop=False).rgba.copy()
    pixels[..., :3] = (_INK.r, _INK.g, _INK.b)
    return pixels
