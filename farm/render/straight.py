"""Conversion between premultiplied frames, which are composed, and straight ones, which most effects are given.

A transparent pixel has no colour. Below it, straight frames have that of the picture nearby, so that effects that look
at neighbours find the picture continued instead of an edge against YUV zero, which is green.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from farm.render import kernels, straight_kernels
from farm.render.frame import Frame, Plane


def straight(frame: Frame) -> Frame:
    """Return a premultiplied frame straight, its colours continued below transparent pixels; itself if it is opaque."""
    if frame.a is None or frame.a2 is None:
        return frame
    (y,) = _continued(frame.a, (frame.y,), thick=True)
    u, v = _continued(frame.a2, (frame.u, frame.v), thick=True)
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


def _continued(alpha: Plane, colors: tuple[Plane, ...], *, thick: bool) -> tuple[Plane, ...]:
    """Return premultiplied planes laid over enlarged copies of themselves, each half as large as the last.

    Only the last one is divided by its alpha, which is full unless all is transparent: what is rounded on the way is
    not multiplied any more.
    """
    if alpha.shape == (1, 1):
        return tuple(_divided(plane, alpha) for plane in colors)
    height, width = alpha.shape
    half = (height + 1) // 2, (width + 1) // 2
    small = []
    for plane in (*colors, alpha):
        out = np.empty_like(plane, shape=half)
        straight_kernels.gather(out, plane, alpha)
        small.append(out)
    found = []
    for plane, ground in zip(colors, _continued(small[-1], tuple(small[:-1]), thick=False), strict=True):
        out = np.empty_like(plane)
        straight_kernels.lay_on_small(out, plane, alpha, ground, int(thick))
        found.append(out)
    return tuple(found)


def _divided(plane: Plane, alpha: Plane) -> Plane:
    out = np.empty_like(plane)
    kernels.divide(out, plane, alpha)
    return out
