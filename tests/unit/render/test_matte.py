"""Masks: opacity from alpha or brightness, inverted and feathered, within a bound of a float64 reference."""

from __future__ import annotations

from dataclasses import replace
from math import erf, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farm.model.color import Color
from farm.model.curve import Curve
from farm.model.look import ShapeLook
from farm.model.placement import Box, Fit, Placement
from farm.model.source import ShapeSource
from farm.model.timeline import Channel, Clip, Mask
from farm.render.convert import frame_from_rgb
from farm.render.frame import Frame
from farm.render.matte import matte_of, matted, mix_through
from tests.unit.render import reference
from tests.unit.render.board import GREY, Board, plain, rising, smooth
from tests.unit.render.reference import Real

quickly = settings(max_examples=40, deadline=None)
channels = pytest.mark.parametrize("channel", list(Channel))
PICTURE = frame_from_rgb(smooth(64, 48))
WHITE, RED = Color(255, 255, 255), Color(200, 30, 30)


def layer(seed: int, width: int = 20, height: int = 14) -> Frame:
    """Return a premultiplied picture whose alpha has flat parts and edges."""
    rng = np.random.default_rng(seed)
    a = rng.choice(np.array([0, 60, 200, 255], np.uint8), (height, width))
    a2 = np.round(reference.halved(a.astype(float))).astype(np.uint8)
    y = np.round(rng.integers(16, 236, a.shape) * (a / 255)).astype(np.uint8)
    u, v = (np.round(rng.integers(16, 241, a2.shape) * (a2 / 255)).astype(np.uint8) for _ in range(2))
    return Frame(y, u, v, a, a2)


def brightness(picture: Frame) -> Real:
    """Return how much light a premultiplied picture gives, 0 to 255."""
    assert picture.a is not None
    return np.clip((picture.y - 16 * (picture.a / 255)) * 255 / 219, 0, 255)


@channels
@pytest.mark.parametrize("invert", [False, True])
@quickly
@given(st.integers(0, 2**32 - 1))
def test_a_matte_is_within_a_level(channel: Channel, invert: bool, seed: int) -> None:
    picture = layer(seed)
    found = matte_of(picture, channel, invert=invert, feather_px=0)
    assert picture.a is not None
    assert picture.a2 is not None
    full, half = picture.a.astype(float), picture.a2.astype(float)
    if channel is Channel.LUMA:
        full = brightness(picture)
        half = reference.halved(full)
    if invert:
        full, half = 255 - full, 255 - half
    assert np.abs(found.a - full).max() <= 0.51
    assert np.abs(found.a2 - half).max() <= 1.01


@pytest.mark.parametrize(("sigma", "bound", "half_bound"), [(1.0, 18, 45), (2.5, 10, 18), (6.0, 7, 8)])
def test_a_feathered_edge_is_nearly_a_gaussian(sigma: float, bound: float, half_bound: float) -> None:
    edge = Frame.empty(96, 32, alpha=True)
    assert edge.a is not None
    assert edge.a2 is not None
    edge.a[:, 48:], edge.a2[:, 24:] = 255, 255
    found = matte_of(edge, Channel.ALPHA, invert=False, feather_px=sigma)
    due = np.array([127.5 * (1 + erf((x + 0.5 - 48) / (sigma * sqrt(2)))) for x in range(96)])
    # Three boxes of whole pixels are a Gaussian of nearly that sigma, unless it is narrow.
    assert np.abs(found.a[16].astype(float) - due).max() <= bound
    middle = np.array([127.5 * (1 + erf((2 * x + 0.5 - 47.5) / (sigma * sqrt(2)))) for x in range(48)])
    assert np.abs(found.a2[8].astype(float) - middle).max() <= half_bound


@quickly
@given(st.integers(0, 2**32 - 1), st.floats(0, 1))
def test_mixing_and_matting_round_once(seed: int, opacity: float) -> None:
    rng = np.random.default_rng(seed)
    canvas, changed = layer(seed), layer(seed + 1)
    matte = matte_of(layer(seed + 2), Channel.ALPHA, invert=bool(rng.random() < 0.5), feather_px=0)
    strength = np.floor(opacity * 256 + 0.5) / 256
    due, cut = [], []
    for below, above in zip(canvas.planes(), changed.planes(), strict=True):
        mask = (matte.a if below.shape == canvas.y.shape else matte.a2) / 255
        due.append(below + (above.astype(float) - below) * mask * strength)
        cut.append(below * mask)
    through = matted(canvas, matte)
    mix_through(canvas, changed, matte, opacity)
    for pairs in ((canvas, due), (through, cut)):
        for found, wanted in zip(pairs[0].planes(), pairs[1], strict=True):
            assert np.abs(found - wanted).max() <= 0.51


def shape(box: Box, fill: Color = WHITE, **more: object) -> Clip:
    return Clip(ShapeSource(ShapeLook("rect", fill)), 0, 30, Placement(box, Fit.CONTAIN, **more))  # type: ignore[arg-type]


def masked(clip: Clip, mask: Clip, **more: object) -> Clip:
    return replace(clip, mask=Mask(mask, **more))  # type: ignore[arg-type]


def test_a_static_mask_stays_where_it_is_while_its_clip_moves() -> None:
    board = Board()
    clip = masked(board.picture(PICTURE, x=Curve.constant(8.0)), shape(Box(16, 8, 20, 24)))
    frame, below = board.frame(clip), plain(64, 48)[0]
    inside = np.zeros((48, 64), bool)
    inside[8:32, 16:36] = True
    shifted = np.roll(PICTURE.y, 8, axis=1)
    assert np.abs(frame.y[inside].astype(int) - shifted[inside]).max() <= 1
    assert np.array_equal(frame.y[~inside], below[~inside])


def test_a_mask_that_follows_moves_with_its_clip() -> None:
    board = Board()
    clip = masked(board.picture(PICTURE, x=Curve.constant(8.0)), shape(Box(16, 8, 20, 24)), follows=True)
    frame, below = board.frame(clip), plain(64, 48)[0]
    inside = np.zeros((48, 64), bool)
    inside[8:32, 24:44] = True
    shifted = np.roll(PICTURE.y, 8, axis=1)
    assert np.abs(frame.y[inside].astype(int) - shifted[inside]).max() <= 1
    assert np.array_equal(frame.y[~inside], below[~inside])


def test_a_mask_and_its_inverse_add_up_to_the_clip() -> None:
    board = Board()
    hole = shape(Box(16, 8, 20, 24))
    feather = Curve.constant(3.0)
    one = masked(board.picture(PICTURE), hole, feather_px=feather)
    other = masked(board.picture(PICTURE), hole, feather_px=feather, invert=True)
    black = Color(0, 0, 0)
    parts = [board.frame(clip, background=black) for clip in (one, other)]
    total = parts[0].y.astype(int) + parts[1].y - 16
    assert np.abs(total - PICTURE.y).max() <= 2


def test_a_luma_mask_shows_the_clip_by_brightness() -> None:
    board = Board()
    ramp = np.repeat(np.linspace(0, 255, 64).round().astype(np.uint8)[None], 48, 0)
    grey = frame_from_rgb(np.dstack([ramp] * 3))
    clip = masked(board.block(RED), board.picture(grey), channel=Channel.LUMA)
    frame = board.frame(clip)
    red, below = plain(64, 48, RED), plain(64, 48)
    weight = np.clip((grey.y.astype(float) - 16) / 219, 0, 1)
    assert np.abs(frame.y - (below[0] + (red[0] - below[0]) * weight)).max() <= 1.1
    half = reference.halved(weight)
    assert np.abs(frame.v - (below[2] + (red[2] - below[2]) * half)).max() <= 1.5


def test_a_mask_that_moves_is_seen_at_every_frame_as_if_it_were_the_first() -> None:
    board = Board()
    clip = masked(board.picture(PICTURE), shape(Box(0, 8, 20, 24), x=rising(0, 40)))
    compositor = board.compositor(clip)
    frames = [compositor.frame(number).copy() for number in range(30)]
    for number in (29, 11, 0, 20):
        again = board.frame(clip, number=number)
        assert all(
            np.array_equal(*pair) for pair in zip(again.planes(), frames[number].planes(), strict=True)
        )
    assert not np.array_equal(frames[0].y, frames[15].y)


@pytest.mark.parametrize("follows", [False, True])
def test_nothing_is_seen_through_a_clear_mask(follows: bool) -> None:
    board = Board()
    hidden = shape(Box(16, 8, 20, 24), opacity=Curve.constant(0.0))
    frame = board.frame(masked(board.picture(PICTURE), hidden, follows=follows), background=GREY)
    assert all(np.array_equal(p, w) for p, w in zip(frame.planes(), plain(64, 48), strict=True))
