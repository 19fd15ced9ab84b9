"""Conversions between sRGB arrays, rasters and frames. Kernels are loaded when the first pixel is converted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from farm.render.frame import Frame
from farm.render.raster import Raster


def frame_from_raster(raster: Raster, x: int, y: int) -> tuple[Frame, int, int]:
    """Return ``raster`` as a frame with a transparent border, and the canvas position of its corner.

    The corner is even, so that chroma stays aligned while the frame does not move.

    Args:
        raster: The drawing.
        x: Canvas column of the box's left edge.
        y: Canvas row of the box's top edge.
    """
    from farm.render.place import BORDER_PX

    left = x + raster.left_px - BORDER_PX
    top = y + raster.top_px - BORDER_PX
    left, top = left - left % 2, top - top % 2
    dx, dy = x + raster.left_px - left, y + raster.top_px - top
    height, width = raster.rgba.shape[:2]
    full_width = dx + width + BORDER_PX
    full_height = dy + height + BORDER_PX
    canvas = np.zeros((full_height + full_height % 2, full_width + full_width % 2, 4), np.uint8)
    canvas[dy : dy + height, dx : dx + width] = raster.rgba
    return frame_from_rgba(canvas), left, top


def frame_from_rgba(rgba: NDArray[np.uint8]) -> Frame:
    """Return premultiplied sRGB of even size (height, width, 4) as a frame with alpha."""
    from farm.render import kernels

    frame = Frame.empty(rgba.shape[1], rgba.shape[0], alpha=True)
    assert frame.a is not None
    assert frame.a2 is not None
    kernels.planes_from_rgba(np.ascontiguousarray(rgba), frame.y, frame.u, frame.v, frame.a, frame.a2)
    return frame


def frame_from_rgb(rgb: NDArray[np.uint8]) -> Frame:
    """Return opaque sRGB of even size (height, width, 3), or with an alpha that is not read, as a frame."""
    from farm.render import kernels

    frame = Frame.empty(rgb.shape[1], rgb.shape[0], alpha=False)
    kernels.planes_from_rgb(np.ascontiguousarray(rgb), frame.y, frame.u, frame.v)
    return frame


def rgb_from_frame(frame: Frame) -> NDArray[np.uint8]:
    """Return an opaque frame as sRGB (height, width, 3)."""
    from farm.render import kernels

    rgb = np.empty((frame.height, frame.width, 3), np.uint8)
    kernels.rgb_from_planes(frame.y, frame.u, frame.v, rgb)
    return rgb
