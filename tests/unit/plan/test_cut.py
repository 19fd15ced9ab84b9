"""Cutting: every frame once, nothing too long, few starts for one video, shots and transitions apart for many."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farm.model.asset import Asset, MediaKind
from farm.model.element_ref import ElementRef
from farm.model.look import TextLook
from farm.model.placement import Box, Placement
from farm.model.source import ImageSource, TextSource
from farm.model.timeline import Clip, Timeline, Track, Transition
from farm.plan.cut import MAX_SEGMENT_S, starts
from farm.plan.segment import Quality
from tests.one_file import plan_timeline

QUALITY = Quality("libx264", "veryfast", 23)
FULL = Placement(Box(0, 0, 96, 160))
FADE = ElementRef("basics.fade", (("ease", "linear"),), "basics 1")


def shot(number: int, start: int, duration: int) -> Clip:
    asset = Asset(f"{number:064x}", "a.jpg", MediaKind.IMAGE, 100, 100)
    return Clip(ImageSource(asset), start, duration, FULL)


def shots(*lengths: int, passages: int = 0) -> Track:
    """Return shots one after another, with transitions of ``passages`` frames before each cut."""
    edges = [sum(lengths[:index]) for index in range(len(lengths) + 1)]
    clips = tuple(shot(index, start, stop - start) for index, (start, stop) in enumerate(pairwise(edges)))
    passing = tuple(Transition(edge, passages, 0, FADE) for edge in edges[1:-1]) if passages else ()
    return Track(clips, passing)


def timeline(*tracks: Track, rate: Fraction = Fraction(30)) -> Timeline:
    return Timeline(96, 160, rate, max(track.clips[-1].stop for track in tracks), tracks)


def test_hard_cuts_part_segments() -> None:
    assert starts(timeline(shots(90, 90, 90))) == [0, 90, 180]


def test_shots_shorter_than_a_second_are_joined() -> None:
    assert len(starts(timeline(shots(*[12] * 20)))) < 5


def test_transitions_are_not_cut_where_nothing_comes_again() -> None:
    found = starts(timeline(shots(90, 90, 90, 90, 90, passages=12)))
    assert len(found) == 2


def test_transitions_stand_apart_where_variants_are_expected() -> None:
    found = starts(timeline(shots(90, 90, 90, passages=12)), variants=6)
    assert found == [0, 78, 90, 168, 180]


def test_a_caption_is_cut_out_of_a_long_shot_where_variants_are_expected() -> None:
    caption = Clip(TextSource("now", TextLook(("Outfit",), 20.0, 8.0)), 100, 60, FULL)
    made = timeline(shots(270), Track((caption,)))
    assert starts(made) == [0]
    assert {100, 160} <= set(starts(made, variants=10))


@pytest.mark.parametrize("rate", [Fraction(1), Fraction(5), Fraction(30000, 1001), Fraction(240)])
def test_a_long_shot_is_cut_at_any_rate(rate: Fraction) -> None:
    made = timeline(shots(int(60 * rate)), rate=rate)
    lengths = [b - a for a, b in pairwise([*starts(made), made.duration])]
    assert max(lengths) <= MAX_SEGMENT_S * rate
    assert min(lengths) >= 2 * rate


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    rate = draw(st.sampled_from([Fraction(30), Fraction(30000, 1001), Fraction(24), Fraction(5)]))
    lengths = draw(st.lists(st.integers(1, 400), min_size=1, max_size=12))
    clips, at = [], 0
    for number, length in enumerate(lengths):
        clips.append(shot(number, at, length))
        at += length
    transitions = [
        Transition(b.start, min(6, a.duration // 3), min(6, b.duration // 3), FADE)
        for a, b in pairwise(clips)
        if draw(st.booleans()) and min(a.duration, b.duration) > 3
    ]
    return Timeline(96, 160, rate, at, (Track(tuple(clips), tuple(transitions)),))


@settings(max_examples=100, deadline=None)
@given(timelines(), st.integers(1, 20))
def test_segments_cover_every_frame_once_and_none_is_too_long(made: Timeline, variants: int) -> None:
    plan = plan_timeline(made, QUALITY, variants=variants)
    covered = [frame for s in plan.segments for frame in range(s.start, s.stop)]
    assert covered == list(range(made.duration))
    assert [s.index for s in plan.segments] == list(range(len(plan.segments)))
    assert max(s.stop - s.start for s in plan.segments) <= MAX_SEGMENT_S * made.rate
