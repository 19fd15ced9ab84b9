"""Every retail template drafts a right timeline from whatever a shop has."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from pydantic import ValidationError

from farm.language.canvas import Canvas
from farm.model.asset import Asset, MediaKind
from farm.model.clip_document import GroupClip, ImageClip, TextClip, VideoClip
from farm.model.color import Color, parse_color
from farm.model.item_document import TransitionItem
from farm.model.timebase import parse_seconds
from farm.model.timeline_document import TimelineDocument
from farm.plugins.template import Brief, Photo, Template
from farm_retail import farm_templates

# Stories have shots for slots and tests of their own.
TEMPLATES = {
    template.name: template for template in farm_templates() if "photos" in template.slots.model_fields
}
SIZES = [(720, 1280), (1080, 1080), (1080, 1350), (1920, 1080), (360, 640)]
RATE = Fraction(30)

templates = pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
sizes = pytest.mark.parametrize("size", SIZES, ids=[f"{w}x{h}" for w, h in SIZES])

LONG_EN = "Professional Stainless Steel Vacuum Insulated Water Bottle with Straw Lid for Travel 32oz"
LONG_ZH = (
    "惠普（HP）战66 六代 2023酷睿14英寸(英特尔13代i5-1340P 16G 1T 长续航 高色域低功耗)高性能轻薄笔记本电脑"
)


def photo(
    ref: str, size: tuple[int, int] = (1000, 1000), kind: MediaKind = MediaKind.IMAGE, **more: Any
) -> Photo:
    duration = Fraction(6) if kind is not MediaKind.IMAGE else Fraction(0)
    asset = Asset(ref * 4, f"/{ref}", kind, *size, duration_s=duration, rate=Fraction(25), has_sound=False)
    fields: dict[str, Any] = {
        "palette": (Color(40, 90, 160), Color(240, 240, 240)),
        "border": Color(250, 250, 250),
        "plain_border": False,
    }
    return Photo(ref, asset, **{**fields, **more})


PACKSHOT: dict[str, Any] = {"plain_border": True, "subject": (0.2, 0.1, 0.8, 0.9)}
MODEL: dict[str, Any] = {"plain_border": True, "subject": (0.25, 0.05, 0.75, 1.0)}
MEDIA = {
    "pack.jpg": photo("pack.jpg", **PACKSHOT),
    "model.jpg": photo("model.jpg", (1000, 1300), **MODEL),
    "wide.jpg": photo("wide.jpg", (1600, 900), border=Color(20, 20, 20)),
    "high.jpg": photo("high.jpg", (800, 1500), border=Color(90, 70, 60)),
    "flat.jpg": photo("flat.jpg", (3000, 300)),
    "clip.mp4": photo("clip.mp4", (1280, 720), MediaKind.VIDEO),
    "logo.png": photo("logo.png", (400, 120)),
    "music.mp3": photo("music.mp3", (0, 0), MediaKind.AUDIO),
}

CASES: dict[str, dict[str, Any]] = {
    "plain": {
        "product": {"name": "Mug", "price": 9.5, "was": 12, "points": ["Hand made", "Safe"]},
        "photos": ["pack.jpg"],
    },
    "bare": {"product": {"name": "Mug"}, "photos": ["wide.jpg"]},
    "long": {
        "product": {"name": LONG_EN, "price": 1e6, "points": [LONG_EN] * 12},
        "photos": ["model.jpg", "flat.jpg"],
    },
    "chinese": {
        "product": {
            "name": LONG_ZH,
            "price": 1999,
            "was": 2999,
            "currency": "CNY",
            "points": ["全天候长续航 高色域"],
        },
        "photos": ["pack.jpg", "high.jpg", "wide.jpg"],
        "clips": ["clip.mp4"],
        "logo": "logo.png",
        "music": "music.mp3",
        "tempo_bpm": 120,
    },
    "many": {
        "product": {
            "name": "Bag",
            "price": 5,
            "points": ["One", "Two", "Three"],
            "brand": "Luma",
            "tagline": "Go far",
        },
        "photos": ["pack.jpg", "model.jpg", "wide.jpg", "high.jpg", "flat.jpg"] * 2,
        "lines": ["Meet the bag", "It is light", "It is strong", "Yours today"],
        "brand_color": "#ffee00",
        "cta": "Order today",
    },
    "clips only": {"product": {"name": "Kite", "price": 30}, "clips": ["clip.mp4"]},
}
cases = pytest.mark.parametrize("case", CASES, ids=CASES)


def draft(template: Template, case: str, size: tuple[int, int], **more: Any) -> TimelineDocument:
    slots = template.slots.model_validate({**CASES[case], **more})
    language = "zh" if case == "chinese" else "en"
    return template.draft(Brief(slots, MEDIA, *size, RATE, language))


def groups(document: TimelineDocument) -> list[GroupClip]:
    return [item for item in document.tracks[0].clips if isinstance(item, GroupClip)]


def clips(document: TimelineDocument) -> Iterator[tuple[GroupClip, Any]]:
    for group in groups(document):
        for track in group.tracks:
            for clip in track.clips:
                yield group, clip


def frames(value: Any) -> int:
    return round(parse_seconds(value, RATE) * RATE)


@templates
@cases
@sizes
def test_the_length_is_the_one_asked_for(template: Template, case: str, size: tuple[int, int]) -> None:
    document = draft(template, case, size)
    wished = template.slots.model_validate(CASES[case]).duration  # type: ignore[attr-defined]
    total = frames(document.duration)
    assert abs(total / RATE - Fraction(wished)) <= Fraction(1, 2)
    assert sum(frames(group.duration) for group in groups(document)) == total
    assert all(frames(group.duration) >= 24 for group in groups(document))


@templates
@cases
@sizes
def test_words_stand_in_the_safe_area(template: Template, case: str, size: tuple[int, int]) -> None:
    safe = Canvas(*size).safe
    found = 0
    for _, clip in clips(draft(template, case, size)):
        if not isinstance(clip, TextClip) or clip.name == "ticker":
            continue
        found += 1
        assert clip.box is not None
        x, y, width, height = (float(value) for value in clip.box)
        assert x >= safe.x - 2
        assert y >= safe.y - 2
        assert x + width <= max(safe.right, size[0] * 0.88) + 3
        assert y + height <= safe.bottom + 4, clip.text
    assert found >= 3


@templates
@cases
def test_words_can_be_read(template: Template, case: str) -> None:
    size = (720, 1280)
    for group, clip in clips(draft(template, case, size)):
        if isinstance(clip, TextClip) and clip.name != "ticker":
            assert float(clip.look["size"]) >= 720 * 0.02, f"{group.name}: {clip.text}"
            plate = clip.look["plate"]
            if plate is not None:
                assert parse_color(clip.look["color"]).contrast(parse_color(plate["fill"])) >= 4.5


@templates
@cases
@sizes
def test_pictures_are_given_sense(template: Template, case: str, size: tuple[int, int]) -> None:
    document = draft(template, case, size)
    shown = 0
    for group, clip in clips(document):
        assert frames(clip.duration) == frames(group.duration)
        if isinstance(clip, (ImageClip, VideoClip)):
            shown += 1
            assert str(clip.src) in MEDIA
            assert MEDIA[str(clip.src)].asset.kind is not MediaKind.AUDIO
            assert clip.box is not None
            _, _, width, height = (float(value) for value in clip.box)
            assert width >= 8
            assert height >= 8
    assert shown >= 3


@templates
def test_transitions_lie_after_the_cut_and_within_their_shots(template: Template) -> None:
    items = draft(template, "many", (720, 1280)).tracks[0].clips
    passing = [index for index, item in enumerate(items) if isinstance(item, TransitionItem)]
    assert passing
    for index in passing:
        item = items[index]
        assert isinstance(item, TransitionItem)
        assert frames(item.before) == 0
        assert 2 * frames(item.duration) <= frames(items[index + 1].duration)


@templates
def test_cuts_fall_on_the_beat(template: Template) -> None:
    document = draft(template, "chinese", (720, 1280), beat_offset_s=0.2)
    at = 0
    for group in groups(document)[:-1]:
        at += frames(group.duration)
        assert abs((at - 6) % 15) in (0, 1, 14)


@templates
def test_music_lasts_to_the_end_and_fades(template: Template) -> None:
    document = draft(template, "chinese", (720, 1280))
    sound = document.tracks[-1].clips[0]
    assert sound.kind == "audio"
    assert frames(sound.duration) == frames(document.duration)
    assert frames(sound.fade_out) > 0


@templates
def test_the_same_brief_gives_the_same_timeline(template: Template) -> None:
    assert draft(template, "many", (1080, 1080)) == draft(template, "many", (1080, 1080))


@templates
def test_given_lines_are_used(template: Template) -> None:
    texts = [
        clip.text for _, clip in clips(draft(template, "many", (1920, 1080))) if isinstance(clip, TextClip)
    ]
    assert "Meet the bag" in texts
    assert "Yours today" in texts
    assert "Order today" in texts


@templates
def test_there_must_be_something_to_show(template: Template) -> None:
    with pytest.raises(ValidationError, match="at least one picture"):
        template.slots.model_validate({"product": {"name": "Mug"}})


@pytest.mark.parametrize(
    "product",
    [
        {"name": ""},
        {"name": "Mug", "price": -1},
        {"name": "Mug", "currency": "dollars"},
        {"name": "Mug", "prise": 3},
    ],
)
@templates
def test_wrong_slots_are_refused(template: Template, product: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        template.slots.model_validate({"product": product, "photos": ["pack.jpg"]})


def test_a_discount_is_shown_only_where_there_is_one() -> None:
    sale = TEMPLATES["retail.sale"]
    product = {"name": "Mug", "price": 12, "was": 9}
    document = draft(sale, "plain", (720, 1280), product=product)
    words = [clip.text for _, clip in clips(document) if isinstance(clip, TextClip)]
    assert not any("%" in word for word in words)
    assert "$9" not in words
    assert "$12" in words


def test_a_lookbook_names_its_pieces() -> None:
    book = TEMPLATES["retail.lookbook"]
    pieces = [{"name": f"Piece {i}", "photo": "model.jpg", "price": 10 + i} for i in range(3)]
    slots = book.slots.model_validate({"title": "Autumn", "products": pieces})
    document = book.draft(Brief(slots, MEDIA, 720, 1280, RATE, "en"))
    words = [clip.text for _, clip in clips(document) if isinstance(clip, TextClip)]
    assert {"Autumn", "Piece 0", "Piece 2", "$11"} <= set(words)
