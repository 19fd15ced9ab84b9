"""Clocks: the second of a video that each frame shows, forwards, backwards, repeated, held and ramped."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farm.model.asset import Asset, MediaKind
from farm.model.curve import Curve, Keyframe
from farm.model.easing import EASINGS
from farm.model.source import VideoSource
from farm.render.clock import Clock, Ramp
from tests.unit.render.board import rising

RATE = Fraction(30)
CLIP = Asset("1" * 64, "a.mp4", MediaKind.VIDEO, 64, 48, Fraction(4), RATE)
quickly = settings(max_examples=60, deadline=None)


def frames_of(source: VideoSource, count: int, rate: Fraction = RATE) -> list[int]:
    """Return which frame of a clip of 30 frames a second is shown at each frame."""
    clock = Clock(source, rate, count)
    return [int(clock.seconds(number) * RATE) for number in range(count)]


def test_a_clip_plays_at_its_speed() -> None:
    assert frames_of(VideoSource(CLIP, Fraction(1, 2)), 5) == [15, 16, 17, 18, 19]
    assert frames_of(VideoSource(CLIP, speed=Fraction(2)), 5) == [0, 2, 4, 6, 8]
    assert frames_of(VideoSource(CLIP, speed=Fraction(1, 2)), 5) == [0, 0, 1, 1, 2]


def test_a_held_clip_shows_one_frame() -> None:
    assert set(frames_of(VideoSource(CLIP, Fraction(1), Fraction(0)), 50)) == {30}


def test_a_reversed_clip_shows_the_same_frames_backwards() -> None:
    forwards = frames_of(VideoSource(CLIP, Fraction(1)), 30)
    backwards = frames_of(VideoSource(CLIP, Fraction(1), until_s=Fraction(2), reverse=True), 30)
    assert backwards == forwards[::-1]


def test_a_reversed_clip_holds_its_first_frame() -> None:
    source = VideoSource(CLIP, Fraction(1), until_s=Fraction(3, 2), reverse=True)
    assert frames_of(source, 20)[15:] == [30] * 5


@pytest.mark.parametrize("reverse", [False, True])
def test_a_repeated_clip_begins_again(reverse: bool) -> None:
    source = VideoSource(CLIP, Fraction(1), until_s=Fraction(4, 3), reverse=reverse, loop=True)
    shown = frames_of(source, 35)
    once = list(range(30, 40))[:: -1 if reverse else 1]
    assert shown == (once * 4)[:35]


@quickly
@given(
    st.lists(st.floats(0, 20), min_size=2, max_size=4),
    st.sampled_from(["linear", "in-out-cubic", "out-back", "hold", "in-out-sine"]),
    st.integers(10, 90),
)
def test_a_ramp_is_the_integral_of_its_speed(speeds: list[float], ease: str, duration: int) -> None:
    places = np.linspace(0, duration, len(speeds))
    keys = (Keyframe(float(at), value, ease) for at, value in zip(places, speeds, strict=True))
    curve = Curve(tuple(keys))
    ramp = Ramp(curve, RATE, duration)
    fine = np.array([max(0.0, curve.at(at)) for at in (np.arange(duration * 100) + 0.5) / 100])
    integral = np.concatenate([[0], np.cumsum(fine)]) / 100 / 30
    # The midpoint rule: a jump lies within a frame, elsewhere a quarter of a frame is far off.
    bound = 20 / 30 * (len(speeds) if ease == "hold" else 0.3)
    for number in range(0, duration + 1, 7):
        assert abs(float(ramp.played_s(number)) - integral[number * 100]) <= bound


def test_a_ramp_from_one_to_three_plays_two_seconds_a_second() -> None:
    played = Ramp(rising(1, 3, 30), RATE, 30).played_s(30)
    assert abs(played - 2) < Fraction(1, 1000)


@quickly
@given(st.sampled_from(sorted(EASINGS)), st.floats(0, 20), st.floats(0, 20), st.booleans(), st.booleans())
def test_time_under_a_ramp_only_goes_one_way(
    ease: str, start: float, stop: float, reverse: bool, loop: bool
) -> None:
    ramp = Curve((Keyframe(0, start, ease), Keyframe(40, stop)))
    until = Fraction(3) if reverse or loop else None
    clock = Clock(
        VideoSource(CLIP, Fraction(1), ramp=ramp, until_s=until, reverse=reverse, loop=loop), RATE, 40
    )
    times = [clock.seconds(number) for number in range(-5, 50)]
    if reverse:
        assert all(Fraction(1) <= time <= 3 for time in times[5:])
    if loop:
        assert all(Fraction(1) <= time < 3 for time in times[5:]) or reverse
    if not loop:
        order = times[::-1] if reverse else times
        assert order == sorted(order)


def test_a_ramp_goes_on_at_its_last_speed() -> None:
    ramp = Ramp(rising(1, 3, 30), RATE, 30)
    assert ramp.played_s(33) - ramp.played_s(30) == pytest.approx(3 * 3 / 30, abs=1e-5)
    assert ramp.played_s(-3) == pytest.approx(-3 / 30, abs=1e-5)
