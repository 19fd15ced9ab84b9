"""Mixing: no clicks, fades and ducking as drawn, loud as asked, never over the ceiling."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from farm.media.hear import SAMPLE_RATE, Samples, loudness_lufs, read_sound
from farm.media.mix import CEILING, ducking, encode_sound, limited, mix
from farm.media.probe import probe
from farm.model.asset import Asset
from farm.model.curve import Curve, Keyframe
from farm.model.timeline import Sound, SoundClip, SoundRole
from farm.work.library import starter_library
from tests.golden.shop import write_tone

ToneMaker = Callable[..., Asset]


@pytest.fixture
def tone(tmp_path: Path) -> ToneMaker:
    """Return a function that writes a tone and probes it."""

    def made(seconds: float = 1.0, hz: float = 440.0, level: float = 0.25, rate: int = 48_000) -> Asset:
        path = tmp_path / f"{seconds}-{hz}-{level}-{rate}.wav"
        write_tone(path, seconds=seconds, hz=hz, level=level, rate=rate)
        return probe(path)

    return made


def alone(clip: SoundClip, seconds: float, **more: object) -> Samples:
    """Return one sound mixed alone, as loud as it is."""
    sound = Sound((clip,), loudness_lufs=None, **more)  # type: ignore[arg-type]
    return mix(sound, Fraction(repr(seconds)))[0]


def level(samples: Samples, start: float, stop: float) -> float:
    """Return the peak between two times."""
    return float(np.abs(samples[:, int(start * SAMPLE_RATE) : int(stop * SAMPLE_RATE)]).max())


def sharpest(samples: Samples) -> float:
    """Return the largest second difference: a click sticks out of a tone by it."""
    return float(np.abs(np.diff(samples, n=2)).max())


def test_that_a_sound_is_read_whole_and_in_part(tone: ToneMaker) -> None:
    asset = tone(1.0)
    whole = read_sound(asset, Fraction(0), Fraction(2))
    assert whole.shape == (2, SAMPLE_RATE)
    part = read_sound(asset, Fraction(1, 4), Fraction(1, 4))
    assert np.array_equal(part, whole[:, 12_000:24_000])


def test_that_other_sample_rates_keep_their_length(tone: ToneMaker) -> None:
    samples = read_sound(tone(1.0, rate=44_100), Fraction(0), Fraction(2))
    assert abs(samples.shape[1] - SAMPLE_RATE) <= 32


def test_that_a_loop_has_no_click_at_its_seam(tone: ToneMaker) -> None:
    # 0.7003 s of 440 Hz does not end where it began.
    asset = tone(0.7003)
    clip = SoundClip(asset, Fraction(0), Fraction(3), loop=True)
    samples = alone(clip, 3)
    assert samples.shape[1] == 3 * SAMPLE_RATE
    clean = sharpest(samples[:, 2_000:30_000])
    assert sharpest(samples[:, 2_000:-2_000]) <= 2 * clean
    abrupt = np.tile(read_sound(asset, Fraction(0), Fraction(1)), 4)
    assert sharpest(abrupt) > 5 * clean
    assert all(level(samples, t / 10, t / 10 + 0.1) > 0.15 for t in range(1, 29))


def test_that_ends_are_faded_and_do_not_click(tone: ToneMaker) -> None:
    samples = alone(SoundClip(tone(2.0), Fraction(1, 2), Fraction(1), in_s=Fraction("0.3003")), 2)
    assert level(samples, 0, 0.5) == 0
    assert level(samples, 1.5, 2) == 0
    assert level(samples, 0.6, 1.4) == pytest.approx(0.25, abs=0.001)
    assert sharpest(samples) <= 1.2 * sharpest(samples[:, 30_000:60_000])


def test_that_fades_rise_and_fall_over_their_length(tone: ToneMaker) -> None:
    fades = {"fade_in_s": Fraction(1, 2), "fade_out_s": Fraction(1)}
    samples = alone(SoundClip(tone(3.0), Fraction(0), Fraction(3), **fades), 3)
    assert level(samples, 0, 0.02) < 0.01
    assert level(samples, 0.24, 0.26) == pytest.approx(0.125, rel=0.1)
    assert level(samples, 0.5, 2) == pytest.approx(0.25, abs=0.001)
    assert level(samples, 2.49, 2.51) == pytest.approx(0.125, rel=0.1)
    assert level(samples, 2.98, 3) < 0.01


def test_that_gain_follows_its_curve_in_seconds(tone: ToneMaker) -> None:
    gain = Curve((Keyframe(0, 0.0), Keyframe(1, -20.0)))
    samples = alone(SoundClip(tone(2.0), Fraction(0), Fraction(2), gain_db=gain), 2)
    assert level(samples, 0.49, 0.51) == pytest.approx(0.25 * 10**-0.5, rel=0.05)
    assert level(samples, 1.2, 1.8) == pytest.approx(0.025, rel=0.02)


@pytest.mark.parametrize("speed", [Fraction(1, 2), Fraction(2)])
def test_that_speed_changes_length_and_pitch(tone: ToneMaker, speed: Fraction) -> None:
    samples = alone(SoundClip(tone(2.0), Fraction(0), 1 / speed, speed=speed), 2)
    heard = samples[0, : int(SAMPLE_RATE / speed)]
    crossings = int((np.diff(np.signbit(heard)) != 0).sum())
    assert crossings == pytest.approx(2 * 440, abs=8)


def test_that_music_makes_room_for_a_voice_and_comes_back() -> None:
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


def test_that_nothing_is_ducked_without_a_voice_or_a_wish() -> None:
    assert (ducking(np.zeros((2, 1000), np.float32), 12.0) == 1).all()
    assert (ducking(np.full((2, 1000), 0.5, np.float32), 0.0) == 1).all()


def test_that_voice_ducks_music_and_effects_do_not(tone: ToneMaker) -> None:
    music = SoundClip(tone(3.0, 440), Fraction(0), Fraction(3))

    def music_level(role: SoundRole) -> float:
        other = SoundClip(tone(1.0, 3000, 0.1), Fraction(1), Fraction(1), role=role)
        both = mix(Sound((music, other), None), Fraction(3))[0]
        spectrum = np.abs(np.fft.rfft(both[0, int(1.2 * SAMPLE_RATE) : int(1.7 * SAMPLE_RATE)]))
        return float(spectrum[220])  # 440 Hz in half a second

    ducked, kept = music_level(SoundRole.VOICE), music_level(SoundRole.EFFECT)
    assert 20 * np.log10(kept / ducked) == pytest.approx(12, abs=0.2)


@pytest.mark.parametrize("target", [-23.0, -16.0])
@pytest.mark.parametrize("name", ["calm", "energetic"])
def test_that_music_is_as_loud_as_asked(name: str, target: float) -> None:
    clip = SoundClip(probe(starter_library()[name]), Fraction(0), Fraction(8))
    samples, warnings = mix(Sound((clip,), target), Fraction(8))
    assert warnings == []
    assert loudness_lufs(samples) == pytest.approx(target, abs=0.5)
    assert np.abs(samples).max() <= CEILING


def test_that_peaks_stay_below_the_ceiling_and_quiet_stays_as_it_is() -> None:
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    quiet = np.stack([0.5 * np.sin(2 * np.pi * 440 * time)] * 2).astype(np.float32)
    assert limited(quiet) is quiet
    loud = quiet.copy()
    loud[:, 20_000:20_100] *= 6
    held = limited(loud)
    assert np.abs(held).max() <= CEILING + 1e-6
    assert np.array_equal(held[:, :19_000], loud[:, :19_000])
    assert np.allclose(held[:, 45_000:], loud[:, 45_000:], atol=0.01)
    # Turned down, not cut off: the tone keeps its shape right before the peak.
    before = slice(19_900, 20_000)
    assert np.abs(held[:, before]).max() < np.abs(loud[:, before]).max()


def test_that_silence_stays_silent_and_as_long_as_asked() -> None:
    samples, warnings = mix(Sound(), Fraction(3, 2))
    assert samples.shape == (2, 72_000)
    assert not samples.any()
    assert warnings == []
    assert loudness_lufs(samples) is None


def test_that_a_sound_that_ends_too_soon_is_warned_of(tone: ToneMaker) -> None:
    _, warnings = mix(Sound((SoundClip(tone(1.0), Fraction(0), Fraction(3)),)), Fraction(3))
    assert len(warnings) == 1
    assert "ends 2.00 s before its clip; silence follows" in warnings[0]


def test_that_encoding_keeps_sound_and_bytes(tone: ToneMaker, tmp_path: Path) -> None:
    samples = alone(SoundClip(tone(1.0), Fraction(0), Fraction(1)), 1)
    data = encode_sound(samples)
    assert encode_sound(samples) == data
    path = tmp_path / "sound.m4a"
    path.write_bytes(data)
    asset = probe(path)
    assert abs(asset.duration_s - 1) <= Fraction(1024, SAMPLE_RATE)
    heard = read_sound(asset, Fraction(0), Fraction(1))
    middle = slice(10_000, 40_000)
    assert np.abs(heard[:, middle] - samples[:, middle]).max() < 0.02
