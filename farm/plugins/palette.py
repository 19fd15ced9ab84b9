"""What a designer sees in a photo at a glance: its main colours, its backdrop, the position of the subject."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from farm.model.color import Color

Rgb = NDArray[np.uint8]
"""A picture in sRGB: uint8, shape (height, width, 3)."""
Fractions = tuple[float, float, float, float]
"""(left, top, right, bottom) as shares of the width and the height."""

_SIDE_PX: Final = 96
"""Photos are analysed at no more than this size."""
_MERGE: Final = 44.0
"""Colours closer to each other than this (Euclidean, sRGB) are merged into one palette colour."""
_GREY: Final = 30
"""A colour whose largest and smallest component differ by less is a near-grey."""
_EVEN: Final = 7
"""A backdrop is even where its pixels are this close to its colour: a flat colour then continues it seamlessly."""
_SUBJECT: Final = 26
"""A pixel farther than this from the backdrop belongs to the subject."""
_EDGE: Final = 0.02
"""A subject closer to a side than this touches it."""
_BACKDROP_SHARE: Final = 0.6
"""Sides with at least this share of backdrop count as backdrop when searching for the subject."""


def palette(rgb: Rgb, count: int = 6) -> tuple[Color, ...]:
    """Return the main colours, most frequent first, near-greys after the others.

    Args:
        rgb: sRGB, uint8, (height, width, 3).
        count: The most colours to return.
    """
    pixels = _small(rgb).reshape(-1, 3).astype(np.int64)
    # 16 levels per channel: each cell represents the mean of its pixels.
    cells = (pixels[:, 0] >> 4 << 8) | (pixels[:, 1] >> 4 << 4) | (pixels[:, 2] >> 4)
    sizes = np.bincount(cells, minlength=4096)
    sums = np.stack([np.bincount(cells, weights=pixels[:, k], minlength=4096) for k in range(3)], axis=1)
    means: list[NDArray[np.float64]] = []
    weights: list[int] = []
    for cell in np.argsort(-sizes, kind="stable")[: int((sizes > 0).sum())]:
        mean, size = sums[cell] / sizes[cell], int(sizes[cell])
        gaps = [float(np.linalg.norm(mean - other)) for other in means]
        near = int(np.argmin(gaps)) if gaps else -1
        if near >= 0 and gaps[near] < _MERGE:
            total = weights[near] + size
            means[near] = (means[near] * weights[near] + mean * size) / total
            weights[near] = total
        else:
            means.append(mean)
            weights.append(size)
    ranked = sorted(range(len(means)), key=lambda i: (_is_grey(means[i]), -weights[i], i))
    # Specks of less than half a percent are noise, not colours.
    kept = [i for i in ranked if weights[i] * 200 >= len(pixels)][:count]
    return tuple(Color(*(round(float(part)) for part in means[i])) for i in kept)


def border(rgb: Rgb) -> tuple[Color, bool]:
    """Return the median colour along the edges, and whether at least three sides are evenly of that colour.

    A subject that leaves the picture through one side (a model cut at the hip) is allowed.
    """
    small = _small(rgb).astype(np.int64)
    sides = _sides(small)
    median = np.median(np.concatenate(sides), axis=0)
    even = [float((np.abs(side - median).max(axis=1) <= _EVEN).mean()) for side in sides]
    color = Color(*(round(float(part)) for part in median))
    return color, sorted(even)[1] >= 0.9


def subject(rgb: Rgb) -> Fractions:
    """Return the bounding box of what stands out from the backdrop; the whole picture if there is no backdrop."""
    small = _small(rgb).astype(np.int64)
    height, width = small.shape[:2]
    sides = _sides(small)
    median = np.median(np.concatenate(sides), axis=0)
    away = np.abs(small - median).max(axis=2) > _SUBJECT
    calm = [float((np.abs(side - median).max(axis=1) <= _SUBJECT).mean()) for side in sides]
    if sorted(calm)[1] < _BACKDROP_SHARE:
        return 0.0, 0.0, 1.0, 1.0
    # One pixel per row or column is enough: a strap or the edge of a lid is no thicker in so small a picture.
    rows, columns = np.flatnonzero(away.any(axis=1)), np.flatnonzero(away.any(axis=0))
    if rows.size < 3 or columns.size < 3:
        return 0.0, 0.0, 1.0, 1.0
    left, right = columns[0] / width, (columns[-1] + 1) / width
    top, bottom = rows[0] / height, (rows[-1] + 1) / height
    if left < _EDGE and right > 1 - _EDGE:
        return 0.0, 0.0, 1.0, 1.0  # It reaches from side to side: a scene, not an object against a backdrop.
    return float(left), float(top), float(right), float(bottom)


def backdrop_of(rgb: Rgb, border_color: Color) -> NDArray[np.bool_]:
    """Return a mask, (height, width), of the pixels as close to the border's colour as those of a backdrop."""
    edge = np.array([border_color.r, border_color.g, border_color.b], np.int16)
    near: NDArray[np.bool_] = np.abs(rgb.astype(np.int16) - edge).max(axis=2) <= _SUBJECT
    return near


def details(rgb: Rgb) -> tuple[tuple[float, float], ...]:
    """Return up to three points, as shares of width and height, with the most detail; the best first.

    The measure is contrast to the backdrop and to neighbouring pixels, summed over windows of two fifths of each
    side: a close-up around such a point shows the product, not empty space in its bounding box.
    """
    small = _small(rgb).astype(np.float64)
    height, width = small.shape[:2]
    if min(height, width) < 8:
        return ((0.5, 0.5),)
    luma = small @ (0.2126, 0.7152, 0.0722)
    median = np.median(np.concatenate(_sides(small.astype(np.int64))), axis=0)
    busy = np.abs(np.gradient(luma, axis=0)) + np.abs(np.gradient(luma, axis=1))
    energy = np.abs(small - median).max(axis=2) + 4 * busy
    rows, columns = max(1, round(height * 0.4)), max(1, round(width * 0.4))
    found: list[tuple[float, float]] = []
    first = 0.0
    for _ in range(3):
        sums = np.pad(energy.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
        windows = (
            sums[rows:, columns:] - sums[:-rows, columns:] - sums[rows:, :-columns] + sums[:-rows, :-columns]
        )
        top, left = (int(index) for index in np.unravel_index(int(windows.argmax()), windows.shape))
        best = float(windows[top, left])
        if found and best < 0.35 * first:
            break  # Little detail is left.
        first = first or best
        found.append(((left + columns / 2) / width, (top + rows / 2) / height))
        energy[
            top + rows // 4 : top + rows - rows // 4, left + columns // 4 : left + columns - columns // 4
        ] = 0.0
    return tuple(found)


def _small(rgb: Rgb) -> Rgb:
    height, width = rgb.shape[:2]
    scale = min(1.0, _SIDE_PX / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BOX))


def _sides(pixels: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    deep = max(1, round(min(pixels.shape[:2]) * 0.02))
    strips = pixels[:deep], pixels[-deep:], pixels[:, :deep], pixels[:, -deep:]
    return [strip.reshape(-1, 3) for strip in strips]


def _is_grey(mean: NDArray[np.float64]) -> bool:
    return float(mean.max() - mean.min()) < _GREY
