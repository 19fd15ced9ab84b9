"""Loops: a sound repeated, each round exactly as long as the file, so that music stays on the beat."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

import numpy as np

from farm.media.audio_fifo import GATHERED, SAMPLE_RATE, AudioFifo, Samples
from farm.media.damage import DamageLog
from farm.media.decode_audio import decode_sound
from farm.model.asset import Asset

_SEAM: Final = SAMPLE_RATE // 200
"""Samples over which the end of a round fades into the start of the next: a discontinuity would click."""
_SHORT: Final = SAMPLE_RATE * 10
"""Rounds of up to this many samples (3.8 MB) are decoded once and kept; longer ones are decoded every time."""
_BLOCK: Final = SAMPLE_RATE
"""Short rounds are repeated up to about this many samples, so that very short ones are not yielded one by one."""


def looped(asset: Asset, in_s: Fraction = Fraction(0), damage: DamageLog | None = None) -> Iterator[Samples]:
    """Yield a sound endlessly: first from ``in_s``, then repeatedly from its beginning.

    Yields nothing if the sound is empty.

    Raises:
        MediaError: it cannot be decoded.
    """
    start = _beginning(asset)
    if not start.shape[1]:
        return
    if in_s:
        yield from _bent(decode_sound(asset, in_s, damage), start)
    first = AudioFifo()
    for piece in _bent(decode_sound(asset, Fraction(0), damage), start):
        if first.length <= _SHORT:
            first.put(piece)
        yield piece
    if first.length > _SHORT:
        while True:
            yield from _bent(decode_sound(asset), start)
    round_ = first.take(first.length)
    block = np.tile(round_, max(1, _BLOCK // round_.shape[1]))
    while True:
        yield block


def _beginning(asset: Asset) -> Samples:
    """Return the first samples, one more than a seam has; fewer if the sound is shorter."""
    fifo = AudioFifo()
    for piece in decode_sound(asset):
        fifo.put(piece)
        if fifo.length > _SEAM:
            break
    return fifo.take(_SEAM + 1)


def _bent(pieces: Iterator[Samples], start: Samples) -> Iterator[Samples]:
    """Yield a round whose last samples fade into ``start``, the start of the next; its length is unchanged."""
    fifo = AudioFifo()
    for piece in pieces:
        fifo.put(piece)
        if fifo.length >= _SEAM + GATHERED:
            yield fifo.take(fifo.length - _SEAM)
    if fifo.length > _SEAM:
        yield fifo.take(fifo.length - _SEAM)
    last = fifo.take(_SEAM)
    if last.shape[1]:
        yield last if _flows(last, start) else _led_over(last, start)


def _flows(last: Samples, start: Samples) -> bool:
    """Whether the start continues the end as smoothly as the samples around it, as in music cut to loop."""
    if last.shape[1] < 3 or start.shape[1] < 3:
        return False
    bends = max(float(np.abs(np.diff(part, 2)).max()) for part in (last, start))
    jump = float(np.abs(start[:, 0] - (2 * last[:, -1] - last[:, -2])).max())
    return jump <= 2 * bends


def _led_over(last: Samples, start: Samples) -> Samples:
    """Return the end faded into the point reflection of the start about its first sample, matching value and slope."""
    count = min(last.shape[1], start.shape[1] - 1)
    if count < 1:
        return last
    before = 2 * start[:, :1] - start[:, count:0:-1]
    rise = (0.5 - 0.5 * np.cos(np.pi * np.arange(1, count + 1) / count)).astype(np.float32)
    faded = last.copy()
    faded[:, -count:] = last[:, -count:] * (1 - rise) + before * rise
    return faded
