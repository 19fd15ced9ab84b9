"""Conversion between premultiplied frames, which are composed, and straight ones, which most effects are given.

A transparent pixel has no colour. Below it, straight frames have that of the picture nearby, so that effects that look
at neighbours find the picture continued instead of an edge against YUV zero, which is green.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from farm.render import kernels, sampling
from farm.render.frame import Frame, Plane
from farm.render.sampling import Index

_THICKENED: Final = 3
"""How often a picture is laid over itself: where half of it is opaque, 0.4 % of its colour is its surroundings'."""


def straight(frame: Frame) -> Frame:
    """Return a premultiplied frame straight, its colours continued below transparent pixels; itself if it is opaque."""
    if frame.a is None or frame.a2 is None:
        return frame
    (y,) = _continued(frame.a, (frame.y,), _THICKENED)
    u, v = _continued(frame.a2, (frame.u, frame.v), _THICKENED)
    return Frame(y, u, v, frame.a, frame.a2)


def premultiplied(frame: Frame) -> Frame:
    """Return a straight frame premultiplied; the frame itself if it is opaque."""
    if frame.a is None or frame.a2 is None:
        return frame
    out = frame.blank(alpha=False)
    for dst, src in zip(out.planes(), (frame.y, frame.u, frame.v), strict=True):
        kernels.multiply(dst, src, frame.a if src.shape == frame.y.shape else frame.a2)
    return Frame(out.y, out.u, out.v, frame.a, frame.a2)


@dataclass(frozen=True, slots=True)
class Layer:
    """A frame between effects, converted only where the next one wants it of the other kind."""

    frame: Frame
    """The frame; the kinds of an opaque one are the same."""
    is_straight: bool = False
    """Whether it is straight."""
    continues: bool = True
    """Whether colours continue below transparent pixels of a straight frame: not where an effect made new ones."""

    def premultiplied(self) -> Frame:
        """Return the frame premultiplied."""
        return premultiplied(self.frame) if self.is_straight else self.frame

    def straight(self) -> Frame:
        """Return the frame straight, its colours continued below transparent pixels."""
        return self.frame if self.is_straight and self.continues else straight(self.premultiplied())


def _continued(alpha: Plane, colors: tuple[Plane, ...], times: int) -> tuple[Plane, ...]:
    """Return premultiplied planes laid over enlarged copies of themselves, each level half as large as the last.

    Thickened first, levels keep 8 bits of colour even where the picture covers little of them. Kernels of the
    compositor suffice, so a GPU does the same.
    """
    thick = _thickened(alpha, (*colors, alpha), times)
    *colors_thick, cover = thick
    if cover.shape == (1, 1):
        return tuple(_divided(plane, cover) for plane in colors_thick)
    *small, small_cover = (_resized(plane, smaller=True, like=plane) for plane in thick)
    below = _continued(small_cover, tuple(small), _THICKENED - 1)
    found = []
    for plane, ground in zip(colors_thick, below, strict=True):
        out = _resized(ground, smaller=False, like=plane)
        _lay(out, plane, cover)
        found.append(out)
    return tuple(found)


def _thickened(alpha: Plane, planes: tuple[Plane, ...], times: int) -> tuple[Plane, ...]:
    """Return planes, of which the last is their alpha, laid over themselves a number of times."""
    for _ in range(times):
        laid = tuple(plane.copy() for plane in planes)
        for out, plane in zip(laid, planes, strict=True):
            _lay(out, plane, alpha)
        planes, alpha = laid, laid[-1]
    return planes


def _lay(out: Plane, plane: Plane, alpha: Plane) -> None:
    height, width = out.shape
    kernels.over(out, plane, alpha, 0, 0, 0, 0, width, height, 256)


def _divided(plane: Plane, alpha: Plane) -> Plane:
    out = np.empty_like(plane)
    kernels.divide(out, plane, alpha)
    return out


@lru_cache(maxsize=64)
def _halves(count: int) -> tuple[Index, Index]:
    """Return where a line of ``count`` samples is read for one of half as many: between each two."""
    index = np.arange(0, count, 2, dtype=np.int32)
    return index, np.where(index < count - 1, 128, 0).astype(np.int32)


@lru_cache(maxsize=64)
def _doubles(count: int) -> tuple[Index, Index]:
    """Return where a line of half as many samples is read for one of ``count``."""
    last = (count + 1) // 2 - 1
    fixed = np.clip(np.arange(count, dtype=np.int32) * 128 - 64, 0, last * 256)
    return (fixed >> 8).astype(np.int32), (fixed & 255).astype(np.int32)


def _resized(plane: Plane, *, smaller: bool, like: Plane) -> Plane:
    """Return a plane at half the size of another, or a small one at its size."""
    height, width = like.shape
    if smaller:
        out = np.empty_like(plane, shape=((height + 1) // 2, (width + 1) // 2))
        tables = *_halves(width), *_halves(height)
    else:
        out = np.empty_like(like)
        tables = *_doubles(width), *_doubles(height)
    sampling.resample(out, plane, *tables, 0, 0)
    return out
