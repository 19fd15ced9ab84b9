"""Limiting: peaks are attenuated smoothly before they would clip."""

from __future__ import annotations

from math import inf
from typing import Final

import numpy as np

from farm.media.audio_fifo import SAMPLE_RATE, AudioFifo, Samples

CEILING: Final = 10 ** (-1.5 / 20)
"""Peaks stay 1.5 dB below full scale: AAC overshoots its input by about 1 dB."""

_STEP: Final = SAMPLE_RATE // 1000
"""Samples in the 1 ms for which one gain is computed."""
_AHEAD: Final = 5
"""Steps of lookahead, so that the gain is low enough when the peak arrives."""
_RELEASE: Final = 80
"""Steps in which most of the gain recovers."""


class Limiter:
    """Holds peaks below :data:`CEILING`: attack within 5 ms before a peak, release in about 80 ms after it.

    Latency is up to 7 ms; the result does not depend on how the sound is split into pieces.
    """

    def __init__(self) -> None:
        self._waiting = AudioFifo()
        self._unmeasured = AudioFifo()
        self._needs = [1.0]
        """Gains required by each step's own peak, from the step before the next one to enter :attr:`_gains`."""
        self._gain = 1.0
        self._gains = [inf]
        """Gain of the step returned last, then those of the waiting steps."""

    def add(self, samples: Samples) -> Samples:
        """Take the next samples, shape (2, n), and return those that are ready."""
        self._waiting.put(samples)
        self._unmeasured.put(samples)
        self._measure(self._unmeasured.length // _STEP)
        return self._out()

    def rest(self) -> Samples:
        """Return the remaining samples, at the end of the sound."""
        self._measure(-(-self._unmeasured.length // _STEP))
        self._needs += [1.0] * _AHEAD
        self._follow()
        self._gains.append(inf)
        return self._out()

    def _measure(self, steps: int) -> None:
        if not steps:
            return
        peak = np.abs(self._unmeasured.take(steps * _STEP)).max(axis=0)
        peaks = np.pad(peak, (0, steps * _STEP - peak.size)).reshape(steps, _STEP).max(axis=1)
        self._needs += np.minimum(1.0, CEILING / np.maximum(peaks.astype(np.float64), 1e-9)).tolist()
        self._follow()

    def _follow(self) -> None:
        """Compute the gains of all steps whose lookahead is complete."""
        window = _AHEAD + 2  # the step before, the step itself, those ahead
        if len(self._needs) < window:
            return
        targets = np.lib.stride_tricks.sliding_window_view(np.array(self._needs), window).min(axis=1).tolist()
        del self._needs[: len(targets)]
        gain = self._gain
        for target in targets:
            gain = target if target < gain else min(target, gain + (target - gain) / _RELEASE)
            self._gains.append(gain)
        self._gain = gain

    def _out(self) -> Samples:
        """Return the steps with gains known before and after them; gain is interpolated linearly between knots."""
        steps = len(self._gains) - 2
        if steps <= 0:
            return self._waiting.take(0)
        gains = np.array(self._gains)
        del self._gains[:steps]
        samples = self._waiting.take(steps * _STEP)
        # Taking the lower neighbour at each knot keeps the interpolated gain within what each step requires.
        knots = np.minimum(gains[:-1], gains[1:])
        if knots.min() == 1.0:
            return samples
        ramp = np.arange(_STEP) / _STEP
        curve = knots[:-1, None] + (knots[1:] - knots[:-1])[:, None] * ramp
        held: Samples = samples * curve.astype(np.float32).ravel()[: samples.shape[1]]
        return np.clip(held, -CEILING, CEILING, out=held)
