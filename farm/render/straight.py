"""Conversion between premultiplied frames, which are composed, and straight ones, which effects are given."""

from __future__ import annotations

from farm.render import kernels
from farm.render.frame import Frame


def straight(frame: Frame) -> Frame:
    """Return a premultiplied frame straight; the frame itself if it is opaque."""
    if frame.a is None or frame.a2 is None:
        return frame
    out = frame.blank(alpha=False)
    for dst, src in zip(out.planes(), (frame.y, frame.u, frame.v), strict=True):
        kernels.divide(dst, src, frame.a if src.shape == frame.y.shape else frame.a2)
    return Frame(out.y, out.u, out.v, frame.a, frame.a2)


def premultiplied(frame: Frame) -> Frame:
    """Return a straight frame premultiplied; the frame itself if it is opaque."""
    if frame.a is None or frame.a2 is None:
        return frame
    out = frame.blank(alpha=False)
    for dst, src in zip(out.planes(), (frame.y, frame.u, frame.v), strict=True):
        kernels.multiply(dst, src, frame.a if src.shape == frame.y.shape else frame.a2)
    return Frame(out.y, out.u, out.v, frame.a, frame.a2)
