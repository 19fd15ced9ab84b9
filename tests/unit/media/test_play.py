"""Playing sounds backwards, repeated, at any speed and under ramps; at their own pitch, or that of a tape."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farm.media.audio_fifo import SAMPLE_RATE, Samples
from farm.media.play import play
from farm.media.tempo import changing_speed
from farm.model.curve import Curve, Keyframe
from farm.model.sound import SoundClip
from tests.listen import ToneMaker, heard
from tests.unit.render.board import rising

EASED = 500
"""Samples at each end that are faded."""


def played(clip: SoundClip) -> Samples:
    return np.concatenate(list(play(clip)), axis=1)


def pitch_hz(samples: Samples, start_s: float, stop_s: float) -> float:
    """Return the strongest frequency between two times, by the peak of a windowed spectrum, interpolated."""
    part = samples[0, int(start_s * SAMPLE_RATE) : int(stop_s * SAMPLE_RATE)].astype(float)
    size = 1 << 19
    spectrum = np.log(np.abs(np.fft.rfft(part * np.hanning(part.size), size)) + 1e-12)
    peak = int(np.argmax(spectrum))
    left, middle, right = spectrum[peak - 1 : peak + 2]
    return (peak + (left - right) / (2 * (left - 2 * middle + right))) * SAMPLE_RATE / size


def sharpest(samples: Samples) -> float:
    """Return the largest second difference: a click sticks out of a tone by it."""
    return float(np.abs(np.diff(samples, n=2)).max())


def clip(asset: Any, seconds: float, **more: Any) -> SoundClip:
    return SoundClip(asset, Fraction(0), Fraction(repr(seconds)), **more)


@pytest.mark.parametrize("in_s", [Fraction(0), Fraction(1, 3)])
def test_a_reversed_sound_is_its_samples_backwards(tone: ToneMaker, in_s: Fraction) -> None:
    asset = tone(1.5, hz=313.0)
    until = in_s + 1
    samples = played(clip(asset, 1.0, in_s=in_s, until_s=until, reverse=True))
    forwards = heard(asset, in_s, Fraction(1))
    assert samples.shape[1] == SAMPLE_RATE
    inside = slice(EASED, -EASED)
    assert np.array_equal(samples[:, inside], forwards[:, ::-1][:, inside])


def test_a_long_reversed_sound_is_read_in_pieces_without_seams(tone: ToneMaker) -> None:
    asset = tone(23.0, hz=220.0)
    samples = played(clip(asset, 23.0, until_s=Fraction(23), reverse=True))
    assert np.array_equal(
        samples[:, EASED:-EASED], heard(asset, Fraction(0), Fraction(23))[:, ::-1][:, EASED:-EASED]
    )


@pytest.mark.parametrize("reverse", [False, True])
def test_a_repeated_excerpt_begins_again(tone: ToneMaker, reverse: bool) -> None:
    asset = tone(2.0, hz=300.0)
    length = SAMPLE_RATE // 2
    samples = played(
        clip(asset, 1.7, in_s=Fraction(1, 4), until_s=Fraction(3, 4), loop=True, reverse=reverse)
    )
    assert samples.shape[1] == int(1.7 * SAMPLE_RATE)
    once = heard(asset, Fraction(1, 4), Fraction(1, 2))[:, :: -1 if reverse else 1]
    for turn in range(3):
        part = samples[:, turn * length : (turn + 1) * length]
        assert np.array_equal(part[:, EASED:-EASED], once[:, EASED:-EASED])
    assert sharpest(samples[:, EASED:-EASED]) <= 3 * sharpest(once[:, EASED:-EASED])


SPEEDS = [Fraction(1, 2), Fraction(3, 4), Fraction(9, 10), Fraction(5, 4), Fraction(3, 2), Fraction(2)]


@pytest.mark.parametrize("speed", SPEEDS, ids=lambda speed: f"{float(speed):g}")
@pytest.mark.parametrize("keep", [False, True], ids=["follow", "keep"])
def test_the_pitch_follows_the_speed_or_is_kept(tone: ToneMaker, speed: Fraction, keep: bool) -> None:
    asset = tone(4.0)
    samples = played(clip(asset, 1.8, speed=speed, keep_pitch=keep))
    assert samples.shape[1] == int(Fraction("1.8") * SAMPLE_RATE)
    due = 440 if keep else 440 * float(speed)
    # 0.1 %: a sixtieth of a semitone.
    assert pitch_hz(samples, 0.2, 1.6) == pytest.approx(due, rel=0.001)
    # As loud as it was, and without clicks.
    middle = samples[:, 5_000:-5_000]
    assert np.abs(middle).max() == pytest.approx(0.25, rel=0.06)
    steps = middle.shape[1] // 480
    level = np.abs(middle[0, : steps * 480].reshape(steps, 480)).max(axis=1)
    assert level.min() >= 0.2
    assert sharpest(middle) <= 2.5 * sharpest(heard(asset, Fraction(1), Fraction(1))) * max(1, due / 440) ** 2


def test_the_pitch_is_kept_under_a_ramp_and_moves_without(tone: ToneMaker) -> None:
    asset = tone(5.0)
    ramp = rising(0.5, 2.0, 3.0)
    kept = played(clip(asset, 3.0, ramp=ramp, keep_pitch=True))
    taped = played(clip(asset, 3.0, ramp=ramp))
    for start in (0.1, 1.0, 2.2):
        middle = start + 0.25
        assert pitch_hz(kept, start, start + 0.5) == pytest.approx(440, rel=0.003)
        assert pitch_hz(taped, start, start + 0.5) == pytest.approx(440 * ramp.at(middle), rel=0.02)


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize(
    "more",
    [
        {"speed": Fraction(7, 5)},
        {"speed": Fraction(2, 5)},
        {"ramp": rising(0.3, 1.5, 2.0)},
        {"ramp": rising(0.0, 1.0, 2.0)},
        {"until_s": Fraction(2), "reverse": True, "speed": Fraction(3, 4)},
        {"until_s": Fraction(1, 2), "loop": True, "speed": Fraction(3, 2)},
        {"until_s": Fraction(1, 2), "loop": True, "ramp": rising(0.5, 3, 2.0)},
        {"until_s": Fraction(1, 2), "loop": True, "reverse": True, "ramp": rising(2, 0.2, 2.0)},
    ],
    ids=lambda more: "-".join(more),
)
def test_a_sound_is_as_long_as_its_picture(tone: ToneMaker, keep: bool, more: dict[str, Any]) -> None:
    samples = played(clip(tone(4.0), 1.9, keep_pitch=keep, **more))
    assert samples.shape[1] == int(Fraction("1.9") * SAMPLE_RATE)
    assert np.isfinite(samples).all()


@pytest.mark.parametrize("speed", [Fraction(1, 2), Fraction(2)])
@pytest.mark.parametrize("keep", [False, True])
def test_a_sound_ends_where_its_asset_does(tone: ToneMaker, speed: Fraction, keep: bool) -> None:
    samples = played(clip(tone(1.0), 9.0, speed=speed, keep_pitch=keep))
    # A window of 43 ms may reach beyond the end.
    assert samples.shape[1] / SAMPLE_RATE == pytest.approx(1 / float(speed), abs=0.05)


def test_a_ramp_ends_as_early_as_it_uses_up_its_asset(tone: ToneMaker) -> None:
    # From 1 to 3 within 2 s: a second of sound lasts 0.73 s, the integral of 1 + t.
    samples = played(clip(tone(1.0), 2.0, ramp=rising(1, 3, 2.0)))
    assert samples.shape[1] / SAMPLE_RATE == pytest.approx(3**0.5 - 1, abs=0.01)


def test_where_a_ramp_stands_still_nothing_is_heard_to_move(tone: ToneMaker) -> None:
    ramp = Curve((Keyframe(0.0, 1.0, "hold"), Keyframe(0.5, 0.0, "hold"), Keyframe(1.0, 1.0)))
    samples = played(clip(tone(3.0), 1.5, ramp=ramp))
    still = samples[:, int(0.55 * SAMPLE_RATE) : int(0.95 * SAMPLE_RATE)]
    assert np.ptp(still, axis=1).max() < 1e-6
    assert pitch_hz(samples, 0.05, 0.45) == pytest.approx(440, rel=0.005)
    assert pitch_hz(samples, 1.05, 1.45) == pytest.approx(440, rel=0.005)


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 20), st.floats(0, 20), st.floats(0.1, 3), st.integers(100, 9000))
def test_positions_do_not_depend_on_how_they_are_asked_for(
    start: float, stop: float, seconds: float, block: int
) -> None:
    speed = rising(start, stop, seconds).at
    count = 20_000
    whole = changing_speed(speed)(0, count)
    ask = changing_speed(speed)
    parts = np.concatenate([ask(first, min(first + block, count)) for first in range(0, count, block)])
    assert np.array_equal(whole, parts)
    assert (np.diff(whole) >= 0).all()


@pytest.mark.parametrize("keep", [False, True])
def test_silence_and_very_short_sounds_are_played(tone: ToneMaker, keep: bool) -> None:
    for seconds in (0.001, 0.02, 0.05):
        samples = played(clip(tone(seconds), 0.5, speed=Fraction(3, 4), keep_pitch=keep))
        assert np.isfinite(samples).all()
    silent = played(clip(tone(1.0, level=0.0), 0.5, speed=Fraction(3, 2), keep_pitch=keep))
    assert not silent.any()
