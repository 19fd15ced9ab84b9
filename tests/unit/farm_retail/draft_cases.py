"""Briefs for which the drafts of the retail templates are recorded, and how a draft is recorded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import Any

from farm.model.color import Color
from farm.model.look import TextLook
from farm.model.timeline_document import TimelineDocument
from farm.plugins.template import Brief, Photo, Template
from farm.render.text import Extent
from tests.unit.farm_retail.test_templates import CASES, MEDIA, photo

SIZES = ((720, 1280), (1080, 1080), (720, 900), (1280, 720))
"""9:16, 1:1, 4:5, 16:9."""


def _media() -> dict[str, Photo]:
    dark = photo("dark.png", (400, 120), palette=(Color(10, 10, 20),))
    more = {
        "dark.png": replace(dark, asset=replace(dark.asset, has_alpha=True)),
        "both.jpg": photo("both.jpg", (900, 1400), plain_border=True, subject=(0.3, 0.0, 0.7, 1.0)),
        "top.jpg": photo("top.jpg", (900, 1100), plain_border=True, subject=(0.3, 0.0, 0.7, 0.8)),
        "grey.jpg": photo(
            "grey.jpg",
            (1200, 1200),
            palette=(Color(128, 128, 128),),
            border=Color(30, 30, 30),
            details=((0.2, 0.3), (0.7, 0.6)),
        ),
        "small.jpg": photo(
            "small.jpg",
            (300, 260),
            palette=(Color(200, 180, 20), Color(220, 30, 40)),
            border=Color(100, 100, 100),
            subject=(0.2, 0.2, 0.9, 0.8),
        ),
    }
    return {**MEDIA, **more}


ALL_MEDIA = _media()
_MUG: dict[str, Any] = {"name": "Ceramic Mug", "price": 8.99}
_PHOTOS = (
    ["pack.jpg"],
    ["high.jpg", "pack.jpg", "both.jpg"],
    ["top.jpg", "grey.jpg", "small.jpg", "model.jpg", "wide.jpg", "flat.jpg"],
    ["small.jpg", "clip.mp4"],
)
_PRODUCTS: tuple[dict[str, Any], ...] = (
    {**_MUG, "was": 12.0, "points": ["Hand made", "Dishwasher safe", "Keeps warm"]},
    {
        "name": "陶瓷马克杯 手工制作", "price": 59, "was": 99, "currency": "CNY", "brand": "景德",
        "tagline": "每天一杯好茶", "points": ["手工制作", "食品级釉料", "可微波"],
    },
    {"name": "A mug without a price", "category": "Kitchen", "points": ["A", "B", "C", "D", "E", "F"]},
)  # fmt: skip
_MORE: tuple[dict[str, Any], ...] = (
    {"logo": "logo.png", "music": "music.mp3"},
    {"logo": "dark.png", "lines": ["Hello there", "Second line", "Third", "Bye"]},
    {"lines": ["Only"], "brand_color": "#225588", "cta": "Go now", "duration": 9},
    {
        "lines": ["甲", "乙", "丙", "丁", "戊", "己", "庚"],
        "duration": 20,
        "tempo_bpm": 120,
        "beat_offset_s": 0.3,
    },
)
_PIECES = [
    {"name": name, "photo": shown, "price": 10 + at}
    for at, (name, shown) in enumerate(
        [
            ("Shaker", "model.jpg"),
            ("A jar with a name of more than forty letters", "pack.jpg"),
            ("Lamp", "wide.jpg"),
        ]
    )
]


def cases(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the slots of every case of a template."""
    yield from CASES.items()
    for at, (photos, goods) in enumerate(product(_PHOTOS, _PRODUCTS)):
        more = _MORE[at % len(_MORE)]
        said = (
            {"headline": "Summer Sale", "urgency": "Ends Sunday"} if name == "retail.sale" and at % 2 else {}
        )
        yield f"made {at}", {"photos": photos, "product": goods, **more, **said}
    if name == "retail.lookbook":
        yield "pieces", {"products": _PIECES, "title": "Autumn", "subtitle": "2026", "logo": "logo.png"}
        yield "pieces, long", {"products": _PIECES * 4, "duration": 30, "music": "music.mp3"}
        yield "one piece", {"products": _PIECES[:1], "photos": ["top.jpg"], "lines": ["Open", "mid", "Close"]}


def brief(template: Template, slots: dict[str, Any], size: tuple[int, int]) -> Brief:
    """Return the brief of a case."""
    language = "zh" if any("\u3400" <= one <= "\u9fff" for one in str(slots)) else "en"
    return Brief(template.slots.model_validate(slots), ALL_MEDIA, *size, Fraction(30), language)


def set_by_rule(text: str, look: TextLook, width_px: float, height_px: float) -> Extent:
    """Return the size of text by a simple rule, so that recorded drafts do not depend on fonts."""
    pad_x, pad_y = (look.plate.pad_x_px, look.plate.pad_y_px) if look.plate is not None else (0.0, 0.0)
    size = look.size_px
    while True:
        scale = size / look.size_px
        whole = sum(1.0 if char > "\u2e80" else 0.55 for char in text) * size
        room = max(1.0, width_px - 2 * pad_x * scale)
        lines = int(whole / room) + 1
        height = lines * size * look.line_height
        fits = height <= height_px - 2 * pad_y * scale and (lines == 1 or " " in text)
        if fits or size <= look.min_size_px:
            return Extent(min(whole, room) + 2 * pad_x * scale, height + 2 * pad_y * scale, size, lines, fits)
        size = max(look.min_size_px, size * 0.96)


def digest(document: TimelineDocument) -> str:
    """Return what a draft is recorded as."""
    raw = _whole(document.model_dump(mode="json", exclude_defaults=True))
    return hashlib.sha256(json.dumps(raw, sort_keys=True).encode()).hexdigest()[:16]


def _whole(value: Any) -> Any:
    """Return plain data in which whole numbers are written without decimals."""
    if isinstance(value, dict):
        return {name: _whole(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
