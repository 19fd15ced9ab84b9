"""Scaling composed frames down, for outputs smaller than the canvas that they share."""

from __future__ import annotations

from typing import Final

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from farm.media.scaling import plane_of
from farm.render.frame import Frame

_FILTER: Final = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.BITEXACT
"""As for clips; swscale widens it to all source pixels when scaling down."""


class Shrinker:
    """Scales frames to one size; keeps its tables between them, and is not thread-safe."""

    def __init__(self, width: int, height: int) -> None:
        self._size = width, height
        self._colour, self._alpha = VideoReformatter(), VideoReformatter()

    def scaled(self, frame: Frame) -> Frame:
        """Return a frame scaled; premultiplied as it is, if it has alpha."""
        planes = self._scaled(self._colour, frame)
        if frame.a is None or frame.a2 is None:
            return planes
        alphas = self._scaled(self._alpha, Frame(frame.a, frame.a2, frame.a2))
        # Rounding must not leave more colour than there is alpha.
        y, u, v = (
            np.minimum(plane, limit)
            for plane, limit in ((planes.y, alphas.y), (planes.u, alphas.u), (planes.v, alphas.u))
        )
        return Frame(y, u, v, alphas.y, alphas.u)

    def _scaled(self, scaler: VideoReformatter, frame: Frame) -> Frame:
        source = av.VideoFrame(frame.width, frame.height, "yuv420p")
        for plane, data in zip(source.planes, (frame.y, frame.u, frame.v), strict=True):
            rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
            rows[: plane.height, : plane.width] = data
        width, height = self._size
        scaled = scaler.reformat(
            source, width=width, height=height, format="yuv420p", interpolation=_FILTER, threads=1
        )
        return Frame(*(plane_of(scaled, index) for index in range(3)))
