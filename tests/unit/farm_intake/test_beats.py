"""Tempo and beats of drummed rhythms; none where there is no rhythm."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from farm.media.audio_fifo import SAMPLE_RATE, Samples
from farm_intake.beats import OnsetMeter, Pulse, find_pulse


def drummed(bpm: float, seconds: float, first_s: float = 0.3) -> tuple[Samples, NDArray[np.float64]]:
    """Return a drum on every beat and a quieter one between, and the beats' times."""
    count = int(seconds * SAMPLE_RATE)
    sound = np.random.default_rng(3).normal(0, 0.002, count).astype(np.float32)
    times = np.arange(first_s, seconds - 0.3, 60 / bpm)
    decay = np.exp(-np.arange(SAMPLE_RATE // 5) / 2000)
    drum = np.sin(2 * np.pi * 90 * np.arange(decay.size) / SAMPLE_RATE) * decay
    hat = np.random.default_rng(4).normal(0, 0.2, decay.size) * decay**4
    for time in times:
        at, between = int(time * SAMPLE_RATE), int((time + 30 / bpm) * SAMPLE_RATE)
        sound[at : at + drum.size] += drum[: count - at].astype(np.float32)
        sound[between : between + hat.size] += hat[: max(0, count - between)].astype(np.float32)
    return np.stack([sound, sound]), times


def heard(samples: Samples, piece: int = 10_000) -> Pulse | None:
    meter = OnsetMeter()
    for first in range(0, samples.shape[1], piece):
        meter.add(samples[:, first : first + piece])
    return find_pulse(meter.envelope())


@settings(max_examples=12, deadline=None)
@given(st.floats(95, 150))
def test_tempo_and_beats_are_heard(bpm: float) -> None:
    samples, times = drummed(bpm, 12)
    pulse = heard(samples)
    assert pulse is not None
    # Slower drums with hats between the beats may be heard twice as fast, quicker ones half as fast.
    assert any(pulse.tempo_bpm == pytest.approx(tempo, rel=0.03) for tempo in (bpm, bpm / 2))
    gaps = np.abs(np.array(pulse.beats_s)[:, None] - times[None]).min(axis=1)
    assert (gaps < 0.07).mean() > 0.9
    assert pulse.confidence > 0.3


def test_how_the_sound_is_cut_changes_nothing() -> None:
    samples, _ = drummed(110, 8)
    assert heard(samples, 997) == heard(samples, 100_000)


def test_noise_has_no_regular_beat() -> None:
    noise = np.random.default_rng(5).normal(0, 0.1, (2, 10 * SAMPLE_RATE)).astype(np.float32)
    pulse = heard(noise)
    assert pulse is None or pulse.confidence < 0.12


@pytest.mark.parametrize("seconds", [0.0, 0.01, 1.0])
def test_short_sounds_and_silence_have_no_pulse(seconds: float) -> None:
    assert heard(np.zeros((2, int(seconds * SAMPLE_RATE)), np.float32)) is None
    assert heard(np.zeros((2, 6 * SAMPLE_RATE), np.float32)) is None
