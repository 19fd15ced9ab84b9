"""Mixing: no clicks, fades and ducking as drawn, the same however it is cut into blocks."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from farm.media import mix as mixing
from farm.media.audio_fifo import SAMPLE_RATE, Samples
from farm.media.mix import Mix
from farm.model.curve import Curve, Keyframe
from farm.model.sound import Sound, SoundClip, SoundRole
from tests.listen import ToneMaker, heard


def mixed(sound: Sound, seconds: Fraction) -> tuple[Samples, list[str]]:
    """Return the whole mix and its warnings."""
    mix = Mix(sound, seconds)
    return np.concatenate(list(mix.blocks()), axis=1), mix.warnings


def alone(clip: SoundClip, seconds: float, **more: object) -> Samples:
    """Return one sound mixed alone, as loud as it is."""
    return mixed(Sound((clip,), **more), Fraction(repr(seconds)))[0]  # type: ignore[arg-type]


def level(samples: Samples, start: float, stop: float) -> float:
    """Return the peak between two times."""
    return float(np.abs(samples[:, int(start * SAMPLE_RATE) : int(stop * SAMPLE_RATE)]).max())


def sharpest(samples: Samples) -> float:
    """Return the largest second difference: a click sticks out of a tone by it."""
    return float(np.abs(np.diff(samples, n=2)).max())


def test_a_loop_has_no_click_at_its_seam(tone: ToneMaker) -> None:
    # 0.7003 s of 440 Hz does not end where it began.
    asset = tone(0.7003)
    clip = SoundClip(asset, Fraction(0), Fraction(3), loop=True)
    samples = alone(clip, 3)
    assert samples.shape[1] == 3 * SAMPLE_RATE
    clean = sharpest(samples[:, 2_000:30_000])
    assert sharpest(samples[:, 2_000:-2_000]) <= 2 * clean
    abrupt = np.tile(heard(asset, Fraction(0), Fraction(1)), 4)
    assert sharpest(abrupt) > 5 * clean
    assert all(level(samples, t / 10, t / 10 + 0.1) > 0.15 for t in range(1, 29))


def test_ends_are_faded_and_do_not_click(tone: ToneMaker) -> None:
    samples = alone(SoundClip(tone(2.0), Fraction(1, 2), Fraction(1), in_s=Fraction("0.3003")), 2)
    assert level(samples, 0, 0.5) == 0
    assert level(samples, 1.5, 2) == 0
    assert level(samples, 0.6, 1.4) == pytest.approx(0.25, abs=0.001)
    assert sharpest(samples) <= 1.2 * sharpest(samples[:, 30_000:60_000])


def test_fades_rise_and_fall_over_their_length(tone: ToneMaker) -> None:
    fades = {"fade_in_s": Fraction(1, 2), "fade_out_s": Fraction(1)}
    samples = alone(SoundClip(tone(3.0), Fraction(0), Fraction(3), **fades), 3)
    assert level(samples, 0, 0.02) < 0.01
    assert level(samples, 0.24, 0.26) == pytest.approx(0.125, rel=0.1)
    assert level(samples, 0.5, 2) == pytest.approx(0.25, abs=0.001)
    assert level(samples, 2.49, 2.51) == pytest.approx(0.125, rel=0.1)
    assert level(samples, 2.98, 3) < 0.01


def test_gain_follows_its_curve_in_seconds(tone: ToneMaker) -> None:
    gain = Curve((Keyframe(0, 0.0), Keyframe(1, -20.0)))
    samples = alone(SoundClip(tone(2.0), Fraction(0), Fraction(2), gain_db=gain), 2)
    assert level(samples, 0.49, 0.51) == pytest.approx(0.25 * 10**-0.5, rel=0.05)
    assert level(samples, 1.2, 1.8) == pytest.approx(0.025, rel=0.02)


@pytest.mark.parametrize("speed", [Fraction(1, 2), Fraction(2)])
def test_speed_changes_length_and_pitch(tone: ToneMaker, speed: Fraction) -> None:
    samples = alone(SoundClip(tone(2.0), Fraction(0), 1 / speed, speed=speed), 2)
    heard = samples[0, : int(SAMPLE_RATE / speed)]
    crossings = int((np.diff(np.signbit(heard)) != 0).sum())
    assert crossings == pytest.approx(2 * 440, abs=8)


def test_voice_ducks_music_and_effects_do_not(tone: ToneMaker) -> None:
    music = SoundClip(tone(3.0, 440), Fraction(0), Fraction(3))

    def music_level(role: SoundRole) -> float:
        other = SoundClip(tone(1.0, 3000, 0.1), Fraction(1), Fraction(1), role=role)
        both = mixed(Sound((music, other)), Fraction(3))[0]
        spectrum = np.abs(np.fft.rfft(both[0, int(1.2 * SAMPLE_RATE) : int(1.7 * SAMPLE_RATE)]))
        return float(spectrum[220])  # 440 Hz in half a second

    ducked, kept = music_level(SoundRole.VOICE), music_level(SoundRole.EFFECT)
    assert 20 * np.log10(kept / ducked) == pytest.approx(12, abs=0.2)


def test_silence_stays_silent_and_as_long_as_asked() -> None:
    samples, warnings = mixed(Sound(), Fraction(3, 2))
    assert samples.shape == (2, 72_000)
    assert not samples.any()
    assert warnings == []


def test_a_sound_that_ends_too_soon_is_warned_of_and_fades(tone: ToneMaker) -> None:
    asset = tone(1.0)
    clip = SoundClip(asset, Fraction(0), Fraction(3), fade_out_s=Fraction(1, 2))
    samples, warnings = mixed(Sound((clip,)), Fraction(3))
    assert len(warnings) == 1
    assert "ends 2.00 s before its clip; silence follows" in warnings[0]
    assert level(samples, 0.74, 0.76) == pytest.approx(0.125, rel=0.1)
    assert level(samples, 1, 3) == 0


def test_a_sound_that_lies_about_its_length_ends_without_a_click(tone: ToneMaker) -> None:
    asset = replace(tone(1.0003), duration_s=Fraction(9))
    samples, warnings = mixed(Sound((SoundClip(asset, Fraction(0), Fraction(3)),)), Fraction(3))
    assert "ends 2.00 s before its clip" in warnings[0]
    assert sharpest(samples) <= 1.2 * sharpest(samples[:, 2_000:30_000])


def test_a_sound_trimmed_by_the_videos_end_is_not_warned_of(tone: ToneMaker) -> None:
    clip = SoundClip(tone(3.0), Fraction(1), Fraction(3))
    samples, warnings = mixed(Sound((clip,)), Fraction(2))
    assert samples.shape == (2, 2 * SAMPLE_RATE)
    assert level(samples, 1.5, 2) == pytest.approx(0.25, abs=0.001)
    assert warnings == []


@pytest.mark.parametrize("block", [997, 4_800, 47_999])
def test_blocks_of_another_length_give_the_same_samples(
    tone: ToneMaker, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    gain = Curve((Keyframe(0, 0.0), Keyframe(2, -9.0)))
    sound = Sound(
        (
            SoundClip(
                tone(0.7003), Fraction(0), Fraction(3), loop=True, gain_db=gain, fade_out_s=Fraction(1)
            ),
            SoundClip(
                tone(2.0, 700), Fraction(1, 3), Fraction(1), in_s=Fraction(1, 7), speed=Fraction(13, 10)
            ),
            SoundClip(tone(1.0, 1000, 0.1, 44_100), Fraction(1), Fraction(3, 4), role=SoundRole.VOICE),
            SoundClip(tone(0.5, 3000, 0.1), Fraction(2), Fraction(1, 2), role=SoundRole.EFFECT),
        )
    )
    whole = mixed(sound, Fraction("2.9"))[0]
    monkeypatch.setattr(mixing, "BLOCK", block)
    assert np.array_equal(mixed(sound, Fraction("2.9"))[0], whole)
