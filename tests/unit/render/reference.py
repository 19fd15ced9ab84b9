"""The reference compositor: what the kernels approximate, in float64 and as plainly as it can be written.

Values are levels, 0 to 255; premultiplied where there is alpha, as in :mod:`farm.render.frame`.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float64]

RGB_TO_YUV = np.array(
    [
        [0.2126, 0.7152, 0.0722],
        [-0.2126 / 1.8556, -0.7152 / 1.8556, 0.9278 / 1.8556],
        [0.7874 / 1.5748, -0.7152 / 1.5748, -0.0722 / 1.5748],
    ]
)
"""BT.709-6, items 3.2 and 3.3: from R'G'B' to E'Y, E'CB, E'CR, all of full scale 1."""
YUV_SCALE = np.array([219.0, 224.0, 224.0]) / 255
YUV_ORIGIN = np.array([16.0, 128.0, 128.0])


def bilinear(size: int, at: Real) -> Real:
    """Return the matrix that samples ``size`` values at positions ``at``; beyond the ends, the ends repeat."""
    matrix = np.zeros((at.size, size))
    position = np.clip(at, 0, size - 1)
    left = np.minimum(np.floor(position).astype(int), size - 1)
    rest = position - left
    rows = np.arange(at.size)
    np.add.at(matrix, (rows, left), 1 - rest)
    np.add.at(matrix, (rows, np.minimum(left + 1, size - 1)), rest)
    return matrix


def resample(plane: Real, columns: Real, rows: Real) -> Real:
    """Return ``plane`` sampled at every pair of ``rows`` and ``columns``."""
    sampled: Real = bilinear(plane.shape[0], rows) @ plane @ bilinear(plane.shape[1], columns).T
    return sampled


def sampled(plane: Real, x: Real, y: Real) -> Real:
    """Return ``plane`` at columns ``x`` and rows ``y``, bilinearly; clear outside."""
    shape = x.shape
    padded = np.pad(plane, [(1, 1), (1, 1)] + [(0, 0)] * (plane.ndim - 2))
    height, width = padded.shape[:2]
    out = np.zeros((*shape, *plane.shape[2:]))
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    for dy in (0, 1):
        for dx in (0, 1):
            column, row = left + dx, top + dy
            weight = (1 - np.abs(x - column)) * (1 - np.abs(y - row))
            inside = (column >= -1) & (column < width - 1) & (row >= -1) & (row < height - 1)
            value = padded[np.clip(row + 1, 0, height - 1), np.clip(column + 1, 0, width - 1)]
            out += np.where(inside, weight, 0).reshape(shape + (1,) * (plane.ndim - 2)) * value
    return out


def affine(plane: Real, matrix: tuple[float, ...], shape: tuple[int, int]) -> Real:
    """Return ``plane`` at (xx*i + xy*j + xt, yx*i + yy*j + yt) for every column i and row j; clear outside."""
    xx, xy, xt, yx, yy, yt = matrix
    j, i = np.mgrid[0 : shape[0], 0 : shape[1]].astype(float)
    return sampled(plane, xx * i + xy * j + xt, yx * i + yy * j + yt)


def over(dst: Real, src: Real, alpha: Real, opacity: float = 1.0) -> Real:
    """Return premultiplied ``src`` with ``alpha`` over ``dst``."""
    result: Real = src * opacity + dst * (1 - alpha * opacity / 255)
    return result


def lay(dst: Real, src: Real, opacity: float) -> Real:
    """Return an opaque ``src`` mixed over ``dst``."""
    return over(dst, src, np.full_like(src, 255), opacity)


def multiply(src: Real, alpha: Real) -> Real:
    """Return ``src`` premultiplied."""
    product: Real = src * alpha / 255
    return product


def divide(src: Real, alpha: Real) -> Real:
    """Return ``src`` straight; 0 where clear."""
    return np.where(alpha > 0, np.minimum(255, src * 255 / np.maximum(alpha, 1)), 0)


def blur_rows(plane: Real, radius: int) -> Real:
    """Return the mean of ``2 * radius + 1`` neighbours along each row; edges repeat."""
    padded = np.pad(plane, ((0, 0), (radius, radius)), mode="edge")
    window = np.ones(2 * radius + 1) / (2 * radius + 1)
    return np.stack([np.convolve(row, window, mode="valid") for row in padded])


def halved(plane: Real) -> Real:
    """Return a plane at chroma resolution: 1 2 1 across, centred on the left column of a pair, and 1 1 down."""
    height, width = plane.shape[:2]
    padded = np.pad(plane, [(0, 0), (1, 1)] + [(0, 0)] * (plane.ndim - 2), mode="edge")
    across = (padded[:, 0:width] + 2 * padded[:, 1 : width + 1] + padded[:, 2 : width + 2])[:, ::2] / 4
    down: Real = (across[0:height:2] + across[1:height:2]) / 2
    return down


def planes_from_rgb(rgb: Real, alpha: Real | None = None) -> tuple[Real, Real, Real]:
    """Return y, u and v for (height, width, 3), premultiplied where ``alpha`` is given."""
    whole = np.full(rgb.shape[:2], 255.0) if alpha is None else alpha
    yuv = rgb @ RGB_TO_YUV.T * YUV_SCALE + whole[..., None] / 255 * YUV_ORIGIN
    chroma = halved(yuv)
    return yuv[..., 0], chroma[..., 1], chroma[..., 2]


def rgb_from_planes(y: Real, u: Real, v: Real) -> Real:
    """Return (height, width, 3); chroma is interpolated across and repeated down."""
    columns = np.arange(y.shape[1]) / 2
    wide = [np.repeat(plane @ bilinear(plane.shape[1], columns).T, 2, axis=0) for plane in (u, v)]
    yuv = (np.stack([y, *wide], axis=-1) - YUV_ORIGIN) / YUV_SCALE
    return np.clip(yuv @ np.linalg.inv(RGB_TO_YUV).T, 0, 255)


def turned(
    picture: Real,
    left: float,
    top: float,
    angle_deg: float,
    pivot: tuple[float, float],
    shape: tuple[int, int],
) -> Real:
    """Return a canvas with ``picture`` at (left, top), turned clockwise about ``pivot``; clear elsewhere."""
    cos, sin = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    px, py = pivot
    # a canvas pixel's centre, turned back about the pivot, less the picture's corner
    x0 = cos * (0.5 - px) + sin * (0.5 - py) + px - left - 0.5
    y0 = -sin * (0.5 - px) + cos * (0.5 - py) + py - top - 0.5
    return affine(picture, (cos, sin, x0, -sin, cos, y0), shape)


def _lum(c: Real) -> Real:
    return c @ np.array([0.3, 0.59, 0.11])


def _with_lum(c: Real, lum: Real) -> Real:
    """Return W3C's SetLum of (…, 3) colours, with ClipColor."""
    c = c + (lum - _lum(c))[..., None]
    whole = _lum(c)[..., None]
    low, high = c.min(axis=-1, keepdims=True), c.max(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        c = np.where(low < 0, whole + (c - whole) * whole / (whole - low), c)
        clipped: Real = np.where(high > 1, whole + (c - whole) * (1 - whole) / (high - whole), c)
    return clipped


def _with_sat(c: Real, sat: Real) -> Real:
    """Return W3C's SetSat of (…, 3) colours."""
    low, high = c.min(axis=-1, keepdims=True), c.max(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(high > low, (c - low) * sat[..., None] / (high - low), 0.0)


def _sat(c: Real) -> Real:
    spread: Real = c.max(axis=-1) - c.min(axis=-1)
    return spread


def _dodge(b: Real, s: Real) -> Real:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(b <= 0, 0.0, np.where(s >= 1, 1.0, np.minimum(1, b / (1 - s))))


def _burn(b: Real, s: Real) -> Real:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(b >= 1, 1.0, np.where(s <= 0, 0.0, 1 - np.minimum(1, (1 - b) / s)))


def _hard(b: Real, s: Real) -> Real:
    return np.where(s <= 0.5, b * 2 * s, b + (2 * s - 1) - b * (2 * s - 1))


def _soft(b: Real, s: Real) -> Real:
    d = np.where(b <= 0.25, ((16 * b - 12) * b + 4) * b, np.sqrt(b))
    return np.where(s <= 0.5, b - (1 - 2 * s) * b * (1 - b), b + (2 * s - 1) * (d - b))


BLENDS: dict[str, Callable[[Real, Real], Real]] = {
    "normal": lambda _, s: s,
    "multiply": lambda b, s: b * s,
    "screen": lambda b, s: b + s - b * s,
    "overlay": lambda b, s: _hard(s, b),
    "darken": np.minimum,
    "lighten": np.maximum,
    "color-dodge": _dodge,
    "color-burn": _burn,
    "hard-light": _hard,
    "soft-light": _soft,
    "difference": lambda b, s: np.abs(b - s),
    "exclusion": lambda b, s: b + s - 2 * b * s,
    "hue": lambda b, s: _with_lum(_with_sat(s, _sat(b)), _lum(b)),
    "saturation": lambda b, s: _with_lum(_with_sat(b, _sat(s)), _lum(b)),
    "color": lambda b, s: _with_lum(s, _lum(b)),
    "luminosity": lambda b, s: _with_lum(b, _lum(s)),
}
"""B(Cb, Cs) of W3C's Compositing and Blending Level 1, sections 10.1 and 10.2, on (…, 3) colours of 0 to 1."""


def blended(mode: str, backdrop: Real, source: Real, below: Real, alpha: Real) -> tuple[Real, Real]:
    """Return the premultiplied colours and the alpha of a source of ``alpha`` on a backdrop of alpha ``below``.

    Colours are straight, (…, 3), and all of 0 to 1 (section 9.2, simple alpha compositing after mixing).
    """
    ab, a = below[..., None], alpha[..., None]
    mixed = BLENDS[mode](backdrop, source)
    return a * (1 - ab) * source + a * ab * mixed + (1 - a) * ab * backdrop, below + alpha * (1 - below)
