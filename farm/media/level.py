"""Level: the power of a sound over time, to tell whether an encoder kept it."""

from __future__ import annotations

from typing import Final

import numpy as np

from farm.media.tape import Samples, Tape

_STEP: Final = 4096
"""Samples that a level is taken over: long against the 1024 of an AAC frame, which may smear a sudden beginning."""
_QUIET: Final = 10 ** (-30 / 10)
"""Power below which a step is not looked at."""


class LevelMeter:
    """Takes the mean power of both channels, 85 ms at a time."""

    def __init__(self) -> None:
        self._tape = Tape()
        self._powers: list[float] = []

    def add(self, samples: Samples) -> None:
        """Measure some more, shape (2, n); a rest shorter than a step is left out."""
        self._tape.put(samples)
        count = self._tape.length // _STEP
        if count:
            steps = self._tape.take(count * _STEP).reshape(2, count, _STEP)
            self._powers += (np.einsum("cns,cns->n", steps, steps) / (2 * _STEP)).tolist()

    def lost_db(self, other: LevelMeter) -> float:
        """Return how much quieter ``other`` is where it differs most; quiet places do not count."""
        losses = [
            10 * np.log10(mine / max(others, 1e-9))
            for mine, others in zip(self._powers, other._powers, strict=False)
            if mine > _QUIET
        ]
        return max(losses, default=0.0)
