"""Hearing: sound is read whole, in part and from far inside, at any sample rate."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from farm.media.audio_fifo import SAMPLE_RATE
from farm.media.decode_audio import decode_sound
from farm.media.probe import probe
from tests.listen import ToneMaker, heard


def test_a_sound_is_read_whole_and_in_part(tone: ToneMaker) -> None:
    asset = tone(1.0)
    whole = heard(asset, Fraction(0), Fraction(2))
    assert whole.shape == (2, SAMPLE_RATE)
    part = heard(asset, Fraction(1, 4), Fraction(1, 4))
    assert np.array_equal(part, whole[:, 12_000:24_000])


def test_other_sample_rates_keep_their_length(tone: ToneMaker) -> None:
    samples = heard(tone(1.0, rate=44_100), Fraction(0), Fraction(2))
    assert abs(samples.shape[1] - SAMPLE_RATE) <= 32


FILES = [
    ("wav", "pcm_s16le", 44_100),
    ("flac", "flac", 44_100),
    ("m4a", "aac", 44_100),
    ("m4a", "aac", 48_000),
    ("ogg", "flac", 44_100),
    ("opus", "libopus", 48_000),
    ("mka", "flac", 48_000),
    ("mka", "flac", 44_100),
    ("mp3", "libmp3lame", 44_100),
]


@pytest.mark.parametrize(("suffix", "codec", "rate"), FILES)
def test_a_far_part_is_the_same_as_in_the_whole(tmp_path: Path, suffix: str, codec: str, rate: int) -> None:
    path = tmp_path / f"sweep.{suffix}"
    times = np.arange(12 * rate) / rate
    sweep = np.stack([0.3 * np.sin(2 * np.pi * (200 + 90 * times) * times)] * 2).astype(np.float32)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout="stereo")
        for start in range(0, sweep.shape[1], rate):
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(sweep[:, start : start + rate]), "fltp", "stereo"
            )
            frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    asset = probe(path)
    whole = heard(asset, Fraction(0), Fraction(12))
    part = heard(asset, Fraction("8.6"), Fraction(2))
    first = int(Fraction("8.6") * SAMPLE_RATE)
    wanted = whole[:, first : first + 2 * SAMPLE_RATE]
    if suffix == "mka" and rate == 44_100:  # its timestamps are whole milliseconds
        shifts = [np.abs(part[:, 24 + s : s - 24] - wanted[:, 24:-24]).max() for s in range(-23, 24)]
        assert min(shifts) < 0.05
    else:
        assert np.abs(part - wanted).max() < 1e-3


def test_a_file_is_closed_when_nobody_reads_on(tone: ToneMaker) -> None:
    pieces = decode_sound(tone(2.0))
    next(pieces)
    pieces.close()
    assert next(pieces, None) is None
