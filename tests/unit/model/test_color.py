"""Colours: spelled, read back, measured, and turned into studio levels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm.model.color import BLACK, NAMES, WHITE, Color, parse_color, to_yuv

parts = st.integers(0, 255)
colors = st.builds(Color, parts, parts, parts, parts)


@given(colors)
def test_a_colour_written_is_the_colour_read(color: Color) -> None:
    assert parse_color(color.hex()) == color
    assert parse_color(color.hex().upper()) == color


@given(colors, colors, st.floats(0, 1))
def test_mixing_stays_between(a: Color, b: Color, amount: float) -> None:
    assert a.mixed(b, 0) == a
    assert a.mixed(b, 1) == b
    mixed = a.mixed(b, amount)
    for x, y, z in zip(
        (a.r, a.g, a.b, a.a), (b.r, b.g, b.b, b.a), (mixed.r, mixed.g, mixed.b, mixed.a), strict=True
    ):
        assert min(x, y) <= z <= max(x, y)


@given(colors, colors)
def test_contrast_is_a_ratio(a: Color, b: Color) -> None:
    assert 1 <= a.contrast(b) <= 21.001
    assert a.contrast(b) == b.contrast(a)
    assert a.contrast(a) == 1


def test_contrast_is_that_of_the_web_guidelines() -> None:
    assert WHITE.contrast(BLACK) == pytest.approx(21)
    assert parse_color("#767676").contrast(WHITE) == pytest.approx(4.54, abs=0.01)  # WCAG's own example of AA


@given(colors)
def test_studio_levels_are_legal_and_rounded_once(color: Color) -> None:
    y, u, v = to_yuv(color)
    assert 16 <= y <= 235
    assert 16 <= u <= 240
    assert 16 <= v <= 240
    luma = np.array([0.2126, 0.7152, 0.0722]) @ [color.r, color.g, color.b]
    assert abs(y - (16 + 219 * luma / 255)) <= 0.5001


def test_greys_have_no_colour() -> None:
    assert all(to_yuv(Color(n, n, n))[1:] == (128, 128) for n in range(256))
    assert to_yuv(BLACK)[0] == 16
    assert to_yuv(WHITE)[0] == 235


def test_short_and_named_colours_are_read() -> None:
    assert parse_color("#f80") == Color(255, 136, 0)
    assert parse_color("#f808") == Color(255, 136, 0, 136)
    assert parse_color("  White ") == WHITE
    assert all(parse_color(name) for name in NAMES)


@pytest.mark.parametrize(
    "text", ["", "#", "#12", "#12345", "#1234567", "#ggg", "f80", "rgb(1,2,3)", "blurple"]
)
def test_nonsense_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a colour; write #rrggbb"):
        parse_color(text)
