"""Names: what they stand for while a template is checked, and their values while it drafts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from farm.language.canvas import Canvas
from farm.language.fault import ExpressionError, Place
from farm.language.types import Type
from farm.plugins.template import Brief

MAX_STEPS: Final = 100_000
"""A draft that takes more steps is given up; the largest of farm's own take some 6,500."""
MAX_ITEMS: Final = 1_000
"""The most items of a list."""
MAX_TEXT: Final = 10_000
"""The most characters of a text."""
MAX_NUMBER: Final = 1e12
"""The largest number, either way."""

_UNSET: Final = object()


class Run:
    """One draft: the brief that it is made from, and the steps that it has taken."""

    __slots__ = ("_brief", "_canvas", "fps", "globals", "steps", "trace")

    def __init__(self, brief: Brief | None, trace: dict[int, Any] | None = None) -> None:
        self._brief = brief
        self._canvas = Canvas(brief.width_px, brief.height_px) if brief is not None else None
        self.fps = float(brief.rate) if brief is not None else 0.0
        """Frames per second."""
        self.steps = 0
        """Steps taken so far."""
        self.globals: Frame
        """The values of the template's own names."""
        self.trace = trace
        """Filled, if given, with where each mapping of the draft is written, and its fields, by its identity."""

    @property
    def canvas(self) -> Canvas:
        """The canvas.

        Raises:
            ExpressionError: a constant or a check of slots asks for it, for which there is none.
        """
        if self._canvas is None:
            raise ExpressionError("the canvas is not known here")
        return self._canvas

    @property
    def brief(self) -> Brief:
        """Slots, media, canvas; raises as :attr:`canvas`."""
        if self._brief is None:
            raise ExpressionError("the frame rate is not known here")
        return self._brief

    def step(self, count: int = 1) -> None:
        """Count steps.

        Raises:
            ExpressionError: there were too many.
        """
        self.steps += count
        if self.steps > MAX_STEPS:
            raise ExpressionError(
                f"the draft takes more than {MAX_STEPS:,} steps; repeat over shorter lists, or nest fewer repeats"
            )


class Frame:
    """The values of one scope's names during a draft."""

    __slots__ = ("parent", "run", "values")

    def __init__(self, run: Run, parent: Frame | None, size: int) -> None:
        self.run = run
        """The draft."""
        self.parent = parent
        """The frame of the scope around it."""
        self.values: list[Any] = [_UNSET] * size
        """By the names' indexes."""


Closure: TypeAlias = Callable[[Frame], Any]
"""Computes a value in a frame."""


@dataclass(slots=True)
class Compiled:
    """A compiled expression or value."""

    type: Type
    """Its type."""
    run: Closure
    """Computes it."""
    slots: frozenset[str] = frozenset()
    """The slots from which it is computed, as far as that is known."""


@dataclass(slots=True)
class Definition:
    """A name of a scope: a slot, a computed value, a parameter, a variable of a repeat."""

    name: str
    """The name."""
    place: Place
    """Where it is defined."""
    index: int
    """Its index in the scope's frames."""
    make: Callable[[], Compiled] | None = None
    """Compiles its value on first use; None for one that is set when the frame is made."""
    known: Compiled | None = None
    """What it stands for, once that is known."""
    used: bool = False
    """Whether anything refers to it."""
    busy: bool = False
    """Whether it is being compiled, so that a reference to it is a cycle."""


@dataclass(slots=True)
class Scope:
    """The names that an expression may refer to."""

    parent: Scope | None = None
    """The scope around it."""
    names: dict[str, Definition] = field(default_factory=dict)
    """Its own names."""
    narrowed: frozenset[tuple[str, ...]] = frozenset()
    """Values that are known not to be missing here, as ``("slots", "logo")``."""
    shares: Scope | None = None
    """The scope whose frame it shares: it only narrows that one."""

    def define(
        self,
        name: str,
        place: Place,
        make: Callable[[], Compiled] | None = None,
        known: Compiled | None = None,
    ) -> Definition:
        """Add a name."""
        definition = Definition(name, place, len(self.names), make, known)
        self.names[name] = definition
        return definition

    def find(self, name: str) -> tuple[Definition, int] | None:
        """Return what a name stands for, and how many frames further out; None if it is unknown."""
        scope: Scope | None = self
        depth = 0
        while scope is not None:
            if scope.shares is not None:
                scope = scope.shares
                continue
            if name in scope.names:
                return scope.names[name], depth
            scope, depth = scope.parent, depth + 1
        return None

    def is_narrowed(self, path: tuple[str, ...]) -> bool:
        """Return whether a value is known not to be missing."""
        scope: Scope | None = self
        while scope is not None:
            if path in scope.narrowed:
                return True
            if scope.shares is None and path[0] in scope.names:
                return False
            scope = scope.shares or scope.parent
        return False

    def with_given(self, paths: Iterable[tuple[str, ...]]) -> Scope:
        """Return this scope where some more values are known not to be missing."""
        found = frozenset(paths)
        return Scope(narrowed=found, shares=self) if found else self

    def all_names(self) -> list[str]:
        """Return all names that are known here."""
        found: list[str] = []
        scope: Scope | None = self
        while scope is not None:
            found += scope.names
            scope = scope.shares or scope.parent
        return found


def reading(definition: Definition, depth: int, compute: Closure | None) -> Closure:
    """Return the closure that reads a name, computing its value on first use."""
    index = definition.index

    def value_in(frame: Frame) -> Any:
        value = frame.values[index]
        if value is _UNSET:
            assert compute is not None
            frame.run.step()
            value = frame.values[index] = compute(frame)
        return value

    # The usual depths without a loop: names are read more often than anything else.
    if depth == 0:
        return value_in
    if depth == 1:
        return lambda frame: value_in(frame.parent)  # type: ignore[arg-type]

    def read(frame: Frame) -> Any:
        for _ in range(depth):
            frame = frame.parent  # type: ignore[assignment]
        return value_in(frame)

    return read


def bounded(value: float) -> float:
    """Return a number.

    Raises:
        ExpressionError: it is too large.
    """
    if -MAX_NUMBER <= value <= MAX_NUMBER:
        return value
    raise ExpressionError(f"a number is larger than {MAX_NUMBER:g}")


def listed(values: list[Any]) -> list[Any]:
    """Return a list.

    Raises:
        ExpressionError: it is too long.
    """
    if len(values) > MAX_ITEMS:
        raise ExpressionError(f"a list has more than {MAX_ITEMS:,} items")
    return values
