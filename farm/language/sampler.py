"""Samples of what a template drafts: documents that between them take every branch, for the check of their shape."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from farm.language.emit import MISSING
from farm.language.fault import ExpressionError, Place
from farm.language.scope import Definition

MOST_MARKED: Final = 60_000
"""Templates that draw more values, in all samples together, are refused: parts that use parts twice multiply."""
MOST: Final = 200
"""At most this many samples are made of a template."""

Sample: TypeAlias = Callable[["Sampler", str], Any]
"""Makes a sample of a value at a path of the drafted document."""


_SPLICED: Final = re.compile(r"\|(\d+)")


def item_path(path: str, index: int, *, spliced: bool) -> str:
    """Return the path of a list's item; ``x|3`` for what puts its own items there, from index 3 on."""
    match = re.search(r"\|(\d+)$", path)
    if match is not None:
        path, index = path[: match.start()], index + int(match[1])
    return f"{path}|{index}" if spliced else f"{path}[{index}]"


class Sampler:
    """Takes the branches of a template in turn."""

    def __init__(self) -> None:
        self.places: dict[str, Place] = {}
        """Where in the template each value of the last sample is written, by its path in the document."""
        self.computed: set[str] = set()
        """The paths of values that are only known at draft time."""
        self.aliases: dict[str, str] = {}
        """Paths of values that were sampled as part of something else, and the path that they had there."""
        self.given: list[dict[int, Sample]] = []
        """The document parts passed to the parts being sampled, by the parameter's identity; the innermost last."""
        self.defined: dict[int, Sample] = {}
        """Samples of named document parts, by the identity of their definitions."""
        self._marked = 0
        self._dice = random.Random(0)
        self._taken: dict[int, set[int]] = {}
        self._counts: dict[int, int] = {}

    def begin(self) -> None:
        """Begin another sample."""
        self.places.clear()
        self.aliases.clear()
        self.computed.clear()

    @property
    def complete(self) -> bool:
        """Whether every branch that was met was taken."""
        return all(len(self._taken[one]) >= count for one, count in self._counts.items())

    def pick(self, chooser: object, count: int) -> int:
        """Return which of ``count`` branches to take: one that was not taken yet, if there is any; else any."""
        taken = self._taken.setdefault(id(chooser), set())
        self._counts[id(chooser)] = count
        for at in range(count):
            if at not in taken:
                taken.add(at)
                return at
        # Any of them may lead to branches that were not met yet.
        return self._dice.randrange(count)

    def mark(self, path: str, place: Place, *, computed: bool = False) -> None:
        """Note where the value at a path is written."""
        self._marked += 1
        if self._marked > MOST_MARKED:
            raise ExpressionError(f"the template draws more than {MOST_MARKED:,} values in all its branches")
        path = _SPLICED.sub(r"[\1]", path)
        self.places.setdefault(path, place)
        if computed:
            self.computed.add(path)

    def named(self, definition: Definition, path: str) -> Any:
        """Return a sample of a named document part."""
        for given in reversed(self.given):
            if id(definition) in given:
                return given[id(definition)](self, path)
        made = self.defined.get(id(definition))
        return self.unknown(path) if made is None else made(self, path)

    def picked(self, definition: Definition, path: str) -> Any:
        """Return a sample of one item of a named list."""
        items = self.items(definition)
        if not items:
            return self.unknown(path)
        value, origin = items[self.pick(definition, len(items))]
        self.aliases[path] = origin
        return value

    def items(self, definition: Definition) -> list[tuple[Any, str]]:
        """Return samples of the items of a named list, each with the path at which their places are known."""
        origin = f"${len(self.aliases)}${len(self.places)}"
        value = self.named(definition, origin)
        return [(item, f"{origin}[{at}]") for at, item in enumerate(value)] if isinstance(value, list) else []

    def unknown(self, path: str) -> Any:
        """Note that the value at a path is only known at draft time, and return that it is missing."""
        self.computed.add(_SPLICED.sub(r"[\1]", path))
        return MISSING

    def forget(self, path: str) -> None:
        """Note that nothing is at the path of a list's item after all."""
        self.computed.discard(_SPLICED.sub(r"[\1]", path))

    def origin(self, path: str) -> str:
        """Return the path at which the place of a value is known."""
        for _ in range(20):
            steps = [cut.start() for cut in re.finditer(r"[.\[]", path)] + [len(path)]
            for cut in reversed(steps):
                if path[:cut] in self.aliases:
                    path = self.aliases[path[:cut]] + path[cut:]
                    break
            else:
                break
        return path

    def is_computed(self, path: str) -> bool:
        """Return whether the value at a path, or what it is part of, is only known at draft time."""
        path = self.origin(path)
        while path and path not in self.computed:
            cut = max(path.rfind("."), path.rfind("["))
            path = path[:cut] if cut > 0 else ""
        return bool(path)

    def place_of(self, path: str) -> Place | None:
        """Return where the value at a path is written, or what it is part of."""
        path = self.origin(path)
        while path:
            if path in self.places:
                return self.places[path]
            cut = max(path.rfind("."), path.rfind("["))
            path = path[:cut] if cut > 0 else ""
        return self.places.get("")
