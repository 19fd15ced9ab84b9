"""SRT (SubRip): cues of a number, a line of times, and lines of text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from farm.draft.captions.ass_style import AssStyle, Script
from farm.draft.captions.ass_tags import Overrides
from farm.draft.captions.build import CaptionBuilder
from farm.draft.captions.caption import Caption, Place, RunStyle
from farm.draft.captions.markup import Markup
from farm.draft.captions.told import Told
from farm.errors import MediaError

_TIME = r"(-?)(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2})[,.:](\d{1,9})"
TIMES: Final = re.compile(rf"^\s*{_TIME}\s*-{{1,3}}>\s*{_TIME}(?=\s|$)", re.ASCII)
"""A line of times, also as it is found in the wild."""
_MEANT_AS_TIMES: Final = re.compile(r"^\s*-?\d+:\d.*-->|^\s*-->|-->\s*-?\d+:\d", re.ASCII)
_NUMBER: Final = re.compile(r"^\s*\d{1,7}\s*$", re.ASCII)
_SCRIPT: Final = Script()
"""Positions of ASS in SRT refer to a picture of 384x288, as in VSFilter and FFmpeg."""


def read_subrip(lines: Sequence[str], name: str, told: Told) -> list[Caption]:
    """Return the cues of an SRT file in file order. Numbers, hours and blank lines between cues are optional.

    Args:
        lines: Its lines.
        name: Its name in messages.
        told: Collects what is not shown.

    Raises:
        MediaError: a line of times is not readable, or there is none; the message names the line.
    """
    starts = time_lines(lines, name)
    numbered = starts[0] > 0 and bool(_NUMBER.match(lines[starts[0] - 1]))
    captions = []
    for first, stop in zip(starts, [*starts[1:], len(lines)], strict=True):
        body = lines[first + 1 : stop]
        if stop < len(lines):
            body = _without_number(body, numbered=numbered)
        captions.append(_cue(lines[first], body, f"{name} line {first + 1}", told))
    return captions


def time_lines(lines: Sequence[str], name: str) -> list[int]:
    """Return the indices of the lines of times of an SRT or WebVTT file, at least one.

    Raises:
        MediaError: there is none, or one is not readable.
    """
    starts = [index for index, line in enumerate(lines) if _is_times(line, name, index)]
    if not starts:
        raise MediaError(
            f"{name} contains no SRT cues: a number, a line of times (00:01,000 --> 00:02,500), text"
        )
    return starts


def times_of(line: str) -> tuple[Fraction, Fraction, str]:
    """Return (start, end, rest of the line) of a line of times."""
    match = TIMES.match(line)
    assert match is not None
    parts = match.groups()
    return _seconds(parts[:5]), _seconds(parts[5:]), line[match.end() :].strip()


def _is_times(line: str, name: str, index: int) -> bool:
    if "->" not in line:
        return False
    if TIMES.match(line):
        return True
    if _MEANT_AS_TIMES.search(line):
        raise MediaError(
            f"{name} line {index + 1}: `{line.strip()[:60]}` is not an SRT time line; "
            "write hours:minutes:seconds,milliseconds, e.g. 00:00:01,000 --> 00:00:02,500"
        )
    return False


def _cue(times: str, body: Sequence[str], source: str, told: Told) -> Caption:
    start_s, end_s, rest = times_of(times)
    if rest:
        told.add("what follows the times (coordinates, settings) is ignored in SRT", source, rest)
    overrides = Overrides(_SCRIPT, AssStyle(alignment=0), {}, told, source, start_s, end_s)
    builder = CaptionBuilder()
    markup = Markup(builder, told, source, override=lambda block: _override(block, overrides, builder))
    for line in body:
        markup.line(line, all_voices=False)
    place: Place | None = None
    if overrides.alignment or overrides.position:
        overrides.alignment = overrides.alignment or 2
        place = overrides.place((0.0, 0.0, 0.0))
    timed = builder.timed(start_s, end_s)
    return Caption(
        start_s,
        end_s,
        builder.runs(),
        source,
        timed,
        place,
        fade_s=overrides.fade_s,
        karaoke=overrides.karaoke,
    )


def _override(block: str, overrides: Overrides, builder: CaptionBuilder) -> None:
    """Apply a block of ASS tags: on top of what SRT's own tags determine."""
    kept = builder.style
    before = overrides.run_style()
    overrides.apply(block, builder)
    after = builder.style
    # Only what the block changes is taken over.
    builder.style = RunStyle(
        weight=after.weight if after.weight != before.weight else kept.weight,
        italic=after.italic if after.italic != before.italic else kept.italic,
        underline=after.underline if after.underline != before.underline else kept.underline,
        strike=after.strike if after.strike != before.strike else kept.strike,
        color=after.color if after.color != before.color else kept.color,
        family=after.family if after.family != before.family else kept.family,
        letter_spacing_em=(
            after.letter_spacing_em
            if after.letter_spacing_em != before.letter_spacing_em
            else kept.letter_spacing_em
        ),
    )


def _without_number(body: Sequence[str], *, numbered: bool) -> Sequence[str]:
    """Return a cue's lines without the last one if that is the number of the next cue."""
    if not body or not body[-1].strip():
        return body
    return body[:-1] if numbered and _NUMBER.match(body[-1]) else body


def _seconds(parts: tuple[str | None, ...]) -> Fraction:
    sign, hours, minutes, seconds, rest = (part or "" for part in parts)
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    total = whole + Fraction(int(rest), 10 ** len(rest))
    return -total if sign else total
