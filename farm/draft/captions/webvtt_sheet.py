"""The style sheet and the regions of a WebVTT file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from farm.draft.captions.caption import PLAIN, CaptionLook, Outline, RunStyle
from farm.draft.captions.css_color import css_color
from farm.draft.captions.markup import laid_over
from farm.draft.captions.told import Told

_SELECTOR: Final = re.compile(
    r"(?:video\s*)?::cue(?:\(\s*(?:c?(\.[\w-]+)|(b|i|u|s|c|ruby|rt))\s*\))?\Z", re.IGNORECASE
)
_SETTING: Final = re.compile(r"(\w+)\s*[:=]\s*(\S+)")
_PAIR: Final = re.compile(r"(\d{1,3}(?:\.\d{1,9})?)%,(\d{1,3}(?:\.\d{1,9})?)%\Z", re.ASCII)
_PLATE_PAD_EM: Final = 0.2
_SIZES: Final = re.compile(r"(\d{1,3}(?:\.\d{1,9})?)(%|em)\Z", re.ASCII)


@dataclass(slots=True)
class Sheet:
    """What style sheets of a file determine."""

    classes: dict[str, RunStyle] = field(default_factory=dict)
    """Styles of ``.class`` and of elements (``b``); the empty name is that of all cues."""
    look: CaptionLook | None = None
    """Background of all cues."""


@dataclass(frozen=True, slots=True)
class Region:
    """Part of the picture in which cues are shown; shares of the picture."""

    id: str
    """Its name."""
    left: float
    """Left edge."""
    bottom: float
    """Bottom edge."""
    width: float
    """Width."""


def read_sheet(css: str, sheet: Sheet, told: Told, source: str) -> None:
    """Add the rules of a style sheet to ``sheet``; others than colours and emphasis are told."""
    for rule in _without_comments(css).split("}"):
        selectors, brace, body = rule.partition("{")
        for selector in selectors.split(",") if brace else ():
            match = _SELECTOR.match(selector.strip())
            if match is None:
                told.add("rules for other than ::cue and ::cue(.class) are ignored", source, selector.strip())
                continue
            name = (match.group(1) or match.group(2) or "").lower() if not match.group(1) else match.group(1)
            style = _declared(body, sheet, name, told, source)
            sheet.classes[name] = laid_over(sheet.classes.get(name, PLAIN), style)


def _without_comments(css: str) -> str:
    kept, *rest = css.split("/*")
    return kept + "".join(part.partition("*/")[2] for part in rest)


def _declared(body: str, sheet: Sheet, name: str, told: Told, source: str) -> RunStyle:
    style = PLAIN
    for declaration in body.split(";"):
        key, _, value = (part.strip().lower() for part in declaration.partition(":"))
        value = value.removesuffix("!important").strip()
        if not key:
            continue
        plate = key in ("background", "background-color") and not name
        if key == "color" and (color := css_color(value)):
            style = laid_over(style, RunStyle(color=color))
        elif plate and (color := css_color(value)):
            sheet.look = CaptionLook(plate=Outline(color, _PLATE_PAD_EM))
        elif key == "font-weight" and (value in ("bold", "bolder") or value.isdecimal()):
            weight = 700 if not value.isdecimal() else max(100, min(900, int(value[:4])))
            style = laid_over(style, RunStyle(weight=weight))
        elif key == "font-style" and value in ("italic", "oblique"):
            style = laid_over(style, RunStyle(italic=True))
        elif key.startswith("text-decoration") and value in ("underline", "line-through"):
            style = laid_over(style, RunStyle(underline=value == "underline", strike=value != "underline"))
        elif key == "font-size" and name and (match := _SIZES.match(value)):
            share = float(match.group(1)) / (100 if match.group(2) == "%" else 1)
            style = laid_over(style, RunStyle(size=max(0.1, min(10.0, share))))
        else:
            told.add(
                "properties of the style sheet that have no counterpart are ignored",
                source,
                f"{key}: {value}",
            )
    return style


def read_region(text: str, told: Told, source: str) -> Region:
    """Return a region from its settings; scrolling is told."""
    given = {key.lower(): value for key, value in _SETTING.findall(text)}
    if given.get("scroll") == "up":
        told.add("scrolling regions stand still", source, given.get("id", ""))
    width = _share(given.get("width"), 1.0)
    lines = int(given["lines"]) if given.get("lines", "").isdecimal() else 3
    anchor, view = _pair(given.get("regionanchor")), _pair(given.get("viewportanchor"))
    height = lines * 0.0533
    left = view[0] - anchor[0] * width
    bottom = view[1] + (1 - anchor[1]) * height
    return Region(given.get("id", ""), max(0.0, left), min(1.0, bottom), width)


def _share(text: str | None, default: float) -> float:
    match = re.match(r"(\d{1,3}(?:\.\d{1,9})?)%\Z", text or "", re.ASCII)
    return min(1.0, float(match.group(1)) / 100) if match else default


def _pair(text: str | None) -> tuple[float, float]:
    match = _PAIR.match(text or "")
    if match is None:
        return 0.0, 1.0
    return min(1.0, float(match.group(1)) / 100), min(1.0, float(match.group(2)) / 100)
