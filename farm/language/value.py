"""Compiled values, and what is known of them before a draft."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from farm.language.emit import MISSING, Emit, samples
from farm.language.fault import Place
from farm.language.grammar import parse
from farm.language.sampler import Sample, Sampler, item_path
from farm.language.scope import Closure, Compiled, Definition, Scope
from farm.language.source import Mapping
from farm.language.tree import Binary, Call, Choice, Item, Name, Tree
from farm.language.types import (
    COLOR,
    PLAIN,
    WRONG,
    Maybe,
    Number,
    Text,
    Type,
    bare,
)


@dataclass(slots=True)
class Value:
    """A compiled value of a template."""

    type: Type
    """Its type."""
    run: Closure
    """Computes it."""
    sample: Sample
    """Makes a sample of it, as a document holds it."""
    slots: frozenset[str] = frozenset()
    """The slots from which it is computed."""
    spliced: bool = False
    """Whether a list that it is an item of takes its items instead: it was made by a construct."""

    @property
    def compiled(self) -> Compiled:
        """The same without a sample."""
        return Compiled(self.type, self.run, self.slots)


def wrong_value() -> Value:
    """Return what stands for a wrong value."""
    return Value(WRONG, lambda _: None, lambda sampler, path: sampler.unknown(path))


class Maker(Protocol):
    """What compiles mappings that are constructs, such as conditions."""

    def made(
        self, node: Mapping, scope: Scope, wanted: Type | None, *, in_list: bool = False
    ) -> Value | None:
        """Compile a construct; return None for a mapping that is none."""
        ...


def stripped(text: str, place: Place) -> tuple[str, Place]:
    """Return an expression without the ``=`` before it, and its place."""
    if not text.startswith("="):
        return text, place
    rest = text[1:]
    bare_text = rest.lstrip()
    return bare_text, place.along(1 + len(rest) - len(bare_text))


def constant(kind: Type, value: Any, place: Place) -> Value:
    return Value(kind, lambda _: value, lambda sampler, path: marked(sampler, path, place, value))


def marked(sampler: Sampler, path: str, place: Place, value: Any) -> Any:
    sampler.mark(path, place)
    return value


def emitting(run: Closure, emit: Emit) -> Closure:
    """Return what computes a value as a document holds it."""
    return lambda frame: emit(run(frame), frame.run)


def sampled(sampler: Sampler, path: str, place: Place, kind: Type, chooser: object) -> Any:
    """Return a sample of a computed value."""
    found = samples(kind)
    value = found[sampler.pick(chooser, len(found))]
    inner = bare(kind)
    known = isinstance(inner, Text) and inner.values is not None
    # That a value may be missing is known; what it is otherwise, only of a choice.
    sampler.mark(path, place, computed=not known and (value is not MISSING or kind is WRONG))
    return value


def sampled_list(items: list[Value], sampler: Sampler, path: str) -> list[Any]:
    found: list[Any] = []
    for one in items:
        value = one.sample(sampler, item_path(path, len(found), spliced=one.spliced))
        if value is MISSING:
            sampler.forget(item_path(path, len(found), spliced=False))
            continue
        if one.spliced and isinstance(value, list):
            found += value
        else:
            found.append(value)
    return found


def unwritable(kind: Type) -> str:
    if (
        kind is WRONG
        or isinstance(kind, Text)
        or kind is COLOR
        or (isinstance(kind, Number) and kind.unit == PLAIN)
    ):
        return ""
    if isinstance(kind, Maybe):
        return "may be missing in a text; test `given(…)` first, or use `??`"
    if isinstance(kind, Number):
        return f"is a number of {kind}; divide it by 1{kind} to write it in a text"
    return f"is of the type {kind}, which cannot be written in a text"


def written(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return f"{value:.6f}".rstrip("0").rstrip(".") if value != int(value) else str(int(value))
    return str(value.hex())


def result_names(text: str, scope: Scope) -> list[tuple[Definition, bool]]:
    """Return the definitions of which a document expression returns one, and whether it is an item of that."""
    found: list[tuple[Definition, bool]] = []
    todo: list[tuple[Tree, bool]] = [(parse(stripped(text, Place("", 0))[0]), False)]
    while todo:
        tree, picked = todo.pop()
        match tree:
            case Choice():
                todo += [(tree.otherwise, picked), (tree.then, picked)]
            case Binary(sign="??"):
                todo += [(tree.right, picked), (tree.left, picked)]
            case Call(name="cycle" | "item" | "first" | "last", args=(of, *_)) | Item(of=of):
                todo.append((of, True))
            case Name() if known := scope.find(tree.name):
                found.append((known[0], picked))
            case _:
                pass
    return found
