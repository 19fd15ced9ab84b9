"""Repeats, and lists that constructs make."""

from __future__ import annotations

from typing import Any

from farm.language.emit import MISSING
from farm.language.sampler import Sample, Sampler, item_path
from farm.language.scope import Closure, Definition, Frame, Scope, listed
from farm.language.types import (
    NONE,
    WRONG,
    Many,
    Maybe,
    Type,
    bare,
)
from farm.language.value import Value


def never(_: Frame) -> Any:
    raise AssertionError("a variable is read from its frame")


def due(made: Value, wanted: Type | None) -> Type | None:
    """Return the type that is due of what an item makes: several of it, or one."""
    return Many(wanted) if wanted is not None and isinstance(bare(made.type), Many) else wanted


def item_of(wanted: Type | None) -> Type | None:
    due = bare(wanted) if wanted is not None else None
    return due.item if isinstance(due, Many) else None


def as_list(value: Value) -> Value:
    """Return a value as a list of one item, unless it is a list."""
    kind = bare(value.type)
    if isinstance(kind, Many) or kind is WRONG:
        return Value(value.type, value.run, value.sample, value.slots, spliced=True)
    run, item = value.run, value.type
    if isinstance(item, Maybe) or item is NONE:

        def several(frame: Frame) -> list[Any]:
            one = run(frame)
            return [] if one is None else [one]
    else:

        def several(frame: Frame) -> list[Any]:
            return [run(frame)]

    return Value(Many(bare(item)), several, value.sample, value.slots, spliced=True)


def repeating(
    source: Closure, scope: Scope, test: Closure | None, give: Closure, *, counted: bool
) -> Closure:
    def run(frame: Frame) -> list[Any]:
        found: list[Any] = []
        size = len(scope.names)
        for number, item in enumerate(source(frame)):
            frame.run.step()
            inner = Frame(frame.run, frame, size)
            inner.values[0] = item
            if counted:
                inner.values[1] = number
            if test is not None and not test(inner):
                continue
            value = give(inner)
            if isinstance(value, list):
                found += value
            elif value is not MISSING:
                found.append(value)
            listed(found)
        return found

    return run


def repeated_sample(value: Value) -> Sample:
    def sample(sampler: Sampler, path: str) -> Any:
        one = value.sample(sampler, path)
        return one if isinstance(one, list) else [] if one is MISSING else [one]

    return sample


def sample_of_each(value: Value, variable: Definition, over: Definition) -> Sample:
    """Return samples of a repeat over document parts, one for each."""

    def sample(sampler: Sampler, path: str) -> Any:
        found: list[Any] = []
        for item, origin in sampler.items(over):

            def passed(sampler: Sampler, at: str, item: Any = item, origin: str = origin) -> Any:
                sampler.aliases[at] = origin
                return item

            sampler.given.append({id(variable): passed})
            one = value.sample(sampler, item_path(path, len(found), spliced=False))
            sampler.given.pop()
            found += one if isinstance(one, list) else [] if one is MISSING else [one]
        return found

    return sample
