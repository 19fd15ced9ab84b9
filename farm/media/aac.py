"""AAC: samples encoded as the sound track of an MP4."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np

from farm.media.audio_fifo import SAMPLE_RATE, Samples

BIT_RATE: Final = 144_000
FAST: Final = {"aac_coder": "fast", "aac_is": "0", "cutoff": "18000"}
"""Sounds better than FFmpeg's default and takes a third of the time, but attenuates loud pure tones by up to 3 dB; see
"Sound" in docs/performance.md."""
THOROUGH: Final = {"aac_coder": "twoloop"}
"""FFmpeg's default."""

_PIECE: Final = SAMPLE_RATE
"""Samples handed to the encoder at a time; it cuts its own frames from them."""


def encode_sound(
    blocks: Iterable[Samples],
    out: Path,
    *,
    bit_rate: int = BIT_RATE,
    options: dict[str, str] = FAST,
) -> None:
    """Write blocks of samples, shape (2, n), to ``out``: an MP4 with one AAC-LC track, 48 kHz stereo.

    The bytes do not depend on how the sound is split into blocks.

    Raises:
        av.error.FFmpegError: ``out`` cannot be written.
    """
    with av.open(str(out), "w", format="mp4", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("aac", rate=SAMPLE_RATE, layout="stereo", options=options)
        stream.bit_rate = bit_rate
        stream.codec_context.thread_count = 1
        position = 0
        for block in blocks:
            for start in range(0, block.shape[1], _PIECE):
                piece = np.ascontiguousarray(block[:, start : start + _PIECE])
                frame = av.AudioFrame.from_ndarray(piece, "fltp", "stereo")
                frame.sample_rate, frame.pts, frame.time_base = (
                    SAMPLE_RATE,
                    position,
                    Fraction(1, SAMPLE_RATE),
                )
                container.mux(stream.encode(frame))
                position += piece.shape[1]
        container.mux(stream.encode(None))
