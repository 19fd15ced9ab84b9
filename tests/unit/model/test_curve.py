"""Curves pass through their keyframes, stay still outside, and their bounds hold."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm.model.curve import Curve, Keyframe
from farm.model.easing import EASINGS

values = st.floats(-1000, 1000, allow_nan=False)


@st.composite
def curves(draw: st.DrawFn) -> Curve:
    times = sorted(draw(st.sets(st.integers(-50, 200), min_size=1, max_size=6)))
    return Curve(tuple(Keyframe(t, draw(values), draw(st.sampled_from(sorted(EASINGS)))) for t in times))


@pytest.mark.parametrize("name", sorted(EASINGS))
def test_an_easing_begins_at_0_and_ends_at_1(name: str) -> None:
    ease = EASINGS[name]
    assert ease(0) == pytest.approx(0, abs=1e-9)
    assert ease(1) == pytest.approx(1, abs=1e-9)
    reach = 0.38 if "elastic" in name else 0.11 if "back" in name else 0.001
    assert all(-reach <= ease(n / 100) <= 1 + reach for n in range(101))
    if name.startswith("in-out"):
        assert all(ease(n / 100) + ease(1 - n / 100) == pytest.approx(1, abs=1e-9) for n in range(101))


@pytest.mark.parametrize(
    ("text", "at", "value"),
    [
        ("cubic-bezier(0.25, 0.1, 0.25, 1)", 0.5, 0.8024),  # CSS's `ease`, by Chromium
        ("cubic-bezier(0, 0, 1, 1)", 0.3, 0.3),
        ("cubic-bezier(.17,.67,.83,.67)", 0.5, 0.6275),
        ("steps(4)", 0.49, 0.25),
        ("steps(4, start)", 0.49, 0.5),
        ("spring(1)", 0.25, 0.5171),
    ],
)
def test_an_easing_with_parameters(text: str, at: float, value: float) -> None:
    ease = EASINGS[text]
    assert (ease(0.0), ease(1.0)) == (
        pytest.approx(0 if "start" not in text else 0.25, abs=1e-6),
        pytest.approx(1),
    )
    assert ease(at) == pytest.approx(value, abs=2e-3)


@pytest.mark.parametrize(
    "text",
    [
        "ease",
        "steps(0)",
        "steps(x)",
        "spring(0)",
        "spring(1.5)",
        "cubic-bezier(2,0,0,1)",
        "cubic-bezier(0,99,0,1)",
        "",
    ],
)
def test_other_easings_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        EASINGS[text]


@given(curves())
def test_a_curve_passes_through_its_keyframes(curve: Curve) -> None:
    for key in curve.keys:
        assert curve.at(key.frame) == pytest.approx(key.value, abs=1e-6)


@given(curves(), st.floats(0, 1000))
def test_a_curve_is_still_outside(curve: Curve, away: float) -> None:
    assert curve.at(curve.keys[0].frame - away) == curve.keys[0].value
    assert curve.at(curve.keys[-1].frame + away) == curve.keys[-1].value


@given(curves(), st.integers(-60, 210), st.integers(0, 100))
def test_bounds_hold_every_frame(curve: Curve, start: int, length: int) -> None:
    low, high = curve.bounds(start, start + length)
    assert all(low <= curve.at(frame) <= high for frame in range(start, start + length + 1))
    assert {low, high} <= {curve.at(frame) for frame in range(start, start + length + 1)}


@given(values, st.floats(-1e6, 1e6))
def test_a_constant_is_constant(value: float, frame: float) -> None:
    curve = Curve.constant(value)
    assert curve.is_constant
    assert curve.at(frame) == value
    assert math.isfinite(curve.at(frame))
