"""ASS and SSA scripts (Advanced SubStation Alpha): their sections, styles and events, as captions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final

from farm.draft.captions.ass_style import (
    OLD_STYLE_FIELDS,
    STYLE_FIELDS,
    AssStyle,
    Script,
    number,
    parse_style,
    style_named,
)
from farm.draft.captions.ass_tags import BLOCK, Overrides
from farm.draft.captions.build import CaptionBuilder
from farm.draft.captions.caption import Caption
from farm.draft.captions.told import Told
from farm.errors import MediaError

_SECTION: Final = re.compile(r"\s*\[([^\]]{1,60})\]\s*\Z")
_HEADS: Final = re.compile(r"\s*\[\s*(?:script info|v4\+? styles\+?|events)\s*\]", re.IGNORECASE)
_TIME: Final = re.compile(r"\s*(-?)(\d{1,3}):(\d{1,2}):(\d{1,2})(?:[.,:](\d{1,9}))?\s*\Z", re.ASCII)
_USUAL_FIELDS: Final = """
layer start end style name marginl marginr marginv effect text
"""
_EVENT_FIELDS: Final = tuple(_USUAL_FIELDS.split())
_ESCAPES: Final = re.compile(r"\\[Nnh]")
_KARAOKE: Final = "karaoke"


def is_ass(lines: Sequence[str]) -> bool:
    """Whether a file is a script of ASS or SSA: its first section is one of theirs."""
    return any(_HEADS.match(line) for line in lines[:50])


@dataclass(slots=True)
class _Reader:
    """A script, read line by line."""

    name: str
    told: Told
    script: Script = field(default_factory=Script)
    styles: dict[str, AssStyle] = field(default_factory=dict)
    captions: list[Caption] = field(default_factory=list)
    section: str = ""
    style_fields: Sequence[str] = ()
    event_fields: Sequence[str] = _EVENT_FIELDS
    size: dict[str, float] = field(default_factory=dict)
    wraps: bool = True

    def read(self, lines: Sequence[str]) -> None:
        for index, line in enumerate(lines):
            if match := _SECTION.match(line):
                self._enter(match.group(1).strip().lower(), index)
                continue
            key, colon, value = line.partition(":")
            if not colon or line.lstrip().startswith(";") or self.section in ("fonts", "graphics"):
                continue
            key = key.strip().lower()
            match self.section:
                case "script info":
                    self._info(key, value)
                case "v4 styles" | "v4+ styles" | "v4++ styles" | "v4 styles+":
                    self._style(key, value, index)
                case "events":
                    self._event(key, value, index)

    def _enter(self, section: str, index: int) -> None:
        self.section = section
        old = section == "v4 styles"
        if "styles" in section:
            self.style_fields = OLD_STYLE_FIELDS if old else STYLE_FIELDS
        if section in ("fonts", "graphics"):
            what = "fonts" if section == "fonts" else "pictures"
            self.told.add(f"{what} within the file are not used", f"{self.name} line {index + 1}")

    def _info(self, key: str, value: str) -> None:
        if key in ("playresx", "playresy") and (size := number(value)) is not None and size > 0:
            self.size[key] = size
            self.script = _script(self.size.get("playresx"), self.size.get("playresy"))
        elif key == "wrapstyle":
            self.wraps = value.strip() != "2"
        elif key == "timer" and number(value) not in (None, 100):
            self.told.add("`Timer`, which changes the speed, is ignored", self.name, value.strip())

    def _style(self, key: str, value: str, index: int) -> None:
        if key == "format":
            self.style_fields = [one.strip().lower() for one in value.split(",")]
        elif key == "style":
            old = "alphalevel" in self.style_fields
            source = f"{self.name} line {index + 1}"
            values = value.split(",")
            name, style = parse_style(values, self.style_fields, old=old, told=self.told, source=source)
            self.styles[name] = style

    def _event(self, key: str, value: str, index: int) -> None:
        source = f"{self.name} line {index + 1}"
        if key == "format":
            fields = [one.strip().lower() for one in value.split(",")]
            missing = [one for one in ("start", "end", "text") if one not in fields]
            if missing:
                raise MediaError(f"{source}: `Format` of the events lacks {', '.join(missing)}")
            self.event_fields = fields
        elif key in ("picture", "sound", "movie", "command"):
            self.told.add(f"events of the kind {key.capitalize()} are not shown", source)
        elif key == "dialogue":
            self.captions.extend(self._dialogue(value, source))

    def _dialogue(self, value: str, source: str) -> Iterator[Caption]:
        values = value.split(",", len(self.event_fields) - 1)
        if len(values) < len(self.event_fields):
            raise MediaError(
                f"{source}: this event has {len(values)} fields instead of {len(self.event_fields)}: "
                f"{', '.join(self.event_fields)}"
            )
        given = dict(zip(self.event_fields, values, strict=True))
        start_s, end_s = _seconds(given["start"], source), _seconds(given["end"], source)
        base = style_named(self.styles, given.get("style", ""))
        if base is None or given.get("style", "").strip().lstrip("*") not in self.styles:
            self.told.add("events of an unknown style are drawn in `Default`", source, given.get("style", ""))
        effect = given.get("effect", "").strip()
        if (
            effect
            and effect.lower() != _KARAOKE
            and effect.split(";")[0].lower()
            in (
                "banner",
                "scroll up",
                "scroll down",
            )
        ):
            self.told.add("scrolling effects are not shown; the text stands still", source, effect)
        overrides = Overrides(self.script, base or AssStyle(), self.styles, self.told, source, start_s, end_s)
        overrides.wraps = self.wraps
        builder = CaptionBuilder()
        builder.style = overrides.run_style()
        drawn = self._text(given["text"], overrides, builder)
        runs = builder.runs()
        if drawn:
            told = (
                "drawings (\\p) are not shown" if runs else "captions that are drawings (\\p) are not shown"
            )
            self.told.add(told, source, given["text"])
        if not runs:
            return
        margins = tuple(number(given.get(one, "")) or 0.0 for one in ("marginl", "marginr", "marginv"))
        usual = overrides.base.margins
        own = tuple(one or other for one, other in zip(margins, usual, strict=True))
        yield Caption(
            start_s,
            end_s,
            runs,
            source,
            builder.timed(start_s, end_s),
            overrides.place((own[0], own[1], own[2])),
            replace(overrides.dressed, size=overrides.base.size).look(self.script) if base else None,
            overrides.fade_s,
            True,
            int(number(given.get("layer", "")) or 0),
            overrides.karaoke,
        )

    def _text(self, text: str, overrides: Overrides, builder: CaptionBuilder) -> bool:
        """Add an event's text; return whether there was a drawing in it."""
        drawn, signs = False, {"\\N": "\n", "\\h": "\u00a0"}
        for index, piece in enumerate(BLOCK.split(text)):
            if builder.is_full:
                break
            if index % 2:
                overrides.apply(piece, builder)
            elif overrides.drawing:
                drawn = drawn or bool(piece.strip())
            else:
                signs["\\n"] = " " if overrides.wraps else "\n"
                builder.add(_ESCAPES.sub(lambda match: signs[match.group()], piece))
        return drawn


def read_ass(lines: Sequence[str], name: str, told: Told) -> list[Caption]:
    """Return the events of a script that are shown, in file order.

    Args:
        lines: Its lines.
        name: Its name in messages.
        told: Collects what is not shown.

    Raises:
        MediaError: a line of events is not readable, or there is none; the message names the line.
    """
    reader = _Reader(name, told)
    reader.read(lines)
    if not reader.captions and not told.sentences():
        raise MediaError(f"{name} contains no events: Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,text")
    return reader.captions


def _script(width: float | None, height: float | None) -> Script:
    """Return the picture of a script, from one of its sides if only that is given, as players complete it."""
    if width is None and height is None:
        return Script()
    if width is None:
        assert height is not None
        return Script(1280 if height == 1024 else height * 4 / 3, height)
    if height is None:
        return Script(width, 1024 if width == 1280 else width * 3 / 4)
    return Script(width, height)


def _seconds(text: str, source: str) -> Fraction:
    match = _TIME.match(text)
    if match is None:
        raise MediaError(
            f"{source}: `{text.strip()[:60]}` is not a time; write hours:minutes:seconds.hundredths, e.g. 0:00:01.50"
        )
    sign, hours, minutes, seconds, rest = match.groups()
    total = (
        int(hours) * 3600 + int(minutes) * 60 + int(seconds) + Fraction(int(rest or 0), 10 ** len(rest or ""))
    )
    return -total if sign else total
