"""Straight frames: colours that continue below transparent pixels, and layers between effects of either kind."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farm.errors import PluginError
from farm.model.element_ref import ElementRef
from farm.model.plugin import PluginIdentity
from farm.model.timeline import Timeline
from farm.render.compositor import Compositor
from farm.render.element import Effect
from farm.render.frame import Frame, Moment
from farm.render.straight import Layer, premultiplied, straight
from tests.unit.render.board import GREY, RATE, Pictures, registry

AT = Moment(0, 30, Fraction(30))


def soft(width: int, height: int, seed: int = 0) -> Frame:
    """Return a straight frame of gentle colours, a part of which is seen."""
    rng = np.random.default_rng(seed)
    frame = Frame.empty(width, height, alpha=True)
    assert frame.a is not None
    assert frame.a2 is not None
    for plane in (frame.y, frame.u, frame.v):
        rows, columns = np.mgrid[0 : plane.shape[0], 0 : plane.shape[1]]
        plane[:] = (
            128 + rng.uniform(-60, 60) + rng.uniform(-0.5, 0.5) * rows + rng.uniform(-0.5, 0.5) * columns
        )
    rows, columns = np.mgrid[0 : height // 2, 0 : width // 2]
    far = np.hypot(rows - height / 5, columns - width / 4)
    frame.a2[:] = np.clip(40 * (min(width, height) / 6 - far), 0, 255)
    frame.a[:] = frame.a2.repeat(2, 0).repeat(2, 1)
    return frame


@pytest.mark.parametrize("size", [(2, 2), (2, 50), (34, 18), (96, 64), (130, 70)])
def test_a_picture_is_the_same_when_it_comes_back(size: tuple[int, int]) -> None:
    wanted = premultiplied(soft(*size))
    found = premultiplied(straight(wanted))
    for one, other in zip(found.planes(), wanted.planes(), strict=True):
        assert np.abs(one.astype(int) - other).max() <= 2


@settings(max_examples=30, deadline=None)
@given(st.integers(16, 235), st.integers(16, 240), st.integers(1, 40), st.integers(1, 40), st.integers(0, 99))
def test_an_even_colour_goes_on_everywhere(
    luma: int, chroma: int, width: int, height: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    frame = Frame.empty(2 * width, 2 * height, alpha=True)
    assert frame.a is not None
    assert frame.a2 is not None
    frame.a2[rng.integers(height), rng.integers(width)] = 255
    frame.a[:] = frame.a2.repeat(2, 0).repeat(2, 1)
    frame.y[:], frame.u[:], frame.v[:] = luma, chroma, chroma
    found = straight(premultiplied(frame))
    for plane, level in zip((found.y, found.u, found.v), (luma, chroma, chroma), strict=True):
        assert np.abs(plane.astype(int) - level).max() <= 1


def test_where_nothing_is_seen_there_is_no_colour() -> None:
    found = straight(Frame.empty(34, 18, alpha=True))
    assert not any(plane.any() for plane in found.planes())


def test_half_transparent_pictures_keep_their_detail() -> None:
    frame = soft(64, 48)
    assert frame.a is not None
    assert frame.a2 is not None
    frame.y[:, ::2] -= 30
    frame.a[:], frame.a2[:] = 128, 128
    found = straight(premultiplied(frame))
    assert np.abs(found.y.astype(int) - frame.y).max() <= 2


def test_opaque_frames_are_of_either_kind() -> None:
    frame = Frame.solid(8, 8, (100, 110, 120))
    assert straight(frame) is premultiplied(frame) is frame
    assert Layer(frame).straight() is Layer(frame, is_straight=True).premultiplied() is frame


def test_layers_are_converted_where_it_is_needed() -> None:
    frame = premultiplied(soft(34, 18))
    assert Layer(frame).premultiplied() is frame
    plain = straight(frame)
    assert Layer(plain, is_straight=True).straight() is plain
    # An effect that changes alpha leaves colours of its own below transparent pixels.
    assert Layer(plain, is_straight=True, continues=False).straight() is not plain


class _Seen(Effect):
    """Keeps the frames that it gets."""

    name: ClassVar[str] = "acme.seen"
    seen: ClassVar[list[Frame]] = []

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        self.seen.append(frame)
        return frame


class _Moved(_Seen):
    """Keeps premultiplied frames."""

    name: ClassVar[str] = "acme.moved"
    premultiplied: ClassVar[bool] = True
    seen: ClassVar[list[Frame]] = []


class _Cut(Effect):
    """Makes a part transparent."""

    name: ClassVar[str] = "acme.cut"

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        assert frame.a is not None
        assert frame.a2 is not None
        a, a2 = frame.a.copy(), frame.a2.copy()
        a[:, :12], a2[:, :6] = 0, 0
        y = frame.y.copy()
        y[:, :12] = 16
        return Frame(y, frame.u, frame.v, a, a2)


class _Overshot(Effect):
    """Mixes without alpha."""

    name: ClassVar[str] = "acme.overshot"
    premultiplied: ClassVar[bool] = True

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        return Frame(np.full_like(frame.y, 200), frame.u, frame.v, frame.a, frame.a2)


class _Elements:
    """Effects of this file."""

    def effect(self, ref: ElementRef, pictures: object) -> Effect:
        del pictures
        return next(kind for kind in (_Seen, _Moved, _Cut, _Overshot) if kind.name == ref.name)()

    def plugin_of(self, ref: ElementRef) -> PluginIdentity:
        del ref
        return registry().plugin_of(ElementRef("basics.blur"))


def through(layer: Frame, *names: str) -> Frame:
    for kind in (_Seen, _Moved):
        kind.seen.clear()
    elements = _Elements()
    timeline = Timeline(layer.width, layer.height, RATE, 30, (), GREY)
    compositor = Compositor(timeline, Pictures(), elements)  # type: ignore[arg-type]
    return compositor.with_effects(layer, tuple(ElementRef(name) for name in names), 0, 30, "clip", "path")


def test_effects_get_the_kind_that_they_ask_for() -> None:
    layer = premultiplied(soft(34, 18))
    assert through(layer, "acme.moved", "acme.moved") is layer
    assert all(one is layer for one in _Moved.seen)
    through(layer, "acme.seen", "acme.seen")
    assert _Seen.seen[0] is _Seen.seen[1]
    assert int(_Seen.seen[0].y.min()) > 16
    assert _Seen.seen[0].y.tobytes() == straight(layer).y.tobytes()


def test_colours_continue_below_what_an_effect_made_transparent() -> None:
    layer = premultiplied(soft(48, 32))
    through(layer, "acme.cut", "acme.seen")
    (seen,) = _Seen.seen
    assert seen.a is not None
    assert not seen.a[:, :12].any()
    assert int(seen.y[:, :12].min()) > 40


def test_a_premultiplied_result_stays_below_its_alpha() -> None:
    with pytest.raises(PluginError, match="its frame is premultiplied, and so must the result be"):
        through(premultiplied(soft(34, 18)), "acme.overshot")
