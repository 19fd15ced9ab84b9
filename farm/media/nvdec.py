"""NVDEC: decoding on an NVIDIA card; frames are returned in host memory, identical to software decoding."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import Final, Literal

import av
import av.error
import numpy as np
from av.codec.hwaccel import HWAccel
from av.video.reformatter import VideoReformatter

from farm.media.codec import fastest
from farm.media.encode import SegmentEncoder
from farm.render.frame import Frame

Decoder = Literal["software", "nvdec"]
"""A decoder of clips."""

_PLANAR: Final = {"nv12": "yuv420p", "p010le": "yuv420p10le"}
"""Formats that the card returns, with interleaved chroma, and the planar ones of software decoders: same samples."""


def accelerator() -> HWAccel:
    """Return settings that make FFmpeg decode on the card or fail, without falling back to software."""
    return HWAccel("cuda", allow_software_fallback=False)


def planar(frame: av.VideoFrame, reformatter: VideoReformatter) -> av.VideoFrame:
    """Return a frame from the card with separate chroma planes; samples are unchanged.

    Raises:
        ValueError: the card returned an unknown format.
    """
    name = frame.format.name
    if name not in _PLANAR:
        raise ValueError(f"the card returned {name}")
    same = int(frame.color_range)
    # Range and size are kept, so that swscale only moves bytes.
    return reformatter.reformat(
        frame, format=_PLANAR[name], src_color_range=same, dst_color_range=same, threads=1
    )


def why_no_nvdec() -> str:
    """Return why this machine cannot decode on a card; empty if it can. Decodes a small clip both ways."""
    clip = _small_clip()
    try:
        with av.open(io.BytesIO(clip), "r", hwaccel=accelerator()) as container:
            reformatter = VideoReformatter()
            found = [planar(frame, reformatter).to_ndarray() for frame in container.decode(video=0)]
    except (av.error.FFmpegError, RuntimeError, ValueError, OSError) as error:
        return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
    with av.open(io.BytesIO(clip), "r") as container:
        wanted = [frame.to_ndarray() for frame in container.decode(video=0)]
    if len(found) != len(wanted) or not all(
        np.array_equal(*pair) for pair in zip(found, wanted, strict=True)
    ):
        return "the card decodes H.264 to other bytes than software does"
    return ""


def _small_clip() -> bytes:
    encoder = SegmentEncoder(256, 256, Fraction(30), encoder="libx264", preset=fastest("libx264"), crf=20)
    ramp = np.add.outer(np.arange(256), np.arange(256)).astype(np.uint8)
    for shift in (0, 5, 9):
        y = np.roll(ramp, shift, axis=1)
        encoder.add(Frame(y, y[::2, ::2].copy(), y[::2, 1::2].copy()))
    return encoder.finish()
