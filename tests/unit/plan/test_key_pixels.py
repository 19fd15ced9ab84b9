"""Equal keys promise equal frames: random timelines of the same few clips, cut anywhere, composed and compared."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from farm.model.asset import Asset, MediaKind
from farm.model.color import parse_color
from farm.model.curve import Curve, Keyframe
from farm.model.element_ref import ElementRef
from farm.model.look import ShapeLook
from farm.model.motion import Motion, MotionKind
from farm.model.placement import Box, Placement
from farm.model.source import ImageSource, ShapeSource
from farm.model.timeline import Clip, GroupSource, Timeline, Track, Transition
from farm.plan.key import SegmentKeys
from farm.plan.segment import Quality
from farm.plugins.registry import Registry, load_registry
from farm.render.compositor import Compositor
from farm.render.frame import Frame
from farm.render.picture import OpenClip

QUALITY = Quality("libx264", "veryfast", 23)
WIDTH, HEIGHT = 24, 32
ALL = Box(0, 0, WIDTH, HEIGHT)
ZOOM = Curve((Keyframe(0, 1.0), Keyframe(30, 1.3)))
SHIFT = Curve((Keyframe(4, 0.0), Keyframe(9, 6.0)))
FADE = ElementRef("basics.fade", (("ease", "linear"),))
MONO = ElementRef("basics.mono", (("amount", 1.0),))


class Noise:
    """Pictures of noise, one an asset."""

    def still(self, asset: Asset, width: int, height: int) -> Frame:
        rng = np.random.default_rng(int(asset.sha256, 16))
        full, half = (height, width), (height // 2, width // 2)
        return Frame(*(rng.integers(16, 236, shape, np.uint8) for shape in (full, half, half)))

    def footage(self, asset: Asset) -> OpenClip:
        raise AssertionError(asset)


@lru_cache
def registry() -> Registry:
    return load_registry()


def picture(number: int) -> ImageSource:
    return ImageSource(Asset(f"{number:064x}", "a.png", MediaKind.IMAGE, WIDTH, HEIGHT))


placements = st.sampled_from(
    [
        Placement(ALL),
        Placement(ALL, zoom=ZOOM),
        Placement(Box(4, 6, 12, 10)),
        Placement(Box(4, 6, 12, 10), x=SHIFT),
        Placement(Box(5, 7, 11, 9), opacity=Curve.constant(0.5)),
    ]
)
motions = st.none() | st.builds(
    Motion,
    st.sampled_from([MotionKind.FADE, MotionKind.RISE, MotionKind.POP]),
    st.integers(1, 6),
    st.just(8.0),
    st.integers(0, 3),
)
sources = st.builds(picture, st.integers(1, 2)) | st.builds(
    ShapeSource, st.sampled_from([ShapeLook("rect", fill=parse_color(c)) for c in ("#c02040", "#20c0a080")])
)
parts = st.builds(
    Clip,
    sources,
    st.just(0),
    st.integers(8, 20),
    placements,
    st.sampled_from([(), (), (), (MONO,)]),
    motions,
    motions,
)


@st.composite
def grouped(draw: st.DrawFn) -> Clip:
    inner = draw(st.lists(parts, min_size=1, max_size=2))
    length = draw(st.integers(8, 24))
    tracks = tuple(Track((replace(clip, start=draw(st.integers(0, 4))),)) for clip in inner)
    return Clip(GroupSource(tracks), 0, length, Placement(ALL), (), draw(motions), None)


@st.composite
def timelines(draw: st.DrawFn) -> tuple[Timeline, Timeline]:
    """Return two timelines made of the same shots in any order, below the same or another overlay."""
    pool = draw(st.lists(parts | grouped(), min_size=2, max_size=3))
    passage = draw(st.integers(0, 4))
    overlay = draw(parts)
    made = []
    for _ in range(2):
        clips: list[Clip] = []
        for shot in draw(st.lists(st.sampled_from(pool), min_size=2, max_size=4)):
            clips.append(replace(shot, start=clips[-1].stop if clips else 0))
        cuts = [clip.start for clip in clips[1:]] if passage else []
        passing = tuple(Transition(at, passage // 2, passage - passage // 2, FADE) for at in cuts)
        end = clips[-1].stop
        over = replace(overlay, start=draw(st.integers(0, 3)), duration=draw(st.sampled_from([end, end - 6])))
        tracks = (Track(tuple(clips), passing), Track((over,)))
        made.append(Timeline(WIDTH, HEIGHT, Fraction(30), end, tracks))
    return made[0], made[1]


@settings(max_examples=60, deadline=None)
@given(timelines(), st.integers(2, 7), st.integers(0, 6))
def test_equal_keys_promise_equal_frames(pair: tuple[Timeline, Timeline], length: int, offset: int) -> None:
    runs = []
    for made in pair:
        compositor, keys = Compositor(made, Noise(), registry()), SegmentKeys(made, QUALITY)
        frames = [
            b"".join(plane.tobytes() for plane in compositor.frame(number).planes())
            for number in range(made.duration)
        ]
        for start in range(offset, made.duration - length, 1 if length < 4 else 2):
            runs.append((keys.key(start, start + length), frames[start : start + length]))
    for (one, shown), (other, seen) in combinations(runs, 2):
        assert one != other or shown == seen


def test_keys_are_equal_where_shots_are_moved() -> None:
    still = Clip(picture(1), 0, 20, Placement(ALL))
    zoomed = Clip(picture(2), 0, 20, Placement(ALL, zoom=ZOOM))
    logo = Track((Clip(ShapeSource(ShapeLook("rect")), 0, 40, Placement(Box(2, 2, 6, 6))),))
    one = Timeline(WIDTH, HEIGHT, Fraction(30), 40, (Track((still, replace(zoomed, start=20))), logo))
    two = Timeline(WIDTH, HEIGHT, Fraction(30), 40, (Track((zoomed, replace(still, start=20))), logo))
    first, second = SegmentKeys(one, QUALITY), SegmentKeys(two, QUALITY)
    assert first.key(0, 20) == second.key(20, 40)
    assert first.key(20, 40) == second.key(0, 20)
    assert first.key(3, 9) == first.key(10, 16)
