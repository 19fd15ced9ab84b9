"""Measures of picture quality on luma: sharpness, noise, blockiness, exposure, contrast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Luma = NDArray[np.float32]
"""Shape (height, width), 0 (black) to 255 (white)."""

_TILE_PX: Final = 96
_TILES: Final = 16
"""Number of tiles measured, those with the most texture; measuring all of a large photo would take seconds."""
_FLAT_PX: Final = 16
"""Side of the blocks in which noise is measured."""
_BLUR_TAPS: Final = 9
_SHADOW, _HIGHLIGHT = 6, 249
_WHITE: Final = 245


@dataclass(frozen=True, slots=True)
class Exposure:
    """Exposure of the picture without its backdrop."""

    mean: float
    """Mean luma, 0 to 255."""
    shadows: float
    """Share of pixels in shadows without detail, 0 to 1."""
    highlights: float
    """Share of pixels in highlights without detail, 0 to 1."""
    contrast: float
    """Difference between the 5th and the 95th percentile of luma, 0 to 255."""


def sharpness(luma: Luma) -> float:
    """Return the share of detail that a further blur would remove, 0 (blurred) to 1 (sharp).

    The blur effect of Crete, Dolmiere, Ladret and Nicolas (2007): blurring a sharp picture reduces the differences of
    neighbouring pixels, blurring a blurred or enlarged one hardly does. It is measured in the tiles with the most
    texture, so that a plain backdrop has no influence, and the sharper tiles count: out-of-focus backgrounds are
    intended.
    """
    values = [min(_sharp_along(tile), _sharp_along(tile.T)) for tile in _tiles(luma)]
    return float(np.percentile(values, 75))


def _sharp_along(tile: Luma) -> float:
    if tile.shape[1] < _BLUR_TAPS + 2:
        return 0.0
    sums = np.pad(tile.cumsum(axis=1, dtype=np.float64), ((0, 0), (1, 0)))
    blurred = (sums[:, _BLUR_TAPS:] - sums[:, :-_BLUR_TAPS]) / _BLUR_TAPS
    margin = _BLUR_TAPS // 2
    plain = np.abs(np.diff(tile[:, margin : tile.shape[1] - margin], axis=1))
    lost = np.maximum(0, plain - np.abs(np.diff(blurred, axis=1)))
    total = float(plain.sum())
    # Less than half a level per pixel is no detail.
    return float(lost.sum()) / max(total, 0.5 * plain.size)


def _tiles(luma: Luma) -> list[Luma]:
    height, width = luma.shape
    side = min(_TILE_PX, height, width)
    corners = [
        (top, left) for top in range(0, height - side + 1, side) for left in range(0, width - side + 1, side)
    ]
    ranked = sorted(
        corners, key=lambda at: -float(luma[at[0] : at[0] + side : 3, at[1] : at[1] + side : 3].std())
    )
    return [luma[top : top + side, left : left + side] for top, left in ranked[:_TILES]]


def noise(luma: Luma) -> float:
    """Return the standard deviation of noise, in levels.

    Immerkær (1996): a filter that suppresses planes and ramps, applied to blocks. Texture looks like noise, so the
    result is that of the quietest tenth of the blocks that are neither black nor overexposed.
    """
    height, width = (side // _FLAT_PX * _FLAT_PX for side in luma.shape)
    if min(height, width) < _FLAT_PX:
        return 0.0
    step = max(1, round((height * width / 3e6) ** 0.5))
    rows = [_noise_of_row(luma[top : top + _FLAT_PX, :width]) for top in range(0, height, _FLAT_PX * step)]
    means, values = (np.concatenate(part) for part in zip(*rows, strict=True))
    usable = values[(means > 12) & (means < _WHITE)]
    return float(np.percentile(usable, 10)) if usable.size >= 8 else 0.0


def _noise_of_row(row: Luma) -> tuple[Luma, Luma]:
    blocks = row.reshape(_FLAT_PX, -1, _FLAT_PX).transpose(1, 0, 2)
    across = blocks[:, :, :-2] - 2 * blocks[:, :, 1:-1] + blocks[:, :, 2:]
    both = across[:, :-2] - 2 * across[:, 1:-1] + across[:, 2:]
    sigma = np.sqrt(np.pi / 2) / 6 * np.abs(both).mean(axis=(1, 2))
    return blocks.mean(axis=(1, 2)), sigma.astype(np.float32)


def blockiness(luma: Luma) -> float:
    """Return how much larger steps are at every eighth pixel than elsewhere: 0 if they are equal, 1 if twice as large.

    Codecs that work in blocks of eight (JPEG, MPEG) leave such a grid, which may start at any pixel.
    """
    found = []
    for plane in (luma, luma.T):
        if plane.shape[1] < 32:
            continue
        steps = np.abs(np.diff(plane[:: max(1, plane.shape[0] // 512)], axis=1))
        # Larger steps are edges of objects.
        steps = np.minimum(steps, 12).mean(axis=0, dtype=np.float64)
        phases = np.array([steps[phase::8].mean() for phase in range(8)])
        others = np.sort(phases)[:-1].mean()
        found.append(float(phases.max() / max(others, 0.2)) - 1)
    return max(0.0, float(np.mean(found))) if found else 0.0


def exposure(luma: Luma, backdrop: NDArray[np.bool_]) -> Exposure:
    """Return the exposure of everything but the backdrop; of the whole picture if all of it is backdrop.

    Args:
        luma: The picture.
        backdrop: A mask of the same shape.
    """
    inside = luma[~backdrop] if (~backdrop).mean() > 0.02 else luma.reshape(-1)
    low, high = np.percentile(inside, (5, 95))
    return Exposure(
        mean=float(inside.mean(dtype=np.float64)),
        shadows=float((inside <= _SHADOW).mean()),
        highlights=float((inside >= _HIGHLIGHT).mean()),
        contrast=float(high - low),
    )
