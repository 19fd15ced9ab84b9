"""Mirrored pictures, with chroma at its own place."""

from __future__ import annotations

import numpy as np

from farm.render.frame import Frame, Plane


def mirrored(frame: Frame, *, across: bool, down: bool) -> Frame:
    """Return ``frame`` mirrored left to right (``across``), top to bottom (``down``) or both; in host memory.

    A chroma sample lies on the left luma column of its pair and on the right one once mirrored; it is therefore
    averaged with its neighbour. Rows need no such care: samples lie midway between two.
    """
    planes = []
    for plane in frame.planes():
        chroma = plane.shape != frame.y.shape
        turned = plane[::-1] if down else plane
        if across:
            turned = _moved_back(turned[:, ::-1]) if chroma else turned[:, ::-1]
        planes.append(np.ascontiguousarray(turned))
    return Frame(*planes)


def _moved_back(plane: Plane) -> Plane:
    before = np.concatenate([plane[:, :1], plane[:, :-1]], axis=1)
    mean: Plane = ((plane.astype(np.uint16) + before + 1) // 2).astype(np.uint8)
    return mean
