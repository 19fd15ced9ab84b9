"""Masks: a picture as opacity at luma and chroma resolution, applied to a layer or used to mix."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from farm.model.timeline import Channel
from farm.render import kernels, matte_kernels
from farm.render.blur import blurred
from farm.render.frame import Frame, Plane


@dataclass(frozen=True, slots=True, eq=False)
class Matte:
    """Where a clip is visible, 0 to 255."""

    a: Plane
    """At luma resolution."""
    a2: Plane
    """At chroma resolution."""


def matte_of(picture: Frame, channel: Channel, *, invert: bool, feather_px: float) -> Matte:
    """Return a mask's picture, premultiplied with alpha, as opacity.

    Raises:
        NotOnDevice: the picture is not in host memory.
    """
    assert picture.a is not None
    assert picture.a2 is not None
    full, half = picture.a, picture.a2
    if channel is Channel.LUMA:
        full, half = np.empty_like(full), np.empty_like(half)
        matte_kernels.luma_to_alpha(full, picture.y, picture.a)
        matte_kernels.halve(half, full)
    if feather_px > 0:
        full, half = blurred(full, feather_px), blurred(half, feather_px / 2)
    if invert:
        full, half = 255 - full, 255 - half
    return Matte(full, half)


def matted(layer: Frame, matte: Matte) -> Frame:
    """Return a premultiplied layer of the matte's size, visible only where the matte lets it through.

    The alpha of an opaque layer is the matte itself.
    """
    if layer.opaque:
        out = layer.room()
        for target, plane in zip(out.planes(), layer.planes(), strict=True):
            kernels.multiply(target, plane, matte.a if plane.shape == layer.y.shape else matte.a2)
        return Frame(out.y, out.u, out.v, matte.a, matte.a2)
    out = layer.blank(alpha=True)
    for target, plane in zip(out.planes(), layer.planes(), strict=True):
        kernels.multiply(target, plane, matte.a if plane.shape == layer.y.shape else matte.a2)
    return out


def mix_through(canvas: Frame, changed: Frame, matte: Matte, opacity: float) -> None:
    """Mix ``changed`` into ``canvas``, both of the matte's size and kind, in place."""
    strength = max(0, min(256, math.floor(opacity * 256 + 0.5)))
    for target, plane in zip(canvas.planes(), changed.planes(), strict=True):
        mask = matte.a if plane.shape == canvas.y.shape else matte.a2
        matte_kernels.mix_through(target, plane, mask, 0, 0, target.shape[1], target.shape[0], strength)
