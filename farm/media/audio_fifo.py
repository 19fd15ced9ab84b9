"""A fifo: a FIFO buffer of samples, written and read in pieces of any length."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""Stereo samples, float32, shape (2, n), full scale ±1."""

SAMPLE_RATE: Final = 48_000
"""Samples per second in every mix."""
GATHERED: Final = SAMPLE_RATE // 4
"""Decoders return 20 ms at a time, for which each step of mixing costs as much as for a quarter of a second."""


class AudioFifo:
    """FIFO buffer of samples."""

    def __init__(self) -> None:
        self._pieces: deque[Samples] = deque()
        self.length = 0
        """Number of buffered samples."""

    def put(self, samples: Samples) -> None:
        """Append samples, shape (2, n); they must not be changed afterwards."""
        if samples.shape[1]:
            self._pieces.append(samples)
            self.length += samples.shape[1]

    def take(self, count: int) -> Samples:
        """Remove and return the first ``count`` samples; all if there are fewer, none if negative."""
        count = max(0, min(count, self.length))
        parts: list[Samples] = []
        missing = count
        while missing:
            piece = self._pieces.popleft()
            if piece.shape[1] > missing:
                self._pieces.appendleft(piece[:, missing:])
                piece = piece[:, :missing]
            parts.append(piece)
            missing -= piece.shape[1]
        self.length -= count
        if len(parts) == 1:
            return parts[0]
        return np.concatenate(parts, axis=1) if parts else np.zeros((2, 0), np.float32)


def gathered(pieces: Iterable[Samples], enough: int = GATHERED) -> Iterator[Samples]:
    """Yield pieces joined to at least ``enough`` samples each; the last may be shorter."""
    waiting: list[Samples] = []
    length = 0
    for piece in pieces:
        waiting.append(piece)
        length += piece.shape[1]
        if length >= enough:
            yield _joined(waiting)
            waiting, length = [], 0
    if waiting:
        yield _joined(waiting)


def _joined(pieces: list[Samples]) -> Samples:
    return pieces[0] if len(pieces) == 1 else np.concatenate(pieces, axis=1)
