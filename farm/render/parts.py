"""The parts of a text that are drawn and animated: characters, words and lines."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from farm.model.rich_text import SpokenWord, TextUnit
from farm.render.chinese import JOINER
from farm.render.rich_setter import Cluster
from farm.render.words import letters_join

_OPENING: Final = frozenset("([{<«‹“‘（［｛〈《「『【〔〖¥$€£#@")
_UNITS: Final = (TextUnit.CHAR, TextUnit.WORD, TextUnit.LINE)


@dataclass(frozen=True, slots=True)
class Unit:
    """A character, word or line, which an animation moves as one."""

    index: int
    """Its place in the text."""
    line: int
    """Its line, that of its first character."""
    left: float
    """Its left edge in the block, in pixels."""
    right: float
    """Its right edge."""
    first: int
    """Its first character, among the clusters."""


@dataclass(frozen=True, slots=True)
class Part:
    """A run of characters that is drawn at once: of one run, on one line, in one unit of each kind in use."""

    start: int
    """Index of its first code point."""
    stop: int
    """Index behind its last one."""
    run: int
    """Its run."""
    line: int
    """Its line."""
    left: float
    """Its left edge in the block, in pixels."""
    right: float
    """Its right edge."""
    units: tuple[int, int, int]
    """The character, word and line that it belongs to."""
    backwards: bool
    """Whether it runs from right to left."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A text in parts."""

    parts: tuple[Part, ...]
    """In the order of the text."""
    units: dict[TextUnit, tuple[Unit, ...]]
    """Its characters, words and lines that are seen."""

    def unit_of(self, part: Part, kind: TextUnit) -> Unit:
        """Return the unit of a kind that a part belongs to."""
        return self.units[kind][part.units[_UNITS.index(kind)]]


def parts_of(text: str, clusters: Sequence[Cluster], finest: TextUnit) -> Parts:
    """Return a text in parts no larger than a unit of a kind."""
    labels: list[tuple[int, int, int] | None] = []
    words = _words(text, clusters)
    counts = [0, 0]
    last_word = -1
    for cluster, word in zip(clusters, words, strict=True):
        if text[cluster.start : cluster.stop].isspace():
            labels.append(None)
            continue
        joins = letters_join(text[cluster.start : cluster.stop])
        new_word = word != last_word
        if new_word or not joins:
            counts[0] += 1
        if new_word:
            counts[1] += 1
        last_word = word
        labels.append((counts[0] - 1, counts[1] - 1, cluster.line))
    lines = sorted({label[2] for label in labels if label})
    labels = [(label[0], label[1], lines.index(label[2])) if label else None for label in labels]
    units = {kind: _units(clusters, labels, place) for place, kind in enumerate(_UNITS)}
    return Parts(tuple(_parts(text, clusters, labels, _UNITS.index(finest))), units)


def _units(
    clusters: Sequence[Cluster], labels: Sequence[tuple[int, int, int] | None], place: int
) -> tuple[Unit, ...]:
    found: dict[int, list[int]] = {}
    for number, label in enumerate(labels):
        if label is not None:
            found.setdefault(label[place], []).append(number)
    return tuple(
        Unit(
            index,
            clusters[members[0]].line,
            min(clusters[one].left for one in members),
            max(clusters[one].right for one in members),
            members[0],
        )
        for index, members in sorted(found.items())
    )


def _parts(
    text: str, clusters: Sequence[Cluster], labels: Sequence[tuple[int, int, int] | None], finest: int
) -> list[Part]:
    parts: list[Part] = []
    members: list[int] = []
    known: tuple[object, ...] | None = None

    def close() -> None:
        if members and (label := labels[members[0]]) is not None:
            first, last = clusters[members[0]], clusters[members[-1]]
            # Blanks at the ends, which are part of a line, are not drawn.
            shown = [clusters[one] for one in members if labels[one] is not None]
            parts.append(
                Part(
                    first.start,
                    last.stop,
                    first.run,
                    first.line,
                    min(one.left for one in shown),
                    max(one.right for one in shown),
                    label,
                    _is_backwards(text[first.start : last.stop]),
                )
            )
        members.clear()

    for number, (cluster, label) in enumerate(zip(clusters, labels, strict=True)):
        if label is None:
            # Within a line drawn at once, blanks between words belong to it.
            if finest < 2 or not members or cluster.line != clusters[members[0]].line:
                close()
                known = None
            continue
        key = cluster.run, cluster.line, label[finest]
        if key != known:
            close()
            known = key
        members.append(number)
    close()
    return parts


def _words(text: str, clusters: Sequence[Cluster]) -> list[int]:
    """Return the number of the word of each cluster; blanks belong to the word before them."""
    words, number, before, end = [], 0, "", 0
    for cluster in clusters:
        char = text[cluster.start : cluster.stop]
        # A blank at which a line ends has no room, and is no cluster.
        apart = cluster.start > end
        if before and not char.isspace() and (apart or _begins_word(before, char)):
            number += 1
        words.append(number)
        before, end = char, cluster.stop
    return words


def _begins_word(before: str, char: str) -> bool:
    if before.isspace():
        return True
    if before.endswith(JOINER):
        return False
    ideographs = _is_wide(before) or _is_wide(char)
    return ideographs and not _closes(char) and before[0] not in _OPENING and before[0] != "\u2067"


def _is_wide(char: str) -> bool:
    return any(
        unicodedata.east_asian_width(one) in "WF" and unicodedata.category(one) != "So" for one in char
    )


def _closes(char: str) -> bool:
    return unicodedata.category(char[0])[0] == "P" and char[0] not in _OPENING


def _is_backwards(text: str) -> bool:
    return any(unicodedata.bidirectional(char) in ("R", "AL") for char in text)


def spoken_units(
    text: str, clusters: Sequence[Cluster], units: Sequence[Unit], words: Sequence[SpokenWord]
) -> list[int]:
    """Return which spoken word each unit belongs to: the one that its first character is in, or follows.

    Units before the first spoken word belong to it.
    """
    # Joiners and marks that have no width are set but not spoken.
    letters = [
        (number, char.casefold())
        for number, cluster in enumerate(clusters)
        for char in text[cluster.start : cluster.stop]
        if not unicodedata.category(char).startswith("C") and not char.isspace()
    ]
    whole = "".join(char for _, char in letters)
    owners: dict[int, int] = {}
    places = [number for number, char in letters for _ in char]
    at = 0
    for index, word in enumerate(words):
        spoken = "".join(char for char in word.text.casefold() if not char.isspace())
        found = whole.find(spoken, at)
        if found < 0:
            continue
        at = found + len(spoken)
        owners[places[found]] = index
    order, owner = [], 0
    for number in range(len(clusters)):
        owner = owners.get(number, owner)
        order.append(owner)
    return [order[unit.first] for unit in units]
