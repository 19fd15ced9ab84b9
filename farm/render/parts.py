"""The parts of a text that are drawn and animated: characters, words and lines."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from farm.model.rich_text import TextUnit
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
    spoken: int
    """The unit of speech that it belongs to; -1 if nothing is spoken."""
    backwards: bool
    """Whether it runs from right to left."""


@dataclass(frozen=True, slots=True)
class SpokenUnit:
    """A spoken word, or what of it is on one line."""

    word: int
    """Which of the spoken words."""
    before: float
    """Share of its word, by width, that is on earlier lines."""
    share: float
    """Share that is on this one."""
    unit: Unit
    """Where it is."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A text in parts."""

    parts: tuple[Part, ...]
    """In the order of the text."""
    units: dict[TextUnit, tuple[Unit, ...]]
    """Its characters, words and lines that are seen."""
    spoken: tuple[SpokenUnit, ...] = ()
    """Its spoken words."""

    def unit_of(self, part: Part, kind: TextUnit) -> Unit:
        """Return the unit of a kind that a part belongs to."""
        return self.units[kind][part.units[_UNITS.index(kind)]]


def parts_of(text: str, clusters: Sequence[Cluster], finest: TextUnit, spoken: Sequence[str] = ()) -> Parts:
    """Return a text in parts no larger than a unit of a kind and, if words are spoken, than these."""
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
    units = {
        kind: _units(clusters, [label[place] if label else None for label in labels])
        for place, kind in enumerate(_UNITS)
    }
    owners = _owners(text, clusters, spoken) if spoken else []
    keys = [(owner, cluster.line) for owner, cluster in zip(owners, clusters, strict=False)]
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    speech = [numbers[key] if label else None for key, label in zip(keys, labels, strict=False)]
    parts = _parts(text, clusters, labels, _UNITS.index(finest), speech)
    return Parts(tuple(parts), units, _speech(_units(clusters, speech), list(numbers)))


def _speech(units: Sequence[Unit], keys: Sequence[tuple[int, int]]) -> tuple[SpokenUnit, ...]:
    """Return the spoken words with what of each is on one line."""
    found = []
    for unit in units:
        word = keys[unit.index][0]
        peers = [one for one in units if keys[one.index][0] == word]
        whole = max(1e-6, sum(one.right - one.left for one in peers))
        before = sum(one.right - one.left for one in peers if one.index < unit.index)
        found.append(SpokenUnit(word, before / whole, (unit.right - unit.left) / whole, unit))
    return tuple(found)


def _units(clusters: Sequence[Cluster], labels: Sequence[int | None]) -> tuple[Unit, ...]:
    found: dict[int, list[int]] = {}
    for number, label in enumerate(labels):
        if label is not None:
            found.setdefault(label, []).append(number)
    return tuple(
        Unit(
            index,
            clusters[members[0]].line,
            min(clusters[one].left for one in members),
            max(clusters[one].right for one in members),
        )
        for index, members in sorted(found.items())
    )


def _parts(
    text: str,
    clusters: Sequence[Cluster],
    labels: Sequence[tuple[int, int, int] | None],
    finest: int,
    speech: Sequence[int | None],
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
                    (speech[members[0]] or 0) if speech else -1,
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
        key = cluster.run, cluster.line, label[finest], speech[number] if speech else None
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


def _owners(text: str, clusters: Sequence[Cluster], spoken: Sequence[str]) -> list[int]:
    """Return which spoken word each cluster belongs to: the one that it is in, or follows.

    What stands before the first spoken word belongs to it.
    """
    # Joiners and marks that have no width are set but not spoken.
    letters = [
        (number, char.casefold())
        for number, cluster in enumerate(clusters)
        for char in text[cluster.start : cluster.stop]
        if not unicodedata.category(char).startswith("C") and not char.isspace()
    ]
    whole = "".join(char for _, char in letters)
    places = [number for number, folded in letters for _ in folded]
    begins: dict[int, int] = {}
    at = 0
    for index, word in enumerate(spoken):
        wanted = "".join(char for char in word.casefold() if not char.isspace())
        found = whole.find(wanted, at) if wanted else -1
        if found >= 0:
            at = found + len(wanted)
            begins.setdefault(places[found], index)
    owners, owner = [], min(begins.values(), default=0)
    for number in range(len(clusters)):
        owner = begins.get(number, owner)
        owners.append(owner)
    return owners
