"""Keys: what a segment's bytes depend on changes its key, and nothing else does."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from farm.model.asset import Asset, MediaKind
from farm.model.color import Color
from farm.model.curve import Curve, Keyframe
from farm.model.element_ref import ElementRef
from farm.model.look import TextLook
from farm.model.motion import Motion, MotionKind
from farm.model.placement import Box, Placement
from farm.model.sound import Sound, SoundClip
from farm.model.source import ImageSource, TextSource
from farm.model.timeline import Clip, GroupSource, Timeline, Track, Transition
from farm.plan.key import SegmentKeys, sound_key
from farm.plan.segment import Quality
from tests.one_file import plan_timeline

QUALITY = Quality("libx264", "veryfast", 23)
FULL = Placement(Box(0, 0, 96, 160))
FADE = ElementRef("basics.fade", (("ease", "linear"),), "basics 1")
LOOK = TextLook(("Outfit",), 20.0, 8.0)
TURN = Curve((Keyframe(0, 0.0), Keyframe(180, 90.0)))


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


def test_the_same_timeline_has_the_same_keys() -> None:
    assert len(keys(BASE)) == 3
    assert keys(BASE) == keys(replace(BASE))
    assert len(set(keys(BASE))) == 3


def test_names_and_paths_do_not_matter() -> None:
    named = timeline(
        [shot(1, 0, name="cover", path="/elsewhere/x.png"), shot(2, 60, name="b"), shot(3, 120)],
        list(BASE.tracks[1].clips),
    )
    named = replace(named, tracks=tuple(replace(track, name="main") for track in named.tracks))
    assert keys(named) == keys(BASE)
    plan = plan_timeline(BASE, QUALITY, name="other", template="retail.sale", warnings=("w",))
    assert [segment.key for segment in plan.segments] == keys(BASE)


def test_sound_does_not_change_pictures() -> None:
    music = SoundClip(
        Asset("f" * 64, "m.mp3", MediaKind.AUDIO, duration_s=Fraction(9)), Fraction(0), Fraction(6)
    )
    loud = replace(BASE, sound=Sound((music,)))
    assert keys(loud) == keys(BASE)
    assert sound_key(BASE) == ""
    assert sound_key(loud)
    quieter = replace(loud, sound=Sound((replace(music, gain_db=Curve.constant(-6.0)),)))
    assert sound_key(quieter) != sound_key(loud)


def test_a_caption_changes_its_segment_alone() -> None:
    edited = timeline(THREE, [words("one", 0, 60), words("zwei", 60, 60), words("three", 120, 60)])
    assert [a == b for a, b in zip(keys(BASE), keys(edited), strict=True)] == [True, False, True]


def test_a_shot_moved_keeps_its_key() -> None:
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
def test_what_changes_pixels_changes_the_key(changed: Timeline) -> None:
    assert SegmentKeys(changed, QUALITY).key(0, 60) != SegmentKeys(BASE, QUALITY).key(0, 60)


@pytest.mark.parametrize(
    "quality",
    [
        Quality("libx264", "ultrafast", 23),
        Quality("libx264", "veryfast", 20),
        Quality("libx264", "veryfast", 23, "bframes=5"),
        Quality("h264_nvenc", "p4", 23),
    ],
)
def test_quality_changes_every_key(quality: Quality) -> None:
    assert not set(keys(BASE, quality)) & set(keys(BASE))


def test_a_version_of_a_plugin_changes_the_key() -> None:
    one, two = (
        timeline([replace(THREE[0], effects=(ElementRef("basics.mono", (), version),))])
        for version in ("1", "2")
    )
    assert keys(one) != keys(two)


def passing(before: int, after: int, element: ElementRef = FADE) -> Timeline:
    track = Track(tuple(THREE), (Transition(60, before, after, element),))
    return replace(BASE, tracks=(track,))


def apart(of: Timeline) -> list[str]:
    """Return the keys of the first shot, the transition at 60, the second shot, the third."""
    keys = SegmentKeys(of, QUALITY)
    return [keys.key(*run) for run in ((0, 54), (54, 66), (66, 120), (120, 180))]


def same(one: Timeline, other: Timeline) -> list[bool]:
    return [a == b for a, b in zip(apart(one), apart(other), strict=True)]


def test_a_transition_is_known_by_its_neighbours_and_its_element_alone() -> None:
    slide = passing(6, 6, ElementRef("basics.slide"))
    assert same(passing(6, 6), slide) == [True, False, True, True]
    other = replace(passing(6, 6), tracks=(replace(passing(6, 6).tracks[0], clips=(shot(9, 0), *THREE[1:])),))
    assert same(passing(6, 6), other) == [False, False, True, True]


def test_what_rests_is_the_same_wherever_it_stands() -> None:
    logo = Clip(ImageSource(asset(8)), 0, 180, Placement(Box(4, 4, 20, 20)))
    one = timeline([shot(1, 0), shot(2, 60), shot(3, 120)], [logo])
    two = timeline([shot(3, 0), shot(1, 60), shot(2, 120)], [logo])
    a, b, c = (SegmentKeys(one, QUALITY).key(at, at + 60) for at in (0, 60, 120))
    assert [SegmentKeys(two, QUALITY).key(at, at + 60) for at in (0, 60, 120)] == [c, a, b]
    turning = replace(logo, placement=replace(logo.placement, rotation_deg=TURN))
    moved = [replace(t, tracks=(t.tracks[0], Track((turning,)))) for t in (one, two)]
    assert SegmentKeys(moved[0], QUALITY).key(0, 60) != SegmentKeys(moved[1], QUALITY).key(60, 120)


def test_an_entrance_matters_while_it_lasts() -> None:
    def entering(kind: MotionKind) -> Timeline:
        text = replace(words("one", 0, 120), enter=Motion(kind, 20))
        return timeline([shot(1, 0, 120)], [text])

    rise, drop = (SegmentKeys(entering(kind), QUALITY) for kind in (MotionKind.RISE, MotionKind.DROP))
    assert rise.key(0, 60) != drop.key(0, 60)
    assert rise.key(19, 60) != drop.key(19, 60)
    assert rise.key(20, 60) == drop.key(20, 60)


def test_clips_in_a_group_count_while_they_are_seen() -> None:
    def grouped(second: str) -> Timeline:
        captions = Track((words("one", 0, 60), words(second, 60, 60)))
        group = GroupSource((Track((shot(1, 0, 120),)), captions))
        return timeline([Clip(group, 0, 120, FULL)])

    one, two = (SegmentKeys(grouped(text), QUALITY) for text in ("two", "zwei"))
    assert one.key(0, 60) == two.key(0, 60)
    assert one.key(60, 120) != two.key(60, 120)
    assert one.key(30, 61) != two.key(30, 61)
