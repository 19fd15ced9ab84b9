"""retail.story: every role with every picture in every arrangement is a right timeline."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import pytest

from farm.language.canvas import Canvas
from farm.model.clip_document import CounterClip, ImageClip, StickerClip, TextClip, VideoClip
from farm.model.item_document import TransitionItem
from farm.model.script import SHOT_ROLES
from farm.model.timeline_document import TimelineDocument
from farm.plugins.template import Brief
from farm_retail.story import Story
from farm_retail.story_slots import LAYOUTS, StorySlots
from tests.unit.farm_retail.test_templates import LONG_EN, LONG_ZH, MEDIA, RATE, SIZES, clips, frames, groups

PICTURES = ("pack.jpg", "model.jpg", "wide.jpg", "high.jpg", "flat.jpg", "clip.mp4", None)
PRODUCT = {"name": "Kettle", "price": 49, "was": 70, "currency": "USD"}
STYLES: list[dict[str, Any]] = [
    {},
    {"type": "serif", "ground": "paper", "numbers": False},
    {"ground": "deep", "motion": "still"},
    {"ground": "accent", "accent": "#ffee00", "transitions": ["basics.fade"], "effects": ["basics.sepia"]},
]


def draft(shots: list[dict[str, Any]], size: tuple[int, int] = (720, 1280), **more: Any) -> TimelineDocument:
    slots = StorySlots.model_validate({"shots": shots, "product": PRODUCT, **more})
    return Story().draft(Brief(slots, MEDIA, *size, RATE, "en"))


def shot(role: str, show: str | None, words: str = "A few good words", **more: Any) -> dict[str, Any]:
    return {"role": role, "words": words, "seconds": 2, **({"show": show} if show else {}), **more}


@pytest.mark.parametrize("size", SIZES, ids=[f"{w}x{h}" for w, h in SIZES])
@pytest.mark.parametrize("words", ["Short", LONG_EN, LONG_ZH, "Boils in 90 s\nand keeps warm"])
@pytest.mark.parametrize("style", STYLES, ids=["usual", "serif", "deep", "yellow"])
def test_words_stand_in_the_safe_area(size: tuple[int, int], words: str, style: dict[str, Any]) -> None:
    shots = [shot(role, show, words, label="New") for role, show in product(SHOT_ROLES, PICTURES)][:60]
    document = draft(shots, size, style=style)
    safe = Canvas(*size).safe
    for _, clip in clips(document):
        if isinstance(clip, TextClip):
            assert clip.box is not None
            x, y, width, height = (float(value) for value in clip.box)
            assert x >= safe.x - 2
            assert y >= safe.y - 2
            assert x + width <= max(safe.right, size[0] * 0.9) + 3
            assert y + height <= safe.bottom + 4, clip.text


def test_lengths_are_those_of_the_shots_and_rounding_never_adds_up() -> None:
    shots = [shot("feature", "pack.jpg", seconds=1.017) for _ in range(50)]
    document = draft(shots)
    assert frames(document.duration) == round(50 * Fraction("1.017") * RATE)
    assert sum(frames(group.duration) for group in groups(document)) == frames(document.duration)


@pytest.mark.parametrize("role", SHOT_ROLES)
@pytest.mark.parametrize("layout", sorted({layout for row in LAYOUTS.values() for layout in row} | {"bare"}))
def test_every_arrangement_can_be_asked_for(role: str, layout: str) -> None:
    for show in PICTURES:
        document = draft([shot(role, show, layout=layout), shot("outro", "pack.jpg")])
        kinds = {type(clip) for _, clip in clips(document)}
        assert TextClip in kinds or layout == "bare"
        if show and layout not in ("statement",):
            assert kinds & {ImageClip, VideoClip}


def test_a_slice_is_shown_from_its_beginning_and_slowed_where_it_is_short() -> None:
    document = draft([shot("use", "clip.mp4", start=1.5, stop=2.5, seconds=2)])
    clip = next(clip for _, clip in clips(document) if isinstance(clip, VideoClip))
    assert clip.in_ == 1.5
    assert clip.speed == pytest.approx(0.4995, abs=0.001)
    whole = draft([shot("use", "clip.mp4", start=1.5, seconds=2)])
    assert next(clip for _, clip in clips(whole) if isinstance(clip, VideoClip)).speed == 1.0


def test_the_price_stands_once_with_its_discount() -> None:
    document = draft([shot("price", "pack.jpg", "Now $49"), shot("price", None, "Only $49 until Sunday")])
    texts = [clip.text for _, clip in clips(document) if isinstance(clip, TextClip | CounterClip)]
    assert texts == ["Now", "${}", "$70", "Only until Sunday", "${}", "$70"]
    counters = [clip for _, clip in clips(document) if isinstance(clip, CounterClip)]
    assert [[key.value for key in clip.value] for clip in counters if isinstance(clip.value, list)] == [
        [70, 49]
    ] * 2
    assert sum(isinstance(clip, StickerClip) for _, clip in clips(document)) == 1
    plain = draft([shot("price", "pack.jpg", "Now $49")], style={"badge": False})
    assert not any(isinstance(clip, StickerClip) for _, clip in clips(plain))


def test_a_picture_that_comes_again_is_seen_from_nearer() -> None:
    document = draft([shot("feature", "wide.jpg"), shot("feature", "wide.jpg"), shot("feature", "wide.jpg")])
    zooms = [
        clip.zoom[0].value
        for _, clip in clips(document)
        if isinstance(clip, ImageClip) and isinstance(clip.zoom, list)
    ]
    assert zooms[1] > zooms[0]


def test_styles_set_letters_transitions_and_effects() -> None:
    document = draft([shot("cover", "wide.jpg"), shot("feature", "pack.jpg")], style=STYLES[3])
    passing = [item for item in document.tracks[0].clips if isinstance(item, TransitionItem)]
    assert [item.use.name for item in passing] == ["basics.fade"]
    pictures = [clip for _, clip in clips(document) if isinstance(clip, ImageClip)]
    assert all([one.name for one in clip.effects] == ["basics.sepia"] for clip in pictures)
    cuts = draft([shot("cover", "wide.jpg"), shot("feature", "pack.jpg")])
    assert not any(isinstance(item, TransitionItem) for item in cuts.tracks[0].clips)
    serif = draft([shot("cover", "wide.jpg")], style={"type": "serif"})
    families = [clip.look["families"][0] for _, clip in clips(serif) if isinstance(clip, TextClip)]
    assert "Farm Serif" in families
