"""Cells: small frames as grids of mean colours, their distances, and how much of one frame is unchanged in another."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from farm.plugin import SmallFrames

CELL_PX: Final = 8
"""Side of a cell, in luma pixels of a small frame."""
STIR: Final = 8.0
"""From this sum of differences in Y, U and V on, a cell's content has changed."""
_PLAIN: Final = 2.5
"""A cell with a smaller deviation of luma has no recognisable content."""
_TEXTURE_TOP: Final = 20.0
"""The weight of a cell does not increase beyond this deviation."""

Cells = NDArray[np.float32]
"""Shape (frames, n): the mean Y, U and V of each frame's cells."""
Bands = NDArray[np.float32]
"""Distances, shape (lags + 1, frames): ``[k, t]`` is the root mean square difference of frames ``t`` and ``t + k``."""


def cells_of(frames: SmallFrames) -> Cells:
    """Return the frames' cells, computed in blocks so that a long clip's frames are not all in memory."""
    rows = [_cells(*frames[first : first + 512]) for first in range(0, len(frames), 512)]
    return np.concatenate(rows)


def _cells(y: NDArray[np.uint8], u: NDArray[np.uint8], v: NDArray[np.uint8]) -> Cells:
    count, height, width = y.shape
    rows, columns = max(1, height // CELL_PX), max(1, width // CELL_PX)
    means: Cells = np.stack([_means(plane, rows, columns) for plane in (y, u, v)], axis=-1)
    return means.reshape(count, -1)


def _means(plane: NDArray[np.uint8], rows: int, columns: int) -> Cells:
    count, height, width = plane.shape
    down, across = max(1, height // rows), max(1, width // columns)
    cut = plane[:, : rows * down, : columns * across].reshape(count, rows, down, columns, across)
    # Integer sums of bytes are exact, and twice as fast as means of floats.
    sums = cut.sum(axis=4, dtype=np.uint16).sum(axis=2, dtype=np.uint32)
    means: Cells = (sums / np.float32(down * across)).astype(np.float32)
    return means


def bands_of(cells: Cells, lags: int) -> Bands:
    """Return the distances of all frames up to ``lags`` apart; 0 beyond the last frame."""
    count = len(cells)
    bands = np.zeros((lags + 1, count), np.float32)
    for lag in range(1, min(lags, count - 1) + 1):
        gap = cells[lag:] - cells[:-lag]
        bands[lag, : count - lag] = np.sqrt(np.einsum("ij,ij->i", gap, gap) / cells.shape[1])
    return bands


def distance(bands: Bands, one: int, other: int) -> float:
    """Return the distance of two frames; the distance at the largest stored lag if they are further apart."""
    first, last = min(one, other), max(one, other)
    return float(bands[min(last - first, len(bands) - 1), first])


def resting(frames: SmallFrames, one: int, other: int) -> float:
    """Return the share of the picture (0 to 1, by texture) that is unchanged and in the same place in both frames.

    If neither has texture (two uniform backgrounds) it is the share of unchanged cells.
    """
    a, b = (_grids(*frames[index : index + 1]) for index in (one, other))
    shift = sum(
        np.abs(left.mean(axis=(1, 3)) - right.mean(axis=(1, 3))) for left, right in zip(a, b, strict=True)
    )
    texture = np.maximum(a[0].std(axis=(1, 3)), b[0].std(axis=(1, 3)))
    left_over = np.abs(a[0] - b[0]).mean(axis=(1, 3))
    kept = (shift < STIR) & (left_over < np.maximum(3.0, texture / 2))
    weight = np.where(texture > _PLAIN, np.minimum(texture, _TEXTURE_TOP), 0.0)
    total = float(weight.sum())
    return float((weight * kept).sum()) / total if total else float(kept.mean())


def _grids(y: NDArray[np.uint8], u: NDArray[np.uint8], v: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
    rows, columns = max(1, y.shape[1] // CELL_PX), max(1, y.shape[2] // CELL_PX)
    grids = []
    for plane in (y, u, v):
        down, across = max(1, plane.shape[1] // rows), max(1, plane.shape[2] // columns)
        cut = plane[0, : rows * down, : columns * across].astype(np.float32)
        grids.append(cut.reshape(rows, down, columns, across))
    return grids


def contrast_of(frames: SmallFrames) -> NDArray[np.float32]:
    """Return each frame's mean absolute deviation of luma: near 0 for a uniform colour. Shape (frames,)."""
    found = []
    for first in range(0, len(frames), 512):
        y = frames[first : first + 512][0].astype(np.float32)
        found.append(np.abs(y - y.mean(axis=(1, 2), keepdims=True)).mean(axis=(1, 2)))
    return np.concatenate(found)
