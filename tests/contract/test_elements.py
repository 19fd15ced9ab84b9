"""The contract of every effect, transition, sticker and text style of every shipped plugin."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import fields
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

import farm_basics
import farm_retail
from farm.model.color import parse_color
from farm.model.easing import EASINGS
from farm.model.look import TextLook
from farm.render.animator import (
    REST,
    Animator,
    PartPose,
    Spoken,
    TextHighlight,
    TextLoop,
    TextMotion,
    TextPart,
)
from farm.render.element import Effect, Element, GradientStyle, Sticker, TextStyle, Transition
from farm.render.frame import Frame, Moment
from farm.render.pose_result import fault_of_pose
from farm.render.result import fault_of, overshoot_of
from farm.render.shape import raster_sticker
from farm.render.text import raster_text

PLUGINS = [farm_basics, farm_retail]
SIZES = [(2, 2), (34, 18), (18, 34), (64, 48)]


COLOURED = {
    f"basics.{name}"
    for name in (
        *("additive", "burn", "dip", "film_roll", "flash", "light_leak", "overexpose", "page", "roll"),
        *("shine", "shutter", "static", "strobe", "torn_paper"),
    )
}
"""Transitions that pass through a colour or light on purpose."""
SHADED = {
    f"basics.{name}"
    for name in (
        *("book", "carousel", "cover", "cube", "doors", "flip", "pivot", "push", "sink", "swap", "uncover"),
        "zoom_through",
    )
}
"""Transitions that darken a picture on purpose, or have black or a dark picture behind it."""


def offered(hook: str) -> Iterator[object]:
    for plugin in PLUGINS:
        function = getattr(plugin, hook, None)
        if function is not None:
            found = function()
            yield from found.items() if isinstance(found, dict) else found


EFFECTS: list[type[Effect]] = list(offered("farm_effects"))  # type: ignore[arg-type]
TRANSITIONS: list[type[Transition]] = list(offered("farm_transitions"))  # type: ignore[arg-type]
STICKERS: list[type[Sticker]] = list(offered("farm_stickers"))  # type: ignore[arg-type]
ANIMATORS: list[type[Animator]] = list(offered("farm_animators"))  # type: ignore[arg-type]
STYLES: list[tuple[str, TextStyle]] = list(offered("farm_text_styles"))  # type: ignore[arg-type]


def named(kinds: Sequence[type[Element]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("kind", kinds, ids=[kind.name for kind in kinds])


effects = named(EFFECTS)
transitions = named(TRANSITIONS)
stickers = named(STICKERS)
sizes = pytest.mark.parametrize("size", SIZES, ids=[f"{w}x{h}" for w, h in SIZES])
alphas = pytest.mark.parametrize("alpha", [False, True], ids=["opaque", "alpha"])


def picture(width: int, height: int, seed: int, *, alpha: bool, premultiplied: bool) -> Frame:
    """Return a frame of noise and gradients within the legal range."""
    rng = np.random.default_rng(seed)
    frame = Frame.empty(width, height, alpha=alpha)
    for plane in frame.planes():
        plane[:] = rng.integers(16, 236, plane.shape)
    if frame.a is not None and frame.a2 is not None:
        frame.a2[:] = rng.integers(0, 256, frame.a2.shape)
        frame.a[:] = frame.a2.repeat(2, 0).repeat(2, 1)
        if premultiplied:
            for plane, cover in ((frame.y, frame.a), (frame.u, frame.a2), (frame.v, frame.a2)):
                plane[:] = (plane.astype(int) * cover + 127) // 255
    for plane in frame.planes():
        plane.setflags(write=False)
    return frame


def digest(frame: Frame) -> list[bytes]:
    return [plane.tobytes() for plane in frame.planes()]


KEYS = ("basics.chroma_key", "basics.luma_key")
"""Effects that give an opaque frame alpha."""


def assert_same_kind(result: Frame, source: Frame, *beside: Frame, may_gain_alpha: bool = False) -> None:
    assert fault_of(result, source, *beside, may_gain_alpha=may_gain_alpha) == ""
    count = 5 if may_gain_alpha else len(list(source.planes()))
    like = (source.y, source.u, source.v, source.y, source.u)
    assert [p.shape for p in result.planes()] == [p.shape for p in like][:count]
    assert all(p.dtype == np.uint8 and p.flags.c_contiguous for p in result.planes())


def test_there_are_enough_of_each() -> None:
    assert len(EFFECTS) >= 55
    assert len(TRANSITIONS) >= 40
    assert len(STICKERS) >= 6
    assert len(STYLES) >= 8
    assert sum(issubclass(kind, TextMotion) for kind in ANIMATORS) >= 16
    assert sum(issubclass(kind, TextLoop) for kind in ANIMATORS) >= 8
    assert sum(issubclass(kind, TextHighlight) for kind in ANIMATORS) >= 10


@pytest.mark.parametrize(
    "kind", [*EFFECTS, *TRANSITIONS, *STICKERS, *ANIMATORS], ids=lambda kind: str(getattr(kind, "name", kind))
)
def test_an_element_is_named_and_documented(kind: type[Element]) -> None:
    plugin, _, element = kind.name.partition(".")
    assert plugin == kind.__module__.split(".")[0].removeprefix("farm_")
    assert element.isidentifier()
    assert len(inspect.getdoc(kind) or "") > 10
    assert kind().model_config["frozen"]
    for name, field in kind.model_fields.items():
        assert field.description, f"{kind.name}.{name} has no description"
        assert not field.is_required(), f"{kind.name}.{name} has no default"
        assert isinstance(getattr(kind(), name), (str, int, float, bool, type(None)))


def test_names_are_unique() -> None:
    for names in (
        [kind.name for kind in EFFECTS],
        [kind.name for kind in TRANSITIONS],
        [kind.name for kind in STICKERS],
        [kind.name for kind in ANIMATORS],
        [name for name, _ in STYLES],
    ):
        assert len(names) == len(set(names))


@effects
@sizes
@alphas
def test_an_effect_keeps_size_and_input(kind: type[Effect], size: tuple[int, int], alpha: bool) -> None:
    # The planes are read-only: an effect that wrote to its input would raise.
    frame = picture(*size, 1, alpha=alpha, premultiplied=kind.premultiplied)
    before = digest(frame)
    result = kind().apply(frame, Moment(3, 30, Fraction(30)))
    assert_same_kind(result, frame, may_gain_alpha=kind.name in KEYS)
    assert digest(frame) == before
    assert int(result.y.max()) <= 240
    if kind.premultiplied and alpha:
        assert overshoot_of(result) == ""
    else:
        assert int(result.y.min()) >= 16


@effects
def test_an_effect_is_a_pure_function(kind: type[Effect]) -> None:
    frame = picture(64, 48, 2, alpha=True, premultiplied=kind.premultiplied)
    times = [Moment(n, 20, Fraction(30)) for n in (0, 7, 19)]
    first = [digest(kind().apply(frame, at)) for at in times]
    effect = kind()
    backwards = [digest(effect.apply(frame, at)) for at in reversed(times)]
    assert backwards[::-1] == first


@effects
def test_a_steady_effect_does_not_depend_on_the_time(kind: type[Effect]) -> None:
    frame = picture(64, 48, 10, alpha=False, premultiplied=False)
    first, *others = (digest(kind().apply(frame, Moment(n, 90, Fraction(30)))) for n in (0, 5, 17, 61))
    assert (not kind.steady) or all(one == first for one in others)
    # What is drawn alike at all times should be composed once.
    assert kind.steady or any(one != first for one in others)


@effects
def test_an_effect_does_something(kind: type[Effect]) -> None:
    frame = picture(64, 48, 3, alpha=False, premultiplied=False)
    if kind.name == "basics.cube":
        pytest.skip("needs a file")
    neutral = {"basics.grade": {"warmth": 0.5}, "basics.glitch": {"share": 1.0}}
    result = kind.model_validate(neutral.get(kind.name, {})).apply(frame, Moment(5, 30, Fraction(30)))
    assert digest(result) != digest(frame)


@transitions
@sizes
@alphas
def test_a_transition_begins_old_and_ends_new(
    kind: type[Transition], size: tuple[int, int], alpha: bool
) -> None:
    old = picture(*size, 4, alpha=alpha, premultiplied=True)
    new = picture(*size, 5, alpha=alpha, premultiplied=True)
    assert digest(kind().mix(old, new, 0.0)) == digest(old)
    assert digest(kind().mix(old, new, 1.0)) == digest(new)


@transitions
@sizes
@alphas
def test_a_transition_keeps_size_and_input(
    kind: type[Transition], size: tuple[int, int], alpha: bool
) -> None:
    old = picture(*size, 6, alpha=alpha, premultiplied=True)
    new = picture(*size, 7, alpha=alpha, premultiplied=True)
    for progress in (0.001, 0.37, 0.5, 0.999):
        result = kind().mix(old, new, progress)
        assert_same_kind(result, old, new)
        assert overshoot_of(result) == ""
        if result.a is not None and result.a2 is not None:
            # Premultiplied stays premultiplied: no plane above its alpha (two roundings of tolerance).
            assert (result.y.astype(int) <= result.a.astype(int) + 2).all()
            assert (result.u.astype(int) <= result.a2.astype(int) + 2).all()


@transitions
def test_a_transition_is_a_pure_function(kind: type[Transition]) -> None:
    old = picture(64, 48, 8, alpha=False, premultiplied=True)
    new = picture(64, 48, 9, alpha=False, premultiplied=True)
    steps = [0.1, 0.5, 0.8]
    transition = kind()
    first = [digest(transition.mix(old, new, step)) for step in steps]
    again = [digest(kind().mix(old, new, step)) for step in reversed(steps)]
    assert again[::-1] == first
    assert all(a != b for a, b in pairwise(first))


@transitions
def test_a_transition_between_equal_flat_pictures_stays_flat_in_chroma(kind: type[Transition]) -> None:
    flat = Frame.solid(64, 48, (120, 100, 150))
    if kind.name in COLOURED:
        pytest.skip("passes through a colour on purpose")
    result = kind().mix(flat, flat, 0.4)
    if kind.name in SHADED:
        # Between the colour and black: both chroma planes have the same share of theirs.
        blue, red = (result.u.astype(float) - 128) / -28, (result.v.astype(float) - 128) / 22
        assert np.abs(blue - red).max() <= 0.06
        assert 0 <= blue.min() <= blue.max() <= 1
        assert int(result.y.max()) <= 121
        return
    for plane, value in zip(result.planes(), (120, 100, 150), strict=True):
        assert np.abs(plane.astype(int) - value).max() <= 1


@stickers
@pytest.mark.parametrize("size", [(2, 2), (33, 91), (200, 120)])
def test_a_sticker_stays_near_its_box(kind: type[Sticker], size: tuple[int, int]) -> None:
    words = {"text": "-30%"} if "text" in kind.model_fields else {}
    sticker = kind.model_validate(words)
    raster = raster_sticker(sticker, *size)
    height, width = raster.rgba.shape[:2]
    reach = max(size) * 0.1 + 2
    assert raster.left_px >= -reach
    assert raster.top_px >= -reach
    assert raster.left_px + width <= size[0] + reach
    assert raster.top_px + height <= size[1] + reach
    assert (raster.rgba[..., :3] <= raster.rgba[..., 3:]).all()
    assert raster.rgba[..., 3].any() or max(size) == 2
    assert raster_sticker(sticker, *size).rgba.tobytes() == raster.rgba.tobytes()


@pytest.mark.parametrize(("name", "style"), STYLES, ids=[name for name, _ in STYLES])
def test_a_text_style_can_be_read(name: str, style: TextStyle) -> None:
    assert name.split(".")[0] in ("basics", "retail")
    guard = style.plate or style.stroke or style.shadow
    assert guard is not None, "nothing sets the words off from the picture"
    inks = style.color.colors if isinstance(style.color, GradientStyle) else [style.color]
    if style.plate is not None and isinstance(style.plate.fill, str):
        plate = parse_color(style.plate.fill)
        assert all(parse_color(ink).contrast(plate) >= 4.5 for ink in inks)
    look = TextLook(families=tuple(style.families), size_px=40, min_size_px=12, weight=style.weight)
    assert not raster_text("限时 Sale 199", look, 400, 120).missing


PARTS = [TextPart(index, 7, index // 4, 2, 0.6, index / 6, 0.5, 3) for index in range(7)]


def animators(base: type[Animator]) -> pytest.MarkDecorator:
    return named([kind for kind in ANIMATORS if issubclass(kind, base)])


def hidden(pose: PartPose) -> bool:
    covered = pose.hide_left + pose.hide_right >= 1 or pose.hide_top + pose.hide_bottom >= 1
    return pose.opacity <= 0.01 or min(abs(pose.scale_x), abs(pose.scale_y)) <= 0.01 or covered


def near_rest(pose: PartPose) -> bool:
    for field in fields(PartPose):
        mine, rest = getattr(pose, field.name), getattr(REST, field.name)
        if isinstance(rest, float) and abs(mine - rest) > 1e-6:
            return False
    return pose.color is None and pose.plate is None and pose.line is None


@animators(TextMotion)
def test_a_text_motion_begins_unseen_and_ends_at_rest(kind: type[TextMotion]) -> None:
    motion = kind()
    for part in PARTS:
        assert hidden(motion.pose(part, 0.0))
        assert near_rest(motion.pose(part, 1.0))
        assert not hidden(motion.pose(part, 0.97))
        for progress in (-0.2, 0.0, 0.3, 0.5, 0.9, 1.2):
            assert fault_of_pose(motion.pose(part, progress)) == ""
            assert motion.pose(part, progress) == kind().pose(part, progress)
    assert kind.ease in EASINGS


@animators(TextLoop)
def test_a_text_loop_repeats(kind: type[TextLoop]) -> None:
    loop = kind()
    turns = [(step + 0.5) / 48 for step in range(48)]
    for part in PARTS:
        poses = [loop.pose(part, turn) for turn in turns]
        assert all(fault_of_pose(pose) == "" for pose in poses)
        for turn, pose in zip(turns, poses, strict=True):
            again = loop.pose(part, turn + 3)
            assert fault_of_pose(again) == ""
            assert again.dy_em == pytest.approx(pose.dy_em)
            assert again.opacity == pytest.approx(pose.opacity)
            assert again.rotation_deg == pytest.approx(pose.rotation_deg)
    assert any(loop.pose(part, turn) != REST for part in PARTS for turn in turns)


@animators(TextHighlight)
def test_a_highlight_shows_the_spoken_word_within_a_frame(kind: type[TextHighlight]) -> None:
    highlight, part = kind(), PARTS[2]
    far = highlight.pose(part, Spoken(0.0, -5.0, -6.0, now=False))
    before = highlight.pose(part, Spoken(0.0, -0.1, -1.1, now=False))
    during = highlight.pose(part, Spoken(0.3, 0.3, -0.7, now=True))
    for pose in (far, before, during):
        assert fault_of_pose(pose) == ""
    assert before == far
    assert during != before
    # Half way into the change when the word begins: neither a frame early nor a frame late.
    start = highlight.pose(part, Spoken(0.034, 0.034, -0.966, now=True))
    assert start != before
