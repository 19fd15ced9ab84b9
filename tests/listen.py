"""Listening: whole sounds in memory, and their loudness, for tests and benchmarks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy as np

from farm.media.audio_fifo import SAMPLE_RATE, AudioFifo, Samples
from farm.media.decode_audio import decode_sound
from farm.media.loudness import LoudnessMeter
from farm.model.asset import Asset

ToneMaker = Callable[..., Asset]
"""Writes a tone and probes it."""


def heard(asset: Asset, in_s: Fraction, length_s: Fraction) -> Samples:
    """Return ``length_s`` seconds of an asset's sound from ``in_s`` on; shorter where the asset ends."""
    fifo = AudioFifo()
    wanted = int(length_s * SAMPLE_RATE)
    for piece in decode_sound(asset, in_s):
        fifo.put(piece)
        if fifo.length >= wanted:
            break
    return np.ascontiguousarray(fifo.take(wanted))


def loudness_of(samples: Samples) -> float | None:
    """Return the integrated loudness of samples, LUFS; None for silence or under 0.4 s."""
    meter = LoudnessMeter()
    meter.add(samples)
    return meter.integrated_lufs()


def cut(samples: Samples, lengths: list[int]) -> Iterator[Samples]:
    """Yield the samples in pieces of these lengths, the last as long as what is left."""
    start = 0
    for length in lengths:
        yield samples[:, start : start + length]
        start += length
    yield samples[:, start:]
