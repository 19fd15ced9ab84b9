"""Footage: a clip opened for reading at exact times, scaled to frames."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

import av
import av.error
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from farm.errors import MediaError
from farm.media.container import open_media
from farm.media.crop import as_coded, croppable, cropped
from farm.media.nvdec import Decoder, accelerator, planar
from farm.model.asset import Asset
from farm.render.convert import rgb_from_frame
from farm.render.frame import Frame, Plane
from farm.render.part import Part

POSTER_PX: Final = 256
"""Longest side of the picture in which briefs and analysers see an asset."""
SCALING: Final = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.BITEXACT
"""Accurate rounding and bit-exactness make swscale's bytes the same on every CPU."""


class Footage:
    """A decoder that stands somewhere in a clip and goes forward; it seeks when asked for what lies behind.

    Not thread-safe; each compositor opens its own. One that is to decode by NVDEC and cannot goes on in software, whose
    pixels are the same, and says why.
    """

    def __init__(self, asset: Asset, decoder: Decoder = "software") -> None:
        self.asset = asset
        """The clip."""
        self.decoder = decoder
        """What decodes it."""
        self.why_software = ""
        """Why it is not what was asked for; empty where it is."""
        self._container: av.container.InputContainer | None = None
        self._current: av.VideoFrame | None = None
        self._next: av.VideoFrame | None = None
        self._ended = False
        self._scaled: dict[tuple[int, int, Part | None], tuple[int, Frame]] = {}
        self._reformatter, self._whole, self._split = (VideoReformatter() for _ in range(3))

    def at(self, seconds: Fraction, width: int, height: int, part: Part | None = None) -> tuple[int, Frame]:
        """Return the frame shown at ``seconds``, or a part of it, and its timestamp as a number.

        Before the first frame the first is shown, after the last the last.

        Args:
            seconds: The time.
            width: What to scale to; even.
            height: What to scale to; even.
            part: What of the upright picture to scale; None for all.

        Raises:
            MediaError: the clip cannot be decoded there.
        """
        frame = self._decoded(max(Fraction(0), seconds))
        stamp = frame.pts or 0
        kept = self._scaled.get((width, height, part))
        if kept is not None and kept[0] == stamp:
            return kept
        result = (stamp, self._scale(frame, width, height, part))
        self._scaled[width, height, part] = result
        return result

    def close(self) -> None:
        """Close the file."""
        if self._container is not None:
            self._container.close()
        self._container = self._current = self._next = None

    def _decoded(self, seconds: Fraction) -> av.VideoFrame:
        if self.decoder == "nvdec":
            try:
                return self._seek(seconds)
            except (av.error.FFmpegError, RuntimeError, ValueError) as error:
                self.close()
                self._ended = False
                self.decoder = "software"
                self.why_software = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        try:
            return self._seek(seconds)
        except av.error.FFmpegError as error:
            raise MediaError(
                f"{self.asset.path} cannot be decoded at {float(seconds):.3f} s: {error}"
            ) from error

    def _open(self) -> av.container.InputContainer:
        container = open_media(self.asset.path, accelerator() if self.decoder == "nvdec" else None)
        self._stream = next(s for s in container.streams.video if s.codec_context.width)
        self._stream.thread_type = "NONE"
        self._stream.codec_context.thread_count = 1
        self._origin = Fraction(self._stream.start_time or 0) * (self._stream.time_base or Fraction(1))
        self._container = container
        self._frames = self._read(container)
        return container

    def _read(self, container: av.container.InputContainer) -> Iterator[av.VideoFrame]:
        frames = container.decode(self._stream)
        return (planar(frame, self._split) for frame in frames) if self.decoder == "nvdec" else frames

    def _time(self, frame: av.VideoFrame) -> Fraction:
        base = frame.time_base or Fraction(1)
        return Fraction(frame.pts or 0) * base - self._origin

    def _seek(self, seconds: Fraction) -> av.VideoFrame:
        container = self._container or self._open()
        behind = self._current is not None and seconds < self._time(self._current)
        far = self._current is not None and seconds > self._time(self._current) + 4
        if behind or (far and not self._ended) or (self._current is None and seconds > 1):
            self._jump(container, seconds)
        if self._current is None:
            self._current = next(self._frames, None)
            if self._current is None:
                raise MediaError(f"{self.asset.path} holds no frame at {float(seconds):.3f} s")
        while not self._ended:
            if self._next is None:
                self._next = next(self._frames, None)
                if self._next is None:
                    self._ended = True
                    break
            if self._time(self._next) > seconds:
                break
            self._current, self._next = self._next, None
        return self._current

    def _jump(self, container: av.container.InputContainer, seconds: Fraction) -> None:
        base = self._stream.time_base or Fraction(1)
        container.seek(int((seconds + self._origin) / base), stream=self._stream, backward=True)
        self._frames = self._read(container)
        self._current = self._next = None
        self._ended = False
        first = next(self._frames, None)
        if first is None or self._time(first) > seconds:
            # Some files index badly: start over from the top.
            container.close()
            self._container = None
            self._open()
        else:
            self._current = first

    def _scale(self, frame: av.VideoFrame, width: int, height: int, part: Part | None) -> Frame:
        # A frame that was cut tells neither its matrix nor how it is turned.
        space, turn = space_of(frame), quarter_turns(frame)
        if part is not None:
            frame = self._cut(frame, turn, part)
        return upright(frame, width, height, self._reformatter, SCALING, space, turn)

    def _cut(self, frame: av.VideoFrame, turn: int, part: Part) -> av.VideoFrame:
        """Return a part of a frame; a frame of another kind than the clip's first is brought to its size before."""
        size = self.asset.width_px, self.asset.height_px
        coded = size[::-1] if turn % 2 else size
        if (frame.width, frame.height) != coded or not croppable(frame):
            frame = self._whole.reformat(frame, *coded, format="yuv420p", interpolation=SCALING, threads=1)
        return cropped(frame, as_coded(part, turn, *coded))


def upright(
    frame: av.VideoFrame,
    width: int,
    height: int,
    scaler: VideoReformatter,
    interpolation: Interpolation,
    space: Colorspace,
    turn: int,
) -> Frame:
    """Return a decoded frame turned as its file says and scaled to an even size, BT.709 limited.

    Args:
        frame: As decoded.
        width: Of the upright picture in pixels.
        height: Of the upright picture in pixels.
        scaler: Keeps its tables between frames of one kind; not thread-safe.
        interpolation: The filter.
        space: The frame's matrix, as :func:`space_of` tells it.
        turn: Quarter turns anticlockwise to make it upright, as :func:`quarter_turns` tells them.
    """
    size = (height, width) if turn % 2 else (width, height)
    scaled = scaler.reformat(
        frame,
        width=size[0],
        height=size[1],
        format="yuv420p",
        src_colorspace=space,
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
        interpolation=interpolation,
        threads=1,
    )
    planes = [plane_of(scaled, index) for index in range(3)]
    if turn:
        planes = [np.ascontiguousarray(np.rot90(plane, turn)) for plane in planes]
    return Frame(*planes)


def quarter_turns(frame: av.VideoFrame) -> int:
    """Return how often a frame is to be turned by 90° anticlockwise."""
    return round(frame.rotation / 90) % 4


def space_of(frame: av.VideoFrame) -> Colorspace:
    """Return the frame's matrix; where it says none, HD is BT.709 and smaller BT.601, as players assume."""
    if frame.colorspace == 1:
        return Colorspace.ITU709
    if frame.colorspace in (5, 6):
        return Colorspace.ITU601
    if frame.colorspace in (9, 10):
        return Colorspace.BT2020
    return Colorspace.ITU709 if frame.height >= 720 or frame.width >= 1280 else Colorspace.ITU601


def plane_of(frame: av.VideoFrame, index: int) -> Plane:
    """Return a plane of 8-bit samples without its padding, shape (height, width)."""
    plane = frame.planes[index]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return np.ascontiguousarray(rows[: plane.height, : plane.width])


def even_size(asset: Asset, longest_px: int) -> tuple[int, int]:
    """Return the even (width, height) at which a clip's longer side is ``longest_px``."""
    scale = longest_px / max(asset.width_px, asset.height_px)
    width, height = (max(2, 2 * round(side * scale / 2)) for side in (asset.width_px, asset.height_px))
    return width, height


def poster_rgb(asset: Asset, longest_px: int) -> NDArray[np.uint8]:
    """Return a small sRGB picture (height, width, 3) of a clip, a third of the way in, for palettes and sheets."""
    footage = Footage(asset)
    try:
        return rgb_from_frame(footage.at(asset.duration_s / 3, *even_size(asset, longest_px))[1])
    finally:
        footage.close()
