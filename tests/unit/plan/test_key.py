"""Keys: what a segment's bytes depend on changes its key, and nothing else does."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farm.model.asset import Asset, MediaKind
from farm.model.color import Color
from farm.model.curve import Curve
from farm.model.look import TextLook
from farm.model.timeline import (
    Box,
    Clip,
    ElementRef,
    ImageSource,
    Placement,
    Sound,
    SoundClip,
    TextSource,
    Timeline,
    Track,
    Transition,
)
from farm.plan.cut import MAX_SEGMENT_S, MIN_SEGMENT_S, plan_timeline, starts
from farm.plan.key import segment_key, sound_key
from farm.plan.segment import Quality

QUALITY = Quality("libx264", "veryfast", 23)
FULL = Placement(Box(0, 0, 96, 160))
FADE = ElementRef("basics.fade", (("ease", "linear"),), "basics 1")
LOOK = TextLook(("Outfit",), 20.0, 8.0)


def asset(number: int, path: str = "a.jpg") -> Asset:
    return Asset(f"{number:064x}", path, MediaKind.IMAGE, 100, 100)


def shot(number: int, start: int, duration: int = 60, name: str = "", path: str = "a.jpg") -> Clip:
    return Clip(ImageSource(asset(number, path)), start, duration, FULL, name=name)


def words(text: str, start: int, duration: int) -> Clip:
    return Clip(TextSource(text, LOOK), start, duration, FULL)


def timeline(shots: list[Clip], captions: list[Clip] | None = None, **more: object) -> Timeline:
    tracks = [Track(tuple(shots))] + ([Track(tuple(captions))] if captions else [])
    made = Timeline(96, 160, Fraction(30), max(c.stop for c in shots), tuple(tracks))
    return replace(made, **more)  # type: ignore[arg-type]


def keys(of: Timeline, quality: Quality = QUALITY) -> list[str]:
    return [segment.key for segment in plan_timeline(of, quality).segments]


THREE = [shot(1, 0), shot(2, 60), shot(3, 120)]
BASE = timeline(THREE, [words("one", 0, 60), words("two", 60, 60), words("three", 120, 60)])


def test_that_the_same_timeline_has_the_same_keys() -> None:
    assert len(keys(BASE)) == 3
    assert keys(BASE) == keys(replace(BASE))
    assert len(set(keys(BASE))) == 3


def test_that_names_and_paths_do_not_matter() -> None:
    named = timeline(
        [shot(1, 0, name="cover", path="/elsewhere/x.png"), shot(2, 60, name="b"), shot(3, 120)],
        list(BASE.tracks[1].clips),
    )
    named = replace(named, tracks=tuple(replace(track, name="main") for track in named.tracks))
    assert keys(named) == keys(BASE)
    plan = plan_timeline(BASE, QUALITY, name="other", template="retail.sale", warnings=("w",))
    assert [segment.key for segment in plan.segments] == keys(BASE)


def test_that_sound_does_not_change_pictures() -> None:
    music = SoundClip(
        Asset("f" * 64, "m.mp3", MediaKind.AUDIO, duration_s=Fraction(9)), Fraction(0), Fraction(6)
    )
    loud = replace(BASE, sound=Sound((music,)))
    assert keys(loud) == keys(BASE)
    assert sound_key(BASE) == ""
    assert sound_key(loud)
    quieter = replace(loud, sound=Sound((replace(music, gain_db=Curve.constant(-6.0)),)))
    assert sound_key(quieter) != sound_key(loud)


def test_that_a_caption_changes_its_segment_alone() -> None:
    edited = timeline(THREE, [words("one", 0, 60), words("zwei", 60, 60), words("three", 120, 60)])
    assert [a == b for a, b in zip(keys(BASE), keys(edited), strict=True)] == [True, False, True]


def test_that_a_shot_moved_keeps_its_key() -> None:
    swapped = timeline([shot(2, 0), shot(1, 60), shot(3, 120)])
    a, b, c = keys(timeline(THREE))
    assert keys(swapped) == [b, a, c]
    later = timeline([shot(9, 0, 90), shot(1, 90), shot(2, 150)])
    assert keys(later)[1:] == [a, b]


@pytest.mark.parametrize(
    "changed",
    [
        replace(BASE, width_px=98),
        replace(BASE, rate=Fraction(25)),
        replace(BASE, background=Color(1, 2, 3)),
        timeline([shot(7, 0), *THREE[1:]], list(BASE.tracks[1].clips)),
        replace(BASE, tracks=tuple(replace(t, effects=(ElementRef("basics.mono"),)) for t in BASE.tracks)),
        replace(BASE, tracks=BASE.tracks[::-1]),
        timeline([replace(THREE[0], placement=replace(FULL, zoom=Curve.constant(1.2))), *THREE[1:]]),
        timeline([replace(THREE[0], effects=(ElementRef("basics.mono"),)), *THREE[1:]]),
    ],
    ids=["size", "rate", "background", "picture", "track effect", "order of tracks", "zoom", "effect"],
)
def test_that_what_changes_pixels_changes_the_key(changed: Timeline) -> None:
    assert segment_key(changed, 0, 60, QUALITY) != segment_key(BASE, 0, 60, QUALITY)


@pytest.mark.parametrize(
    "quality",
    [Quality("libx264", "medium", 23), Quality("libx264", "veryfast", 20), Quality("h264_nvenc", "p4", 23)],
)
def test_that_quality_changes_every_key(quality: Quality) -> None:
    assert not set(keys(BASE, quality)) & set(keys(BASE))


def test_that_a_version_of_a_plugin_changes_the_key() -> None:
    one, two = (
        timeline([replace(THREE[0], effects=(ElementRef("basics.mono", (), version),))])
        for version in ("1", "2")
    )
    assert keys(one) != keys(two)


def passing(before: int, after: int, element: ElementRef = FADE) -> Timeline:
    track = Track(tuple(THREE), (Transition(60, before, after, element),))
    return replace(BASE, tracks=(track,))


def test_that_a_transition_belongs_to_the_shot_it_leads_to() -> None:
    assert starts(passing(6, 6)) == [0, 54, 120]
    slide = keys(passing(6, 6, ElementRef("basics.slide")))
    assert [a == b for a, b in zip(keys(passing(6, 6)), slide, strict=True)] == [True, False, True]


def test_that_a_shot_held_in_a_transition_takes_part() -> None:
    # During the transition the outgoing shot is still seen in the segment of the next.
    other = replace(passing(6, 6), tracks=(replace(passing(6, 6).tracks[0], clips=(shot(9, 0), *THREE[1:])),))
    assert [a == b for a, b in zip(keys(passing(6, 6)), keys(other), strict=True)] == [False, False, True]


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
@given(timelines())
def test_that_segments_cover_every_frame_once(made: Timeline) -> None:
    plan = plan_timeline(made, QUALITY)
    covered = [frame for s in plan.segments for frame in range(s.start, s.stop)]
    assert covered == list(range(made.duration))
    assert [s.index for s in plan.segments] == list(range(len(plan.segments)))


@settings(max_examples=100, deadline=None)
@given(timelines())
def test_that_segments_are_neither_too_short_nor_too_long(made: Timeline) -> None:
    edges = [*starts(made), made.duration]
    lengths = [b - a for a, b in pairwise(edges)]
    shortest, longest = int(MIN_SEGMENT_S * made.rate), int(MAX_SEGMENT_S * made.rate)
    assert max(lengths) <= longest
    assert len(lengths) == 1 or min(lengths) >= min(shortest, longest // 2)
