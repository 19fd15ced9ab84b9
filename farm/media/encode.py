"""Encoding: a run of frames becomes one closed GOP that can be joined to its neighbours without re-encoding."""

from __future__ import annotations

import io
import platform
import time
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import av
import av.error
import numpy as np

from farm.errors import MediaError
from farm.render.frame import Frame

X264_PARAMS: Final = (
    "scenecut=0:open-gop=0:keyint=infinite:min-keyint=1:stitchable=1:force-cfr=1:sliced-threads=0"
)
"""One IDR at the start; ``stitchable`` keeps headers independent of the content, so that segments share them."""

X86_SETS: Final = (
    ("avx2", "MMX2,SSE2Fast,LZCNT,SSSE3,SSE4.2,AVX,FMA3,BMI2,AVX2"),
    ("sse4_2", "MMX2,SSE2Fast,SSSE3,SSE4.2"),
)
"""(CPU flag, x264's names of the instruction sets allowed with it), best first.

x264's AVX-512 macroblock-tree code reads uninitialised memory, so equal frames gave different files for about one
segment in ten; all smaller sets give identical files. Naming the sets also makes the bytes independent of the CPU.
"""

_BURST: Final = 8
"""Frames encoded in a row: the coder and the compositor drive each other's code and data from the caches, and taking
turns frame by frame cost both 3 % of their time."""
_BT709 = 1  # AVCOL_PRI_BT709, AVCOL_TRC_BT709, AVCOL_SPC_BT709
_LIMITED = 1  # AVCOL_RANGE_MPEG


class SegmentEncoder:
    """Encodes frames of one size into an MP4 that holds a single closed GOP."""

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
    ) -> None:
        self._buffer = io.BytesIO()
        self._container = av.open(self._buffer, "w", format="mp4", options={"fflags": "+bitexact"})
        try:
            stream = self._container.add_stream(encoder, rate=rate)
        except (av.error.FFmpegError, ValueError) as error:
            raise MediaError(f"this machine has no encoder `{encoder}`: {error}") from error
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        self._time_base = stream.time_base = stream.codec_context.time_base = 1 / rate
        context = stream.codec_context
        context.thread_count = 1
        context.thread_type = "NONE"
        context.color_primaries = context.color_trc = context.colorspace = _BT709
        context.color_range = _LIMITED
        context.options = options_of(encoder, preset, crf, options)
        self._stream = stream
        self._frames = [av.VideoFrame(width, height, "yuv420p") for _ in range(_BURST)]
        self._waiting = 0
        self._count = 0
        self.encode_s = 0.0

    def add(self, frame: Frame) -> None:
        """Encode one opaque frame, now or with later ones; its planes may be reused afterwards."""
        started = time.process_time()
        copy = self._frames[self._waiting]
        for plane, source in zip(copy.planes, (frame.y, frame.u, frame.v), strict=True):
            rows = np.frombuffer(memoryview(plane), np.uint8).reshape(
                -1, plane.line_size
            )  # a view onto the frame's own bytes
            rows[: plane.height, : plane.width] = source
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
            self._container.mux(packet)


def options_of(encoder: str, preset: str, crf: int, options: str = "") -> dict[str, str]:
    """Return the codec options for a quality; ``options`` are extra x264 options, as ``name=value:name=value``."""
    if encoder == "libx264":
        sets = instruction_sets()
        params = [X264_PARAMS, *([f"asm={sets}"] if sets else []), *([options] if options else [])]
        return {"preset": preset, "crf": str(crf), "x264-params": ":".join(params)}
    return {
        "preset": preset,
        "rc": "vbr",
        "cq": str(crf),
        "forced-idr": "1",
        "g": "100000",
        "no-scenecut": "1",
    }


@lru_cache(maxsize=1)
def instruction_sets() -> str:
    """Return the instruction sets that x264 may use on this machine; empty where all of them are safe (not x86)."""
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return ""
    flags = Path("/proc/cpuinfo").read_text().split() if Path("/proc/cpuinfo").exists() else []
    return next((sets for flag, sets in X86_SETS if flag in flags), "MMX2,SSE2")


def encoder_works(encoder: str) -> bool:
    """Whether this machine can actually encode with ``encoder``: tries two small frames."""
    try:
        probe = SegmentEncoder(256, 256, Fraction(30), encoder=encoder, preset=fastest(encoder), crf=30)
        for _ in range(2):
            probe.add(Frame.solid(256, 256, (16, 128, 128)))
        return bool(probe.finish())
    except (MediaError, av.error.FFmpegError, ValueError, OSError):
        return False


def fastest(encoder: str) -> str:
    """Return the encoder's fastest preset."""
    return "ultrafast" if encoder == "libx264" else "p1"
