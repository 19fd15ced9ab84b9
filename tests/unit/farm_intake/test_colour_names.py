"""Colours have the names that people search by."""

from __future__ import annotations

import numpy as np
import pytest

from farm.model.color import NAMES, parse_color
from farm_intake.colour_names import COLOUR_NAMES, chinese, named_shares


@pytest.mark.parametrize("name", [name for name in COLOUR_NAMES if name in NAMES])
def test_the_colours_of_documents_keep_their_names(name: str) -> None:
    color = parse_color(NAMES[name])
    assert named_shares(np.array([[color.r, color.g, color.b]], np.uint8)) == {name: 1.0}


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((128, 0, 32), "red"),
        ((0, 0, 60), "navy"),
        ((245, 245, 220), "beige"),
        ((60, 60, 64), "grey"),
        ((139, 69, 19), "brown"),
    ],
)
def test_shades_are_named(rgb: tuple[int, int, int], name: str) -> None:
    assert next(iter(named_shares(np.array([rgb], np.uint8)))) == name


def test_shares_are_of_all_pixels_largest_first() -> None:
    pixels = np.array([[255, 255, 255]] * 3 + [[229, 52, 43]], np.uint8)
    assert named_shares(pixels) == {"white": 0.75, "red": 0.25}
    assert list(named_shares(pixels)) == ["white", "red"]
    assert chinese("red") == "红色"
    assert named_shares(np.zeros((0, 3), np.uint8)) == {}
