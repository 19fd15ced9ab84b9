"""Measuring finished files: what they contain, counted from their packets."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import av.error

from farm.errors import MediaError
from farm.media.container import UNDECODED

_BT709: Final = 1  # AVCOL_SPC_BT709
_LIMITED: Final = 1  # AVCOL_RANGE_MPEG


@dataclass(frozen=True, slots=True)
class Measured:
    """What a finished file contains."""

    frames: int
    """Video packets."""
    width_px: int
    """Width."""
    height_px: int
    """Height."""
    rate: Fraction
    """Frames a second, as stated by the stream."""
    video_s: Fraction
    """From the first frame's start to the last frame's end."""
    gapless: bool
    """Whether every frame starts exactly one frame after the one before."""
    sound_s: Fraction | None
    """Length of the sound; None if there is no sound track."""
    faststart: bool
    """Whether the index precedes the media data."""
    codec: str = "h264"
    """FFmpeg's name of the picture's codec."""
    bt709: bool = True
    """Whether the picture states the colours of BT.709, limited range."""
    alpha: bool = False
    """Whether the picture has alpha."""


def measure(path: Path) -> Measured:
    """Return what ``path`` contains, without decoding it.

    Raises:
        MediaError: not a readable file with a picture.
    """
    try:
        with av.open(str(path), options=UNDECODED) as container:
            if not container.streams.video:
                raise MediaError(f"{path.name} has no picture")
            video = container.streams.video[0]
            sound = next(iter(container.streams.audio), None)
            stamps: list[int] = []
            last = 0
            for packet in container.demux(*([video, sound] if sound else [video])):
                if packet.pts is None:
                    continue
                if packet.stream is video:
                    stamps.append(packet.pts)
                else:
                    last = max(last, packet.pts + (packet.duration or 0))
            rate = Fraction(video.average_rate or 0)
            stamps.sort()
            base = video.time_base or Fraction(1)
            tick = 1 / rate / base if rate else Fraction(1)
            step, unit = tick.numerator, tick.denominator
            gapless = bool(stamps) and all(
                abs((stamp - stamps[0]) * unit - index * step) <= unit for index, stamp in enumerate(stamps)
            )
            return Measured(
                len(stamps),
                video.width,
                video.height,
                rate,
                (stamps[-1] - stamps[0] + tick) * base if stamps else Fraction(0),
                gapless,
                last * (sound.time_base or Fraction(1)) if sound else None,
                _faststart(path),
                video.codec_context.codec.canonical_name,
                (video.codec_context.colorspace, video.codec_context.color_range) == (_BT709, _LIMITED),
                _has_alpha(video),
            )
    except av.error.FFmpegError as error:
        raise MediaError(f"{path.name} cannot be read: {error}") from error


def _has_alpha(video: av.VideoStream) -> bool:
    """Whether a stream's pixels have alpha, or, in WebM, its packets a second picture for it."""
    deep = (video.codec_context.pix_fmt or "").startswith("yuva")
    return deep or any(
        name.lower() == "alpha_mode" and value == "1" for name, value in video.metadata.items()
    )


def _faststart(path: Path) -> bool:
    """Whether the ``moov`` box precedes ``mdat`` (ISO/IEC 14496-12, 4.2)."""
    with path.open("rb") as file:
        while header := file.read(8):
            size, kind = int.from_bytes(header[:4], "big"), header[4:]
            if kind in (b"moov", b"mdat"):
                return kind == b"moov"
            if size == 1:
                size = int.from_bytes(file.read(8), "big") - 8
            if size < 8:
                return False
            file.seek(size - 8, 1)
    return False
