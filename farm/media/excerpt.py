"""Excerpts: a part of a sound, played backwards or repeated."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

import numpy as np

from farm.media.audio_fifo import SAMPLE_RATE, AudioFifo, Samples
from farm.media.damage import DamageLog
from farm.media.decode_audio import decode_sound
from farm.model.asset import Asset

_CHUNK: Final = SAMPLE_RATE * 10
"""A reversed sound is decoded in pieces of this many samples, from the last one backwards."""
_SEAM: Final = SAMPLE_RATE // 200
"""Samples over which repetitions fade into each other: an abrupt edge clicks."""


def excerpt(
    asset: Asset, start_s: Fraction, until_s: Fraction, *, reverse: bool, damage: DamageLog | None = None
) -> Iterator[Samples]:
    """Yield the samples of a part of a sound, forwards or backwards.

    Raises:
        MediaError: it cannot be decoded.
    """
    length = max(0, round((until_s - start_s) * SAMPLE_RATE))
    if not reverse:
        yield from _first(decode_sound(asset, start_s, damage), length)
        return
    stop = length
    while stop > 0:
        low = max(0, stop - _CHUNK)
        fifo = AudioFifo()
        for piece in _first(decode_sound(asset, start_s + Fraction(low, SAMPLE_RATE), damage), stop - low):
            fifo.put(piece)
        part = fifo.take(fifo.length)
        missing = stop - low - part.shape[1]
        if missing > 0:
            part = np.concatenate([part, np.zeros((2, missing), np.float32)], axis=1)
        yield np.ascontiguousarray(part[:, ::-1])
        stop = low


def repeated(
    asset: Asset, start_s: Fraction, until_s: Fraction, *, reverse: bool, damage: DamageLog | None = None
) -> Iterator[Samples]:
    """Yield a part of a sound endlessly; nothing if it is empty."""
    while True:
        length = 0
        for piece in _softened(excerpt(asset, start_s, until_s, reverse=reverse, damage=damage)):
            length += piece.shape[1]
            yield piece
        if not length:
            return
        damage = None


def _first(pieces: Iterator[Samples], length: int) -> Iterator[Samples]:
    for piece in pieces:
        if piece.shape[1] >= length:
            yield piece[:, :length]
            return
        length -= piece.shape[1]
        yield piece


def _softened(pieces: Iterator[Samples]) -> Iterator[Samples]:
    """Yield the pieces with their first and last samples faded."""
    fifo, ramp, done = AudioFifo(), (np.arange(_SEAM, dtype=np.float32) + 0.5) / _SEAM, 0
    for piece in pieces:
        fifo.put(piece)
        if fifo.length > 2 * _SEAM:
            part = fifo.take(fifo.length - _SEAM).copy()
            if not done:
                part[:, :_SEAM] *= ramp
            done += part.shape[1]
            yield part
    last = fifo.take(fifo.length)
    if last.shape[1]:
        count = min(_SEAM, last.shape[1])
        faded = last.copy()
        faded[:, -count:] *= ramp[:count][::-1]
        yield faded
