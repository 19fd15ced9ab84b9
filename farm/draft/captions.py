"""Caption files: reads SRT, and WebVTT (often renamed to .srt), into cues."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

from farm.draft.caption_encoding import decode_captions
from farm.errors import MediaError


@dataclass(frozen=True, slots=True)
class Cue:
    """One caption as written."""

    start_s: Fraction
    """When it appears."""
    end_s: Fraction
    """When it disappears; not yet checked to be after the start."""
    words: str
    """Its text; line feeds separate lines."""
    place: str
    """Where it was written, for messages: ``talk.srt line 5`` or ``cues[2]``."""


_TIME = r"(-?)(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2})[,.:](\d{1,9})"
_TIMES: Final = re.compile(rf"^\s*{_TIME}\s*-{{1,3}}>\s*{_TIME}(?=\s|$)", re.ASCII)
_MEANT_AS_TIMES: Final = re.compile(r"^\s*-?\d+:\d.*-->|^\s*-->|-->\s*-?\d+:\d", re.ASCII)
_NUMBER: Final = re.compile(r"^\s*\d{1,7}\s*$", re.ASCII)
_BLOCKS: Final = re.compile(r"^(NOTE|STYLE|REGION)(\s|$)")
"""WebVTT blocks that are not cues."""

_TAGS: Final = re.compile(
    # Formatting tags only: `a<b and c>d` is spoken text.
    # A class list is matched as one dot and a flat character class: nested repetition would backtrack
    # exponentially on `<b.....`.
    r"</?(?:b|i|u|s|em|strong|ruby|rt)(?:\.[\w.-]+)?\s*/?>"
    r"|<(?:font|span|p|div)(?:\s+[\w-]+\s*=[^<>]*)?>|</(?:font|span|p|div|c|v|lang)\s*>"
    r"|<c\.[\w.-]+>|(?P<class><c>)|<lang\s+[\w-]+>"
    r"|^\s*(?:-\s*)?<v(?:\.[\w.-]+)?\s[^<>]+>|(?P<voice><v(?:\.[\w.-]+)?\s[^<>]+>)"
    r"|<\d+:\d[\d:.]*>"
    r"|\{\\[^{}]*\}|\{/?[biu]\}",
    re.IGNORECASE,
)
_VOICE: Final = re.compile(r"<v(?:\.[\w.-]+)?\s[^<>]+>", re.IGNORECASE)
_BREAK: Final = re.compile(r"<br\s*/?>|\\N", re.IGNORECASE)
_ENTITIES: Final = {
    "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&#39;": "'", "&nbsp;": "\u00a0",
    "&lrm;": "\u200e", "&rlm;": "\u200f", "&amp;": "&",
}  # fmt: skip
"""WebVTT's entities; ``&amp;`` comes last, so that ``&amp;lt;`` becomes ``&lt;``."""


def read_captions(path: Path, name: str) -> tuple[list[Cue], str]:
    """Return the cues of a caption file in file order, without formatting tags, and its encoding if not Unicode.

    Cue numbers, hours and blank lines between cues are optional; anything after the times is ignored.

    Args:
        path: The file.
        name: Its name in messages.

    Raises:
        MediaError: the file is not readable as SRT; the message names the line.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise MediaError(f"{name} cannot be read: {error.strerror}") from error
    text, encoding = decode_captions(data, name)
    lines = re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))
    webvtt = lines[0].startswith("WEBVTT")
    starts = [index for index, line in enumerate(lines) if _is_times(line, name, index)]
    if not starts:
        raise MediaError(
            f"{name} contains no SRT cues: a number, a line of times (00:01,000 --> 00:02,500), text"
        )
    numbered = starts[0] > 0 and bool(_NUMBER.match(lines[starts[0] - 1]))
    cues = []
    for first, stop in zip(starts, [*starts[1:], len(lines)], strict=True):
        match = _TIMES.match(lines[first])
        assert match is not None
        body = lines[first + 1 : stop]
        if stop < len(lines):
            body = _without_name(body, numbered=numbered, webvtt=webvtt)
        words = "\n".join(_spoken(body, webvtt))
        parts = match.groups()
        cues.append(Cue(_seconds(parts[:5]), _seconds(parts[5:]), words, f"{name} line {first + 1}"))
    return cues, encoding


def _is_times(line: str, name: str, index: int) -> bool:
    if _TIMES.match(line):
        return True
    if _MEANT_AS_TIMES.search(line):
        raise MediaError(
            f"{name} line {index + 1}: `{line.strip()[:60]}` is not an SRT time line; "
            "write hours:minutes:seconds,milliseconds, e.g. 00:00:01,000 --> 00:00:02,500"
        )
    return False


def _without_name(body: list[str], *, numbered: bool, webvtt: bool) -> list[str]:
    """Return a cue's lines without the last one if that is the number or (in WebVTT) the name of the next cue."""
    if not body or not body[-1].strip():
        return body
    is_named = webvtt and (len(body) == 1 or not body[-2].strip())
    return body[:-1] if is_named or (numbered and _NUMBER.match(body[-1])) else body


def _spoken(body: list[str], webvtt: bool) -> Iterator[str]:
    """Yield the lines of text, without tags."""
    skips = False
    for line in body:
        if webvtt:
            # A comment or style block extends to the next blank line, as a cue does; no cue text follows it.
            skips = bool(line.strip()) and (skips or bool(_BLOCKS.match(line)))
            if skips:
                continue
            line = _VOICE.sub("", line)
        for part in _BREAK.split(line):
            words = _without_tags(part)
            for entity, char in _ENTITIES.items():
                words = words.replace(entity, char)
            if words.strip():
                yield words.strip()


def _without_tags(line: str) -> str:
    folded = line.lower()
    last = {"class": folded.rfind("</c>"), "voice": folded.rfind("</v>")}

    def kept(match: re.Match[str]) -> str:
        # Without a closing tag after them these are text: `<c>` may also denote a key.
        return match.group() if match.end() > last.get(match.lastgroup or "", len(line)) else ""

    return _TAGS.sub(kept, line)


def _seconds(parts: tuple[str | None, ...]) -> Fraction:
    sign, hours, minutes, seconds, rest = (part or "" for part in parts)
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    total = whole + Fraction(int(rest), 10 ** len(rest))
    return -total if sign else total
