"""Orientation: how a decoded picture is rotated and mirrored to be upright."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, Final

import av
import numpy as np
from numpy.typing import NDArray

from farm.render.part import Part

_MATRIX: Final = struct.Struct("<9i")


@dataclass(frozen=True, slots=True)
class Orientation:
    """One of the eight orientations of a rectangle of pixels; the steps are applied in the order of the fields."""

    transposed: bool = False
    """Rows become columns."""
    mirrored: bool = False
    """Left becomes right, after transposing."""
    flipped: bool = False
    """Top becomes bottom, after transposing."""

    def applied(self, plane: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return a plane, shape (height, width, …), upright and contiguous."""
        if self.transposed:
            plane = plane.swapaxes(0, 1)
        if self.mirrored:
            plane = plane[:, ::-1]
        if self.flipped:
            plane = plane[::-1]
        return np.ascontiguousarray(plane)

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Return the (width, height) of a picture after rotation; the function is its own inverse."""
        return (height, width) if self.transposed else (width, height)

    def as_coded(self, part: Part, width: int, height: int) -> Part:
        """Return the part of the coded picture, ``width`` by ``height``, for a part of the upright one."""
        across, down = self.size(width, height)
        left = across - part.left - part.width if self.mirrored else part.left
        top = down - part.top - part.height if self.flipped else part.top
        if self.transposed:
            return Part(top, left, part.height, part.width)
        return Part(left, top, part.width, part.height)


UPRIGHT: Final = Orientation()


def orientation_of(frame: av.VideoFrame) -> Orientation:
    """Return a frame's orientation, from the display matrix of its file (ISO/IEC 14496-12, 6.2.2).

    The matrix maps a coded point (p, q) to (a p + c q, b p + d q). Angles are rounded to the nearest quarter turn, as
    players do.
    """
    matrix: Any = frame.side_data.get("DISPLAYMATRIX")
    if matrix is None:
        return UPRIGHT
    a, b, _, c, d, *_ = _MATRIX.unpack(bytes(matrix)[: _MATRIX.size])
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return Orientation(False, a < 0, d < 0)
    return Orientation(True, c < 0, b < 0)
