"""Blend modes of W3C's Compositing and Blending Level 1: a layer onto a canvas."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Final

import numpy as np

from farm.model.placement import Blend
from farm.render import blend_kernels
from farm.render.blend_kernels import Table
from farm.render.frame import Frame

_WHOLE: Final = {
    Blend.HUE: blend_kernels.HUE,
    Blend.SATURATION: blend_kernels.SATURATION,
    Blend.COLOR: blend_kernels.COLOR,
    Blend.LUMINOSITY: blend_kernels.LUMINOSITY,
}
"""The modes that combine colours as a whole."""


def _dodge(b: float, s: float) -> float:
    if b <= 0:
        return 0.0
    return 1.0 if s >= 1 else min(1.0, b / (1 - s))


def _burn(b: float, s: float) -> float:
    if b >= 1:
        return 1.0
    return 0.0 if s <= 0 else 1 - min(1.0, (1 - b) / s)


def _hard(b: float, s: float) -> float:
    return 2 * b * s if s <= 0.5 else b + (2 * s - 1) - b * (2 * s - 1)


def _soft(b: float, s: float) -> float:
    if s <= 0.5:
        return b - (1 - 2 * s) * b * (1 - b)
    d = ((16 * b - 12) * b + 4) * b if b <= 0.25 else math.sqrt(b)
    return b + (2 * s - 1) * (d - b)


FORMULAS: Final[dict[Blend, Callable[[float, float], float]]] = {
    Blend.NORMAL: lambda _, s: s,
    Blend.MULTIPLY: lambda b, s: b * s,
    Blend.SCREEN: lambda b, s: b + s - b * s,
    Blend.OVERLAY: lambda b, s: _hard(s, b),
    Blend.DARKEN: min,
    Blend.LIGHTEN: max,
    Blend.COLOR_DODGE: _dodge,
    Blend.COLOR_BURN: _burn,
    Blend.HARD_LIGHT: _hard,
    Blend.SOFT_LIGHT: _soft,
    Blend.DIFFERENCE: lambda b, s: abs(b - s),
    Blend.EXCLUSION: lambda b, s: b + s - 2 * b * s,
}
"""B(backdrop, source) of the separable modes, on 0 to 1 (W3C, section 10.1)."""


@lru_cache(maxsize=16)
def table_of(mode: Blend) -> Table:
    """Return B of a mode for all pairs of 8-bit values, uint8, shape (256, 256); zeros where it is not separable."""
    formula = FORMULAS.get(mode)
    if formula is None:
        return np.zeros((256, 256), np.uint8)
    values = [[math.floor(formula(b / 255, s / 255) * 255 + 0.5) for s in range(256)] for b in range(256)]
    return np.array(values, np.uint8)


def blend(canvas: Frame, layer: Frame, mode: Blend) -> None:
    """Blend ``layer``, premultiplied, onto ``canvas``, of the same size, in place.

    Raises:
        NotOnDevice: the canvas is not in host memory.
    """
    assert layer.a is not None
    assert layer.a2 is not None
    opaque = canvas.a is None or canvas.a2 is None
    alpha = canvas.y if canvas.a is None else canvas.a
    alpha2 = canvas.u if canvas.a2 is None else canvas.a2
    blend_kernels.blend_planes(
        canvas.y, canvas.u, canvas.v, alpha, alpha2, opaque,
        layer.y, layer.u, layer.v, layer.a, layer.a2, table_of(mode), _WHOLE.get(mode, blend_kernels.SEPARABLE),
    )  # fmt: skip
