"""Values as a timeline document writes them, and samples of values that are not known before a draft."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from farm.language.records import AREA, MEDIA, POINT
from farm.language.scope import Run
from farm.language.types import (
    CLIPS,
    COLOR,
    DOCUMENT,
    FLAG,
    NEVER,
    NONE,
    PLAIN,
    UNITS,
    WRONG,
    Many,
    Maybe,
    Number,
    Record,
    Text,
    Type,
)

MISSING: Final = object()
"""What leaves a field out of a mapping, and an item out of a list."""
_FRAMES: Final = UNITS["f"]
_WRITTEN: Final = (PLAIN, UNITS["px"], UNITS["s"], UNITS["deg"])

Emit = Callable[[Any, Run], Any]


def emitter(kind: Type) -> Emit | None:
    """Return the function that writes a value of a type into a document; None if none is needed.

    Raises:
        ValueError: such values cannot be part of a document.
    """
    if isinstance(kind, Number):
        if kind.unit == _FRAMES:
            return lambda value, _: f"{round(value)}f"
        if kind.unit not in _WRITTEN:
            raise ValueError(f"a number of {kind} cannot be part of a timeline; px, s, f and deg can")
        return None
    if isinstance(kind, Text) or kind in (FLAG, DOCUMENT, CLIPS, WRONG, NEVER):
        return None
    if kind is NONE:
        return lambda _value, _run: MISSING
    if kind is COLOR:
        return lambda value, _: value.hex()
    if kind is MEDIA:
        return lambda value, _: value.ref
    if kind is AREA:
        return lambda value, _: value.quad()
    if kind is POINT:
        return lambda value, _: list(value)
    if isinstance(kind, Maybe):
        inner = emitter(kind.value)
        return lambda value, run: MISSING if value is None else inner(value, run) if inner else value
    if isinstance(kind, Many):
        return _list_emitter(emitter(kind.item))
    if isinstance(kind, Record) and kind.getters is None:
        return _record_emitter(kind)
    raise ValueError(f"a value of the type {kind} cannot be part of a timeline")


def _list_emitter(item: Emit | None) -> Emit:
    def emit(values: Any, run: Run) -> Any:
        run.step(len(values))
        if item is None:
            return values
        return [one for one in (item(value, run) for value in values) if one is not MISSING]

    return emit


def _record_emitter(kind: Record) -> Emit:
    fields = [(name, emitter(one)) for name, one in kind.fields.items()]

    def emit(value: Any, run: Run) -> Any:
        run.step(len(fields))
        pairs = ((name, one(value[name], run) if one is not None else value[name]) for name, one in fields)
        return {name: item for name, item in pairs if item is not MISSING}

    return emit


def samples(kind: Type) -> list[Any]:
    """Return values that a document may hold where a value of a type is computed; one for each of a few texts."""
    if isinstance(kind, Number):
        return [1 if kind.unit in (PLAIN, UNITS["s"]) else "10f" if kind.unit == _FRAMES else 10]
    if isinstance(kind, Text):
        return sorted(kind.values)[:12] if kind.values else ["text"]
    if isinstance(kind, Maybe):
        return [*samples(kind.value), MISSING]
    if isinstance(kind, Many):
        return [[one] for one in samples(kind.item) if one is not MISSING] or [[]]
    if isinstance(kind, Record) and kind.getters is None:
        return _record_samples(kind)
    fixed: dict[Type, Any] = {
        FLAG: True,
        COLOR: "#808080",
        MEDIA: "sample",
        AREA: [0, 0, 10, 10],
        POINT: [0.5, 0.5],
    }
    return [fixed.get(kind, MISSING)]


def _record_samples(kind: Record) -> list[Any]:
    found = {name: samples(one) for name, one in kind.fields.items()}
    count = min(12, max(map(len, found.values()), default=1))
    made = []
    for at in range(count):
        picked = {name: values[at % len(values)] for name, values in found.items()}
        made.append({name: value for name, value in picked.items() if value is not MISSING})
    return made
