"""Settling captions: those in the same place are shown one at a time and long enough to be read.

Every change is reported as a warning.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction
from typing import Final
from unicodedata import category

from farm.draft.captions.caption import Caption, Place, Run
from farm.model.caption_document import MAX_CAPTION

READABLE_S: Final = Fraction(1, 2)
"""A caption that the next one would cut to less than this, and to less than half its length, is merged with it."""
_ROWS: Final = 3
"""Captions that are stacked in one place at most."""
_NAMED: Final = 3
"""Captions named in one warning; the rest are only counted."""


class _Fate(Enum):
    """What happened to a caption that is not shown as written: (singular, plural)."""

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
    TWICE = (
        "is there twice, in the same place at the same time, and is shown once",
        "are there twice, in the same place at the same time, and are shown once",
    )


@dataclass(frozen=True, slots=True)
class Settled:
    """Captions of which those in the same place do not overlap."""

    captions: tuple[Caption, ...]
    """In order of time."""
    warnings: tuple[str, ...]
    """Deviations from the file or document, one sentence per kind."""


def settle(captions: Iterable[Caption], end_s: Fraction, frame_s: Fraction) -> Settled:
    """Return the captions that a video of length ``end_s`` shows, in order; in each place one at a time.

    A caption that overlaps the next one in its place ends where that begins, whether the overlap is a millisecond, as
    speech recognisers produce, or seconds. If too little of it would be left to read, both are shown together, the
    earlier one above. Captions of ASS are stacked instead, as its players do. Captions in other places (at the top, or
    where their file puts them) do not matter to it.
    Captions of no length or past the video's end are dropped with a warning; of equal ones that lie on each other, as
    scripts draw glows, the uppermost is kept.

    Args:
        captions: As written, in any order.
        end_s: The video's length.
        frame_s: The length of a frame.
    """
    changed: dict[_Fate, list[Caption]] = {}
    lanes: dict[Place | None, list[Caption]] = {}
    known: dict[tuple[object, ...], Caption] = {}
    ordered = sorted(
        (one for one in captions if one.text), key=lambda one: (one.start_s, one.end_s, -one.layer)
    )
    for caption in ordered:
        same = caption.start_s, caption.end_s, caption.text, caption.place
        if same in known:
            changed.setdefault(_Fate.TWICE, []).append(caption)
            continue
        known[same] = caption
        caption = _stacked(caption, lanes)
        fate, affected = _put(lanes.setdefault(caption.place, []), caption, end_s, frame_s)
        if fate is not None:
            changed.setdefault(fate, []).append(affected)
    shown = sorted(
        (one for lane in lanes.values() for one in lane), key=lambda one: (one.start_s, one.layer, one.end_s)
    )
    return Settled(tuple(shown), tuple(_sentence(fate, those) for fate, those in changed.items()))


def _stacked(caption: Caption, lanes: Mapping[Place | None, list[Caption]]) -> Caption:
    """Return a caption in the first row of its place that is free, if it is one of those that are stacked."""
    place = caption.place or Place()
    if not caption.stacks or place.y is not None:
        return caption
    for row in range(_ROWS):
        free = caption.place if row == 0 else replace(place, row=row)
        lane = lanes.get(free)
        if not lane or lane[-1].end_s - caption.start_s < READABLE_S:
            return replace(caption, place=free)
    return caption


def _put(
    shown: list[Caption], caption: Caption, end_s: Fraction, frame_s: Fraction
) -> tuple[_Fate | None, Caption]:
    """Add a caption to ``shown``; return what had to be done, if anything, and the affected caption."""
    if caption.end_s <= caption.start_s:
        return _Fate.EMPTY, caption
    if caption.end_s <= 0:
        return _Fate.EARLY, caption
    if caption.start_s >= end_s:
        return _Fate.LATE, caption
    if caption.end_s - max(Fraction(0), caption.start_s) < frame_s:
        return _Fate.BRIEF, caption
    fate, affected = (_Fate.CLIPPED, caption) if caption.start_s < 0 else (None, caption)
    placed = replace(caption, start_s=max(Fraction(0), caption.start_s))
    if shown and shown[-1].end_s > placed.start_s:
        last = shown.pop()
        left_s = placed.start_s - last.start_s
        unread = left_s < READABLE_S and 2 * left_s < last.end_s - last.start_s
        if unread and len(last.text) + 1 + len(placed.text) <= MAX_CAPTION:
            placed = _together(last, placed)
            fate, affected = _Fate.JOINED, caption
        else:
            # If both are too long to be merged, nothing may be left of the earlier one.
            fate, affected = (_Fate.CUT if left_s >= frame_s else _Fate.BRIEF), last
            shown += [replace(last, end_s=placed.start_s)] if left_s >= frame_s else []
    shown.append(placed)
    return fate, affected


def _together(above: Caption, below: Caption) -> Caption:
    """Return two captions as one of several lines; their words are spoken in the order of their lines."""
    shift = len(above.text) + 1
    timed = above.timed
    if above.timed and below.timed:
        timed += tuple(replace(one, first=one.first + shift, stop=one.stop + shift) for one in below.timed)
    elif below.timed:
        timed = ()
    runs = (*above.runs, Run("\n", above.runs[-1].style), *below.runs)
    return replace(above, end_s=max(above.end_s, below.end_s), runs=runs, timed=timed)


def _sentence(fate: _Fate, captions: list[Caption]) -> str:
    one, several = fate.value
    what = f"a caption {one}" if len(captions) == 1 else f"{len(captions)} captions {several}"
    return f"{what}: {named(captions)}"


def named(captions: list[Caption]) -> str:
    """Return the first captions of a list for a message, and how many more there are."""
    names = ", ".join(_name(caption) for caption in captions[:_NAMED])
    more = f" and {len(captions) - _NAMED} more" if len(captions) > _NAMED else ""
    return f"{names}{more}"


def _name(caption: Caption) -> str:
    seen = "".join(char for char in caption.text if category(char) != "Cf")
    words = " ".join(seen.split())
    shown = words if len(words) <= 20 else f"{words[:19]}…"
    return f"`{shown}` at {float(caption.start_s):g} s ({caption.source})"
