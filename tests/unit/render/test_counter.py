"""Counters: blanks keep their room, digits roll without jumps, and what does not fit is known."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from farm.model.color import Color
from farm.model.curve import Curve, Keyframe
from farm.model.look import NumberForm, Plate, Shadow, Stroke, TextLook
from farm.model.source import CounterSource
from farm.render.counter import counter_fits, raster_counter
from farm.render.drawing import Turn
from farm.render.raster import Raster
from farm.render.text import raster_text

LOOK = TextLook(("Outfit",), 60.0, 20.0, weight=700, line_height=1.1)


def drawn(value: float, form: NumberForm, look: TextLook = LOOK, *, rolls: bool = False) -> Raster:
    return raster_counter(CounterSource(Curve.constant(value), form, look, rolls), 600, 120)


@pytest.mark.parametrize("text", ["{} cm", "only {} left", "{}\u00a0kg", "{} 件", "{}  x"])
def test_blanks_beside_the_number_keep_their_room(text: str) -> None:
    found = drawn(5, NumberForm(text))
    without = drawn(5, NumberForm(text.replace(" ", "").replace("\u00a0", "")))
    blanks = sum(char.isspace() for char in text)
    # A blank is a fifth to a third of the font's size wide.
    assert found.rgba.shape[1] >= without.rgba.shape[1] + 0.15 * 60 * blanks
    if blanks == 1:
        due = raster_text(text.replace("{}", "5"), LOOK, 600, 120)
        assert abs(found.rgba.shape[1] - due.rgba.shape[1]) <= 8  # digits have equal widths


@pytest.mark.parametrize(
    ("form", "start"),
    [
        (NumberForm("¥{}", thousands=","), 998),
        (NumberForm("{} left", thousands=","), 9_998),
        (NumberForm("{}", thousands=" "), 999_998),
        (NumberForm("{}", thousands="."), 98),
        (NumberForm("{}"), 8),
        (NumberForm("{}", decimals=1, thousands=","), 999.8),
        (NumberForm("{}", digits=3), 98),
    ],
)
def test_a_number_that_rolls_over_neither_jumps_nor_loses_its_groups(form: NumberForm, start: float) -> None:
    step = 10**-form.decimals
    values = [start + step * n / 32 for n in range(97)]
    form = replace(form, widest_number="".join("0" if c.isdigit() else c for c in form.number(values[-1])))
    plated = replace(LOOK, plate=Plate(Color(0, 0, 0)))
    widths = [
        np.count_nonzero(drawn(value, form, plated, rolls=True).rgba[:, :, 3].any(axis=0)) for value in values
    ]
    jumps = [abs(one - other) for one, other in pairwise(widths)]
    # A 32nd of a digit and a separator.
    assert max(jumps) <= 4
    # At whole values it is the number as it is written.
    for value in (values[0], values[32], values[64], values[96]):
        assert np.array_equal(drawn(value, form, rolls=True).rgba, drawn(value, form).rgba)


def test_rolling_digits_fade_out_instead_of_being_cut() -> None:
    look = replace(LOOK, color=Color(255, 220, 0), stroke=Stroke(Color(0, 0, 0), 12), line_height=0.9)
    form = NumberForm("{}", widest_number="0")
    for step in range(6, 11):  # both digits reach beyond the window
        alpha = drawn(4 + step / 16, form, look, rolls=True).rgba[..., 3].astype(int)
        assert alpha[0].max() < 90
        assert alpha[-1].max() < 90


def test_the_shadow_of_a_rolling_digit_is_whole() -> None:
    look = replace(LOOK, shadow=Shadow(Color(0, 0, 0), 0, 20, 4))
    resting = drawn(4, NumberForm("{}", widest_number="0"), look, rolls=True)
    rolling = drawn(4.02, NumberForm("{}", widest_number="0"), look, rolls=True)
    assert rolling.rgba.shape[0] >= resting.rgba.shape[0] - 2


def test_an_easing_that_overshoots_does_not_roll_below_zero() -> None:
    curve = Curve((Keyframe(0, 10.0, "out-back"), Keyframe(30, 0.0)))
    source = CounterSource(curve, NumberForm(widest_number="00"), LOOK, True)
    assert min(source.at(frame).value.at(0) for frame in range(31)) == 0.0


def test_a_counter_fits_as_its_widest_number_does() -> None:
    form = NumberForm("¥{} only today", thousands=",", widest_number="0,000,000")
    assert counter_fits(form, LOOK, 400, 100)
    assert not counter_fits(form, LOOK, 150, 100)
    assert not counter_fits(form, LOOK, 400, 15)


@pytest.mark.parametrize("angle_deg", [-45.0, 8.0, 30.0])
def test_a_turned_counter_shows_as_much_of_its_digits_as_an_upright_one(angle_deg: float) -> None:
    form = NumberForm("€{}", widest_number="10")
    source = CounterSource(Curve.constant(9.6), form, LOOK, rolls=True)
    upright = raster_counter(source, 300, 120).rgba[..., 3].astype(float)
    turned = raster_counter(source, 300, 120, Turn(angle_deg, 150, 60)).rgba[..., 3].astype(float)
    assert turned.sum() == pytest.approx(upright.sum(), rel=0.01)
    assert (turned == 255).sum() == pytest.approx((upright == 255).sum(), rel=0.1)


def test_a_counter_is_struck_out_and_its_shadow_shrinks_as_that_of_a_text() -> None:
    form = NumberForm("{}", widest_number="123456")
    plain = drawn(123456, form).rgba
    assert np.count_nonzero(
        drawn(123456, form, replace(LOOK, strike=True)).rgba[..., 3]
    ) > 1.02 * np.count_nonzero(plain[..., 3])
    shadow = Shadow(Color(0, 0, 0), 60, 0, 0)
    small = replace(LOOK, size_px=400, min_size_px=10, shadow=shadow)
    bare = drawn(123456, form, replace(small, shadow=None))
    cast = drawn(123456, form, small)
    share = bare.size_px / 400
    assert cast.rgba.shape[1] - bare.rgba.shape[1] == pytest.approx(60 * share, abs=2)
