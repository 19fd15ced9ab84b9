"""Tempo: samples played faster or slower, with the pitch following as on tape or kept.

The pitch is kept by waveform similarity overlap-add (Verhelst and Roelands, 1993): short windows are taken from where
the speed has arrived, moved by up to a few milliseconds so that they continue the one before. FFmpeg's ``atempo`` does
the same for a constant speed only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from farm.media.audio_fifo import SAMPLE_RATE, Samples

Positions: TypeAlias = Callable[[int, int], NDArray[np.float64]]
"""Returns where in the source, in samples, the output samples from the first number to before the second are read."""

_WINDOW: Final = 2048
"""Samples of a window, 43 ms: two periods of the lowest voices."""
_HOP: Final = _WINDOW // 2
_REACH: Final = 480
"""How far a window may be moved, 10 ms."""
_COARSE: Final = 4
"""Windows are compared at every fourth sample: they match to 83 µs."""
_STEP: Final = SAMPLE_RATE // 100
"""A changing speed is approximated by straight segments of this many samples."""


def constant_speed(speed: float) -> Positions:
    """Return the positions of a constant speed."""
    return lambda first, stop: np.arange(first, stop, dtype=np.float64) * speed


def changing_speed(speed: Callable[[float], float]) -> Positions:
    """Return the positions of a speed over seconds; output samples must be asked for from the first on."""
    sums = [0.0]

    def knot(index: int) -> float:
        while len(sums) <= index:
            middle = (len(sums) - 0.5) * _STEP / SAMPLE_RATE
            sums.append(sums[-1] + max(0.0, speed(middle)) * _STEP)
        return sums[index]

    def positions(first: int, stop: int) -> NDArray[np.float64]:
        low, high = first // _STEP, stop // _STEP + 2
        knots = np.arange(low, high) * _STEP
        return np.interp(np.arange(first, stop), knots, [knot(index) for index in range(low, high)])

    return positions


class _Held:
    """The part of a source that is still needed."""

    def __init__(self, pieces: Iterator[Samples]) -> None:
        self._pieces = pieces
        self.samples: Samples = np.zeros((2, 0), np.float32)
        self.first = 0
        self.ended = False

    @property
    def stop(self) -> int:
        """The sample after the last one known."""
        return self.first + int(self.samples.shape[1])

    def reach(self, stop: int) -> bool:
        """Read until the sample before ``stop`` is known; return whether it is."""
        while self.stop < stop and not self.ended:
            piece = next(self._pieces, None)
            if piece is None:
                self.ended = True
            else:
                self.samples = np.concatenate([self.samples, piece], axis=1)
        return self.stop >= stop

    def drop(self, before: int) -> None:
        """Forget the samples before a number."""
        count = min(max(0, before - self.first), self.samples.shape[1])
        self.samples, self.first = self.samples[:, count:], self.first + count

    def window(self, start: int, count: int) -> Samples:
        """Return samples, zeros where there are none."""
        out = np.zeros((2, count), np.float32)
        low, high = max(start, self.first), min(start + count, self.stop)
        if low < high:
            out[:, low - start : high - start] = self.samples[:, low - self.first : high - self.first]
        return out


def as_on_tape(pieces: Iterator[Samples], positions: Positions) -> Iterator[Samples]:
    """Yield the samples read at ``positions``, linearly interpolated: the pitch follows the speed."""
    held, made, block = _Held(pieces), 0, SAMPLE_RATE // 4
    while True:
        where = positions(made, made + block)
        held.reach(int(where[-1]) + 2)
        inside = int(np.searchsorted(where, max(0, held.stop - (0 if held.ended else 1))))
        if inside:
            here = where[:inside]
            left = np.minimum(here.astype(np.int64), held.stop - 1)
            right = np.minimum(left + 1, held.stop - 1)
            part = np.minimum(here - left, 1.0)
            lower = held.samples[:, left - held.first].astype(np.float64)
            yield ((held.samples[:, right - held.first] - lower) * part + lower).astype(np.float32)
        if inside < block:
            return
        made += block
        held.drop(int(where[-1]))


def at_pitch(pieces: Iterator[Samples], positions: Positions) -> Iterator[Samples]:
    """Yield the samples at the tempo of ``positions``, at their own pitch."""
    held, made = _Held(pieces), 0
    ramp = (0.5 - 0.5 * np.cos(np.pi * (np.arange(_HOP) + 0.5) / _HOP)).astype(np.float32)
    tail: Samples | None = None
    natural = 0  # where the window before would go on
    while True:
        wanted = int(positions(made, made + 1)[0])
        if not held.reach(wanted + 1):
            if tail is not None:
                yield tail * ramp[::-1]
            return
        held.reach(max(wanted, natural) + _WINDOW + _REACH)
        start = wanted if tail is None else _best(held, wanted, natural)
        window = held.window(start, _WINDOW)
        head = window[:, :_HOP]
        yield head if tail is None else tail * ramp[::-1] + head * ramp
        tail = window[:, _HOP:]
        natural = start + _HOP
        made += _HOP
        held.drop(min(wanted, natural) - _REACH - _WINDOW)


def _best(held: _Held, wanted: int, natural: int) -> int:
    """Return where near ``wanted`` the source resembles most what follows ``natural``."""
    # Compared as integers, whose sums are exact: the choice must not depend on the order in which a CPU adds.
    template = _mono(held.window(natural, _HOP))
    around = _mono(held.window(wanted - _REACH, _HOP + 2 * _REACH))
    scores = np.correlate(around, template, "valid").astype(np.float64)
    squares = np.concatenate([[0], np.cumsum(around * around)])
    energy = (squares[template.size :] - squares[: -template.size]).astype(np.float64)
    best = int(np.argmax(scores / np.sqrt(energy + 1)))
    return wanted - _REACH + best * _COARSE


def _mono(samples: Samples) -> NDArray[np.int64]:
    level = (samples[0] + samples[1])[::_COARSE] * 4096
    whole: NDArray[np.int64] = np.clip(np.floor(level + np.float32(0.5)), -16384, 16384).astype(np.int64)
    return whole
