"""What effects do about transparent parts: a picture over a ground, alphas joined, light beyond an outline.

Frames of effects are straight here; where they are opaque nothing is done.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from farm.plugin import Frame, Plane
from farm_basics.fades import ONE, mix
from farm_basics.soften import shrink, soften_plane, unshrink
from farm_basics.tones import Table, map_plane_by


def over_level(plane: Plane, alpha: Plane | None, level: int) -> Plane:
    """Return a straight plane over a ground of one level; the plane itself if it is opaque."""
    if alpha is None:
        return plane
    from farm_basics.drawn_kernels import cover_by

    out = np.empty_like(plane)
    cover_by(plane, alpha, level, 1, out)
    return out


def over_plane(plane: Plane, alpha: Plane, ground: Plane) -> Plane:
    """Return a straight plane over another."""
    out = ground.copy()
    _lay(out, product(plane, alpha), alpha)
    return out


def laid_over(above: Frame, below: Frame) -> Frame:
    """Return a premultiplied frame with alpha laid over another."""
    assert above.a is not None
    assert above.a2 is not None
    out = below.copy()
    for plane, target in zip(above.planes(), out.planes(), strict=True):
        _lay(target, plane, above.a if plane.shape == above.y.shape else above.a2)
    return out


def _lay(out: Plane, plane: Plane, alpha: Plane) -> None:
    from farm.plugin import over

    height, width = out.shape
    over(out, plane, alpha, 0, 0, 0, 0, width, height, 256)


def largest(first: Plane, *others: Plane) -> Plane:
    """Return the largest value of planes at each pixel."""
    from farm_basics.layer_kernels import larger

    for other in others:
        out = np.empty_like(first)
        larger(first, other, out)
        first = out
    return first


@lru_cache(maxsize=1)
def _reciprocals() -> NDArray[np.int32]:
    alpha = np.maximum(np.arange(256), 1)
    found = ((4096 * 255 + alpha // 2) // alpha).astype(np.int32)
    found.setflags(write=False)
    return found


def lifted(plane: Plane, alpha: Plane, ground: Plane, high: int) -> Plane:
    """Undo :func:`over_plane`: return the straight plane of which ``plane`` was seen over a ground."""
    from farm_basics.layer_kernels import lift_off

    out = np.empty_like(plane)
    lift_off(plane, ground, alpha, _reciprocals(), high, out)
    return out


def lit_beyond(frame: Frame, light: Plane, table: Table) -> tuple[Plane, Plane] | tuple[None, None]:
    """Return the alpha planes of a frame below which light shines, whose opacity a table says for its levels."""
    if frame.a is None or frame.a2 is None:
        return None, None
    from farm_basics.kernels import map_luma_to_chroma

    a, a2 = map_plane_by(light, table), np.empty_like(frame.a2)
    map_luma_to_chroma(light, table, a2)
    _lay(a, frame.a, frame.a)
    _lay(a2, frame.a2, frame.a2)
    return a, a2


def shining(source: Frame, made: Frame, weights: Plane, sigma_px: float, opacity: Table) -> Frame:
    """Return an effect's result with light around what is opaque.

    Args:
        source: The picture.
        made: What an effect made of it.
        weights: How much each of its pixels shines.
        sigma_px: How far its light spreads, as a Gaussian's sigma.
        opacity: How opaque the light is by its level: it covers shadows, too, but nothing opaque.
    """
    assert source.a is not None
    assert source.a2 is not None
    # Light is soft: half of luma's resolution suffices for it.
    shines = product(shrink(weights, 2), source.a2)
    light = soften_plane(shines, sigma_px / 2)
    # Its colour is that of what shines, wherever it falls: on a shadow, too.
    y, u, v = (
        quotient(soften_plane(product(plane, shines), sigma_px / 2), light)
        for plane in (shrink(source.y, 2), source.u, source.v)
    )
    a, share = _shone_on(source.a, map_plane_by(unshrink(light, 2, source.y), opacity))
    a2, share2 = _shone_on(source.a2, map_plane_by(light, opacity))
    return Frame(
        over_plane(unshrink(y, 2, source.y), share, made.y),
        over_plane(u, share2, made.u),
        over_plane(v, share2, made.v),
        a,
        a2,
    )


def _shone_on(alpha: Plane, light: Plane) -> tuple[Plane, Plane]:
    """Return the alpha of what light of an opacity shines on, and its share in the colour."""
    cover, lit = product(light, map_plane_by(alpha, _not_opaque())), alpha.copy()
    _lay(lit, cover, cover)
    return lit, quotient(cover, lit)


def product(plane: Plane, alpha: Plane) -> Plane:
    """Return ``plane * alpha / 255``, rounded."""
    from farm.plugin import multiply

    out = np.empty_like(plane)
    multiply(out, plane, alpha)
    return out


def quotient(plane: Plane, alpha: Plane) -> Plane:
    """Return ``plane * 255 / alpha``, rounded and capped; 0 where ``alpha`` is."""
    from farm.plugin import divide

    out = np.empty_like(plane)
    divide(out, plane, alpha)
    return out


@lru_cache(maxsize=1)
def _not_opaque() -> Table:
    return opacity_table(1 - (np.arange(256) / 255) ** 2)


def solid_light(frame: Frame, sigma_px: float) -> Plane:
    """Return the luma of a straight frame around each pixel, by its opaque parts: shadows count little."""
    if frame.a is None:
        return soften_plane(frame.y, sigma_px)
    weight = map_plane_by(frame.a, opacity_table((np.arange(256) / 255) ** 4))
    return quotient(soften_plane(product(frame.y, weight), sigma_px), soften_plane(weight, sigma_px))


def opacity_table(opacity: NDArray[np.float64]) -> Table:
    """Return opacities for the 256 levels, 0 to 1 and clipped, as a table."""
    table: Table = np.floor(255 * np.clip(opacity, 0, 1) + 0.5).astype(np.uint8)
    table.setflags(write=False)
    return table


def faded_in(frame: Frame, made: Frame, value: float, full: float) -> Frame:
    """Return an effect's result mixed in as a parameter rises from 0 to ``full``, from where on it shows wholly."""
    return mix(frame, made, round(ONE * min(1.0, value / full)))
