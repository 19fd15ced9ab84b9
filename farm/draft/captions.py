"""Captions: SRT files and cues become text clips."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

from farm.errors import MediaError

Cue = tuple[Fraction, Fraction, str]
"""(start, end, words) in seconds."""

_TIMES = re.compile(
    r"^\s*(\d+):(\d{1,2}):(\d{1,2})[,.](\d{1,3})\s*-->\s*(\d+):(\d{1,2}):(\d{1,2})[,.](\d{1,3})"
)
_TAGS = re.compile(r"</?[a-zA-Z][^>]*>|\{\\[^}]*\}")


def read_srt(path: Path) -> list[Cue]:
    """Return the cues of an SRT file; formatting tags are dropped.

    Raises:
        MediaError: not readable as SRT; the message names the line.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MediaError(f"{path.name} is not UTF-8 text: save the SRT file as UTF-8") from error
    except OSError as error:
        raise MediaError(f"{path.name} cannot be read: {error.strerror}") from error
    cues: list[Cue] = []
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    index = 0
    while index < len(lines):
        match = _TIMES.match(lines[index])
        if match is None:
            if "-->" in lines[index]:
                raise MediaError(
                    f"{path.name} line {index + 1}: `{lines[index].strip()}` is not an SRT time line"
                )
            index += 1
            continue
        start, end = _seconds(match.groups()[:4]), _seconds(match.groups()[4:])
        index += 1
        words: list[str] = []
        while index < len(lines) and lines[index].strip() and not _TIMES.match(lines[index]):
            words.append(_TAGS.sub("", lines[index]).strip())
            index += 1
        spoken = "\n".join(word for word in words if word)
        if spoken:
            cues.append((start, end, spoken))
    if not cues:
        raise MediaError(f"{path.name} holds no SRT cues")
    return cues


def _seconds(parts: tuple[str, ...]) -> Fraction:
    hours, minutes, seconds, millis = parts
    return Fraction(int(hours) * 3600 + int(minutes) * 60 + int(seconds)) + Fraction(
        int(millis.ljust(3, "0")), 1000
    )
