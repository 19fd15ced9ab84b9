"""A part of the upright picture is the same part of the coded one, however that lies."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from farm.media.orientation import Orientation
from farm.render.part import Part

ALL = [Orientation(*flags) for flags in product((False, True), repeat=3)]


@pytest.mark.parametrize("orientation", ALL, ids=str)
def test_a_part_is_found_in_the_coded_picture(orientation: Orientation) -> None:
    coded = np.arange(6 * 10, dtype=np.uint8).reshape(6, 10)
    upright = orientation.applied(coded)
    assert upright.shape == orientation.size(10, 6)[::-1]
    assert orientation.size(*orientation.size(10, 6)) == (10, 6)
    for left, top, width, height in ((0, 0, 2, 4), (2, 0, 4, 2), (0, 2, 2, 2), (4, 2, 2, 4)):
        part = Part(left, top, width, height)
        found = orientation.as_coded(part, 10, 6)
        cut = coded[found.top : found.top + found.height, found.left : found.left + found.width]
        wanted = upright[top : top + height, left : left + width]
        assert np.array_equal(orientation.applied(cut), wanted)


def test_the_eight_ways_to_lie_differ() -> None:
    coded = np.arange(16, dtype=np.uint8).reshape(4, 4)
    assert len({orientation.applied(coded).tobytes() for orientation in ALL}) == 8
