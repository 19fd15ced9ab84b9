"""Styles of ASS and SSA scripts, and the values that they are made of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from farm.draft.captions.caption import CaptionLook, Outline
from farm.draft.captions.told import Told
from farm.model.color import Color

EM_PER_SIZE: Final = 0.9
"""Font sizes in ASS are those of VSFilter: the height of a line of glyphs, which for Arial is 1.12 em."""
ALIGNMENTS: Final = {str(value): value for value in range(1, 10)}
"""Alignments as on a numeric keypad."""
OLD_ALIGNMENTS: Final = {
    "1": 1, "2": 2, "3": 3, "5": 7, "6": 8, "7": 9, "9": 4, "10": 5, "11": 6,
}  # fmt: skip
"""Alignments of SSA: 1 to 3 at the bottom, 4 more at the top, 8 more in the middle."""
_NUMBER: Final = re.compile(r"\s*([+-]?(?:\d{1,12}(?:\.\d{0,9})?|\.\d{1,9}))", re.ASCII)
_HEX: Final = re.compile(r"\s*&?[Hh]?([0-9a-fA-F]{1,12})&?\s*\Z")
_DECIMAL: Final = re.compile(r"\s*(-?\d{1,12})\s*\Z", re.ASCII)


def number(text: str) -> float | None:
    """Return the number that ``text`` begins with; None if there is none."""
    match = _NUMBER.match(text)
    return float(match.group(1)) if match else None


def parse_color_value(text: str) -> int | None:
    """Return a colour (or alpha) as the number that ``&HBBGGRR&``, ``BBGGRR`` or a decimal of SSA means."""
    if "h" not in text.lower() and "&" not in text and (match := _DECIMAL.match(text)) and len(text) != 6:
        return int(match.group(1)) & 0xFFFFFFFF
    match = _HEX.match(text)
    return int(match.group(1), 16) & 0xFFFFFFFF if match else None


@dataclass(frozen=True, slots=True)
class AssColor:
    """A colour; parts 0 to 255."""

    red: int
    """Red."""
    green: int
    """Green."""
    blue: int
    """Blue."""
    alpha: int = 0
    """Transparency: 255 is invisible."""

    def hex(self) -> str:
        """Return ``#rrggbb``, or ``#rrggbbaa`` if not opaque."""
        return Color(self.red, self.green, self.blue, 255 - self.alpha).hex()


@dataclass(frozen=True, slots=True)
class Script:
    """The picture that a script's pixels refer to."""

    width: float = 384.0
    """PlayResX."""
    height: float = 288.0
    """PlayResY."""


@dataclass(frozen=True, slots=True)
class AssStyle:
    """A style of a script; None for colours that it does not determine."""

    family: str = ""
    """Font family."""
    size: float = 18.0
    """Font size as written."""
    primary: AssColor | None = None
    """Fill."""
    secondary: AssColor | None = None
    """Fill of what is not yet sung."""
    outline_color: AssColor | None = None
    """Outline."""
    back: AssColor | None = None
    """Shadow, and box of border style 4."""
    weight: int | None = None
    """100 to 900."""
    italic: bool = False
    """Slanted."""
    underline: bool = False
    """Underlined."""
    strike: bool = False
    """Struck out."""
    spacing: float = 0.0
    """Extra space between letters in the script's pixels."""
    border_style: int = 1
    """1 outline, 3 a box in the outline's colour, 4 a box in the shadow's."""
    outline: float = 0.0
    """Width of the outline, or padding of the box."""
    shadow: float = 0.0
    """Offset of the shadow."""
    alignment: int = 2
    """As on a numeric keypad."""
    margins: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Left, right and vertical."""

    @property
    def em(self) -> float:
        """Height of an em in the script's pixels."""
        return self.size * EM_PER_SIZE

    def look(self, script: Script) -> CaptionLook:
        """Return outline, shadow, box and size of a caption in this style."""
        em = max(1e-6, self.em)
        outline = shadow = plate = None
        if self.border_style in (3, 4):
            paint = self.outline_color if self.border_style == 3 else self.back
            plate = Outline((paint or AssColor(0, 0, 0)).hex(), min(2.0, self.outline / em))
        elif self.outline > 0:
            outline = Outline((self.outline_color or AssColor(0, 0, 0)).hex(), min(0.5, self.outline / em))
        if self.shadow > 0 and self.border_style != 4:
            shadow = Outline((self.back or AssColor(0, 0, 0)).hex(), min(1.0, self.shadow / em))
        size = em / min(script.width, script.height)
        return CaptionLook(size, outline, shadow, plate, bare=True)


_STYLE_FIELDS_WORDS: Final = """
name fontname fontsize primarycolour secondarycolour outlinecolour backcolour bold italic underline
strikeout scalex scaley spacing angle borderstyle outline shadow alignment marginl marginr marginv
encoding
"""
STYLE_FIELDS: Final = tuple(_STYLE_FIELDS_WORDS.split())
"""Fields of a style of ASS where the script does not list them."""
_OLD_STYLE_FIELDS_WORDS: Final = """
name fontname fontsize primarycolour secondarycolour tertiarycolour backcolour bold italic borderstyle
outline shadow alignment marginl marginr marginv alphalevel encoding
"""
OLD_STYLE_FIELDS: Final = tuple(_OLD_STYLE_FIELDS_WORDS.split())
"""Fields of a style of SSA."""


def parse_style(
    values: Sequence[str], fields: Sequence[str], *, old: bool, told: Told, source: str
) -> tuple[str, AssStyle]:
    """Return (name, style) of a line of the styles section; fields that are none get defaults and are told."""
    given = dict(zip(fields, (value.strip() for value in values), strict=False))
    name = given.get("name", "").lstrip("*")

    def read(field: str, default: float) -> float:
        text = given.get(field, "")
        value = number(text)
        if value is None and text:
            told.add("fields of styles that are no numbers get defaults", source, f"{field}: {text}")
        return default if value is None else value

    def paint(*names: str) -> AssColor | None:
        for one in names:
            if (value := parse_color_value(given.get(one, ""))) is not None:
                return AssColor(value & 0xFF, value >> 8 & 0xFF, value >> 16 & 0xFF, value >> 24 & 0xFF)
        return None

    bold = read("bold", 0)
    scale_x, scale_y = read("scalex", 100), read("scaley", 100)
    if scale_x != scale_y:
        told.add("separate width and height of letters (ScaleX, ScaleY) are not shown", source, name)
    if read("angle", 0):
        told.add("rotation (Angle) is not shown", source, name)
    known = OLD_ALIGNMENTS if old else ALIGNMENTS
    style = AssStyle(
        family=given.get("fontname", "").removeprefix("@"),
        size=max(0.1, read("fontsize", 18) * (scale_x / 100 if scale_x == scale_y and scale_x > 0 else 1)),
        primary=paint("primarycolour"),
        secondary=paint("secondarycolour"),
        # SSA draws the outline in the colour of the shadow.
        outline_color=paint("backcolour") if old else paint("outlinecolour", "tertiarycolour"),
        back=paint("backcolour"),
        weight=700 if bold in (-1, 1) else 400 if bold == 0 else int(max(100, min(900, bold))),
        italic=bool(read("italic", 0)),
        underline=bool(read("underline", 0)),
        strike=bool(read("strikeout", 0)),
        spacing=read("spacing", 0),
        border_style=int(read("borderstyle", 1)),
        outline=max(0.0, read("outline", 0)),
        shadow=max(0.0, read("shadow", 0)),
        alignment=known.get(given.get("alignment", ""), 2),
        margins=(read("marginl", 0), read("marginr", 0), read("marginv", 0)),
    )
    return name, style


def style_named(styles: Mapping[str, AssStyle], name: str) -> AssStyle | None:
    """Return the style that an event names; ``Default`` stands in for unknown ones, as in players."""
    plain = name.strip().lstrip("*")
    return styles.get(plain) or styles.get("Default")
