"""Ducking: music makes room for a voice and comes back, smoothly, however the sound is cut."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farm.media.audio_fifo import SAMPLE_RATE, Samples
from farm.media.duck import Ducker, Gain
from tests.listen import cut


def ducking(leading: Samples, duck_db: float, cuts: list[int] | None = None) -> Gain:
    """Return the gain for a whole sound, given in pieces."""
    ducker = Ducker(duck_db)
    return np.concatenate([*(ducker.add(piece) for piece in cut(leading, cuts or [])), ducker.rest()])


def test_music_makes_room_for_a_voice_and_comes_back() -> None:
    voice = np.zeros((2, 6 * SAMPLE_RATE), np.float32)
    voice[:, 2 * SAMPLE_RATE : 3 * SAMPLE_RATE] = 0.2
    gain = ducking(voice, 12.0)
    low = 10 ** (-12 / 20)

    def at(seconds: float) -> float:
        return float(gain[int(seconds * SAMPLE_RATE)])

    assert gain.shape == (6 * SAMPLE_RATE,)
    assert at(1.85) == 1
    assert at(2.02) == pytest.approx(low, abs=0.02)
    assert float(gain[int(2.05 * SAMPLE_RATE) : 3 * SAMPLE_RATE].max()) == pytest.approx(low, abs=0.001)
    assert at(3.15) == pytest.approx(low, abs=0.02)
    assert low < at(3.5) < 1
    assert at(4.2) == 1
    # Smooth: never more than the step down allows, a fifth of the way in 20 ms.
    assert float(np.abs(np.diff(gain)).max()) <= 0.3 / (SAMPLE_RATE / 50)


def test_nothing_is_ducked_without_a_voice() -> None:
    assert ducking(np.zeros((2, 1000), np.float32), 12.0).tolist() == [1.0] * 1000


@given(st.integers(0, 2**32), st.lists(st.integers(1, 60_000), max_size=9), st.integers(1, 90_000))
@settings(max_examples=25, deadline=None)
def test_cuts_do_not_change_gains(seed: int, cuts: list[int], length: int) -> None:
    random = np.random.default_rng(seed)
    loud = np.repeat(random.random(-(-length // 3_000)) < 0.3, 3_000)[:length]
    leading = (random.uniform(-0.1, 0.1, (2, length)) * loud).astype(np.float32)
    whole = ducking(leading, 12.0)
    assert whole.shape == (length,)
    assert np.array_equal(ducking(leading, 12.0, cuts), whole)
