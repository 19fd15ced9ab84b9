"""Loudness: EBU R 128, measured as the sound streams through."""

from __future__ import annotations

from fractions import Fraction

import av
import av.error
import numpy as np

from farm.media.audio_fifo import SAMPLE_RATE, Samples


class LoudnessMeter:
    """Measures samples by FFmpeg's ebur128 filter, in constant memory."""

    def __init__(self) -> None:
        self._graph = av.filter.Graph()
        source = self._graph.add_abuffer(
            format="fltp", sample_rate=SAMPLE_RATE, layout="stereo", time_base=Fraction(1, SAMPLE_RATE)
        )
        meter = self._graph.add("ebur128", "metadata=1:framelog=quiet")
        sink = self._graph.add("abuffersink")
        source.link_to(meter)
        meter.link_to(sink)
        self._graph.configure()
        self._position = 0
        self._audible = False
        self._integrated: float | None = None

    def add(self, samples: Samples) -> None:
        """Measure more samples, shape (2, n)."""
        if not samples.shape[1]:
            return
        self._audible = self._audible or bool(samples.any())
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), "fltp", "stereo")
        frame.sample_rate, frame.pts = SAMPLE_RATE, self._position
        frame.time_base = Fraction(1, SAMPLE_RATE)
        self._position += samples.shape[1]
        self._graph.push(frame)
        self._drain()

    def integrated_lufs(self) -> float | None:
        """Return the loudness of all samples; None for silence or less than 0.4 s. Call it once, at the end."""
        self._graph.push(None)
        self._drain()
        value = self._integrated
        long_enough = self._position >= SAMPLE_RATE * 2 // 5
        return value if long_enough and self._audible and value is not None and value > -70.0 else None

    def _drain(self) -> None:
        while True:
            try:
                frame = self._graph.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            text = frame.metadata.get("lavfi.r128.I")
            if text is not None:
                self._integrated = float(text)
