"""Persistence: the share of one frame that is found again in another, including nearby positions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from farm.plugin import SmallFrames

_BLOCK: Final = 8
"""Side of a block, in pixels of the halved frame."""
_AREA: Final = _BLOCK * _BLOCK
_STEP: Final = 4
"""Blocks overlap by half."""
_REACH: Final = 4
"""Search range for a block, in pixels of the halved frame: a sixteenth of its longer side."""
_ALIKE: Final = 0.75
"""Minimum normalised cross-correlation of a block that counts as found."""
_FADED: Final = 4.0
"""Ratio of variances (contrast squared) from which on a block has faded and is not the same."""
_PLAIN: Final = 2.5
_TEXTURE_TOP: Final = 20.0

Luma = NDArray[np.float32]


def halved(frames: SmallFrames, index: int) -> Luma:
    """Return a frame's luma at half its size."""
    y = frames[index : index + 1][0][0].astype(np.float32)
    half: Luma = (y[::2, ::2] + y[1::2, ::2] + y[::2, 1::2] + y[1::2, 1::2]) / 4
    return half


def persisting(one: Luma, other: Luma, *, faded: bool = False) -> float:
    """Return the share (0 to 1, by texture) of ``one``'s textured blocks that are found in ``other``.

    Uses normalised cross-correlation, which is independent of brightness. 1 if ``one`` has no texture.

    Args:
        one: The frame whose blocks are searched for.
        other: The frame that is searched.
        faded: Whether blocks whose contrast was halved or doubled count as found.
    """
    blocks = _Blocks(one, faded=faded)
    reach = range(-_REACH, _REACH + 1)
    found = blocks.nowhere()
    for likeness in blocks.likenesses(other, [(dy, dx) for dy in reach for dx in reach]):
        np.maximum(found, likeness, out=found)
    return blocks.share(found > _ALIKE)


def composed(middle: Luma, first: Luma, last: Luma) -> bool:
    """Return whether ``middle`` shows ``first`` and ``last`` side by side, each shifted as a whole along one axis.

    That is the case while one picture pushes or covers the other. In a pan, the frames between show content that
    neither has, or ``first`` and ``last`` overlap.
    """
    blocks = _Blocks(middle)
    old, new = blocks.moved(first), blocks.moved(last)
    both, only_old, only_new = blocks.share(old | new), blocks.share(old & ~new), blocks.share(new & ~old)
    if both < 0.6 or min(only_old, only_new) < 0.08:
        return False
    before = _Blocks(first)
    return before.share(before.moved(last)) < 0.3


class _Blocks:
    """The overlapping blocks of a picture that are searched for in others."""

    def __init__(self, luma: Luma, *, faded: bool = False) -> None:
        self._luma = luma
        self._fading = 1e9 if faded else _FADED
        self._rows = np.arange(0, luma.shape[0] - _BLOCK + 1, _STEP)
        self._columns = np.arange(0, luma.shape[1] - _BLOCK + 1, _STEP)
        at = np.ix_(self._rows, self._columns)
        self._sums, self._spread = (grid[at] for grid in _moments(luma))
        texture = np.sqrt(self._spread / _AREA)
        self._weight = np.where(texture > _PLAIN, np.minimum(texture, _TEXTURE_TOP), 0.0)

    def share(self, blocks: NDArray[np.bool_]) -> float:
        """Return the share of the texture in some of the blocks; 1 if there is no texture."""
        total = float(self._weight.sum())
        return float((self._weight * blocks).sum()) / total if total else 1.0

    def nowhere(self) -> Luma:
        """Return a similarity below all others for every block."""
        return np.full(self._sums.shape, -1.0, np.float32)

    def moved(self, other: Luma) -> NDArray[np.bool_]:
        """Return which blocks are found in ``other`` at the shift along an axis at which most of them are found."""
        height, width = self._luma.shape
        shifts = [(0, dx) for dx in range(-width + _BLOCK, width - _BLOCK + 1)]
        shifts += [(dy, 0) for dy in range(-height + _BLOCK, height - _BLOCK + 1) if dy]
        found = (likeness > _ALIKE for likeness in self.likenesses(other, shifts))
        return max(found, key=self.share)

    def likenesses(self, other: Luma, shifts: list[tuple[int, int]]) -> Iterator[Luma]:
        """Yield each block's correlation with ``other`` at (down, across) shifts; -1 for blocks outside of it."""
        if not self._sums.size:
            return
        height, width = self._luma.shape
        pad_y, pad_x = (max(abs(shift[axis]) for shift in shifts) for axis in (0, 1))
        padded = np.pad(other, ((pad_y, pad_y), (pad_x, pad_x)))
        sums, spread = _moments(other)
        for dy, dx in shifts:
            rows, columns = self._rows + dy, self._columns + dx
            moved = padded[pad_y + dy : pad_y + dy + height, pad_x + dx : pad_x + dx + width]
            there = np.ix_(np.clip(rows, 0, height - _BLOCK), np.clip(columns, 0, width - _BLOCK))
            together = _block_sums(self._luma * moved) - self._sums * sums[there] / _AREA
            # Below a variance of 4 levels squared per pixel, correlations are those of noise.
            likeness = (together / (np.sqrt(self._spread * spread[there]) + 4 * _AREA)).astype(np.float32)
            likeness[
                (spread[there] * self._fading < self._spread) | (spread[there] > self._spread * self._fading)
            ] = -1.0
            likeness[(rows < 0) | (rows > height - _BLOCK)] = -1.0
            likeness[:, (columns < 0) | (columns > width - _BLOCK)] = -1.0
            yield likeness


def _moments(luma: Luma) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return sum and squared deviation for each block position, shape (height - 7, width - 7)."""
    sums, squares = _box(luma), _box(luma * luma)
    return sums, np.maximum(squares - sums * sums / _AREA, 0)


def _box(plane: Luma) -> NDArray[np.float64]:
    table = np.zeros((plane.shape[0] + 1, plane.shape[1] + 1))
    np.cumsum(plane, axis=0, out=table[1:, 1:])
    np.cumsum(table[1:, 1:], axis=1, out=table[1:, 1:])
    return (
        table[_BLOCK:, _BLOCK:]
        - table[:-_BLOCK, _BLOCK:]
        - table[_BLOCK:, :-_BLOCK]
        + table[:-_BLOCK, :-_BLOCK]
    )


def _block_sums(plane: Luma) -> NDArray[np.float32]:
    """Return the sums of the blocks that are searched for: those of :func:`_box` at multiples of ``_STEP``."""
    height, width = (side // _STEP * _STEP for side in plane.shape)
    quarters = plane[:height, :width].reshape(height // _STEP, _STEP, width // _STEP, _STEP).sum(axis=(1, 3))
    blocks: NDArray[np.float32] = (
        quarters[:-1, :-1] + quarters[1:, :-1] + quarters[:-1, 1:] + quarters[1:, 1:]
    )
    return blocks
