"""The records that the language brings: what functions take and return, and what is known of canvas and photos."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final

from farm.language.framing import WHOLE, is_clip
from farm.language.types import COLOR, FLAG, NUMBER, TEXT, UNITS, Many, Number, Record, Text, Type

PX: Final = Number(UNITS["px"])
SECONDS: Final = Number(UNITS["s"])
FRAMES: Final = Number(UNITS["f"])
ALIGN: Final = Text(frozenset({"left", "center", "right"}))


def _record(name: str, **fields: tuple[Type, str | Callable[[Any], Any]]) -> Record:
    getters = {field: get if callable(get) else attrgetter(get) for field, (_, get) in fields.items()}
    kinds = {field: kind for field, (kind, _) in fields.items()}
    return Record(MappingProxyType(kinds), name, getters=MappingProxyType(getters))


AREA: Final = _record(
    "area",
    x=(PX, "x"),
    y=(PX, "y"),
    width=(PX, "width"),
    height=(PX, "height"),
    left=(PX, "x"),
    top=(PX, "y"),
    right=(PX, "right"),
    bottom=(PX, "bottom"),
    aspect=(NUMBER, lambda one: one.width / max(1e-6, one.height)),
)
"""A rectangle on the canvas."""
CANVAS: Final = _record(
    "canvas",
    width=(PX, "width"),
    height=(PX, "height"),
    short=(PX, "short"),
    aspect=(NUMBER, lambda one: one.width / one.height),
    form=(Text(frozenset({"tall", "square", "wide"})), "form"),
    all=(AREA, "all"),
    safe=(AREA, "safe"),
)
"""The output picture."""
POINT: Final = _record("point", x=(NUMBER, lambda one: one[0]), y=(NUMBER, lambda one: one[1]))
"""A point, in shares."""
SUBJECT: Final = _record(
    "subject",
    left=(NUMBER, lambda one: one[0]),
    top=(NUMBER, lambda one: one[1]),
    right=(NUMBER, lambda one: one[2]),
    bottom=(NUMBER, lambda one: one[3]),
)
"""What stands out in a picture, in shares of its width and height."""
COLOR_PARTS: Final = _record("color", r=(NUMBER, "r"), g=(NUMBER, "g"), b=(NUMBER, "b"))
MEDIA: Final = _record(
    "media",
    width=(PX, lambda one: max(1, one.asset.width_px)),
    height=(PX, lambda one: max(1, one.asset.height_px)),
    aspect=(NUMBER, lambda one: max(1, one.asset.width_px) / max(1, one.asset.height_px)),
    subject=(SUBJECT, "subject"),
    whole=(FLAG, lambda one: one.subject == WHOLE),
    border=(COLOR, "border"),
    plain_border=(FLAG, "plain_border"),
    palette=(Many(COLOR), lambda one: list(one.palette)),
    details=(Many(POINT), lambda one: list(one.details)),
    moves=(FLAG, is_clip),
    has_alpha=(FLAG, lambda one: one.asset.has_alpha),
    duration=(SECONDS, lambda one: float(one.asset.duration_s)),
)
"""A picture, clip or sound."""
CROP: Final = _record(
    "crop",
    left=(NUMBER, lambda one: one[0]),
    top=(NUMBER, lambda one: one[1]),
    width=(NUMBER, lambda one: one[2]),
    height=(NUMBER, lambda one: one[3]),
    focus_x=(NUMBER, lambda one: one[0] / (1 - one[2]) if one[2] < 0.999 else 0.5),
    focus_y=(NUMBER, lambda one: one[1] / (1 - one[3]) if one[3] < 0.999 else 0.5),
)
"""The part of a picture that an area shows, in shares of its width and height."""
THEME: Final = _record(
    "theme",
    **{
        role: (COLOR, role)
        for role in ("accent", "on_accent", "deep", "on_deep", "glow", "paper", "ink", "mark")
    },
)
"""Colour roles."""
SETTING: Final = Record(
    MappingProxyType(
        {
            "text": TEXT,
            "families": Many(TEXT),
            "size": PX,
            "weight": NUMBER,
            "line_height": NUMBER,
            "letter_spacing_em": NUMBER,
            "smallest": NUMBER,
            "lines": NUMBER,
            "gap": NUMBER,
            "uppercase": FLAG,
            "plate": FLAG,
            "pad_x_em": NUMBER,
            "pad_y_em": NUMBER,
            "hug": FLAG,
        }
    ),
    "setting",
    MappingProxyType(
        {
            "families": ["Outfit", "Noto Sans SC"],
            "weight": 500,
            "line_height": 1.2,
            "letter_spacing_em": 0.0,
            "smallest": 0.5,
            "lines": 3,
            "gap": 0.4,
            "uppercase": False,
            "plate": False,
            "pad_x_em": 0.0,
            "pad_y_em": 0.0,
            "hug": False,
        }
    ),
)
"""A line of text and how it is set."""
PLACED: Final = _record("placed", index=(NUMBER, "index"), area=(AREA, "area"), size=(PX, "size_px"))
"""A line in its place."""
EXTENT: Final = _record(
    "extent",
    width=(PX, "width_px"),
    height=(PX, "height_px"),
    size=(PX, "size_px"),
    lines=(NUMBER, "lines"),
    fits=(FLAG, "fits"),
)
"""The size of text."""
ROLLING: Final = _record(
    "rolling",
    start=(NUMBER, "start"),
    end=(NUMBER, "end"),
    text=(TEXT, "text"),
    decimals=(NUMBER, "decimals"),
    thousands=(TEXT, "thousands"),
)
"""A written number that becomes another."""

RECORDS: Final[Mapping[str, Record]] = MappingProxyType(
    {
        one.name: one
        for one in (AREA, CANVAS, POINT, SUBJECT, MEDIA, CROP, THEME, SETTING, PLACED, EXTENT, ROLLING)
    }
)
"""By the names that templates use."""
