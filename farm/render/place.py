"""Placing a picture on a canvas: shift, scale, rotation, opacity, clipping, with sub-pixel motion."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from farm.render import kernels, sampling, turning
from farm.render.frame import Frame, Plane
from farm.render.sampling import Index

BORDER_PX: Final = 2
"""Transparent pixels around pictures with alpha, so that bilinear sampling fades their edges out."""

ClipRect = tuple[int, int, int, int]
"""(left, top, right, bottom) of the part of a canvas that may be touched."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """How a picture's pixels map to the canvas: ``canvas = rotate(picture * scale + origin)``."""

    x: float
    """Canvas column of the picture's left edge, before rotation."""
    y: float
    """Canvas row of its top edge, before rotation."""
    sx: float = 1.0
    """Canvas columns per picture column."""
    sy: float = 1.0
    """Canvas rows per picture row."""
    rotation_deg: float = 0.0
    """Clockwise about the pivot."""
    pivot_x: float = 0.0
    """Canvas column that rotation leaves in place."""
    pivot_y: float = 0.0
    """Canvas row that rotation leaves in place."""

    def moved(self, ax: float, ay: float, scale: float, dx: float, dy: float, rotation_deg: float) -> Mapping:
        """Return this mapping scaled and rotated about (ax, ay) on the canvas, then shifted by (dx, dy)."""
        return Mapping(
            ax + (self.x - ax) * scale + dx,
            ay + (self.y - ay) * scale + dy,
            self.sx * scale,
            self.sy * scale,
            rotation_deg,
            ax + dx,
            ay + dy,
        )


def with_alpha(frame: Frame) -> Frame:
    """Return ``frame``, with fully opaque alpha planes if it has none."""
    if frame.a is not None:
        return frame
    return Frame(frame.y, frame.u, frame.v, np.full_like(frame.y, 255), np.full_like(frame.u, 255))


def bordered(frame: Frame) -> Frame:
    """Return ``frame`` with alpha and a transparent border of :data:`BORDER_PX` around it."""
    source = with_alpha(frame)
    out = source.blank(alpha=True, width=source.width + 2 * BORDER_PX, height=source.height + 2 * BORDER_PX)
    for target, plane in zip(out.planes(), source.planes(), strict=True):
        edge = BORDER_PX if plane.shape == source.y.shape else BORDER_PX // 2
        target[edge : edge + plane.shape[0], edge : edge + plane.shape[1]] = plane
    return out


def place(dst: Frame, picture: Frame, mapping: Mapping, opacity: float, clip_rect: ClipRect) -> None:
    """Draw ``picture`` over ``dst``, within ``clip_rect`` (even numbers).

    An opaque picture that does not cover the clip rectangle has hard edges unless the caller bordered it first.
    """
    strength = max(0, min(256, math.floor(opacity * 256 + 0.5)))
    clip_rect = (
        max(0, clip_rect[0]),
        max(0, clip_rect[1]),
        min(dst.width, clip_rect[2]),
        min(dst.height, clip_rect[3]),
    )
    if strength == 0 or clip_rect[0] >= clip_rect[2] or clip_rect[1] >= clip_rect[3]:
        return
    if abs(mapping.rotation_deg) > 1e-9:
        _place_rotated(dst, with_alpha(picture), mapping, strength, clip_rect)
        return
    shifted = abs(mapping.sx - 1) < 1e-9 and abs(mapping.sy - 1) < 1e-9
    if shifted and _even(mapping.x) and _even(mapping.y):
        _place_shifted(dst, picture, round(mapping.x), round(mapping.y), strength, clip_rect)
    else:
        _place_scaled(dst, picture, mapping, strength, clip_rect)


def _even(value: float) -> bool:
    return abs(value / 2 - round(value / 2)) < 1 / 1024


def _halves(clip_rect: ClipRect) -> ClipRect:
    return clip_rect[0] // 2, clip_rect[1] // 2, (clip_rect[2] + 1) // 2, (clip_rect[3] + 1) // 2


def _place_shifted(dst: Frame, picture: Frame, x: int, y: int, strength: int, clip_rect: ClipRect) -> None:
    if picture.opaque and dst.opaque:
        for out, src in zip(dst.planes(), picture.planes(), strict=True):
            full = out.shape == dst.y.shape
            area, x0, y0 = (clip_rect, x, y) if full else (_halves(clip_rect), x // 2, y // 2)
            if strength == 256:
                left, top = max(area[0], x0), max(area[1], y0)
                right, bottom = min(area[2], x0 + src.shape[1]), min(area[3], y0 + src.shape[0])
                if left < right and top < bottom:
                    out[top:bottom, left:right] = src[top - y0 : bottom - y0, left - x0 : right - x0]
            else:
                kernels.lay(out, src, x0, y0, *area, strength)
        return
    source = with_alpha(picture)
    for out, src, alpha in _triples(dst, source):
        full = out.shape == dst.y.shape
        area, x0, y0 = (clip_rect, x, y) if full else (_halves(clip_rect), x // 2, y // 2)
        kernels.over(out, src, alpha, x0, y0, *area, strength)


def _triples(dst: Frame, source: Frame) -> list[tuple[Plane, Plane, Plane]]:
    assert source.a is not None
    assert source.a2 is not None
    triples = [(dst.y, source.y, source.a), (dst.u, source.u, source.a2), (dst.v, source.v, source.a2)]
    if dst.a is not None and dst.a2 is not None:
        triples += [(dst.a, source.a, source.a), (dst.a2, source.a2, source.a2)]
    return triples


def _table(
    low: int, high: int, origin: float, scale: float, size: int, offset: float, step: float
) -> tuple[Index, Index, int]:
    """Return source indices, weights of their right neighbours and the first output, as in ``sampling.positions``."""
    room = max(0, high - low)
    index, weight = np.empty(room, np.int32), np.empty(room, np.int32)
    first, count = sampling.positions(low, high, origin, scale, size, offset, step, index, weight)
    return index[:count], weight[:count], first


def _tables(
    shape: tuple[int, ...], full: bool, mapping: Mapping, clip_rect: ClipRect
) -> tuple[Index, Index, Index, Index, int, int]:
    area = clip_rect if full else _halves(clip_rect)
    step, down = (1.0, 0.5) if full else (2.0, 1.0)
    xi, xw, x0 = _table(area[0], area[2], mapping.x, mapping.sx, shape[1], 0.5, step)
    yi, yw, y0 = _table(area[1], area[3], mapping.y, mapping.sy, shape[0], down, step)
    return xi, xw, yi, yw, x0, y0


def _place_scaled(dst: Frame, picture: Frame, mapping: Mapping, strength: int, clip_rect: ClipRect) -> None:
    if picture.opaque and dst.opaque and strength == 256:
        for out, src in zip(dst.planes(), picture.planes(), strict=True):
            sampling.resample(out, src, *_tables(src.shape, out.shape == dst.y.shape, mapping, clip_rect))
        return
    for out, src, alpha in _triples(dst, with_alpha(picture)):
        tables = _tables(src.shape, out.shape == dst.y.shape, mapping, clip_rect)
        sampling.resample_over(out, src, alpha, *tables, strength)


def _place_rotated(dst: Frame, picture: Frame, mapping: Mapping, strength: int, clip_rect: ClipRect) -> None:
    angle = math.radians(mapping.rotation_deg)
    cos, sin = math.cos(angle), math.sin(angle)
    width, height = picture.width * mapping.sx, picture.height * mapping.sy
    corners = []
    for px, py in ((0.0, 0.0), (width, 0.0), (0.0, height), (width, height)):
        x, y = mapping.x + px - mapping.pivot_x, mapping.y + py - mapping.pivot_y
        corners.append((mapping.pivot_x + cos * x - sin * y, mapping.pivot_y + sin * x + cos * y))
    left = max(clip_rect[0], math.floor(min(c[0] for c in corners)) - 2)
    right = min(clip_rect[2], math.ceil(max(c[0] for c in corners)) + 2)
    top = max(clip_rect[1], math.floor(min(c[1] for c in corners)) - 2)
    bottom = min(clip_rect[3], math.ceil(max(c[1] for c in corners)) + 2)
    if left >= right or top >= bottom:
        return
    # canvas -> picture, as 2x3: undo the rotation about the pivot, then origin and scale
    xx, xy = cos / mapping.sx, sin / mapping.sx
    yx, yy = -sin / mapping.sy, cos / mapping.sy
    xt = (mapping.pivot_x - mapping.x) / mapping.sx - xx * mapping.pivot_x - xy * mapping.pivot_y
    yt = (mapping.pivot_y - mapping.y) / mapping.sy - yx * mapping.pivot_x - yy * mapping.pivot_y
    for out, src, alpha in _triples(dst, picture):
        full = out.shape == dst.y.shape
        step, ox, oy = (1.0, 0.5, 0.5) if full else (2.0, 0.5, 1.0)
        tx = (xx * ox + xy * oy + xt - ox) / step
        ty = (yx * ox + yy * oy + yt - oy) / step
        area = (left, top, right, bottom) if full else _halves((left, top, right, bottom))
        fixed = [math.floor(value * 65536 + 0.5) for value in (xx, xy, tx, yx, yy, ty)]
        turning.affine_over(out, src, alpha, *fixed, *area, strength)
