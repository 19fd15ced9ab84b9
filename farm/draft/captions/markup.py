"""The tags of SRT and WebVTT within a line of text: emphasis, colours, voices, ruby, times."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from html.entities import html5
from typing import Final

from farm.draft.captions.build import CaptionBuilder
from farm.draft.captions.caption import RunStyle
from farm.draft.captions.css_color import css_color
from farm.draft.captions.told import Told

_TAGS: Final = re.compile(
    # Formatting tags only: `a<b and c>d` is spoken text.
    # A class list is matched as one dot and a flat character class: nested repetition would backtrack
    # exponentially on `<b.....`.
    r"<(?P<shut>/)?(?P<plain>b|i|u|s|em|strong|ruby|rt)(?P<kinds>\.[\w.-]+)?\s*/?>"
    r"|<(?P<open>font|span|p|div)(?P<fields>(?:\s+[\w-]+\s*=[^<>]*)?)>|</(?P<close>font|span|p|div|c|v|lang)(?:\.[\w.-]+)?\s*>"
    r"|<c(?P<classes>\.[\w.-]+)>|(?P<class><c>)|<lang\s+[\w-]+>"
    r"|^\s*(?:-\s*)?<v(?:\.[\w.-]+)?\s[^<>]+>|(?P<voice><v(?:\.[\w.-]+)?\s[^<>]+>)"
    r"|<(?P<time>\d+:\d[\d:.]*)>"
    r"|\{(?P<override>\\[^{}]*)\}|\{(?P<brace>/?[biu])\}",
    re.IGNORECASE,
)
VOICE: Final = re.compile(r"<v(?:\.[\w.-]+)?\s+([^<>]+)>", re.IGNORECASE)
"""Who speaks, in WebVTT."""
_BREAK: Final = re.compile(r"<br\s*/?>|\\N", re.IGNORECASE)
_FIELD: Final = re.compile(r"([\w-]+)\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)")
_STAMP: Final = re.compile(r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})\.(\d{1,9})\Z", re.ASCII)
_ENTITY: Final = re.compile(r"&(?:#[xX]([0-9a-fA-F]{1,6})|#(\d{1,7})|([a-zA-Z][a-zA-Z0-9]{1,30}));")

_EMPHASIS: Final[dict[str, Callable[[RunStyle], RunStyle]]] = {
    "b": lambda style: replace(style, weight=700),
    "strong": lambda style: replace(style, weight=700),
    "i": lambda style: replace(style, italic=True),
    "em": lambda style: replace(style, italic=True),
    "u": lambda style: replace(style, underline=True),
    "s": lambda style: replace(style, strike=True),
}
CLASS_COLORS: Final = {
    "white": "#ffffff", "lime": "#00ff00", "cyan": "#00ffff", "red": "#ff0000", "yellow": "#ffff00",
    "magenta": "#ff00ff", "blue": "#0000ff", "black": "#000000",
}  # fmt: skip
"""Colours of WebVTT's own classes (its default style sheet)."""


@dataclass(slots=True)
class Markup:
    """Reads the text of one cue."""

    builder: CaptionBuilder
    """Receives the text."""
    told: Told
    """Collects what is not shown."""
    source: str
    """Where the cue was written."""
    paint: Mapping[str, RunStyle] = field(default_factory=dict)
    """Styles of classes and elements (``.name``, ``b``) that the file's style sheet determines."""
    override: Callable[[str], None] | None = None
    """Applies a block of ASS tags without its braces, which SRT files contain."""
    _open: list[tuple[str, RunStyle]] = field(default_factory=list)
    _hidden: int = 0

    def line(self, line: str, *, all_voices: bool) -> None:
        """Add a line of text.

        Args:
            line: With its tags.
            all_voices: Whether every ``<v Name>`` is a tag; otherwise one that is not closed may be text.
        """
        if all_voices and (match := VOICE.search(line)):
            self.told.add("names of speakers (<v …>) are not shown", self.source, match.group(1))
            line = VOICE.sub("", line)
        for part in _BREAK.split(line):
            self._part(part)
            self.builder.add("\n")

    def _part(self, line: str) -> None:
        folded = line.lower()
        last = {"class": folded.rfind("</c>"), "voice": folded.rfind("</v>")}
        at = 0
        for match in _TAGS.finditer(line):
            if self.builder.is_full:
                return
            # Without a closing tag after them these are text: `<c>` may also denote a key.
            if match.end() > last.get(match.lastgroup or "", len(line)):
                continue
            self._words(line[at : match.start()])
            at = match.end()
            self._tag(match)
        self._words(line[at:])

    def _words(self, text: str) -> None:
        if self._hidden or not text:
            return
        self.builder.add(_ENTITY.sub(_character, text) if "&" in text else text)

    def _tag(self, match: re.Match[str]) -> None:
        found = match.groupdict()
        if found["time"]:
            stamp = _STAMP.match(found["time"])
            if stamp is None:
                self.told.add("times of words that are none are ignored", self.source, match.group())
            else:
                self.builder.mark(_seconds(stamp))
        elif found["override"]:
            if self.override is not None:
                self.override(found["override"])
            else:
                self.told.add("override tags in braces are ignored in WebVTT", self.source, match.group())
        elif brace := found["brace"]:
            self._emphasise(brace.lstrip("/").lower(), closing=brace.startswith("/"))
        elif plain := found["plain"]:
            self._emphasise(plain.lower(), closing=bool(found["shut"]), classes=found["kinds"] or "")
        elif found["open"]:
            self._push(found["open"].lower(), self._of_fields(found["open"].lower(), found["fields"]))
        elif found["close"]:
            self._pop(found["close"].lower())
        elif found["classes"] or found["class"]:
            self._push("c", self._classed(self.builder.style, found["classes"] or ""))

    def _emphasise(self, name: str, *, closing: bool, classes: str = "") -> None:
        if name == "rt":
            # A reading beside its characters would need a line of its own above them.
            self._hidden = 0 if closing else 1
            if not closing:
                self.told.add("readings of characters (<rt>) are not shown", self.source)
        elif closing:
            self._hidden = 0 if name == "ruby" else self._hidden
            self._pop(name)
        else:
            change = _EMPHASIS.get(name)
            style = change(self.builder.style) if change is not None else self.builder.style
            style = laid_over(style, self.paint.get(name))
            self._push(name, self._classed(style, classes))

    def _classed(self, style: RunStyle, classes: str) -> RunStyle:
        for name in filter(None, classes.split(".")):
            if (known := self.paint.get(f".{name}")) is not None:
                style = laid_over(style, known)
            elif color := CLASS_COLORS.get(name):
                style = replace(style, color=color)
            elif name.removeprefix("bg_") in CLASS_COLORS:
                self.told.add("backgrounds of words are not shown", self.source, f".{name}")
            elif color := _hex_class(name):
                style = replace(style, color=color)
            else:
                self.told.add("classes without a known style are ignored", self.source, f".{name}")
        return style

    def _of_fields(self, name: str, fields: str) -> RunStyle:
        style = self.builder.style
        for key, quoted in _FIELD.findall(fields):
            value, key = quoted.strip("\"'"), key.lower()
            if name == "font" and key == "color":
                color = css_color(value)
                if color is None:
                    self.told.add("colours that are none are ignored", self.source, value)
                else:
                    style = replace(style, color=color)
            elif name == "font" and key == "face":
                style = replace(style, family=value)
            elif name == "font" and key == "size":
                self.told.add("font sizes are those of the text style", self.source, value)
            else:
                self.told.add(f"fields of <{name}> are ignored", self.source, f"{key}={value}")
        return style

    def _push(self, name: str, style: RunStyle) -> None:
        self._open.append((name, self.builder.style))
        self.builder.style = style

    def _pop(self, name: str) -> None:
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index][0] == name:
                self.builder.style = self._open[index][1]
                del self._open[index:]
                return


def laid_over(style: RunStyle, over: RunStyle | None) -> RunStyle:
    """Return a style with what another one determines."""
    if over is None:
        return style
    return RunStyle(
        over.weight or style.weight,
        over.italic or style.italic,
        over.underline or style.underline,
        over.strike or style.strike,
        over.color or style.color,
        over.family or style.family,
        over.size * style.size,
        over.letter_spacing_em if over.letter_spacing_em is not None else style.letter_spacing_em,
    )


def _hex_class(name: str) -> str | None:
    """Return the colour of a class such as ``colorE5E5E5``, which recorded broadcasts have."""
    match = re.match(r"color([0-9a-fA-F]{6})\Z", name)
    return f"#{match.group(1).lower()}" if match else None


def _character(match: re.Match[str]) -> str:
    """Return the character of an entity of HTML; one that is none stays as it is."""
    base16, base10, name = match.groups()
    if name is not None:
        return html5.get(f"{name};", match.group())
    code = int(base16, 16) if base16 else int(base10)
    allowed = code in (9, 10) or 32 <= code < 0xD800 or 0xE000 <= code <= 0x10FFFF
    return chr(code) if allowed else match.group()


def _seconds(stamp: re.Match[str]) -> Fraction:
    hours, minutes, seconds, rest = stamp.groups()
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + Fraction(int(rest), 10 ** len(rest))
