"""Planes of composed frames, written into the frames that FFmpeg's encoders read, and read from its decoders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter
from numpy.typing import NDArray

from farm.media.codec import pixels_of
from farm.render.convert import rgb_from_frame
from farm.render.frame import Frame, Plane

Filler: TypeAlias = Callable[[av.VideoFrame, Frame], None]
"""Writes a composed frame, straight where it has alpha, into an encoder's frame of the same size."""

EXACT: Final = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.BITEXACT
"""Accurate rounding and bit-exactness make swscale's bytes the same on every CPU."""


def filler(encoder: str, *, alpha: bool) -> Filler:
    """Return what writes frames for an encoder."""
    pixels = pixels_of(encoder, alpha=alpha)
    if pixels in ("rgb24", "rgba"):
        return _fill_rgb
    if pixels.endswith("10le"):
        return _DeepFiller()
    if alpha and pixels == "yuv420p":
        return _fill_stacked
    return _fill_planes


def _fill_planes(copy: av.VideoFrame, frame: Frame) -> None:
    sources = (frame.y, frame.u, frame.v) if frame.a is None else (frame.y, frame.u, frame.v, frame.a)
    for plane, source in zip(copy.planes, sources, strict=True):
        # a view onto the frame's own bytes
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        rows[: plane.height, : plane.width] = source


def _fill_stacked(copy: av.VideoFrame, frame: Frame) -> None:
    """Write a frame's alpha below its picture, so that an encoder without alpha keeps both."""
    assert frame.a is not None
    grey = np.full_like(frame.u, 128)
    for plane, upper, lower in zip(
        copy.planes, (frame.y, frame.u, frame.v), (frame.a, grey, grey), strict=True
    ):
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        rows[: len(upper), : plane.width] = upper
        rows[len(upper) : 2 * len(upper), : plane.width] = lower


def _fill_rgb(copy: av.VideoFrame, frame: Frame) -> None:
    pixels = rgba_from_frame(frame) if frame.a is not None else rgb_from_frame(frame)
    plane = copy.planes[0]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    rows[: plane.height, : pixels.shape[1] * pixels.shape[2]] = pixels.reshape(len(pixels), -1)


class _DeepFiller:
    """Writes frames as 4:4:4 of 10 bits: luma and alpha are shifted, chroma is interpolated."""

    def __init__(self) -> None:
        self._scaler = VideoReformatter()

    def __call__(self, copy: av.VideoFrame, frame: Frame) -> None:
        small = av.VideoFrame(frame.width, frame.height, "yuv420p")
        _fill_planes(small, Frame(frame.y, frame.u, frame.v))
        wide = self._scaler.reformat(small, format="yuv444p10le", interpolation=EXACT, threads=1)
        for plane, source in zip(copy.planes[1:3], wide.planes[1:3], strict=True):
            _deep(plane)[:] = _deep(source)
        _deep(copy.planes[0])[:] = frame.y.astype(np.uint16) << 2
        if frame.a is not None:
            # repeats the upper bits, so that opaque stays opaque
            alpha = frame.a.astype(np.uint16)
            _deep(copy.planes[3])[:] = (alpha << 2) | (alpha >> 6)


def _deep(plane: Any) -> NDArray[np.uint16]:
    """Return a view of a plane of 10-bit samples, shape (height, width)."""
    rows = np.frombuffer(memoryview(plane), np.uint16).reshape(-1, plane.line_size // 2)
    return rows[: plane.height, : plane.width]


def rgba_from_frame(frame: Frame) -> NDArray[np.uint8]:
    """Return a straight frame with alpha as straight sRGB (height, width, 4)."""
    assert frame.a is not None
    return np.dstack((rgb_from_frame(Frame(frame.y, frame.u, frame.v)), frame.a))


def frame_of_lossless(decoded: av.VideoFrame, *, alpha: bool) -> Frame:
    """Return a decoded frame of a lossless segment as it was composed, straight where it has alpha.

    Its alpha at chroma resolution is every second of luma's: encoders do not read it.
    """
    planes: Sequence[Plane] = [_plane_of(plane) for plane in decoded.planes[:3]]
    if not alpha:
        return Frame(*planes)
    y, u, v = (plane[: len(plane) // 2] for plane in planes)
    a = planes[0][len(planes[0]) // 2 :]
    return Frame(y, u, v, a, np.ascontiguousarray(a[::2, ::2]))


def _plane_of(plane: Any) -> Plane:
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return np.ascontiguousarray(rows[: plane.height, : plane.width])
