"""What readers see as one character is one, however many code points it has."""

from __future__ import annotations

from itertools import pairwise

import pytest

from farm.render.characters import continues


@pytest.mark.parametrize(
    "characters",
    [
        ["a", "b", " ", "c"],
        ["e\u0301", "x"],
        ["👍🏽", "👍"],
        ["🇩🇪", "🇫🇷", "🇩"],
        ["👨\u200d👩\u200d👧", "!"],
        ["1\ufe0f\u20e3", "2"],
        ["❤\ufe0f", "a"],
        ["\U0001f3f4\U000e0067\U000e0062\U000e007f", "."],
        ["क्षि", "ता"],
        ["가", "\u1112\u1161\u11ab"],
        ["中", "文"],
    ],
)
def test_characters_are_told_apart(characters: list[str]) -> None:
    text = "".join(characters)
    starts = [0, *(index for index in range(1, len(text)) if not continues(text, index)), len(text)]
    assert [text[first:last] for first, last in pairwise(starts)] == characters
