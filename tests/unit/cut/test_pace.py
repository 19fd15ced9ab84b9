"""Lengths of shots: readable, as long as wished, on beats where there are any."""

from __future__ import annotations

from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farm.cut.pace import least_s, lengths
from farm.script.reading import reading_s
from tests.unit.cut.stock import ROLES, shot

WORDS = st.text("abc de", min_size=0, max_size=90)
SHOTS = st.lists(st.tuples(st.sampled_from(ROLES), WORDS), min_size=1, max_size=12)


@settings(max_examples=80, deadline=None)
@given(SHOTS, st.one_of(st.none(), st.floats(5, 60)), st.one_of(st.just(0.0), st.floats(0.3, 1.2)))
def test_words_stay_readable_whatever_is_wished(
    given_shots: list[tuple[str, str]], seconds: float | None, pitch_s: float
) -> None:
    shots = [shot(index, role, words=words) for index, (role, words) in enumerate(given_shots)]
    beats = [pitch_s * k for k in range(1, 400)] if pitch_s else []
    made, _ = lengths(shots, "en", "plain", seconds=seconds, beats_s=beats)
    assert len(made) == len(shots)
    for one, length in zip(shots, made, strict=True):
        assert length >= least_s(one, "en") - 2e-3
        assert length >= reading_s(one.words, "en") - 2e-3


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 8), st.floats(12, 40), st.floats(0.4, 0.9), st.floats(0, 0.4))
def test_cuts_fall_on_beats(count: int, seconds: float, pitch_s: float, first_s: float) -> None:
    shots = [shot(index, "feature", words="a few words") for index in range(count)]
    beats = [first_s + pitch_s * k for k in range(200)]
    made, notes = lengths(shots, "en", "plain", seconds=seconds, beats_s=beats)
    if notes:
        return
    for cut in list(accumulate(made))[:-1]:
        assert min(abs(cut - beat) for beat in beats) < 0.01


def test_the_length_wished_for_is_kept_where_words_allow_it() -> None:
    shots = [shot(index, role, words="few words") for index, role in enumerate(ROLES)]
    made, notes = lengths(shots, "en", "plain", seconds=24)
    assert sum(made) == pytest.approx(24, abs=0.01)
    assert notes == []
    made, notes = lengths(shots, "en", "plain", seconds=5)
    assert sum(made) > 5
    assert "to be read" in notes[0]


def test_a_length_set_by_hand_is_kept() -> None:
    shots = [shot(0, "cover"), shot(1, "feature", seconds=7.5), shot(2, "outro")]
    made, _ = lengths(shots, "en", "plain", seconds=20)
    assert made[1] == 7.5


def test_beats_too_far_apart_are_reported() -> None:
    shots = [shot(index, "feature") for index in range(6)]
    made, notes = lengths(shots, "en", "plain", beats_s=[40.0, 80.0])
    assert "beats" in notes[0]
    assert len(made) == 6
