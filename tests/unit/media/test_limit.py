"""Limiting: never over the ceiling, quiet sound untouched, the same however the sound is cut."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from farm.media.audio_fifo import SAMPLE_RATE, Samples
from farm.media.limit import CEILING, Limiter
from tests.listen import cut


def limited(samples: Samples, cuts: list[int] | None = None) -> Samples:
    """Return a whole sound limited, given in pieces."""
    limiter = Limiter()
    return np.concatenate(
        [*(limiter.add(piece) for piece in cut(samples, cuts or [])), limiter.rest()], axis=1
    )


def test_peaks_stay_below_the_ceiling_and_quiet_stays_as_it_is() -> None:
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    quiet = np.stack([0.5 * np.sin(2 * np.pi * 440 * time)] * 2).astype(np.float32)
    assert np.array_equal(limited(quiet), quiet)
    loud = quiet.copy()
    loud[:, 20_000:20_100] *= 6
    held = limited(loud)
    assert np.abs(held).max() <= CEILING + 1e-6
    assert np.array_equal(held[:, :19_000], loud[:, :19_000])
    assert np.allclose(held[:, 45_000:], loud[:, 45_000:], atol=0.01)
    # Turned down, not cut off: the tone keeps its shape right before the peak.
    before = slice(19_900, 20_000)
    assert np.abs(held[:, before]).max() < np.abs(loud[:, before]).max()


@given(st.integers(0, 2**32), st.lists(st.integers(1, 20_000), max_size=9), st.integers(1, 30_000))
@settings(max_examples=25, deadline=None)
def test_cuts_do_not_change_samples_and_none_is_over(seed: int, cuts: list[int], length: int) -> None:
    random = np.random.default_rng(seed)
    bursts = np.repeat(random.choice([0.01, 0.5, 4.0], -(-length // 700), p=[0.5, 0.4, 0.1]), 700)[:length]
    samples = (random.uniform(-1, 1, (2, length)) * bursts).astype(np.float32)
    whole = limited(samples)
    assert whole.shape == samples.shape
    assert np.abs(whole).max() <= np.float32(CEILING)
    assert np.array_equal(limited(samples, cuts), whole)
