"""Points of a picture that can be found again in its copies, and their descriptors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

PICTURE_PX: Final = 384
"""Longest side of the picture in which points are detected."""
MOST: Final = 288
"""The most points of one picture."""
_STEP: Final = 2**0.5
"""The factor from one size of the picture to the next smaller one."""
_SMALLEST_PX: Final = 60
_OFFSETS: Final = (-7, -2, 2, 7)
"""Where gradients are sampled around a point, in pixels of its size; symmetric under mirroring."""
BINS: Final = 8
"""The number of gradient directions."""
WIDTH: Final = len(_OFFSETS) ** 2 * BINS
"""The number of values that describe a point."""
_EDGE_PX: Final = 6
_SPREAD: Final = 6
"""The picture is divided into this many rows and columns, over whose cells the points are spread."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Points:
    """Points of one picture."""

    places: Floats
    """Shape (n, 2): x and y; the picture's longer side is 1."""
    sizes: Floats
    """Shape (n,): the side of a pixel at the size in which the point was found; the longer side is 1."""
    descriptors: NDArray[np.uint8]
    """Shape (n, WIDTH): gradients around it by row, column and direction; 510 times the root of a share, capped."""

    def __len__(self) -> int:
        return len(self.places)

    def mirrored(self, width: float) -> Points:
        """Return the points of the mirrored picture, ``width`` wide."""
        places = self.places.copy()
        places[:, 0] = np.float32(width) - places[:, 0]
        side = len(_OFFSETS)
        grid = self.descriptors.reshape(-1, side, side, BINS)[:, :, ::-1]
        turned = (BINS // 2 - np.arange(BINS)) % BINS
        return Points(places, self.sizes, np.ascontiguousarray(grid[..., turned].reshape(-1, WIDTH)))


def points_of(luma: Floats, most: int = MOST) -> Points:
    """Return the points of a picture: corners at several sizes, spread over the picture.

    Args:
        luma: Shape (height, width), 0 to 255.
        most: The most points to return.
    """
    longest = max(luma.shape)
    first = min(1.0, PICTURE_PX / longest)
    sizes: list[float] = []
    scale = first
    while not sizes or scale * longest >= _SMALLEST_PX:
        sizes.append(scale)
        scale /= _STEP
    shares = np.array(sizes)
    quotas = np.ceil(most * shares / shares.sum()).astype(int)
    places, pixel_sizes, descriptors = [], [], []
    whole = Image.fromarray(luma)
    for scale, quota in zip(sizes, quotas, strict=True):
        width, height = (max(16, round(side * scale)) for side in (luma.shape[1], luma.shape[0]))
        level = np.asarray(whole.resize((width, height), Image.Resampling.BOX), np.float32)
        smooth = _blurred(level)
        across, down = _gradients(smooth)
        rows, columns = _corners(across, down, int(quota))
        if not len(rows):
            continue
        places.append(
            np.stack([(columns + 0.5) / width * luma.shape[1], (rows + 0.5) / height * luma.shape[0]], 1)
            / longest
        )
        pixel_sizes.append(np.full(len(rows), luma.shape[1] / width / longest))
        descriptors.append(_descriptors(across, down, rows, columns))
    if not places:
        return Points(np.zeros((0, 2), np.float32), np.zeros(0, np.float32), np.zeros((0, WIDTH), np.uint8))
    return Points(
        np.concatenate(places)[:most].astype(np.float32),
        np.concatenate(pixel_sizes)[:most].astype(np.float32),
        np.concatenate(descriptors)[:most],
    )


def _blurred(plane: Floats) -> Floats:
    """Return planes (…, height, width) smoothed with the five-tap binomial filter."""
    for axis in (-1, -2):
        pad = [(0, 0)] * plane.ndim
        pad[axis] = (2, 2)
        wide = np.moveaxis(np.pad(plane, pad, "edge"), axis, 0)
        total = wide[2:-2] * np.float32(6)
        total += (wide[1:-3] + wide[3:-1]) * np.float32(4)
        total += wide[:-4] + wide[4:]
        plane = np.moveaxis(total * np.float32(1 / 16), 0, axis)
    return plane


def _gradients(plane: Floats) -> tuple[Floats, Floats]:
    wide = np.pad(plane, 1, "edge")
    return wide[1:-1, 2:] - wide[1:-1, :-2], wide[2:, 1:-1] - wide[:-2, 1:-1]


def _corners(across: Floats, down: Floats, most: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return rows and columns of the strongest corners (Harris and Stephens), spread over the picture."""
    xx, yy, xy = _blurred(_blurred(np.stack([across * across, down * down, across * down])))
    trace = xx + yy
    strength = xx * yy - xy * xy - np.float32(0.05) * trace * trace
    strength = np.log1p(np.maximum(strength, 0))
    height, width = strength.shape
    wide = np.pad(strength, 2, "constant")
    top = strength.copy()
    for dy in range(5):
        for dx in range(5):
            np.maximum(top, wide[dy : dy + height, dx : dx + width], out=top)
    peak = (strength >= top) & (strength > 5.0)
    peak[:_EDGE_PX], peak[-_EDGE_PX:], peak[:, :_EDGE_PX], peak[:, -_EDGE_PX:] = False, False, False, False
    rows, columns = np.nonzero(peak)
    order = np.argsort(-strength[rows, columns], kind="stable")
    rows, columns = rows[order], columns[order]
    part = (rows * _SPREAD // height) * _SPREAD + columns * _SPREAD // width
    # Round robin over the parts, four points of each at a time, strongest first.
    rank = np.zeros(len(rows), np.int64)
    for one in np.unique(part):
        inside = part == one
        rank[inside] = np.arange(inside.sum())
    kept = np.argsort(rank // 4, kind="stable")[:most]
    return rows[kept], columns[kept]


def _descriptors(
    across: Floats, down: Floats, rows: NDArray[np.intp], columns: NDArray[np.intp]
) -> NDArray[np.uint8]:
    angles = np.arange(BINS) * (2 * np.pi / BINS)
    size = across * across + down * down + np.float32(1e-3)
    # A gradient counts towards the directions near its own: the cube of the cosine avoids an arctangent.
    along = np.stack([across * np.float32(np.cos(a)) + down * np.float32(np.sin(a)) for a in angles])
    np.maximum(along, 0, out=along)
    along = along * along * along / size
    reach = max(_OFFSETS)
    maps = np.pad(_blurred(_blurred(along)), ((0, 0), (reach, reach), (reach, reach)), "edge")
    offsets = np.array(_OFFSETS) + reach
    at_rows = rows[:, None, None] + offsets[None, :, None]
    at_columns = columns[:, None, None] + offsets[None, None, :]
    read = np.moveaxis(maps[:, at_rows, at_columns], 0, -1).reshape(len(rows), WIDTH)
    read = read / (np.linalg.norm(read, axis=1, keepdims=True) + np.float32(1e-6))
    np.minimum(read, 0.25, out=read)
    read = np.sqrt(read / (read.sum(axis=1, keepdims=True) + np.float32(1e-6)))
    bytes_of: NDArray[np.uint8] = np.minimum(np.rint(read * 510), 255).astype(np.uint8)
    return bytes_of
