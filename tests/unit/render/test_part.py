"""Parts of clips: what is seen lies inside, on whole pixels, and where it would lie if all were scaled."""

from __future__ import annotations

import math

from hypothesis import assume, given
from hypothesis import strategies as st

from farm.render.part import SEARCH_PX, run_for

lengths = st.integers(8, 2000).map(lambda half: 2 * half)


@given(lengths, lengths, st.floats(0, 1), st.floats(0, 1))
def test_a_run_holds_what_is_seen(length: int, size: int, start: float, share: float) -> None:
    assume(1 / 8 < size / length < 8)
    low = start * size
    high = low + (size - low) * share
    run = run_for(length, size, low, high)
    scale = size / length
    assert run.first % 2 == run.count % 2 == run.size % 2 == 0
    assert run.first >= 0
    assert run.first + run.count <= length
    assert run.first * scale <= low
    assert (run.first + run.count) * scale >= high - 1e-9
    assert abs(run.size - run.count * scale) <= 1 + 1e-9
    assert run.count <= math.ceil((high - low) / scale) + 2 * (SEARCH_PX + 8)


def test_a_run_sits_on_whole_pixels_where_the_scale_allows() -> None:
    # 1280x720 covering 720x1280: 16/9, so every 18th source column lies on an even scaled one.
    run = run_for(1280, 2276, (2276 - 720) / 2, (2276 + 720) / 2)
    assert abs(run.first * 2276 / 1280 - 2 * round(run.first * 2276 / 2560)) < 0.3
    assert run.count < 1280 / 2.5


def test_a_picture_seen_whole_is_not_cut() -> None:
    run = run_for(1279, 720, 0, 720)
    assert (run.first, run.count, run.size) == (0, 1279, 720)
