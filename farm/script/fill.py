"""Filling: turns a script with slots and a product into a script about that product."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from farm.errors import DocumentError, Problem
from farm.model.script import SLOT, ProductDocument, ScriptDocument, ShotDocument
from farm.script.slots import ProductFacts, base_of, facts_of, slots_in

_LONGEST_WORDS: Final = 200
_LONGEST_LABEL: Final = 60


@dataclass(frozen=True, slots=True)
class FillNote:
    """Something filling did other than use the script as first written."""

    shot: int
    """Index of the shot in the script with slots, from 0."""
    what: str
    """``left out``, ``instead`` or ``no label``."""
    why: str
    """The reason, in one sentence."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A script without slots."""

    script: ScriptDocument
    """The filled script."""
    kept: tuple[int, ...]
    """For each shot, its index in the script with slots."""
    notes: tuple[FillNote, ...]
    """What was left out or replaced, and why."""
    unused_points: tuple[str, ...]
    """Selling points that no shot mentions."""


class _Supply:
    """A product's facts, with those still unused for slots that take the next one."""

    def __init__(self, facts: ProductFacts, numbered: Sequence[str]) -> None:
        self.facts = facts
        self._next = {"point": 0, "fact": 0}
        # Numbered slots reserve their text: ``{point}`` never repeats what ``{point[0]}`` says.
        self._reserved = {slot for slot in numbered if "[" in slot and facts.has(slot)}

    def take(self, slot: str) -> str | None:
        """Return a slot's text, or None if the product has none."""
        base = base_of(slot)
        if base not in self._next:
            return self.facts.single.get(base)
        many = self.facts.many(base)
        if "[" in slot:
            index = int(slot[slot.index("[") + 1 : -1])
            return many[index] if index < len(many) else None
        while f"{base}[{self._next[base]}]" in self._reserved:
            self._next[base] += 1
        index = self._next[base]
        if index >= len(many):
            return None
        self._next[base] += 1
        return many[index]

    def mark(self) -> dict[str, int]:
        """Return the current position, for `back`."""
        return dict(self._next)

    def back(self, mark: dict[str, int]) -> None:
        """Return to a mark, releasing what was taken since."""
        self._next = dict(mark)


def fill(script: ScriptDocument, product: ProductDocument) -> Filled:
    """Return a script filled with a product's facts.

    A shot whose words have a slot that the product cannot fill uses its ``instead`` text; if it has none, or that
    cannot be filled either, the shot is left out. A label that cannot be filled is dropped. Numbers stay as the
    product gives them; a discount is mentioned only if the previous price was higher.

    Raises:
        DocumentError: no shot could be filled.
    """
    facts = facts_of(product, script.language)
    supply = _Supply(facts, script.slots)
    shots: list[ShotDocument] = []
    kept: list[int] = []
    notes: list[FillNote] = []
    for index, shot in enumerate(script.shots):
        words, note = _words(shot, index, supply, script.language)
        if note is not None:
            notes.append(note)
        if words is None:
            continue
        label, missing = _put(shot.label, supply, script.language)
        if missing:
            notes.append(FillNote(index, "no label", f"the product has no {_named(missing)}"))
        if label and label.lower() in words.lower():
            # A name that includes its brand needs no brand above it.
            label = ""
        shots.append(
            shot.model_copy(
                update={"words": words, "instead": "", "label": "" if missing else label[:_LONGEST_LABEL]}
            )
        )
        kept.append(index)
    if not shots:
        raise DocumentError(
            [Problem("shots", f"none can be filled: {'; '.join(dict.fromkeys(note.why for note in notes))}")],
            source=script.title,
        )
    text = " ".join(shot.words for shot in shots).lower()
    return Filled(
        script=script.model_copy(update={"shots": shots}),
        kept=tuple(kept),
        notes=tuple(notes),
        unused_points=tuple(point for point in facts.points if point.lower() not in text),
    )


def _words(
    shot: ShotDocument, index: int, supply: _Supply, language: str
) -> tuple[str | None, FillNote | None]:
    """Return a shot's words (None if it is left out) and the note about it, if any."""
    mark = supply.mark()
    words, missing = _put(shot.words, supply, language)
    if not missing and len(words) <= _LONGEST_WORDS:
        return words, None
    supply.back(mark)
    why = (
        f"the product has no {_named(missing)}"
        if missing
        else f"the text would be {len(words)} characters long"
    )
    if not shot.instead:
        return None, FillNote(index, "left out", why)
    other, lacking = _put(shot.instead, supply, language)
    if lacking or len(other) > _LONGEST_WORDS:
        supply.back(mark)
        return None, FillNote(index, "left out", f"{why}, and its alternative text cannot be filled either")
    return other, FillNote(index, "instead", why)


def _named(missing: Sequence[str]) -> str:
    names = {
        "point": "further selling point",
        "fact": "further measurable fact",
        "was": "discount",
        "saving": "discount",
        "percent": "discount",
        "discount": "discount",
    }
    return " and no ".join(
        dict.fromkeys(names.get(base_of(slot), base_of(slot).replace("_", " ")) for slot in missing)
    )


def _put(text: str, supply: _Supply, language: str) -> tuple[str, list[str]]:
    """Return a text with its slots filled, and the slots that could not be filled."""
    found: list[str] = []
    missing: list[str] = []
    for slot in slots_in(text):
        value = supply.take(slot)
        if value is None:
            missing.append(slot)
        else:
            found.append(value)
    if missing:
        return "", missing
    return (_english if language == "en" else _chinese)(text, found), []


def _english(text: str, values: Sequence[str]) -> str:
    """Fill values into an English text: correct articles, capitals at sentence starts, no doubled punctuation."""
    parts = SLOT.split(text)
    made = parts[0]
    for index, value in enumerate(values):
        article = re.search(r"\b(An?|an?)(\s+)$", made)
        if article:
            made = f"{made[: article.start()]}{_article(article.group(1), value)}{article.group(2)}"
        starts = not made.strip() or made.rstrip()[-1:] in ".!?\n"
        made += value[:1].upper() + value[1:] if starts and _plain_word(value) else value
        after = parts[2 * index + 2]
        made += after[1:] if after[:1] in ".!?," and made[-1:] in ".!?" else after
    return made.strip()


def _plain_word(value: str) -> bool:
    """Whether a value begins with an ordinary word: ``iPhone`` and ``eBay`` keep their letters."""
    first = value.split(" ")[0]
    return first.islower() and first.isascii()


_VOWEL_SOUND: Final = re.compile(
    r"(?:[AEIOaeio]|[Uu](?!ni|se|su|ti)|[Hh](?:our|onest|eir)|8|11\b|18\b|[FHLMNRSX](?=[A-Z0-9]{1,4}\b))"
)
_YOU_SOUND: Final = re.compile(r"(?i)^(?:one|once|eu|ewe|usb)")


def _article(article: str, value: str) -> str:
    """Return ``a`` or ``an`` according to the value's initial sound, in the case of ``article``."""
    sounds = bool(_VOWEL_SOUND.match(value)) and not _YOU_SOUND.match(value)
    return article[0] + ("n" if sounds else "")


def _chinese(text: str, values: Sequence[str]) -> str:
    """Fill values into a Chinese text: no doubled punctuation, no blanks around Chinese values."""
    parts = SLOT.split(text)
    made = parts[0]
    for index, value in enumerate(values):
        after = parts[2 * index + 2]
        made += value.rstrip("。；，") if after[:1] in "，。；！？" else value
        made += after
    return made.strip()
