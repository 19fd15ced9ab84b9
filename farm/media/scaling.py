"""Scaling: decoded frames rotated upright, resized and converted to the colours used in compositing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from PIL import Image

from farm.media.colour import Colours, colours_of, space_of, tables
from farm.media.orientation import UPRIGHT, Orientation, orientation_of
from farm.media.still import scaled_frame
from farm.render.frame import Frame, Plane
from farm.render.part import Part

SCALING: Final = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.BITEXACT
"""Accurate rounding and bit-exactness make swscale's bytes the same on every CPU."""


class Scalers:
    """Scalers of the frames of one clip to one size; not thread-safe."""

    def __init__(self) -> None:
        self.sdr, self.deep, self.clear = VideoReformatter(), VideoReformatter(), VideoReformatter()


@dataclass(frozen=True, slots=True)
class Coding:
    """How a frame is coded, from its metadata, which a part cut out of it lacks."""

    orientation: Orientation
    """Its orientation."""
    space: Colorspace
    """The matrix between YUV and RGB."""
    colours: Colours | None
    """Its colour encoding; None for SDR in HD's colours."""

    @staticmethod
    def of(frame: av.VideoFrame) -> Coding:
        """Return how a frame is coded."""
        return Coding(orientation_of(frame), space_of(frame), colours_of(frame))


def upright(
    frame: av.VideoFrame,
    width: int,
    height: int,
    scalers: Scalers,
    interpolation: Interpolation,
    coding: Coding,
) -> Frame:
    """Return a decoded frame upright, scaled to an even size, in limited-range BT.709, HDR tone-mapped.

    Args:
        frame: As decoded; alpha is dropped.
        width: Of the upright picture in pixels.
        height: Of the upright picture in pixels.
        scalers: Keep their tables between frames of one kind; not thread-safe.
        interpolation: The filter.
        coding: How the frame is coded.
    """
    size = coding.orientation.size(width, height)
    if coding.colours is not None:
        planes = _toned(frame, size, scalers, interpolation, coding.colours)
    else:
        scaled = scalers.sdr.reformat(
            frame,
            width=size[0],
            height=size[1],
            format="yuv420p",
            src_colorspace=coding.space,
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            interpolation=interpolation,
            threads=1,
        )
        planes = [plane_of(scaled, index) for index in range(3)]
    if coding.orientation != UPRIGHT:
        planes = [coding.orientation.applied(plane) for plane in planes]
    return Frame(*planes)


def _toned(
    frame: av.VideoFrame,
    size: tuple[int, int],
    scalers: Scalers,
    interpolation: Interpolation,
    colours: Colours,
) -> list[Plane]:
    """Return the planes of a frame in colours other than SDR's; scaled first, so that fewer pixels are looked up."""
    from farm.render.tone_kernels import map_planes

    same = int(frame.color_range)
    scaled = scalers.deep.reformat(
        frame,
        width=size[0],
        height=size[1],
        format="yuv420p10le",
        src_colorspace=colours.space,
        dst_colorspace=colours.space,
        src_color_range=same,
        dst_color_range=same,
        interpolation=interpolation,
        threads=1,
    )
    deep = []
    for plane in scaled.planes:
        rows = np.frombuffer(memoryview(plane), np.uint16).reshape(-1, plane.line_size // 2)
        deep.append(np.ascontiguousarray(rows[: plane.height, : plane.width]))
    made = [np.empty(plane.shape, np.uint8) for plane in deep]
    map_planes(*deep, *tables(colours), *made)
    return made


def clear_frame(
    frame: av.VideoFrame,
    width: int,
    height: int,
    scalers: Scalers,
    coding: Coding,
    whole: tuple[int, int],
    part: Part | None,
) -> Frame:
    """Return a decoded frame with alpha, or a part of it, upright and scaled to an even size, premultiplied.

    Args:
        frame: As decoded, with or without alpha.
        width: Of the result, in pixels.
        height: Of the result, in pixels.
        scalers: Keep their tables between frames of one kind; not thread-safe.
        coding: How the frame is coded.
        whole: (width, height) of the clip's upright picture, in whose pixels ``part`` is given.
        part: Part to return; None for all.
    """
    rgba = scalers.clear.reformat(
        frame, format="rgba", src_colorspace=coding.space, interpolation=SCALING, threads=1
    ).to_ndarray()
    picture = Image.fromarray(coding.orientation.applied(rgba.astype(np.uint8, copy=False)))
    if part is not None:
        if picture.size != whole:
            picture = picture.resize(whole, Image.Resampling.LANCZOS)
        picture = picture.crop((part.left, part.top, part.left + part.width, part.top + part.height))
    if picture.getchannel("A").getextrema()[0] == 255:
        picture = picture.convert("RGB")
    return scaled_frame(picture, width, height)


def plane_of(frame: av.VideoFrame, index: int) -> Plane:
    """Return a plane of 8-bit samples without its padding, shape (height, width)."""
    plane = frame.planes[index]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return np.ascontiguousarray(rows[: plane.height, : plane.width])


def on_white(frame: Frame) -> Frame:
    """Return a frame composited on white if it has alpha."""
    if frame.a is None or frame.a2 is None:
        return frame
    planes = []
    for plane, alpha, white in ((frame.y, frame.a, 235), (frame.u, frame.a2, 128), (frame.v, frame.a2, 128)):
        ground = (white * (255 - alpha.astype(np.uint16)) + 127) // 255
        planes.append(np.minimum(plane + ground, 255).astype(np.uint8))
    return Frame(*planes)
