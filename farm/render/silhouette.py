"""What lies around a cut-out: an outline and a shadow of the picture's own shape."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from farm.model.color import Color, to_yuv
from farm.model.look import Shadow, Stroke
from farm.render import matte_kernels, silhouette_kernels
from farm.render.blur import blurred
from farm.render.device import Device, NotOnDevice
from farm.render.frame import Frame, Plane
from farm.render.matte import Matte, matted
from farm.render.place import Mapping, place


@dataclass(frozen=True, slots=True, eq=False)
class Silhouette:
    """The trim of a picture that is transparent in places: it follows what is visible, and not the box."""

    margin_px: int
    """Even room around the box."""
    border: Stroke | None
    """An outline around the visible part."""
    shadow: Shadow | None
    """A shadow of the visible part and its outline."""
    device: Device
    """Composes."""

    def around(self, canvas: Frame) -> Frame:
        """Return the box's picture above its outline and its shadow, the margin around it."""
        return self.device.run("silhouette", self._around, canvas)

    def _around(self, canvas: Frame) -> Frame:
        if not isinstance(canvas.y, np.ndarray):
            raise NotOnDevice("silhouettes are made in this machine's memory")
        width, height = canvas.width + 2 * self.margin_px, canvas.height + 2 * self.margin_px
        everything = (0, 0, width, height)
        out = canvas.blank(alpha=True, width=width, height=height)
        picture = canvas.blank(alpha=True, width=width, height=height)
        place(picture, canvas, Mapping(self.margin_px, self.margin_px), 1.0, everything)
        assert picture.a is not None
        outline = picture.a
        if self.border is not None:
            outline = np.empty_like(picture.a)
            # A shadow or a halo that is part of the picture is not outlined, unless there is nothing else.
            least = max(1, int(picture.a.max()) // 3)
            silhouette_kernels.grow(outline, picture.a, self.border.width_px, least)
            np.maximum(outline, picture.a, out=outline)
        if self.shadow is not None:
            cast = blurred(_moved(outline, self.shadow), self.shadow.blur_px)
            place(out, _filled(cast, self.shadow.color), Mapping(0, 0), 1.0, everything)
        if self.border is not None:
            place(out, _filled(outline, self.border.color), Mapping(0, 0), 1.0, everything)
        place(out, picture, Mapping(0, 0), 1.0, everything)
        return out


def _moved(alpha: Plane, shadow: Shadow) -> Plane:
    """Return the alpha of a shadow before it is blurred, at its offset in whole pixels."""
    dx, dy = math.floor(shadow.dx_px + 0.5), math.floor(shadow.dy_px + 0.5)
    height, width = alpha.shape
    out = np.zeros_like(alpha)
    rows, columns = slice(max(0, dy), height + min(0, dy)), slice(max(0, dx), width + min(0, dx))
    from_rows = slice(max(0, -dy), height - max(0, dy))
    out[rows, columns] = alpha[from_rows, max(0, -dx) : width - max(0, dx)]
    return out


def _filled(alpha: Plane, color: Color) -> Frame:
    """Return a colour with an opacity, of even size, as a premultiplied frame."""
    full = alpha
    if color.a < 255:
        full = ((alpha.astype(np.uint16) * color.a + 127) // 255).astype(np.uint8)
    half = np.empty((alpha.shape[0] // 2, alpha.shape[1] // 2), np.uint8)
    matte_kernels.halve(half, full)
    return matted(Frame.solid(alpha.shape[1], alpha.shape[0], to_yuv(color)), Matte(full, half))
