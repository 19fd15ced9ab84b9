"""Encoding: a run of frames becomes one closed GOP that can be joined to its neighbours without re-encoding."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, Final

import av
import av.error

from farm.errors import MediaError
from farm.media.codec import CODEC_TAGS, container_of, fastest, options_of, pixels_of
from farm.media.planes import Filler, filler
from farm.render.frame import Frame

_BURST: Final = 8
"""Frames encoded in a row: the coder and the compositor drive each other's code and data from the caches, and taking
turns frame by frame cost both 3 % of their time."""
_X265_REORDER: Final = 2
"""Frames by which x265 decodes ahead, with its pyramid of B-frames. Its own decoding times are read from uninitialised
memory if a segment has fewer frames."""
_BT709 = 1  # AVCOL_PRI_BT709, AVCOL_TRC_BT709, AVCOL_SPC_BT709
_LIMITED = 1  # AVCOL_RANGE_MPEG


class SegmentEncoder:
    """Encodes frames of one size into a file that holds a single closed GOP."""

    def __init__(
        self,
        width: int,
        height: int,
        rate: Fraction,
        *,
        encoder: str,
        preset: str,
        crf: int,
        options: str = "",
        alpha: bool = False,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """Begin.

        Args:
            width: Of the frames, in pixels.
            height: Of the frames, in pixels.
            rate: Frames per second.
            encoder: FFmpeg's name of the encoder.
            preset: Its preset.
            crf: Constant rate factor or constant quality.
            options: The encoder's own options beyond the preset's.
            alpha: Whether the frames have alpha.
            settings: Codec options instead of those for ``crf``, to encode a file as a whole.

        Raises:
            MediaError: this machine has no such encoder.
        """
        pixels = pixels_of(encoder, alpha=alpha)
        self._fill: Filler = filler(encoder, alpha=alpha)
        if alpha and pixels == "yuv420p":
            height *= 2  # the alpha is below the picture
        if encoder == "libsvtav1":
            os.environ.setdefault("SVT_LOG", "1")  # errors only, else it prints its settings
        self._buffer = io.BytesIO()
        self._container = av.open(
            self._buffer, "w", format=container_of(encoder).format, options={"fflags": "+bitexact"}
        )
        try:
            stream = self._container.add_stream(encoder, rate=rate)
        except (av.error.FFmpegError, ValueError) as error:
            raise MediaError(f"this machine has no encoder `{encoder}`: {error}") from error
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = width, height, pixels
        self._time_base = stream.time_base = stream.codec_context.time_base = 1 / rate
        context = stream.codec_context
        context.thread_count = 1
        context.thread_type = "NONE"
        if pixels.startswith("yuv"):
            context.color_primaries = context.color_trc = context.colorspace = _BT709
            context.color_range = _LIMITED
        if encoder in CODEC_TAGS:
            context.codec_tag = CODEC_TAGS[encoder]
        if pixels == "yuva420p":
            stream.metadata["alpha_mode"] = "1"
        context.options = dict(settings or options_of(encoder, preset, crf, options))
        self._stream = stream
        self._frames = [av.VideoFrame(width, height, pixels) for _ in range(_BURST)]
        for frame in self._frames if encoder == "prores_ks" else ():
            # ProRes states the colours in each frame.
            frame.color_primaries = frame.color_trc = frame.colorspace = _BT709
            frame.color_range = _LIMITED
        self._waiting = 0
        self._count = 0
        self._muxed = 0
        self._reorder = _X265_REORDER if encoder == "libx265" else None
        self.encode_s = 0.0

    def add(self, frame: Frame) -> None:
        """Encode one frame, now or with later ones; its planes may be reused afterwards.

        A frame with alpha is straight, not premultiplied.
        """
        started = time.process_time()
        copy = self._frames[self._waiting]
        self._fill(copy, frame)
        copy.pts, copy.time_base = self._count, self._time_base
        self._count += 1
        self._waiting += 1
        if self._waiting == _BURST:
            self._encode()
        self.encode_s += time.process_time() - started

    def finish(self) -> bytes:
        """Return the segment's bytes.

        Raises:
            MediaError: the encoder failed.
        """
        started = time.process_time()
        try:
            self._encode()
            self._mux(self._stream.encode(None))
            self._container.close()
        except av.error.FFmpegError as error:
            raise MediaError(f"encoding failed: {error}") from error
        self.encode_s += time.process_time() - started
        return self._buffer.getvalue()

    def _encode(self) -> None:
        for frame in self._frames[: self._waiting]:
            self._mux(self._stream.encode(frame))
        self._waiting = 0

    def _mux(self, packets: Iterable[av.Packet[Any]]) -> None:
        for packet in packets:
            if self._reorder is not None:
                packet.dts = self._muxed - self._reorder
            self._muxed += 1
            self._container.mux(packet)


def encoder_works(encoder: str) -> bool:
    """Whether this machine can actually encode with ``encoder``: tries two small frames."""
    try:
        probe = SegmentEncoder(256, 256, Fraction(30), encoder=encoder, preset=fastest(encoder), crf=30)
        for _ in range(2):
            probe.add(Frame.solid(256, 256, (16, 128, 128)))
        return bool(probe.finish())
    except (MediaError, av.error.FFmpegError, ValueError, OSError):
        return False


def has_encoder(encoder: str) -> bool:
    """Whether this machine's FFmpeg was built with ``encoder``."""
    try:
        return av.Codec(encoder, "w").is_encoder
    except (av.error.FFmpegError, ValueError):
        return False
