"""Kinds of goods: a small tree, with the Chinese and English words that shops use for each kind."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

import yaml

from farm.script.names import clean, is_chinese


@dataclass(frozen=True, slots=True)
class ProductKind:
    """One kind of goods."""

    name: str
    """As written in the ``categories`` of scripts."""
    parent: str
    """Its parent kind; empty at the top level."""
    words: tuple[str, ...]
    """Other words for it in shops; English ones in the singular."""


def _kinds() -> tuple[ProductKind, ...]:
    loaded = yaml.safe_load((files("farm.script") / "data" / "kinds.yaml").read_text(encoding="utf-8"))
    return tuple(
        ProductKind(entry["name"], entry.get("parent", ""), tuple(entry["words"])) for entry in loaded
    )


KINDS: Final = _kinds()
"""Every kind, parents first."""
_BY_NAME: Final = {kind.name: kind for kind in KINDS}
_ENGLISH: Final = {
    word: kind.name for kind in reversed(KINDS) for word in (kind.name, *kind.words) if not is_chinese(word)
}
_CHINESE: Final = sorted(
    ((word, kind.name) for kind in KINDS for word in kind.words if is_chinese(word)),
    key=lambda pair: -len(pair[0]),
)


@dataclass(frozen=True, slots=True)
class KindMatch:
    """A kind of goods that a product was matched to."""

    kind: str
    """Its name."""
    word: str
    """The word that matched."""
    source: str
    """Where the word was found: ``category`` or ``name``."""


def ancestry(kind: str) -> tuple[str, ...]:
    """Return a kind and its ancestors, nearest first; an unknown kind alone."""
    found = [kind]
    while found[-1] in _BY_NAME and _BY_NAME[found[-1]].parent:
        found.append(_BY_NAME[found[-1]].parent)
    return tuple(found)


def kinds_of(category: str, name: str) -> tuple[KindMatch, ...]:
    """Return the kinds that a product matches, most specific first.

    Among equally specific ones the shop's most specific category comes first, then its others, then the name.
    """
    found: dict[str, KindMatch] = {}
    for part in reversed(re.split(r"\s*[>/|]\s*", clean(category))):
        for match in _matches(part, "category"):
            found.setdefault(match.kind, match)
    for match in _matches(clean(name), "name"):
        found.setdefault(match.kind, match)
    return tuple(sorted(found.values(), key=lambda match: -len(ancestry(match.kind))))


def kind_named(word: str) -> str:
    """Return the kind that a script's category denotes, by name or by one of its words; the category if unknown."""
    small = word.strip().lower()
    if small in _BY_NAME:
        return small
    return next((match.kind for match in _matches(small, "category")), small)


def _matches(text: str, source: str) -> Iterable[KindMatch]:
    if is_chinese(text):
        yield from _chinese(text, source)
    words = re.findall(r"[a-z0-9&-]+", text.lower())
    for length in (3, 2, 1):
        # The head noun of an English name comes last: a `leather watch box` is a box.
        for start in range(len(words) - length, -1, -1):
            run = " ".join(words[start : start + length])
            known = next((spelled for spelled in (run, _singular(run)) if spelled in _ENGLISH), None)
            if known is not None:
                yield KindMatch(_ENGLISH[known], run, source)
                # `sports & outdoor` is one department; its single words must not match again.
                words[start : start + length] = [""] * length


def _chinese(text: str, source: str) -> Iterable[KindMatch]:
    taken = [False] * len(text)
    hits = []
    for word, kind in _CHINESE:
        start = text.find(word)
        while start >= 0:
            if not any(taken[start : start + len(word)]):
                hits.append((start, KindMatch(kind, word, source)))
                taken[start : start + len(word)] = [True] * len(word)
            start = text.find(word, start + 1)
    for _, match in sorted(hits, key=lambda hit: -len(hit[1].word)):
        yield match


def _singular(text: str) -> str:
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("s", "")):
        if text.endswith(ending) and len(text) > len(ending) + 2:
            return text[: -len(ending)] + instead
    return text
