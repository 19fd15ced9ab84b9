"""Frames: planar YUV 4:2:0, 8 bit, BT.709 limited range, premultiplied where they carry alpha.

Premultiplied means that every plane holds ``round(value * alpha / 255)``; "over" is then the same formula for
every plane, including alpha: ``dst = src + dst * (255 - alpha) / 255``. Chroma siting is H.264's default: on the
left luma column of each pair, midway between its two rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Plane: TypeAlias = NDArray[np.uint8]
"""A plane: uint8, C-contiguous rows, shape (height, width)."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A picture; width and height are even."""

    y: Plane
    """Luma, (height, width), 16 to 235 where opaque."""
    u: Plane
    """Blue difference, (height/2, width/2), 16 to 240 where opaque."""
    v: Plane
    """Red difference, (height/2, width/2)."""
    a: Plane | None = None
    """Alpha at luma resolution; None for an opaque picture."""
    a2: Plane | None = None
    """Alpha at chroma resolution; present exactly where ``a`` is."""

    @property
    def width(self) -> int:
        """Luma columns."""
        return int(self.y.shape[1])

    @property
    def height(self) -> int:
        """Luma rows."""
        return int(self.y.shape[0])

    @property
    def opaque(self) -> bool:
        """Whether there is no alpha."""
        return self.a is None

    def planes(self) -> Iterator[Plane]:
        """Yield y, u, v and, where present, a and a2."""
        yield self.y
        yield self.u
        yield self.v
        if self.a is not None and self.a2 is not None:
            yield self.a
            yield self.a2

    def copy(self) -> Frame:
        """Return a copy with its own planes."""
        return Frame(*(plane.copy() for plane in self.planes()))

    def blank(self, *, alpha: bool, width: int = 0, height: int = 0) -> Frame:
        """Return a frame of zeros on the same device as this one, of its size unless another is given."""
        full = (height or self.height, width or self.width)
        half = (full[0] // 2, full[1] // 2)
        shapes = (full, half, half, full, half) if alpha else (full, half, half)
        return Frame(*(np.zeros_like(self.y, shape=shape) for shape in shapes))

    def room(self, *, width: int = 0, height: int = 0) -> Frame:
        """Return an opaque frame to be overwritten completely, like :meth:`blank` but with any content."""
        full = (height or self.height, width or self.width)
        half = (full[0] // 2, full[1] // 2)
        return Frame(*(np.empty_like(self.y, shape=shape) for shape in (full, half, half)))

    @staticmethod
    def empty(width: int, height: int, *, alpha: bool) -> Frame:
        """Return a frame of zeros in host memory: transparent if it has alpha, else to be overwritten."""
        full, half = (height, width), (height // 2, width // 2)
        shapes = (full, half, half, full, half) if alpha else (full, half, half)
        return Frame(*(np.zeros(shape, np.uint8) for shape in shapes))

    @staticmethod
    def solid(width: int, height: int, yuv: tuple[int, int, int]) -> Frame:
        """Return an opaque frame of one colour."""
        frame = Frame.empty(width, height, alpha=False)
        for plane, value in zip(frame.planes(), yuv, strict=True):
            plane.fill(value)
        return frame


@dataclass(frozen=True, slots=True)
class Moment:
    """The time for which an effect renders a frame."""

    frame: int
    """Frames since the clip's (or track's) start."""
    duration: int
    """Frames that the clip (or track) lasts."""
    rate: Fraction
    """Frames a second."""

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return float(self.frame / self.rate)

    @property
    def progress(self) -> float:
        """0 at the first frame to 1 at the last, clamped."""
        return min(1.0, max(0.0, self.frame / max(1, self.duration - 1)))
