"""The text of a template as a tree, each value with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeAlias

from farm.errors import DocumentError, Problem
from farm.language.fault import Place
from farm.model.parse import load_marked
from farm.model.yaml_text import Marks

MAX_CHARACTERS: Final = 200_000
"""Larger template files are refused."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value."""

    value: str | int | float | bool | None
    """As YAML reads it."""
    place: Place
    """Where it is."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    """In order."""
    place: Place
    """Where it is."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """Names with values."""

    items: dict[str, Node]
    """By name, in order."""
    place: Place
    """Where it is."""

    def without(self, *names: str) -> Iterator[tuple[str, Node]]:
        """Yield the other names."""
        return ((name, node) for name, node in self.items.items() if name not in names)


Node: TypeAlias = Scalar | Sequence | Mapping


@lru_cache(maxsize=16)
def read_tree(text: str, source: str) -> Mapping:
    """Return the tree of a template's text, YAML or JSON; remembered, since it is asked for twice: for ``use`` first.

    Raises:
        DocumentError: it is neither, too large, or no mapping.
    """
    if len(text) > MAX_CHARACTERS:
        message = f"a template file has at most {MAX_CHARACTERS:,} characters; `use` several"
        raise DocumentError([Problem("", message)], source=source)
    data, marks = load_marked(text, source=source)
    return _mapping(data, Place(source, 1, 1), marks)


def _node(value: Any, place: Place, marks: Marks) -> Node:
    if isinstance(value, dict):
        return _mapping(value, place, marks)
    if isinstance(value, list):
        items = tuple(
            _node(item, _place(place, marks[id(value), at], f"[{at}]"), marks)
            for at, item in enumerate(value)
        )
        return Sequence(items, place)
    return Scalar(value, place)


def _mapping(value: dict[Any, Any], place: Place, marks: Marks) -> Mapping:
    items = {}
    for name, item in value.items():
        word = f".{name}" if place.path else str(name)
        items[str(name)] = _node(item, _place(place, marks[id(value), name], word), marks)
    return Mapping(items, place)


def _place(around: Place, mark: tuple[int, int, bool], step: str) -> Place:
    line, column, plain = mark
    # The text of a quoted or folded value does not begin at the value's column.
    return Place(around.source, line, column if plain else 0, f"{around.path}{step}")
