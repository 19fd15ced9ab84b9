"""Ducking: music is turned down while a voice or a clip's own sound is heard."""

from __future__ import annotations

from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

from farm.media.audio_fifo import SAMPLE_RATE, AudioFifo, Samples

Gain = NDArray[np.float32]
"""One factor per sample, shape (n,)."""

_STEP: Final = SAMPLE_RATE // 50
"""Samples in the 20 ms over which the level is measured."""
_AHEAD: Final = 5
"""Steps of lookahead: music starts to fade 0.1 s before the voice, so that its first word is clear."""
_HOLD: Final = 15
"""Steps for which music stays down after the voice."""
_LEADS: Final = 10 ** (-45 / 20)
"""Level above which a sound ducks music, about the noise floor of a recording in a quiet room."""


class Ducker:
    """Derives the gain for music from the leading sound: attack 0.1 s, hold 0.3 s, release 0.6 s.

    The gain of a sample depends on up to 0.14 s after it, so gains come out later than the samples go in; they do
    not depend on how the sound is split into pieces.
    """

    def __init__(self, duck_db: float) -> None:
        self._duck_db = duck_db
        self._fifo = AudioFifo()
        self._active: deque[bool] = deque()
        self._amount = 0.0
        self._hold = 0
        self._knot: float | None = None
        """Gain at the start of the first step not yet returned."""
        self._pending = 0
        """Samples whose gain is not yet returned."""

    def add(self, leading: Samples) -> Gain:
        """Take the next samples of the leading sound, shape (2, n), and return the gains known by now."""
        self._pending += leading.shape[1]
        self._fifo.put(leading)
        whole = self._fifo.length // _STEP
        if whole:
            peak = np.abs(self._fifo.take(whole * _STEP)).max(axis=0)
            self._active.extend(_is_active(peak.reshape(whole, _STEP)))
        return self._out(ahead=_AHEAD)

    def rest(self) -> Gain:
        """Return the remaining gains, at the end of the sound."""
        left = self._fifo.take(_STEP)
        if left.shape[1]:
            peak = np.pad(np.abs(left).max(axis=0), (0, _STEP - left.shape[1]))
            self._active.extend(_is_active(peak[None, :]))
        self._active.extend([False] * (_AHEAD + 2))
        return self._out(ahead=_AHEAD)

    def _out(self, ahead: int) -> Gain:
        knots: list[float] = [] if self._knot is None else [self._knot]
        while len(self._active) > ahead:
            knots.append(self._next_knot())
        if not knots:
            return np.ones(0, np.float32)
        self._knot = knots[-1]
        count = min(self._pending, (len(knots) - 1) * _STEP)
        self._pending -= count
        if min(knots) == 1.0:
            return np.ones(count, np.float32)
        ramp = np.arange(_STEP) / _STEP
        lower, upper = np.array(knots[:-1])[:, None], np.array(knots[1:])[:, None]
        gains: Gain = (lower + (upper - lower) * ramp).astype(np.float32).ravel()[:count]
        return gains

    def _next_knot(self) -> float:
        if any(self._active[index] for index in range(_AHEAD + 1)):
            self._hold = _HOLD
        self._hold -= 1
        self._amount = min(1.0, self._amount + 0.2) if self._hold > 0 else max(0.0, self._amount - 1 / 30)
        self._active.popleft()
        return float(10 ** (-self._duck_db * self._amount / 20))


def _is_active(peaks: NDArray[np.float32]) -> list[bool]:
    level = np.sqrt(np.mean(peaks.astype(np.float64) ** 2, axis=1))
    return [bool(value) for value in level > _LEADS]
