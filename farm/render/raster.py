"""Rasters: drawn pictures (text, shapes, stickers) before they become layers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """Drawn pixels, cropped to what is painted, and how the drawing went."""

    rgba: NDArray[np.uint8]
    """Premultiplied sRGB, uint8, shape (height, width, 4); at least one pixel, clear where not painted."""
    left_px: int
    """Left edge relative to the box's left edge; negative where a shadow or stroke sticks out."""
    top_px: int
    """Top edge relative to the box's top edge."""
    size_px: float = 0.0
    """The font size that was used; 0 for shapes and stickers."""
    shrunk: bool = False
    """Whether text was set smaller than requested so that it fits."""
    overflow: bool = False
    """Whether text does not fit its box even at its smallest size."""
    missing: str = ""
    """Characters that no shipped font has, each once, in order; they are drawn as empty boxes."""
