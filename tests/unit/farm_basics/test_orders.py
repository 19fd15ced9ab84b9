"""Orders and the loops that follow them, against float64 references."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farm.render.frame import Frame
from farm_basics.dissolves import Checker, Highlights, Ink, Pixels
from farm_basics.order_kernels import mix_ordered, tint_front
from farm_basics.orders import LAST, Ordered, hashed, order_of, sine, turns
from farm_basics.reveals import Clock, Iris
from farm_basics.shapes import ShapeName
from farm_basics.transitions import TRANSITIONS

W, H = 96, 64
ORDERED = [kind for kind in TRANSITIONS if issubclass(kind, Ordered)]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(-70_000, 140_000), st.integers(1, 65_536))
def test_the_mix_is_the_formula(seed: int, edge: int, ramp: int) -> None:
    rng = np.random.default_rng(seed)
    old, new = (rng.integers(0, 256, (9, 21), np.uint8) for _ in range(2))
    when = rng.integers(0, LAST + 1, (9, 21)).astype(np.uint16)
    out = np.empty_like(old)
    mix_ordered(old, new, when, edge, ramp, out)
    share = np.clip((edge - when.astype(float)) / ramp, 0, 1)
    # Half a level of rounding, and half of 1/256 of the difference.
    assert np.abs(out - (old + (new.astype(float) - old) * share)).max() <= 1.01


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(-2_000, 70_000), st.integers(1, 32_768))
def test_the_front_is_coloured_where_it_has_just_passed(seed: int, edge: int, span: int) -> None:
    rng = np.random.default_rng(seed)
    before, alpha = (rng.integers(0, 256, (9, 21), np.uint8) for _ in range(2))
    when = rng.integers(0, LAST + 1, (9, 21)).astype(np.uint16)
    shares = np.full(256, 128, np.uint16)
    colors = np.full(256, 200, np.uint8)
    out = before.copy()
    tint_front(alpha, when, edge, span, shares, colors, 0, out)
    past = edge - when.astype(int)
    touched = (past >= 0) & (past < span)
    expected = np.where(touched, (before + alpha * (200 / 255)) / 2, before)
    assert np.abs(out - expected).max() <= 1.01


def test_angles_run_clockwise_from_upwards() -> None:
    rng = np.random.default_rng(3)
    dx, dy = rng.normal(size=(2, 4000))
    expected = np.array([math.atan2(a, -b) / (2 * math.pi) % 1 for a, b in zip(dx, dy, strict=True)])
    assert np.abs(turns(dx, dy) - expected).max() < 1e-7
    assert turns(np.array([0.0, 1.0, 0.0, -1.0]), np.array([-1.0, 0.0, 1.0, 0.0])).tolist() == [
        0,
        0.25,
        0.5,
        0.75,
    ]


def test_sines_are_sines() -> None:
    turn = np.linspace(-3, 3, 7001)
    assert np.abs(sine(turn) - np.sin(2 * np.pi * turn)).max() < 2e-5


def test_hashes_are_spread_evenly() -> None:
    values = hashed(np.arange(200)[None, :], np.arange(200)[:, None], 5)
    counts, _ = np.histogram(values, 20, (0, 1))
    assert np.abs(counts - 2000).max() < 250
    assert abs(np.corrcoef(values[:, :-1].ravel(), values[:, 1:].ravel())[0, 1]) < 0.02


@pytest.mark.parametrize("kind", ORDERED, ids=lambda kind: kind.name)
def test_an_order_uses_the_whole_time(kind: type[Ordered]) -> None:
    order = order_of(kind(), W, H)
    assert (int(order.full.min()), int(order.full.max())) == (0, LAST)
    assert order.half.shape == (H // 2, W // 2)
    assert order_of(kind(), W, H) is order
    # About a half is new in the middle of the time, so that no part of a transition stands still.
    share = float((order.full < LAST // 2).mean())
    assert 0.1 < share < 0.9


@pytest.mark.parametrize("clockwise", [True, False])
def test_a_clock_shows_the_new_picture_up_to_its_hand(clockwise: bool) -> None:
    old, new = Frame.solid(W, H, (16, 128, 128)), Frame.solid(W, H, (235, 128, 128))
    kind = Clock(start_deg=90, clockwise=clockwise, softness=0, ease="linear")
    y = kind.mix(old, new, 0.25).y
    quarter = y[H // 2 + 6 :, W // 2 + 6 :] if clockwise else y[: H // 2 - 6, W // 2 + 6 :]
    assert (quarter == 235).all()
    assert (y == 235).mean() == pytest.approx(0.25, abs=0.04)
    assert (y[:, : W // 2 - 6] == 16).all()


@pytest.mark.parametrize("shape", ["circle", "diamond", "box", "star", "heart"])
def test_an_iris_opens_symmetrically_from_its_middle(shape: ShapeName) -> None:
    order = order_of(Iris(shape=shape), W, H).full.astype(int)
    assert np.abs(order - order[:, ::-1]).max() < 160
    centre, corner = order[H // 2 - 1 : H // 2 + 1, W // 2 - 1 : W // 2 + 1], order[0, 0]
    assert centre.max() < LAST // 10 < corner


def test_seeds_give_other_orders() -> None:
    for kind in (Ink, Pixels):
        assert (order_of(kind(seed=1), W, H).full != order_of(kind(seed=2), W, H).full).any()


def test_fields_of_a_chessboard_change_by_colour() -> None:
    order = order_of(Checker(size=0.25), W, H).full
    first = order <= LAST // 2
    assert np.array_equal(first[:16, :16], ~first[:16, 16:32])
    assert np.array_equal(first[:16, :16], ~first[16:32, :16])


def test_highlights_change_bright_parts_first() -> None:
    old, new = Frame.solid(W, H, (60, 128, 128)), Frame.solid(W, H, (120, 128, 128))
    old.y[:, W // 2 :] = 220
    y = Highlights(softness=0.2, ease="linear").mix(old, new, 0.4).y
    assert (y[:, : W // 2 - 8] == 60).all()
    assert (y[:, W // 2 + 8 :] == 120).all()
