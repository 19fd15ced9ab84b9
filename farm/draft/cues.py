"""Settling cues: each is shown alone and long enough to be read; every change is reported as a warning."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction
from typing import Final

from farm.draft.captions import Cue

MAX_CAPTION: Final = 500
"""Characters; longer captions are refused."""
READABLE_S: Final = Fraction(1, 2)
"""A caption that the next one would cut to less than this, and to less than half its length, is merged with it."""
_NAMED: Final = 3
"""Captions named in one warning; the rest are only counted."""


class _Fate(Enum):
    """What happened to a cue that is not shown as written: (singular, plural)."""

    CUT = "overlaps the next one and ends where that begins", "overlap the next one and end where that begins"
    JOINED = (
        "begins so shortly after the one before it that both are shown together",
        "begin so shortly after the one before that both are shown together",
    )
    CLIPPED = (
        "begins before the video does and is shown from its start",
        "begin before the video does and are shown from its start",
    )
    EARLY = (
        "is over before the video begins and is not shown",
        "are over before the video begins and are not shown",
    )
    LATE = "begins after the video's end and is not shown", "begin after the video's end and are not shown"
    EMPTY = "does not last longer than 0 and is not shown", "do not last longer than 0 and are not shown"
    BRIEF = (
        "would be visible for less than a frame and is not shown",
        "would be visible for less than a frame",
    )


@dataclass(frozen=True, slots=True)
class Settled:
    """Cues that do not overlap."""

    cues: tuple[Cue, ...]
    """In order of time, without overlaps."""
    warnings: tuple[str, ...]
    """Deviations from the file or document, one sentence per kind."""


def settle(cues: Iterable[Cue], end_s: Fraction, frame_s: Fraction) -> Settled:
    """Return the cues that a video of length ``end_s`` shows, in order and without overlaps.

    A cue that overlaps the next one ends where that begins, whether the overlap is a millisecond, as speech
    recognisers produce, or seconds. If too little of it would be left to read, both are shown together, the earlier
    one above. Empty cues are dropped; cues of no length or past the video's end are dropped with a warning.

    Args:
        cues: As written, in any order.
        end_s: The video's length.
        frame_s: The length of a frame.
    """
    changed: dict[_Fate, list[Cue]] = {}
    shown: list[Cue] = []
    for cue in sorted((one for one in cues if one.words), key=lambda one: (one.start_s, one.end_s)):
        fate, affected = _place(shown, cue, end_s, frame_s)
        if fate is not None:
            changed.setdefault(fate, []).append(affected)
    return Settled(tuple(shown), tuple(_sentence(fate, those) for fate, those in changed.items()))


def _place(shown: list[Cue], cue: Cue, end_s: Fraction, frame_s: Fraction) -> tuple[_Fate | None, Cue]:
    """Add a cue to ``shown``; return what had to be done, if anything, and the affected cue."""
    if cue.end_s <= cue.start_s:
        return _Fate.EMPTY, cue
    if cue.end_s <= 0:
        return _Fate.EARLY, cue
    if cue.start_s >= end_s:
        return _Fate.LATE, cue
    if cue.end_s - max(Fraction(0), cue.start_s) < frame_s:
        return _Fate.BRIEF, cue
    fate, affected = (_Fate.CLIPPED, cue) if cue.start_s < 0 else (None, cue)
    placed = replace(cue, start_s=max(Fraction(0), cue.start_s))
    if shown and shown[-1].end_s > placed.start_s:
        last = shown.pop()
        left_s = placed.start_s - last.start_s
        together = f"{last.words}\n{placed.words}"
        unread = left_s < READABLE_S and 2 * left_s < last.end_s - last.start_s
        if unread and len(together) <= MAX_CAPTION:
            placed = replace(last, end_s=max(last.end_s, placed.end_s), words=together)
            fate, affected = _Fate.JOINED, cue
        else:
            # If both are too long to be merged, nothing may be left of the earlier one.
            fate, affected = (_Fate.CUT if left_s >= frame_s else _Fate.BRIEF), last
            shown += [replace(last, end_s=placed.start_s)] if left_s >= frame_s else []
    shown.append(placed)
    return fate, affected


def _sentence(fate: _Fate, cues: list[Cue]) -> str:
    one, several = fate.value
    named = ", ".join(_name(cue) for cue in cues[:_NAMED])
    more = f" and {len(cues) - _NAMED} more" if len(cues) > _NAMED else ""
    what = f"a caption {one}" if len(cues) == 1 else f"{len(cues)} captions {several}"
    return f"{what}: {named}{more}"


def _name(cue: Cue) -> str:
    words = " ".join(cue.words.split())
    shown = words if len(words) <= 20 else f"{words[:19]}…"
    return f"`{shown}` at {float(cue.start_s):g} s ({cue.place})"
