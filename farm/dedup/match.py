"""Where points of one picture are found in another: a transform on which many of them agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from farm.dedup.points import Points

ALIKE: Final = 0.80
"""The cosine of two points' descriptors above which they may be the same."""
_DISTINCT: Final = 0.93
"""Ratio of the distances to the best match and to the best one elsewhere; above it, the point is not distinctive."""
_ELSEWHERE: Final = 0.06
"""The minimum distance of "elsewhere"; the longer side is 1."""
_LOOSE: Final = 0.05
_TIGHT: Final = 0.012
"""How far a point may be from where the transform puts it, as a share of the smaller picture's longer side."""
_SCALE: Final = 1.5
"""The factor by which a point's size may differ from the transform's scale; sizes are a root of two apart."""
ENOUGH: Final = 6
"""Agreement of fewer points than this is chance."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where one picture lies in another."""

    matrix: NDArray[np.float64]
    """Shape (2, 3): maps places in the first picture to places in the second."""
    agreeing: int
    """The number of points that agree on it."""

    @property
    def scale(self) -> float:
        """The scale factor."""
        return float(np.sqrt(abs(np.linalg.det(self.matrix[:, :2]))))

    @property
    def turned_degrees(self) -> float:
        """The rotation, clockwise as seen."""
        a, b = self.matrix[0, 0] + self.matrix[1, 1], self.matrix[1, 0] - self.matrix[0, 1]
        return float(np.degrees(np.arctan2(b, a)))

    @property
    def stretch(self) -> float:
        """The scale of the width over that of the height."""
        across, down = (float(np.linalg.norm(self.matrix[:, axis])) for axis in (0, 1))
        return across / max(down, 1e-9)


def pairs_of(one: Points, other: Points) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return indices of points that look alike in both pictures and like nothing else there."""
    nothing = np.zeros(0, np.intp)
    if len(one) < 2 or len(other) < 2:
        return nothing, nothing
    cosine = _units(one) @ _units(other).T
    best = cosine.argmax(1)
    rows = np.arange(len(one))
    rows = rows[(cosine[rows, best] > ALIKE) & (cosine.argmax(0)[best] == rows)]
    best, cosine = best[rows], cosine[rows]
    gap = np.abs(other.places[best][:, None] - other.places[None]).max(2)
    second = np.where(gap > _ELSEWHERE, cosine, -1.0).max(1, initial=-1.0)
    near = cosine[np.arange(len(rows)), best]
    distinct = np.sqrt(np.maximum(1 - near, 0)) < _DISTINCT * np.sqrt(np.maximum(1 - second, 1e-6))
    return rows[distinct], best[distinct]


def _units(points: Points) -> Floats:
    descriptors = points.descriptors.astype(np.float32)
    units: Floats = descriptors / (np.linalg.norm(descriptors, axis=1, keepdims=True) + np.float32(1e-6))
    return units


def place(one: Points, other: Points) -> Alignment | None:
    """Return where ``one`` lies in ``other``; None if fewer than ``ENOUGH`` points agree.

    Pictures are assumed upright: rotations of more than about 15 degrees are not found.
    """
    first, second = pairs_of(one, other)
    if len(first) < ENOUGH:
        return None
    a, b = one.places[first].astype(np.float64), other.places[second].astype(np.float64)
    size = np.log(other.sizes[second] / one.sizes[first])
    # Each pair alone determines scale and shift: all hypotheses are tried, without random sampling.
    scales = np.exp(size)
    shifts = b - a * scales[:, None]
    landed = a[None] * scales[:, None, None] + shifts[:, None]
    smaller = np.minimum(1.0, scales)[:, None]
    fits = (np.abs(landed - b[None]).max(2) < _LOOSE * smaller) & (
        np.abs(size[None] - size[:, None]) < np.log(_SCALE)
    )
    best = int(fits.sum(1).argmax())
    inside = fits[best]
    matrix = np.zeros((2, 3))
    for turn, reach in enumerate((_LOOSE, _LOOSE / 2, _TIGHT, _TIGHT)):
        if inside.sum() < ENOUGH:
            return None
        matrix = (_similar if turn < 2 or inside.sum() < 12 else _affine)(a[inside], b[inside])
        off = np.linalg.norm(a @ matrix[:, :2].T + matrix[:, 2] - b, axis=1)
        scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
        if not 0.08 < scale < 12:
            return None
        inside = (off < reach * min(1.0, scale)) & (np.abs(size - np.log(scale)) < np.log(_SCALE) + 0.2)
    distinct = len(np.unique(np.rint(a[inside] / 0.02), axis=0))
    return Alignment(matrix, distinct) if distinct >= ENOUGH else None


def _similar(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the least-squares similarity (rotation, scale and shift) from ``a`` to ``b``."""
    mean_a, mean_b = a.mean(0), b.mean(0)
    x, y = (a - mean_a).T
    u, v = (b - mean_b).T
    size = float((x * x + y * y).sum()) + 1e-12
    c, s = float((x * u + y * v).sum()) / size, float((x * v - y * u).sum()) / size
    turn = np.array([[c, -s], [s, c]])
    return np.concatenate([turn, (mean_b - turn @ mean_a)[:, None]], 1)


def _affine(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the least-squares affine transform from ``a`` to ``b``, regularised slightly towards a similarity."""
    near = _similar(a, b)
    mean_a, mean_b = a.mean(0), b.mean(0)
    spread = (a - mean_a).T @ (a - mean_a)
    held = 0.02 * np.trace(spread) * np.eye(2)
    linear = ((b - mean_b).T @ (a - mean_a) + near[:, :2] @ held) @ np.linalg.inv(spread + held)
    return np.concatenate([linear, (mean_b - linear @ mean_a)[:, None]], 1)
