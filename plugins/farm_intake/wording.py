"""How much of a picture is set text: spec sheets and banners are no pictures of a product."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
from pydantic import BaseModel, Field

from farm.plugin import Analyser, Analysis, MediaKind
from farm_intake.found import Found

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from farm.plugin import Subject

LONGEST_PX: Final = 640
"""Set text that can be read on a phone has letters of some pixels at this size."""
CELL_PX: Final = 24
_GROUND: Final = 14
"""Luma levels within which a pixel belongs to the paper of its cell."""
_INK: Final = 45
"""Luma levels beyond which it belongs to the letters."""
_EDGE: Final = 30
"""Luma step from one pixel to the next that is an edge of a letter."""
WORDY: Final = 0.1
"""From this share of cells on a picture is text: of 96 photos of goods without any the highest had 0.08, of spec sheets
of Chinese shops most have 0.1 to 0.4."""


class Wording(Found):
    """How much of a picture is text."""

    share: float = Field(description="Share of the picture's cells that look like lines of text, 0 to 1.")
    wordy: bool = Field(description="Whether that is enough to call it text.")


class WordingAnalyser(Analyser):
    """Looks for cells of two levels, paper and ink, crossed by many edges: lines of text. It reads nothing."""

    name: ClassVar[str] = "intake.wording"
    version: ClassVar[int] = 2
    summary: ClassVar[str] = "How much of a picture is set text, as on spec sheets and banners."
    kinds: ClassVar[frozenset[MediaKind]] = frozenset({MediaKind.IMAGE})
    findings: ClassVar[type[BaseModel]] = Wording

    def analyse(self, subject: Subject) -> Analysis:
        share = round(wording(subject.picture(LONGEST_PX)), 4)
        found = Wording(share=share, wordy=share >= WORDY)
        tags = ("text", "文字") if found.wordy else ()
        return Analysis(found, {"wording": share}, tags)


def wording(rgb: NDArray[np.uint8]) -> float:
    """Return the share of a picture's cells that look like text.

    Args:
        rgb: sRGB, uint8, (height, width, 3), at :data:`LONGEST_PX`; smaller than a cell gives 0.
    """
    luma = rgb.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    rows, columns = luma.shape[0] // CELL_PX, luma.shape[1] // CELL_PX
    if not rows or not columns:
        return 0.0
    whole = luma[: rows * CELL_PX, : columns * CELL_PX]
    cells = whole.reshape(rows, CELL_PX, columns, CELL_PX).transpose(0, 2, 1, 3)
    flat = cells.reshape(rows, columns, -1)
    away = np.abs(flat - np.median(flat, axis=2)[:, :, None])
    ground, ink = (away < _GROUND).mean(axis=2), (away > _INK).mean(axis=2)
    crossed = ((np.abs(np.diff(cells, axis=3)) > _EDGE).sum(axis=3) >= 4).mean(axis=2)
    # Paper is most of a text's cell, ink some of it, what lies between them little: textures have midtones.
    text = (ground > 0.5) & (ink > 0.06) & (ink < 0.45) & (ground + ink > 0.68)
    # Between lines of text there are gaps; stripes run through.
    text &= (crossed > 0.25) & (crossed < 0.92)
    return float(text.mean())
