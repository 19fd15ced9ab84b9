"""Files encoded as a whole at a bit rate, so that they keep a size: one thread, two passes if the encoder has them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import log
from pathlib import Path
from typing import Final

from farm.errors import MediaError
from farm.media.codec import instruction_sets
from farm.media.encode import SegmentEncoder
from farm.render.frame import Frame

KEY_S: Final = 5
"""A key frame at least this often: players can only seek there."""
BUFFER_S: Final = 1
"""The decoder's buffer at a constant bit rate, in seconds of it (ISO/IEC 14496-10, annex C)."""
TRIES: Final = 8
"""Encodings of a file before the best one is taken."""


@dataclass(frozen=True, slots=True)
class WholeCoding:
    """How a file is encoded as a whole."""

    encoder: str
    """FFmpeg's name of the encoder."""
    preset: str
    """Its preset."""
    width_px: int
    """Width of the frames."""
    height_px: int
    """Height of the frames."""
    rate: Fraction
    """Frames per second."""
    alpha: bool
    """Whether they have alpha."""
    constant: bool = False
    """Whether the bit rate is kept with a decoder's buffer of :data:`BUFFER_S`, and not only over the file."""


class WholeEncoder:
    """Encodes the same frames at one bit rate after another; what the first pass found is used by all of them."""

    def __init__(self, frames: Callable[[], Iterator[Frame]], coding: WholeCoding, folder: Path) -> None:
        """Begin.

        Args:
            frames: Yields the frames from the start, straight where they have alpha, as often as it is called.
            coding: How to encode them.
            folder: Where the first pass may keep its findings.
        """
        self._frames = frames
        self._coding = coding
        self._folder = tempfile.TemporaryDirectory(prefix=".farm-passes-", dir=folder)
        self._stats = Path(self._folder.name) / "stats"
        self._first_done = False

    def __enter__(self) -> WholeEncoder:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def encoded(self, bits_a_s: int) -> bytes:
        """Return a file of the frames at a bit rate.

        Raises:
            MediaError: the encoder failed.
        """
        two_passes = self._coding.encoder in ("libx264", "libx265")
        if two_passes and not self._first_done:
            self._pass(self._settings(bits_a_s, 1))
            self._first_done = True
        return self._pass(self._settings(bits_a_s, 2 if two_passes else 0))

    def _pass(self, settings: Mapping[str, str]) -> bytes:
        coding = self._coding
        encoder = SegmentEncoder(
            coding.width_px,
            coding.height_px,
            coding.rate,
            encoder=coding.encoder,
            preset=coding.preset,
            crf=1,
            alpha=coding.alpha,
            settings=settings,
        )
        for frame in self._frames():
            encoder.add(frame)
        return encoder.finish()

    def _settings(self, bits_a_s: int, number: int) -> dict[str, str]:
        coding, kbits_a_s = self._coding, max(1, bits_a_s // 1000)
        keys = max(1, int(KEY_S * coding.rate))
        buffered = f":vbv-maxrate={kbits_a_s}:vbv-bufsize={kbits_a_s * BUFFER_S}" if coding.constant else ""
        passes = f":pass={number}:stats={self._stats}"
        match coding.encoder:
            case "libx264":
                sets = instruction_sets()
                params = f"bitrate={kbits_a_s}{buffered}{passes}:keyint={keys}:open-gop=0:force-cfr=1"
                params += f":sliced-threads=0{f':asm={sets}' if sets else ''}"
                return {"preset": coding.preset, "x264-params": params}
            case "libx265":
                params = f"bitrate={kbits_a_s}{buffered}{passes}:keyint={keys}:open-gop=0:pools=none"
                params += ":frame-threads=1:wpp=0:pmode=0:pme=0:info=0:repeat-headers=0:log-level=error"
                return {"preset": coding.preset, "x265-params": params}
            case "libsvtav1":
                params = f"rc=1:tbr={kbits_a_s}:keyint={keys}:lp=1:pin=0:enable-stat-report=0"
                return {"preset": coding.preset, "svtav1-params": params}
            case "libvpx-vp9":
                buffer = (
                    {"maxrate": str(bits_a_s), "bufsize": str(bits_a_s * BUFFER_S)} if coding.constant else {}
                )
                return {
                    "b": str(bits_a_s),
                    "deadline": "good",
                    "cpu-used": coding.preset,
                    "g": str(keys),
                    "auto-alt-ref": "0",
                    "lag-in-frames": "16",
                    "row-mt": "0",
                    "tile-columns": "0",
                    **buffer,
                }
        raise MediaError(f"`{coding.encoder}` has no bit rate")


def fitted(make: Callable[[int], int], *, bits_a_s: int, least_bytes: int, most_bytes: int) -> int:
    """Return the bit rate at which a file has the wanted size.

    Args:
        make: Makes the file at a bit rate and returns its size in bytes; the size grows with the rate.
        bits_a_s: The rate to begin with.
        least_bytes: The smallest size wanted.
        most_bytes: The largest size allowed.

    Returns:
        The rate of the largest file within the limit. It is smaller than ``least_bytes`` only if none of :data:`TRIES`
        was between both. The last file made is not necessarily that one.

    Raises:
        MediaError: all files were larger; names the smallest.
    """
    sizes: dict[int, int] = {}
    aim = (least_bytes + most_bytes) / 2
    while bits_a_s not in sizes and len(sizes) < TRIES:
        sizes[bits_a_s] = size = max(1, make(bits_a_s))
        if least_bytes <= size <= most_bytes:
            return bits_a_s
        low = max(((rate, size) for rate, size in sizes.items() if size < aim), default=None)
        high = min(((rate, size) for rate, size in sizes.items() if size > aim), default=None)
        if low is None or high is None:
            bits_a_s = max(1000, int(bits_a_s * aim / size))
        elif low[0] < high[0]:
            share = log(aim / low[1]) / log(high[1] / low[1])
            bits_a_s = int(low[0] * (high[0] / low[0]) ** min(0.9, max(0.1, share)))
    fitting = [rate for rate, size in sizes.items() if size <= most_bytes]
    if not fitting:
        raise MediaError(
            f"the file has {min(sizes.values()):,} bytes at the lowest bit rate that the encoder reaches, more than "
            f"the {most_bytes:,} of `max_size`; allow more, or make the video smaller"
        )
    return max(fitting)
