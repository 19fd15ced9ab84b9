"""Tempo and beat times, after Ellis, "Beat Tracking by Dynamic Programming" (2007)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from farm.plugin import SAMPLE_RATE, AudioFifo, Samples

HOP: Final = SAMPLE_RATE // 100
"""Samples between two values of the onset envelope: 10 ms."""
_FRAME: Final = 2048
_BANDS: Final = 40
_LOW_BANDS: Final = 4
"""Bands below about 300 Hz."""
_TOP_HZ: Final = 8000.0
_RATE: Final = SAMPLE_RATE / HOP
_SLOWEST_BPM, _FASTEST_BPM = 40.0, 240.0
_USUAL_BPM: Final = 120.0
_OCTAVES: Final = 0.9
"""Spread of the tempi that listeners tap, in octaves around the most common one (Ellis 2007, section 3)."""
_TIGHTNESS: Final = 400.0
"""Weight of a steady tempo against onset strength (Ellis 2007, section 4)."""

Envelope = NDArray[np.float64]
"""Onset strength, shape (n,), 100 values a second, mean 0, standard deviation 1."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """Tempo and beats of a piece of music."""

    tempo_bpm: float
    """Beats per minute."""
    confidence: float
    """Regularity of the onsets at this tempo, 0 to 1: their autocorrelation."""
    beats_s: tuple[float, ...]
    """Times of the beats, ascending."""


class OnsetMeter:
    """Measures onset strength as a stream of samples arrives. Only the envelope grows with its length."""

    def __init__(self) -> None:
        self._fifo = AudioFifo()
        self._fifo.put(np.zeros((2, _FRAME // 2), np.float32))  # centres the first value on the first sample
        self._window = np.hanning(_FRAME).astype(np.float32)
        self._filters = _mel_filters()
        self._last: NDArray[np.float32] | None = None
        self._rises: list[NDArray[np.float32]] = []

    def add(self, samples: Samples) -> None:
        """Process more samples, shape (2, n)."""
        self._fifo.put(samples)
        while self._fifo.length >= _FRAME + 255 * HOP:
            self._measure(256)

    def _measure(self, count: int) -> None:
        piece = self._fifo.take(_FRAME + (count - 1) * HOP)
        mono = np.ascontiguousarray(piece.mean(axis=0))
        self._fifo = _put_back(piece[:, count * HOP :], self._fifo)
        frames = np.lib.stride_tricks.sliding_window_view(mono, _FRAME)[::HOP] * self._window
        power = np.abs(np.fft.rfft(frames, axis=1)).astype(np.float32)
        loud = np.log1p(100 * (power @ self._filters))
        before = loud[:1] if self._last is None else self._last
        rises = np.maximum(0, np.diff(loud, axis=0, prepend=before))
        # Low bands count twice: drums and bass carry the beat while melodies play over it.
        self._rises.append(rises.mean(axis=1) + rises[:, :_LOW_BANDS].mean(axis=1))
        self._last = loud[-1:]

    def envelope(self) -> Envelope:
        """Return the envelope of all samples so far. Call it once, at the end."""
        while self._fifo.length >= _FRAME:
            self._measure(1 + min(255, (self._fifo.length - _FRAME) // HOP))
        if not self._rises:
            return np.zeros(0)
        rises = np.concatenate(self._rises).astype(np.float64)
        # Removes slow swells and differences of loudness between parts of the piece.
        rises -= _smooth(rises, int(_RATE))
        spread = float(rises.std())
        return rises / spread if spread > 1e-6 else np.zeros_like(rises)


def _put_back(rest: Samples, fifo: AudioFifo) -> AudioFifo:
    joined = AudioFifo()
    joined.put(rest)
    joined.put(fifo.take(fifo.length))
    return joined


def _smooth(values: Envelope, width: int) -> Envelope:
    kernel = np.hanning(2 * width + 1)
    weights = np.convolve(np.ones_like(values), kernel, mode="same")
    smoothed: Envelope = np.convolve(values, kernel, mode="same") / weights
    return smoothed[: len(values)]


def _mel_filters() -> NDArray[np.float32]:
    """Return triangular filters on the mel scale (O'Shaughnessy 1987), shape (bins, bands)."""
    hz = np.fft.rfftfreq(_FRAME, 1 / SAMPLE_RATE)
    mel = 2595 * np.log10(1 + hz / 700)
    edges = np.linspace(0, 2595 * np.log10(1 + _TOP_HZ / 700), _BANDS + 2)
    rising = (mel[:, None] - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - mel[:, None]) / (edges[2:] - edges[1:-1])
    filters: NDArray[np.float32] = np.maximum(0, np.minimum(rising, falling)).astype(np.float32)
    return filters


def find_pulse(envelope: Envelope) -> Pulse | None:
    """Return tempo and beats; None if the sound is shorter than four seconds or has no onsets."""
    if len(envelope) < 4 * _RATE or not envelope.any():
        return None
    lags, strength = _autocorrelation(envelope)
    tempo_lag = lags[int(np.argmax(strength * _preference(lags)))]
    at = int(tempo_lag - lags[0])
    exact = tempo_lag + _vertex(strength, at)
    confidence = float(np.clip(strength[at], 0, 1))
    beats = np.array(list(_track(envelope, exact))[::-1], float)
    times = tuple(round(float(time), 3) for time in beats / _RATE)
    # The beats give the tempo more precisely than a lag in steps of 10 ms.
    tempo = 60 * _RATE / float(np.median(np.diff(beats))) if len(beats) > 2 else 60 * _RATE / exact
    if len(beats) > 8:
        steps = np.diff(beats)
        steady = steps[np.abs(steps - np.median(steps)) <= 0.15 * np.median(steps)]
        tempo = 60 * _RATE / float(steady.mean())
    return Pulse(round(tempo, 1), round(confidence, 3), times)


def _autocorrelation(envelope: Envelope) -> tuple[NDArray[np.int64], Envelope]:
    count = len(envelope)
    spectrum = np.fft.rfft(envelope, 2 * count)
    whole = np.fft.irfft(spectrum * spectrum.conj())[:count]
    lags = np.arange(int(60 * _RATE / _FASTEST_BPM), min(count - 1, int(60 * _RATE / _SLOWEST_BPM)) + 1)
    return lags, whole[lags] / max(float(whole[0]), 1e-9)


def _preference(lags: NDArray[np.int64]) -> Envelope:
    octaves = np.log2(60 * _RATE / lags / _USUAL_BPM) / _OCTAVES
    preferred: Envelope = np.exp(-0.5 * octaves**2)
    return preferred


def _vertex(values: Envelope, at: int) -> float:
    """Return the vertex of the parabola through three values, as an offset from the middle one."""
    if not 0 < at < len(values) - 1:
        return 0.0
    left, middle, right = values[at - 1 : at + 2]
    bend = left - 2 * middle + right
    return float(0.5 * (left - right) / bend) if bend < 0 else 0.0


def _track(envelope: Envelope, period: float) -> Iterator[int]:
    """Yield the indices of the beats in the envelope, last beat first."""
    width = max(1, round(period / 32))
    local = np.convolve(
        envelope, np.exp(-0.5 * (np.arange(-3 * width, 3 * width + 1) / width) ** 2), mode="same"
    )
    local = local[: len(envelope)] / max(float(local.std()), 1e-9)
    first, last = round(period / 2), round(2 * period)
    back = np.arange(-last, -first + 1)
    cost = -_TIGHTNESS * np.log(-back / period) ** 2
    score = local.copy()
    origin = np.full(len(local), -1)
    for at in range(first, len(local)):
        begin = max(0, at - last)
        options = score[begin : at - first + 1] + cost[len(cost) - (at - first + 1 - begin) :]
        best = int(options.argmax())
        if options[best] > 0:
            score[at] += options[best]
            origin[at] = begin + best
    # The last beat is the best score within the last period.
    tail = max(0, len(score) - round(period))
    at = tail + int(score[tail:].argmax())
    while at >= 0:
        yield at
        at = int(origin[at])
