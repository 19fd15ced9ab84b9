"""The share of a picture that is set text: spec sheets and banners are not pictures of a product."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
from pydantic import BaseModel, Field

from farm.plugin import Analyser, Analysis, MediaKind
from farm_intake.found import IntakeFinding

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from farm.plugin import Subject

LONGEST_PX: Final = 640
"""Set text that is legible on a phone has letters several pixels tall at this size."""
CELL_PX: Final = 24
_GROUND: Final = 14
"""Maximum difference in luma levels between a pixel and the background of its cell."""
_INK: Final = 45
"""Minimum difference in luma levels between a letter and the background."""
_EDGE: Final = 30
"""Minimum luma step between neighbouring pixels at the edge of a letter."""
WORDY: Final = 0.1
"""From this share of cells on, a picture counts as text: of 96 product photos without text the highest had 0.08, while
most spec sheets of Chinese shops have 0.1 to 0.4."""


class Wording(IntakeFinding):
    """The share of a picture that is text."""

    share: float = Field(description="Share of the picture's cells that look like lines of text, 0 to 1.")
    wordy: bool = Field(description="Whether the picture counts as text.")


class WordingAnalyser(Analyser):
    """Finds cells with two levels, background and ink, and many edges: lines of text. It does not read them."""

    name: ClassVar[str] = "intake.wording"
    version: ClassVar[int] = 2
    summary: ClassVar[str] = "The share of a picture that is set text, as on spec sheets and banners."
    kinds: ClassVar[frozenset[MediaKind]] = frozenset({MediaKind.IMAGE})
    findings: ClassVar[type[BaseModel]] = Wording

    def analyse(self, subject: Subject) -> Analysis:
        share = round(wording(subject.picture(LONGEST_PX)), 4)
        found = Wording(share=share, wordy=share >= WORDY)
        tags = ("text", "文字") if found.wordy else ()
        return Analysis(found, {"wording": share}, tags)


def wording(rgb: NDArray[np.uint8]) -> float:
    """Return the share of a picture's cells that look like text, 0 to 1.

    Args:
        rgb: sRGB, uint8, shape (height, width, 3), at :data:`LONGEST_PX`; 0 if it is smaller than a cell.
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
    # In a cell of text, most pixels are background, some are ink, few lie between; textures have midtones.
    text = (ground > 0.5) & (ink > 0.06) & (ink < 0.45) & (ground + ink > 0.68)
    # Lines of text are separated by gaps; stripes are not.
    text &= (crossed > 0.25) & (crossed < 0.92)
    return float(text.mean())
