"""Bending pictures by any smooth map, given at the nodes of a mesh."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from farm.plugin import Frame
from farm_basics.orders import Real

Map = Callable[[Real, Real], tuple[Real, Real]]
"""Takes places on the frame, in luma pixels, to places on the picture."""


def warp(
    out: Frame,
    picture: Frame,
    seen: Map,
    *,
    part: tuple[float, float] = (0.0, 1.0),
    box: tuple[float, float, float, float] | None = None,
    endless: bool = False,
) -> None:
    """Draw a picture into a frame of its size where a map says; what is outside the picture is kept.

    Args:
        out: The frame to draw into.
        picture: The picture.
        seen: What of the picture is seen where.
        part: The share of the picture's width that is drawn.
        box: Left, top, right and bottom of what may show it, in luma pixels; everything if left out.
        endless: Whether its edge pixels are repeated outside.
    """
    from farm_basics.warp_kernels import warp_plane

    meshes: dict[int, tuple[NDArray[np.int32], NDArray[np.int32], tuple[int, int, int, int]]] = {}
    for source, target in zip(picture.planes(), out.planes(), strict=True):
        height, width = target.shape
        step = picture.width // source.shape[1]
        if step not in meshes:
            bounds = _bounds(box, step, width, height) if box is not None else (0, 0, width, height)
            meshes[step] = (*_mesh(seen, step, width, height, bounds), bounds)
        xs, ys, bounds = meshes[step]
        first = -1 if endless else math.floor(part[0] * width + 0.5)
        last = max(first + 1, math.floor(part[1] * width + 0.5))
        warp_plane(source, xs, ys, first, last, *bounds, target)


def _mesh(
    seen: Map, step: int, width: int, height: int, bounds: tuple[int, int, int, int]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the nodes of a plane's mesh; those outside the bounds are not used and hold nothing."""
    from farm_basics.warp_kernels import FARTHEST, PITCH

    left, top, right, bottom = bounds
    columns = slice(left // PITCH, -(-right // PITCH) + 1)
    rows = slice(top // PITCH, -(-bottom // PITCH) + 1)
    # A sample's place: chroma lies on the left of two columns, between two rows.
    dx, dy = 0.5, 0.5 if step == 1 else 1.0
    x = np.arange(columns.start, columns.stop, dtype=np.float64)[None, :] * (PITCH * step) + dx
    y = np.arange(rows.start, rows.stop, dtype=np.float64)[:, None] * (PITCH * step) + dy
    nodes = []
    for place, offset in zip(seen(x, y), (dx, dy), strict=True):
        table = np.zeros((-(-height // PITCH) + 1, -(-width // PITCH) + 1), np.int32)
        fixed = np.floor(place * (256 / step) + (0.5 - offset * 256 / step))
        table[rows, columns] = np.minimum(np.maximum(fixed, -FARTHEST), FARTHEST)
        table.setflags(write=False)
        nodes.append(table)
    return nodes[0], nodes[1]


def _bounds(
    box: tuple[float, float, float, float], step: int, width: int, height: int
) -> tuple[int, int, int, int]:
    """Return the samples of a plane that may lie in a box."""
    left, top = (max(0, math.floor(at / step) - 2) for at in box[:2])
    right, bottom = (max(0, math.ceil(at / step) + 2) for at in box[2:])
    return min(left, width), min(top, height), min(right, width), min(bottom, height)
