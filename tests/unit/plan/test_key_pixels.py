"""Equal keys promise equal frames: random timelines of the same few clips, cut anywhere, composed and compared.

The clips have all that a document can give them: masks, blends, loops, pins, slants, motion blur, drawings that change,
ramped and reversed footage, typed text, lively stickers, adjustments and animated effects.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farm.model.asset import Asset, MediaKind
from farm.model.color import parse_color
from farm.model.curve import Curve, Keyframe
from farm.model.element_ref import AnimatedParam, ElementRef
from farm.model.look import NumberForm, ShapeLook, Stroke, TextLook
from farm.model.motion import Loop, LoopKind, Motion, MotionKind
from farm.model.placement import Blend, Box, Pin, Placement
from farm.model.rich_text import Phase, RichText, Span, Speech, SpokenWord, TextAnimation, TextUnit
from farm.model.source import (
    AdjustmentSource,
    CounterSource,
    ImageSource,
    ShapeSource,
    StickerSource,
    TextSource,
    VideoSource,
)
from farm.model.timeline import Channel, Clip, GroupSource, Mask, Source, Timeline, Track, Transition
from farm.plan.key import SegmentKeys
from farm.plan.segment import Quality
from farm.plugins.registry import Registry, load_registry
from farm.render.compositor import Compositor
from farm.render.frame import Frame
from farm.render.part import Part
from farm.render.picture import OpenClip

QUALITY = Quality("libx264", "veryfast", 23)
WIDTH, HEIGHT = 24, 32
EXAMPLES = 45
ALL = Box(0, 0, WIDTH, HEIGHT)
ZOOM = Curve((Keyframe(0, 1.0), Keyframe(30, 1.3)))
SHIFT = Curve((Keyframe(4, 0.0), Keyframe(9, 6.0)))
FADE = ElementRef("basics.fade", (("ease", "linear"),))
MONO = ElementRef("basics.mono", (("amount", 1.0),))
TONED = ElementRef(
    "basics.mono",
    (
        (
            "amount",
            AnimatedParam(Curve((Keyframe(0, 0.0), Keyframe(14, 1.0)))),
        ),
    ),
)
LOOK = TextLook(("Outfit",), 9.0, 4.0)
UNVEIL, WAVE, KARAOKE = (ElementRef(f"basics.{name}") for name in ("unveil", "text_wave", "karaoke"))
RED, TEAL = parse_color("#c02040"), parse_color("#20c0a080")
CLIP = Asset("c" * 64, "c.mp4", MediaKind.VIDEO, WIDTH, HEIGHT, Fraction(1), Fraction(30))


class Noise:
    """Pictures of noise, one an asset."""

    def still(self, asset: Asset, width: int, height: int) -> Frame:
        rng = np.random.default_rng(int(asset.sha256, 16))
        full, half = (height, width), (height // 2, width // 2)
        return Frame(*(rng.integers(16, 236, shape, np.uint8) for shape in (full, half, half)))

    def footage(self, asset: Asset) -> OpenClip:
        return Film(self, asset)


class Film:
    """Footage whose frames are noise."""

    def __init__(self, media: Noise, asset: Asset) -> None:
        self._media = media
        self._asset = asset

    def at(
        self, seconds: Fraction, width: int, height: int, part: Part | None = None
    ) -> tuple[Fraction, Frame]:
        assert part is None
        number = min(max(0, int(seconds * 30)), 29)
        return Fraction(number, 30), self._media.still(
            replace(self._asset, sha256=f"{number:064x}"), width, height
        )


@lru_cache
def registry() -> Registry:
    return load_registry()


def picture(number: int) -> ImageSource:
    return ImageSource(Asset(f"{number:064x}", "a.png", MediaKind.IMAGE, WIDTH, HEIGHT))


def pinned(x: float, curve: Curve | None = None) -> Pin:
    corners = [Curve.constant(float(v)) for v in (x, 3, 20, 5, 18, 28, 3, 25)]
    return Pin((curve or corners[0], *corners[1:]))


placements = st.sampled_from(
    [
        Placement(ALL),
        Placement(ALL, zoom=ZOOM),
        Placement(Box(4, 6, 12, 10)),
        Placement(Box(4, 6, 12, 10), x=SHIFT),
        Placement(Box(5, 7, 11, 9), opacity=Curve.constant(0.5)),
        Placement(Box(4, 6, 14, 18), pin=pinned(2)),
        Placement(Box(4, 6, 14, 18), pin=pinned(2, SHIFT)),
        Placement(Box(4, 6, 14, 18), skew_x_deg=Curve.constant(20.0), rotation_deg=Curve.constant(10.0)),
        Placement(Box(4, 6, 14, 18), skew_y_deg=SHIFT, scale_x=Curve.constant(0.7)),
        Placement(ALL, flip_x=True, border=Stroke(RED, 2.0)),
    ]
)
motions = st.none() | st.builds(
    Motion,
    st.sampled_from(
        [MotionKind.FADE, MotionKind.RISE, MotionKind.POP, MotionKind.BLUR, MotionKind.SPIN, MotionKind.WIPE]
    ),
    st.integers(1, 6),
    st.just(8.0),
    st.integers(0, 3),
)
loops = st.sampled_from(
    [
        (),
        (),
        (Loop(LoopKind.PULSE, 8.0),),
        (Loop(LoopKind.SHAKE, 8.0, reach_px=4.0),),
        (Loop(LoopKind.JITTER, 4.0, reach_px=3.0, delay=5.0), Loop(LoopKind.BLINK, 9.0)),
    ]
)
RAMP = Curve((Keyframe(0, 0.0), Keyframe(15, 2.0)))
drawn: list[Source] = [
    ShapeSource(ShapeLook("rect", RED)),
    ShapeSource(ShapeLook("rect", TEAL)),
    ShapeSource(
        ShapeLook("ellipse", stroke=Stroke(RED, 3.0)),
        (("stop", Curve((Keyframe(0, 0.0), Keyframe(9, 1.0)))),),
    ),
    ShapeSource(
        ShapeLook("torn", TEAL, roughness_px=2.0),
        (("seed", Curve((Keyframe(2, 1.0, "steps(4)"), Keyframe(12, 9.0)))),),
    ),
    TextSource("Sale 5", LOOK),
    TextSource("Sale 5", LOOK, typed=Curve((Keyframe(2, 0.0), Keyframe(12, 1.0)))),
    TextSource("Sale 5", LOOK, struck=Curve((Keyframe(4, 0.0), Keyframe(8, 1.0)))),
    CounterSource(Curve((Keyframe(0, 19.0), Keyframe(12, 5.0))), NumberForm(widest_number="00"), LOOK),
    CounterSource(
        Curve((Keyframe(0, 19.0), Keyframe(12, 5.0))), NumberForm(widest_number="00"), LOOK, rolls=True
    ),
    TextSource("Sale 5", replace(LOOK, arc_deg=80.0, underline=True)),
    TextSource(
        "Sale 5",
        LOOK,
        rich=RichText(
            (Span("Sale "), Span("5", color=RED, size=1.4)),
            (
                TextAnimation(UNVEIL, Phase.ENTER, TextUnit.CHAR, 2.0, 3.0, 1.0),
                TextAnimation(UNVEIL, Phase.EXIT, TextUnit.WORD, 18.0, 3.0, 1.0),
            ),
        ),
    ),
    TextSource(
        "Sale 5", LOOK, rich=RichText((), (TextAnimation(WAVE, Phase.LOOP, TextUnit.CHAR, 4.0, 6.0, 1.0),))
    ),
    TextSource(
        "Sale 5",
        LOOK,
        rich=RichText(speech=Speech(KARAOKE, (SpokenWord("Sale", 2.0, 6.0), SpokenWord("5", 9.0, 12.0)))),
    ),
    StickerSource(ElementRef("basics.heart")),
    StickerSource(ElementRef("basics.particles", (("count", 12),)), lively=True),
]
films: list[Source] = [
    VideoSource(CLIP),
    VideoSource(CLIP, Fraction(1, 5), Fraction(1, 2)),
    VideoSource(CLIP, Fraction(1, 5), until_s=Fraction(3, 5), reverse=True),
    VideoSource(CLIP, Fraction(1, 5), until_s=Fraction(2, 5), loop=True),
    VideoSource(CLIP, ramp=RAMP),
    VideoSource(CLIP, Fraction(1, 10), ramp=RAMP, until_s=Fraction(4, 5), reverse=True),
    VideoSource(CLIP, Fraction(1, 2), Fraction(0)),
]
sources = st.builds(picture, st.integers(1, 2)) | st.sampled_from(drawn) | st.sampled_from(films)
shutters = st.sampled_from([0.0, 0.0, 0.0, 180.0, 720.0])
effects = st.sampled_from([(), (), (), (MONO,), (TONED,)])
lengths = st.integers(8, 20)
bare = st.builds(
    Clip, sources, st.just(0), lengths, placements, effects, motions, motions, loops, shutter_deg=shutters
)


@st.composite
def masks(draw: st.DrawFn) -> Mask | None:
    if draw(st.integers(0, 2)):
        return None
    clip = draw(bare)
    if draw(st.booleans()):
        # Static: nothing about it changes.
        clip = replace(
            clip,
            source=drawn[0],
            placement=Placement(Box(4, 6, 12, 16)),
            effects=(),
            enter=None,
            exit=None,
            loops=(),
        )
    elif draw(st.booleans()):
        clip = Clip(GroupSource((Track((clip,)),)), 0, clip.duration, Placement(ALL))
    channel = draw(st.sampled_from(list(Channel)))
    feather = draw(st.sampled_from([Curve.constant(0.0), Curve.constant(2.0), SHIFT]))
    return Mask(clip, channel, draw(st.booleans()), feather, draw(st.booleans()))


@st.composite
def dressed(draw: st.DrawFn) -> Clip:
    blend = draw(st.sampled_from([Blend.NORMAL, Blend.NORMAL, Blend.MULTIPLY, Blend.LUMINOSITY]))
    return replace(draw(bare), mask=draw(masks()), blend=blend)


adjustments = st.builds(
    Clip,
    st.just(AdjustmentSource()),
    st.just(0),
    lengths,
    st.sampled_from(
        [Placement(ALL), Placement(Box(4, 6, 12, 10), opacity=Curve((Keyframe(3, 0.0), Keyframe(9, 1.0))))]
    ),
    st.sampled_from([(MONO,), (TONED,)]),
    mask=masks(),
)
parts = bare | dressed()


@st.composite
def resting(draw: st.DrawFn) -> Clip:
    """Return a long clip of which a thing or two changes for a while."""
    still = Placement(Box(4, 6, 14, 18))
    clip = Clip(draw(st.sampled_from([picture(2), drawn[0], drawn[4], drawn[13]])), 0, 36, still)
    changes = draw(st.lists(st.sampled_from(CHANGES), min_size=1, max_size=2, unique=True))
    for name in changes:
        clip = replace(clip, **{name: draw(VALUES[name])})
    if "shutter_deg" in changes and draw(st.booleans()):
        clip = replace(clip, enter=draw(motions), exit=draw(motions))
    return clip


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "source": sources,
    "placement": placements,
    "effects": effects,
    "enter": motions,
    "exit": motions,
    "loops": loops,
    "mask": masks(),
    "shutter_deg": st.sampled_from([90.0, 180.0, 720.0]),
    "blend": st.sampled_from(list(Blend)),
}
CHANGES = sorted(VALUES)


@st.composite
def grouped(draw: st.DrawFn) -> Clip:
    inner = draw(st.lists(parts, min_size=1, max_size=2))
    length = draw(st.integers(8, 24))
    inner += draw(st.lists(adjustments, max_size=1))
    tracks = tuple(Track((replace(clip, start=draw(st.integers(0, 4))),)) for clip in inner)
    placed = draw(
        st.sampled_from([Placement(ALL), Placement(ALL), Placement(ALL, flip_x=True, pin=pinned(1))])
    )
    made = Clip(GroupSource(tracks), 0, length, placed, (), draw(motions), None)
    return replace(made, mask=draw(masks()), loops=draw(loops), shutter_deg=draw(shutters))


@st.composite
def timelines(draw: st.DrawFn) -> tuple[Timeline, Timeline]:
    """Return two timelines made of the same shots in any order, below the same or another overlay."""
    pool = draw(st.lists(parts | grouped(), min_size=2, max_size=3))
    passage = draw(st.integers(0, 4))
    overlay = draw(parts | adjustments)
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


def compare(pair: tuple[Timeline, ...], length: int, offset: int) -> None:
    """Compose timelines and check that runs of frames of equal keys are equal."""
    runs: dict[str, list[bytes]] = {}
    for made in pair:
        compositor, keys = Compositor(made, Noise(), registry()), SegmentKeys(made, QUALITY)
        frames = [
            b"".join(plane.tobytes() for plane in compositor.frame(number).planes())
            for number in range(made.duration)
        ]
        for start in range(offset, made.duration - length, 1 if length < 4 else 2):
            shown = frames[start : start + length]
            assert runs.setdefault(keys.key(start, start + length), shown) == shown


@settings(max_examples=EXAMPLES, deadline=None)
@given(timelines(), st.integers(2, 7), st.integers(0, 6))
def test_equal_keys_promise_equal_frames(pair: tuple[Timeline, Timeline], length: int, offset: int) -> None:
    compare(pair, length, offset)


@settings(max_examples=2 * EXAMPLES, deadline=None)
@given(resting(), st.integers(0, 3), st.integers(1, 4))
def test_equal_keys_promise_equal_frames_of_a_clip_that_mostly_rests(
    clip: Clip, start: int, length: int
) -> None:
    # Its frames at rest share a key wherever they lie, so that this finds what a key forgets.
    below = Track((Clip(picture(1), 0, start + 40, Placement(ALL)),))
    made = Timeline(WIDTH, HEIGHT, Fraction(30), start + 40, (below, Track((replace(clip, start=start),))))
    compare((made,), length, 0)


@pytest.mark.parametrize("shutter_deg", [0.0, 180.0, 720.0])
@pytest.mark.parametrize("kind", list(MotionKind))
def test_a_key_knows_an_entrance_and_an_exit(kind: MotionKind, shutter_deg: float) -> None:
    motion = Motion(kind, 4, 8.0, 2)
    clip = Clip(drawn[0], 0, 24, Placement(Box(4, 6, 14, 18)), (), motion, motion, shutter_deg=shutter_deg)
    one = Timeline(WIDTH, HEIGHT, Fraction(30), 24, (Track((clip,)),))
    group = Clip(GroupSource((Track((clip,)),)), 0, 24, Placement(ALL))
    for made in (one, replace(one, tracks=(Track((group,)),))):
        compare((made,), 1, 0)
        compare((made,), 3, 0)


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
