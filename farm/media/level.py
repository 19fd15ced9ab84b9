"""Level: the power of a sound over time, to check whether an encoder preserved it."""

from __future__ import annotations

from typing import Final

import numpy as np

from farm.media.audio_fifo import AudioFifo, Samples

_STEP: Final = 4096
"""Samples over which a level is measured: long compared with the 1024 of an AAC frame, which may smear an attack."""
_QUIET: Final = 10 ** (-30 / 10)
"""Power below which a step is ignored."""


class LevelMeter:
    """Measures the mean power of both channels, 85 ms at a time."""

    def __init__(self) -> None:
        self._fifo = AudioFifo()
        self._powers: list[float] = []

    def add(self, samples: Samples) -> None:
        """Measure more samples, shape (2, n); a final remainder shorter than a step is left out."""
        self._fifo.put(samples)
        count = self._fifo.length // _STEP
        if count:
            steps = self._fifo.take(count * _STEP).reshape(2, count, _STEP)
            self._powers += (np.einsum("cns,cns->n", steps, steps) / (2 * _STEP)).tolist()

    def lost_db(self, other: LevelMeter) -> float:
        """Return the largest drop in level of ``other``; quiet steps are ignored."""
        losses = [
            10 * np.log10(mine / max(others, 1e-9))
            for mine, others in zip(self._powers, other._powers, strict=False)
            if mine > _QUIET
        ]
        return max(losses, default=0.0)
