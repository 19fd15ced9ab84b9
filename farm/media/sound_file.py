"""Files of sound in each coding, from the samples of a mastered mix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
from numpy.typing import NDArray

from farm.media.aac import BIT_RATE, FAST, THOROUGH, encode_sound
from farm.media.audio_fifo import SAMPLE_RATE, Samples
from farm.media.decode_audio import decode_track
from farm.model.format import SoundCoding

OPUS_BIT_RATE: Final = 128_000
MP3_BIT_RATE: Final = 192_000

_PIECE: Final = SAMPLE_RATE
"""Samples handed to an encoder at a time; it cuts its own frames from them."""


@dataclass(frozen=True, slots=True)
class SoundTarget:
    """A coding of a mix."""

    coding: SoundCoding
    """How it is coded."""
    bits_a_s: int
    """Its bit rate; 0 for PCM."""

    @property
    def suffix(self) -> str:
        """The suffix of its file."""
        return {
            SoundCoding.AAC: ".m4a",
            SoundCoding.OPUS: ".weba",
            SoundCoding.PCM: ".wav",
            SoundCoding.MP3: ".mp3",
        }[self.coding]


DEFAULTS: Final = {
    SoundCoding.AAC: SoundTarget(SoundCoding.AAC, BIT_RATE),
    SoundCoding.OPUS: SoundTarget(SoundCoding.OPUS, OPUS_BIT_RATE),
    SoundCoding.PCM: SoundTarget(SoundCoding.PCM, 0),
    SoundCoding.MP3: SoundTarget(SoundCoding.MP3, MP3_BIT_RATE),
}
"""What each coding is made with unless a document says otherwise."""


def write_sound(
    blocks: Iterable[Samples], target: SoundTarget, out: Path, *, options: dict[str, str] = FAST
) -> None:
    """Write blocks of samples, shape (2, n), to a file in a coding, 48 kHz stereo.

    The bytes do not depend on how the sound is split into blocks. ``options`` are those of FFmpeg's AAC encoder.

    Raises:
        av.error.FFmpegError: ``out`` cannot be written.
    """
    match target.coding:
        case SoundCoding.AAC:
            encode_sound(blocks, out, bit_rate=target.bits_a_s, options=options)
        case SoundCoding.OPUS:
            _encode(blocks, out, "webm", "libopus", "flt", target.bits_a_s)
        case SoundCoding.PCM:
            _encode(map(_of_16_bits, blocks), out, "wav", "pcm_s16le", "s16", 0)
        case SoundCoding.MP3:
            _encode(blocks, out, "mp3", "libmp3lame", "fltp", target.bits_a_s)


def recode(sound: Path, target: SoundTarget, out: Path) -> None:
    """Write a file of sound in another coding.

    Raises:
        MediaError: it cannot be decoded.
        av.error.FFmpegError: ``out`` cannot be written.
    """
    # The fast coder keeps more treble than a low rate has bits for.
    options = FAST if target.bits_a_s >= BIT_RATE // 2 else THOROUGH
    write_sound(decode_track(sound), target, out, options=options)


def _of_16_bits(block: Samples) -> NDArray[np.int16]:
    return np.clip(np.rint(block * np.float32(32768)), -32768, 32767).astype(np.int16)  # type: ignore[no-any-return]


def _encode(
    blocks: Iterable[NDArray[Any]], out: Path, format: str, encoder: str, layout: str, bit_rate: int
) -> None:
    with av.open(str(out), "w", format=format, options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream(encoder, rate=SAMPLE_RATE, layout="stereo")
        assert isinstance(stream, av.AudioStream)
        if bit_rate:
            stream.bit_rate = bit_rate
        stream.codec_context.thread_count = 1
        stream.codec_context.flags |= av.codec.context.Flags.bitexact
        for frame in _frames(blocks, layout):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _frames(blocks: Iterable[NDArray[Any]], layout: str) -> Iterator[av.AudioFrame]:
    position = 0
    for block in blocks:
        for start in range(0, block.shape[1], _PIECE):
            piece = np.ascontiguousarray(block[:, start : start + _PIECE])
            samples = piece if layout == "fltp" else np.ascontiguousarray(piece.T).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(samples, layout, "stereo")
            frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, position, Fraction(1, SAMPLE_RATE)
            yield frame
            position += piece.shape[1]
