"""Hearing: media decoded to 48 kHz stereo float, and loudness measured."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import av
import av.error
import numpy as np
from numpy.typing import NDArray

from farm.errors import MediaError
from farm.media.container import open_media
from farm.model.asset import Asset

SAMPLE_RATE: Final = 48_000
"""Samples a second in every mix."""

Samples = NDArray[np.float32]
"""Stereo samples, float32, shape (2, n), full scale ±1."""


def read_sound(asset: Asset, in_s: Fraction, length_s: Fraction) -> Samples:
    """Return ``length_s`` seconds of an asset's sound from ``in_s`` on; shorter where the asset ends.

    Raises:
        MediaError: the sound cannot be decoded.
    """
    first = int(in_s * SAMPLE_RATE)
    wanted = int(length_s * SAMPLE_RATE)
    parts: list[Samples] = []
    have = 0
    try:
        with open_media(asset.path) as container:
            stream = container.streams.audio[0]
            resampler = av.AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE)
            position = 0
            for frame in container.decode(stream):
                frame.pts = None
                for piece in resampler.resample(frame):
                    position, have = _take(_floats(piece), position, first, wanted, have, parts)
                if have >= wanted:
                    break
            else:
                for piece in resampler.resample(None):
                    position, have = _take(_floats(piece), position, first, wanted, have, parts)
    except (av.error.FFmpegError, IndexError) as error:
        raise MediaError(f"the sound of {asset.path} cannot be decoded: {error}") from error
    if not parts:
        return np.zeros((2, 0), np.float32)
    return np.concatenate(parts, axis=1)[:, :wanted]


def _floats(frame: av.AudioFrame) -> Samples:
    return np.asarray(frame.to_ndarray(), np.float32)


def _take(
    samples: Samples, position: int, first: int, wanted: int, have: int, parts: list[Samples]
) -> tuple[int, int]:
    count = samples.shape[1]
    start = max(0, first - position)
    if start < count and have < wanted:
        part = samples[:, start:]
        parts.append(np.ascontiguousarray(part))
        have += part.shape[1]
    return position + count, have


def loudness_lufs(samples: Samples) -> float | None:
    """Return the integrated loudness (EBU R 128, by FFmpeg's ebur128 filter); None for silence or under 0.4 s."""
    if samples.shape[1] < SAMPLE_RATE * 2 // 5 or not np.any(samples):
        return None
    graph = av.filter.Graph()
    source = graph.add_abuffer(
        format="fltp", sample_rate=SAMPLE_RATE, layout="stereo", time_base=Fraction(1, SAMPLE_RATE)
    )
    meter = graph.add("ebur128", "metadata=1:framelog=quiet")
    sink = graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    value: float | None = None
    chunk = SAMPLE_RATE // 10
    for start in range(0, samples.shape[1], chunk):
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples[:, start : start + chunk]), "fltp", "stereo"
        )
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
        graph.push(frame)
        value = _drain(graph, value)
    graph.push(None)
    value = _drain(graph, value)
    return value if value is not None and value > -70.0 else None


def _drain(graph: av.filter.Graph, value: float | None) -> float | None:
    while True:
        try:
            frame = graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return value
        text = frame.metadata.get("lavfi.r128.I")
        if text is not None:
            value = float(text)
