"""Mastering: as loud as asked, under the ceiling, encoded the same each time."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from farm.draft.starter_library import starter_library
from farm.errors import MachineError
from farm.media.aac import encode_sound
from farm.media.limit import CEILING
from farm.media.master import master
from farm.media.probe import probe
from farm.model.curve import Curve
from farm.model.sound import Sound, SoundClip
from tests.listen import ToneMaker, cut, heard, loudness_of


@pytest.mark.parametrize("target", [-23.0, -16.0])
@pytest.mark.parametrize("name", ["calm", "energetic"])
def test_music_is_as_loud_as_asked(tmp_path: Path, name: str, target: float) -> None:
    clip = SoundClip(probe(starter_library()[name]), Fraction(0), Fraction(8))
    made = master(Sound((clip,), target), Fraction(8), tmp_path / "sound.m4a")
    assert made.warnings == ()
    assert made.loudness_lufs == pytest.approx(target, abs=0.5)
    samples = heard(probe(tmp_path / "sound.m4a"), Fraction(0), Fraction(8))
    assert loudness_of(samples) == pytest.approx(target, abs=0.5)
    assert list(tmp_path.iterdir()) == [tmp_path / "sound.m4a"]


def test_the_reported_loudness_is_measured_after_limiting(tmp_path: Path, tone: ToneMaker) -> None:
    loud = SoundClip(tone(3.0, 997, 0.5), Fraction(0), Fraction(3), gain_db=Curve.constant(20.0))
    made = master(Sound((loud,), -1.0), Fraction(3), tmp_path / "sound.m4a")
    samples = heard(probe(tmp_path / "sound.m4a"), Fraction(0), Fraction(3))
    assert made.loudness_lufs is not None
    assert made.loudness_lufs < -1.0
    assert loudness_of(samples) == pytest.approx(made.loudness_lufs, abs=0.2)
    assert np.abs(samples).max() <= CEILING * 1.12  # AAC may overshoot by 1 dB


@pytest.mark.parametrize("hz", [50.0, 100.0, 440.0, 1005.5, 3000.0])
@pytest.mark.parametrize("level", [0.84, 0.6, 0.45, 0.35])
def test_loud_pure_tones_keep_their_level(tmp_path: Path, tone: ToneMaker, hz: float, level: float) -> None:
    asset = tone(1.0, hz, level)
    master(Sound((SoundClip(asset, Fraction(0), Fraction(1)),), None), Fraction(1), tmp_path / "sound.m4a")
    middle = slice(8_000, 40_000)
    wanted = heard(asset, Fraction(0), Fraction(1))[:, middle]
    samples = heard(probe(tmp_path / "sound.m4a"), Fraction(0), Fraction(1))[:, middle]
    assert 20 * np.log10(samples.std() / wanted.std()) == pytest.approx(0, abs=0.5)


def test_silence_has_no_loudness(tmp_path: Path, tone: ToneMaker) -> None:
    clip = SoundClip(tone(1.0, level=0.0), Fraction(0), Fraction(1))
    made = master(Sound((clip,)), Fraction(1), tmp_path / "sound.m4a")
    assert made.loudness_lufs is None


def test_the_same_sounds_make_the_same_bytes(tmp_path: Path, tone: ToneMaker) -> None:
    sound = Sound((SoundClip(tone(1.0), Fraction(0), Fraction(1)),))
    for name in ("first", "second"):
        master(sound, Fraction(1), tmp_path / name)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_a_full_disk_is_reported(tone: ToneMaker) -> None:
    sound = Sound((SoundClip(tone(1.0), Fraction(0), Fraction(1)),))
    with pytest.raises(MachineError, match="cannot be written"):
        master(sound, Fraction(1), Path("/dev/full"))


def test_encoding_keeps_sound_and_bytes(tone: ToneMaker, tmp_path: Path) -> None:
    samples = heard(tone(1.0), Fraction(0), Fraction(1))
    path, again = tmp_path / "sound.m4a", tmp_path / "again.m4a"
    encode_sound([samples], path)
    encode_sound(cut(samples, [1, 5_000, 7_777]), again)
    assert again.read_bytes() == path.read_bytes()
    asset = probe(path)
    assert abs(asset.duration_s - 1) <= Fraction(1024, 48_000)
    sounds = heard(asset, Fraction(0), Fraction(1))
    middle = slice(10_000, 40_000)
    assert np.abs(sounds[:, middle] - samples[:, middle]).max() < 0.02
