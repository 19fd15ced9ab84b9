"""Cuts fall where they should: on the frame, and on the beat."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm.language.pacing import SHORTEST_S, cuts


def test_cuts_without_a_tempo_share_the_time() -> None:
    assert cuts([1, 2, 1], 8.0, Fraction(30)) == [0, 60, 180, 240]


@given(
    weights=st.lists(st.floats(0.8, 1.4), min_size=2, max_size=8),
    seconds=st.floats(8, 60),
    rate=st.sampled_from([Fraction(24), Fraction(25), Fraction(30), Fraction(30000, 1001), Fraction(60)]),
    tempo=st.one_of(st.none(), st.floats(50, 220)),
    offset=st.floats(0, 4),
)
def test_cuts_rise_and_keep_the_length(
    weights: list[float], seconds: float, rate: Fraction, tempo: float | None, offset: float
) -> None:
    at = cuts(weights, seconds, rate, tempo, offset)
    assert len(at) == len(weights) + 1
    assert at[0] == 0
    assert at[-1] == round(seconds * rate)
    assert all(b > a for a, b in pairwise(at))


@pytest.mark.parametrize("tempo", [90.0, 120.0, 128.0])
def test_cuts_fall_on_beats(tempo: float) -> None:
    at = cuts([1.2, 1, 1, 1, 1.1], 15.0, Fraction(30), tempo, 0.25)
    pitch = 60 * 30 / tempo
    assert at[-1] == 450
    for cut in at[1:-1]:
        off = (cut - 0.25 * 30) % pitch
        assert min(off, pitch - off) <= 0.51
    assert all(b - a >= SHORTEST_S * 30 - 1 for a, b in pairwise(at))
