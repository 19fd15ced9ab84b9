"""Reading times follow the length of the words."""

from __future__ import annotations

import pytest

from farm.model.script import ShotDocument
from farm.script.reading import CHINESE_PER_S, LATIN_PER_S, LONGEST_S, PACE_S, SETTLING_S, reading_s, shot_s


def test_each_script_is_read_at_its_speed() -> None:
    assert reading_s("a" * 15, "en") == pytest.approx(SETTLING_S + 15 / LATIN_PER_S)
    assert reading_s("好" * 11, "zh") == pytest.approx(SETTLING_S + 11 / CHINESE_PER_S)
    assert reading_s("好 iPhone", "zh") == pytest.approx(SETTLING_S + 1 / CHINESE_PER_S + 6 / LATIN_PER_S)
    assert reading_s("  \n ", "en") == 0


def test_shots_keep_to_their_tones_pace_and_to_what_they_say() -> None:
    short, long = (ShotDocument(role="hook", words=words) for words in ("Hi", "word " * 39))
    assert shot_s(short, "en", "lively") == PACE_S["lively"]
    assert shot_s(long, "en", "lively") == LONGEST_S
    assert shot_s(short.model_copy(update={"seconds": 4.5}), "en") == 4.5
