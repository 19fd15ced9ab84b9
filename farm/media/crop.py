"""Cropping: a part of a decoded picture, before it is scaled."""

from __future__ import annotations

from typing import Final

import av
import numpy as np

from farm.render.part import Part

_PLANES: Final = {"yuv420p": 1, "yuvj420p": 1, "yuv420p10le": 2}
"""Planar 4:2:0 formats that can be cropped without conversion, with their bytes per sample."""


def croppable(frame: av.VideoFrame) -> bool:
    """Whether :func:`cropped` accepts the frame without conversion."""
    return frame.format.name in _PLANES


def cropped(frame: av.VideoFrame, part: Part) -> av.VideoFrame:
    """Return a part of a picture, in its coded orientation, as a picture of the same format and colours."""
    sample_bytes = _PLANES[frame.format.name]
    made = av.VideoFrame(part.width, part.height, frame.format.name)
    for plane, target in zip(frame.planes, made.planes, strict=True):
        by = frame.width // plane.width
        left, top = part.left // by * sample_bytes, part.top // by
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        room = np.frombuffer(memoryview(target), np.uint8).reshape(-1, target.line_size)
        width = target.width * sample_bytes
        room[: target.height, :width] = rows[top : top + target.height, left : left + width]
    made.color_range, made.colorspace = frame.color_range, frame.colorspace
    return made
