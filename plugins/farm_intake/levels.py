"""Peak and power of a sound, and its waveform as a picture."""

from __future__ import annotations

import io
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from farm.plugin import SAMPLE_RATE, AudioFifo, Samples

_WINDOW: Final = SAMPLE_RATE // 20
"""Samples per peak and power value: 50 ms."""
_HEIGHT_PX: Final = 120


class Levels:
    """Peak and power of every 50 ms."""

    def __init__(self) -> None:
        self.length = 0
        self._fifo = AudioFifo()
        self._peaks: list[NDArray[np.float32]] = []
        self._powers: list[NDArray[np.float32]] = []

    def add(self, samples: Samples) -> None:
        self.length += samples.shape[1]
        self._fifo.put(samples)
        if self._fifo.length >= 64 * _WINDOW:
            self._measure(self._fifo.length // _WINDOW)

    def _measure(self, count: int) -> None:
        windows = self._fifo.take(count * _WINDOW).reshape(2, count, _WINDOW)
        self._peaks.append(np.abs(windows).max(axis=(0, 2)))
        self._powers.append((windows * windows).mean(axis=(0, 2)))

    def finish(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        if self._fifo.length >= _WINDOW:
            self._measure(self._fifo.length // _WINDOW)
        rest = self._fifo.take(self._fifo.length)
        if rest.size:
            self._peaks.append(np.abs(rest).max(keepdims=True).reshape(1))
            self._powers.append((rest * rest).mean(keepdims=True).reshape(1))
        nothing = np.zeros(0, np.float32)
        return np.concatenate([nothing, *self._peaks]), np.concatenate([nothing, *self._powers])


def drawn(peaks: NDArray[np.float64]) -> bytes:
    """Return the waveform as a PNG, two pixels per column, dark on transparent."""
    heights = np.maximum(1, np.round(peaks * (_HEIGHT_PX / 2))).repeat(2)
    rows = np.abs(np.arange(_HEIGHT_PX) - (_HEIGHT_PX - 1) / 2)[:, None]
    image = np.zeros((_HEIGHT_PX, heights.size, 4), np.uint8)
    image[rows < heights] = (37, 99, 235, 255)
    out = io.BytesIO()
    Image.fromarray(image).save(out, "PNG", optimize=True)
    return out.getvalue()
