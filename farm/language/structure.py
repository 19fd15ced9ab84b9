"""Compiles the values of a template: literals, expressions, lists, mappings, and the constructs that make them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from farm.errors import did_you_mean, shortened
from farm.language.emit import MISSING, emitter
from farm.language.expression import Expressions, wrong
from farm.language.fault import Place
from farm.language.grammar import GrammarError, parse
from farm.language.sampler import Sampler
from farm.language.scope import MAX_TEXT, Compiled, Frame, Scope, listed
from farm.language.source import Mapping, Node, Scalar, Sequence
from farm.language.tree import Tree
from farm.language.types import (
    CLIPS,
    COLOR,
    DOCUMENT,
    FLAG,
    LARGEST_RECORD,
    NONE,
    NOTHING,
    NUMBER,
    PLAIN,
    TEXT,
    UNITS,
    WRONG,
    Many,
    Maybe,
    Number,
    Record,
    Text,
    Type,
    bare,
    check_fits,
    joined,
)
from farm.language.value import (
    Maker,
    Value,
    constant,
    emitting,
    marked,
    result_names,
    sampled,
    sampled_list,
    stripped,
    unwritable,
    written,
    wrong_value,
)
from farm.model.color import parse_color

_PLACEHOLDER: Final = re.compile(r"\$(\$|\{([^{}]*)\})")
_QUANTITY: Final = re.compile(r"-?\d+(?:\.\d+)?(?:px|s|f|deg|vmin|vw|vh|%)")


@dataclass(slots=True)
class Structure:
    """Compiles values."""

    expressions: Expressions
    """Compiles expressions."""
    types: dict[str, Type]
    """Types by name."""
    constructs: Maker = field(init=False)
    """Compiles mappings that are constructs."""

    def fail(self, place: Place, message: str) -> Value:
        """Report a problem."""
        self.expressions.faults.add(place, message)
        return wrong_value()

    def value(self, node: Node, scope: Scope, wanted: Type | None = None) -> Value:
        """Compile a value.

        Args:
            node: As written.
            scope: The names that it may use.
            wanted: The type that is due; any if None. With ``document`` and ``clips`` it becomes part of a timeline.
        """
        if isinstance(node, Mapping):
            made = self.constructs.made(node, scope, wanted)
            if made is not None:
                return self.checked(made, wanted, node.place)
        if wanted is not None and bare(wanted) in (DOCUMENT, CLIPS):
            return self._part(node, scope, bare(wanted))
        match node:
            case Scalar():
                return self.checked(self._scalar(node, scope, wanted), wanted, node.place)
            case Sequence():
                return self.checked(self._list(node, scope, wanted), wanted, node.place)
            case Mapping():
                return self.checked(self._record(node, scope, wanted), wanted, node.place)

    def checked(self, value: Value, wanted: Type | None, place: Place) -> Value:
        """Report a value of another type than is due."""
        if wanted is None or value.type is WRONG:
            return value
        if wanted in (DOCUMENT, CLIPS) and value.type in (DOCUMENT, CLIPS):
            return value
        message = check_fits(value.type, wanted)
        return self.fail(place, message) if message else value

    def condition(self, node: Node, scope: Scope) -> tuple[Compiled, Tree | None]:
        """Compile a condition; return its tree too, which says what is not missing where it holds."""
        if isinstance(node, Scalar) and isinstance(node.value, bool):
            value = node.value
            return Compiled(FLAG, lambda _: value), None
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            self.fail(node.place, "a condition is an expression, such as `count(slots.photos) > 1`")
            return wrong(), None
        text, place = stripped(node.value, node.place)
        try:
            tree = parse(text)
        except GrammarError:
            return self.expressions.text(text, scope, place), None
        compiled = self.expressions.condition(tree, scope, place)
        return self.expressions.placed(compiled, place), tree

    def expression(self, node: Node, scope: Scope, wanted: Type | None, what: str) -> Compiled:
        """Compile what is always an expression, with ``=`` or without."""
        if isinstance(node, Scalar) and isinstance(node.value, str):
            text, place = stripped(node.value, node.place)
            compiled = self.expressions.text(text, scope, place, wanted)
            message = (
                check_fits(compiled.type, wanted) if wanted is not None and compiled.type is not WRONG else ""
            )
            if message:
                self.fail(place, f"{what} {message}")
                return wrong()
            return compiled
        return self.value(node, scope, wanted).compiled

    def _scalar(self, node: Scalar, scope: Scope, wanted: Type | None) -> Value:
        value, place, due = node.value, node.place, bare(wanted) if wanted is not None else None
        if isinstance(value, str):
            if value.startswith("="):
                text, at = stripped(value, place)
                return self._computed(self.expressions.text(text, scope, at, due), place)
            if "$" in value and _PLACEHOLDER.search(value):
                return self._computed(self._filled(value, scope, place), place)
            if due is COLOR:
                return self._color(value, place)
            if isinstance(due, Number) and _QUANTITY.fullmatch(value.strip()):
                return self._computed(self.expressions.text(value.strip(), scope, place), place)
            return constant(Text(frozenset({value})), value, place)
        if isinstance(value, bool):
            return constant(FLAG, value, place)
        if value is None:
            return constant(NONE, None, place)
        if isinstance(due, Number) and due.unit != PLAIN:
            if value == 0:
                return constant(due, 0, place)
            unit = str(due)
            if unit in UNITS:
                return self.fail(place, f"`{value}` has no unit; write {value:g}{unit}")
        if abs(value) > 1e12:
            return self.fail(place, "numbers are at most 1e12")
        return constant(NUMBER, value, place)

    def _color(self, text: str, place: Place) -> Value:
        try:
            color = parse_color(text)
        except ValueError as error:
            return self.fail(place, str(error))
        return Value(COLOR, lambda _: color, lambda _sampler, _path: color.hex())

    def _computed(self, compiled: Compiled, place: Place) -> Value:
        def sample(sampler: Sampler, path: str) -> Any:
            return sampled(sampler, path, place, compiled.type, compiled)

        return Value(compiled.type, compiled.run, sample, compiled.slots)

    def _filled(self, text: str, scope: Scope, place: Place) -> Compiled:
        """Compile text with ``${…}`` in it."""
        parts: list[str | Compiled] = []
        at = 0
        for match in _PLACEHOLDER.finditer(text):
            parts.append(text[at : match.start()])
            at = match.end()
            if match[1] == "$":
                parts.append("$")
                continue
            start = place.along(match.start(2)) if place.column else place
            inner = self.expressions.text(match[2], scope, start)
            message = unwritable(inner.type)
            if message:
                self.fail(start, f"`${{{shortened(match[2], 40)}}}` {message}")
                return wrong()
            parts.append(inner)
        parts.append(text[at:])
        pieces = [one if isinstance(one, str) else one.run for one in parts if one != ""]
        slots = frozenset().union(*(one.slots for one in parts if isinstance(one, Compiled)))

        def run(frame: Frame) -> str:
            joint = "".join(one if isinstance(one, str) else written(one(frame)) for one in pieces)
            if len(joint) > MAX_TEXT:
                raise ValueError(f"a text has more than {MAX_TEXT:,} characters")
            return joint

        return self.expressions.placed(Compiled(TEXT, run, slots), place)

    def _list(self, node: Sequence, scope: Scope, wanted: Type | None) -> Value:
        due = bare(wanted) if wanted is not None else None
        item_due = due.item if isinstance(due, Many) else None
        items: list[tuple[Value, bool]] = []
        kind: Type | None = None
        for one in node.items:
            value = self._list_item(one, scope, item_due)
            splice = value.spliced and isinstance(bare(value.type), Many)
            inner = bare(value.type)
            got = inner.item if splice and isinstance(inner, Many) else inner if value.spliced else value.type
            both = got if kind is None else joined(kind, got)
            if both is None:
                return self.fail(one.place, f"the items of a list are alike: {kind}, then {got}")
            kind = both
            items.append((value, splice))
        slots = frozenset().union(*(value.slots for value, _ in items))
        result = NOTHING if kind is None else Many(kind)

        def sample(sampler: Sampler, path: str) -> Any:
            return sampled_list([value for value, _ in items], sampler, path)

        runs = [(value.run, splice, value.spliced) for value, splice in items]

        def run(frame: Frame) -> list[Any]:
            found: list[Any] = []
            for compute, splice, optional in runs:
                value = compute(frame)
                if splice:
                    found += value or ()
                elif value is not None or not optional:
                    found.append(value)
            return listed(found)

        return Value(result, run, sample, slots)

    def _list_item(self, node: Node, scope: Scope, due: Type | None) -> Value:
        if isinstance(node, Mapping):
            made = self.constructs.made(node, scope, due, in_list=True)
            if made is not None:
                inner = bare(made.type)
                got = inner.item if isinstance(inner, Many) else inner
                if due is not None and got is not WRONG and (message := check_fits(got, due)):
                    return self.fail(node.place, message)
                return made
        return self.value(node, scope, due)

    def _record(self, node: Mapping, scope: Scope, wanted: Type | None) -> Value:
        due = bare(wanted) if wanted is not None else None
        if isinstance(due, Record) and due.getters is not None:
            return self.fail(node.place, f"{due} values are made by expressions, not written out")
        if due is not None and not isinstance(due, Record):
            return self.fail(node.place, f"is a mapping where {due} is due")
        fields: dict[str, Value] = {}
        for name, item in node.items.items():
            if due is not None and name not in due.fields:
                self.fail(
                    item.place,
                    f"`{shortened(name, 60)}` is no field of {due}{did_you_mean(name, due.fields)}",
                )
                continue
            fields[name] = self.value(item, scope, due.fields[name] if due is not None else None)
        defaults: dict[str, Any] = {}
        if due is not None:
            defaults = {name: value for name, value in due.defaults.items() if name not in fields}
            optional = {name: None for name, kind in due.fields.items() if isinstance(kind, Maybe)}
            lacking = [name for name in due.fields if name not in fields | defaults.keys() | optional.keys()]
            if lacking:
                return self.fail(node.place, f"`{'`, `'.join(lacking)}` of {due} is missing")
            defaults = {**{name: None for name in optional if name not in fields}, **defaults}
        kinds: dict[str, Type] = {name: value.type for name, value in fields.items()}
        if due is not None:
            kinds = {name: due.fields[name] for name in due.fields}
        runs = [(name, value.run) for name, value in fields.items()]
        slots = frozenset().union(*(value.slots for value in fields.values()))

        def run(frame: Frame) -> dict[str, Any]:
            made = dict(defaults)
            for name, compute in runs:
                made[name] = compute(frame)
            return made

        def sample(sampler: Sampler, path: str) -> Any:
            pairs = (
                (name, value.sample(sampler, f"{path}.{name}" if path else name))
                for name, value in fields.items()
            )
            return {name: item for name, item in pairs if item is not MISSING}

        made = Record(kinds, due.name if due is not None else "")
        if due is None and made.size() > LARGEST_RECORD:
            return self.fail(node.place, f"a record holds at most {LARGEST_RECORD} values")
        return Value(made, run, sample, slots)

    def _part(self, node: Node, scope: Scope, kind: Type) -> Value:
        """Compile a part of a document."""
        match node:
            case Sequence():
                return self._document_list(node, scope)
            case Mapping():
                if kind == CLIPS:
                    return self._document_list(Sequence((node,), node.place), scope)
                return self._document_mapping(node, scope)
            case Scalar():
                return self._document_scalar(node, scope)

    def _document_scalar(self, node: Scalar, scope: Scope) -> Value:
        value = node.value
        if not isinstance(value, str) or not (value.startswith("=") or _PLACEHOLDER.search(value)):
            return Value(
                DOCUMENT, lambda _: value, lambda sampler, path: marked(sampler, path, node.place, value)
            )
        inner = self._scalar(node, scope, None)
        if inner.type is WRONG:
            return inner
        try:
            emit = emitter(inner.type)
        except ValueError as error:
            return self.fail(node.place, str(error))
        run = inner.run if emit is None else emitting(inner.run, emit)
        opaque = inner.type in (DOCUMENT, CLIPS, Maybe(DOCUMENT))
        names = result_names(value, scope) if opaque else []

        def sample(sampler: Sampler, path: str) -> Any:
            if not opaque:
                return inner.sample(sampler, path)
            if not names:
                return sampler.unknown(path)
            definition, picked = names[sampler.pick(names, len(names))]
            return sampler.picked(definition, path) if picked else sampler.named(definition, path)

        result = CLIPS if inner.type == CLIPS else DOCUMENT
        return Value(result, run, sample, inner.slots, spliced=isinstance(inner.type, Many))

    def _document_list(self, node: Sequence, scope: Scope) -> Value:
        items = [self._document_item(one, scope) for one in node.items]
        runs = [(one.run, one.spliced) for one in items]

        def run(frame: Frame) -> list[Any]:
            found: list[Any] = []
            for compute, spliced in runs:
                value = compute(frame)
                if spliced and isinstance(value, list):
                    found += value
                elif value is not MISSING:
                    found.append(value)
            return found

        slots = frozenset().union(*(one.slots for one in items))

        def sample(sampler: Sampler, path: str) -> Any:
            sampler.mark(path, node.place)
            return sampled_list(items, sampler, path)

        return Value(CLIPS, run, sample, slots)

    def _document_item(self, node: Node, scope: Scope) -> Value:
        if isinstance(node, Mapping):
            made = self.constructs.made(node, scope, DOCUMENT, in_list=True)
            if made is not None:
                return made
        return self.value(node, scope, DOCUMENT)

    def _document_mapping(self, node: Mapping, scope: Scope) -> Value:
        fields = [(name, self.value(item, scope, DOCUMENT)) for name, item in node.items.items()]
        runs = [(name, one.run) for name, one in fields]
        places = {name: (node.items[name].place, one.slots) for name, one in fields}

        def run(frame: Frame) -> dict[str, Any]:
            frame.run.step()
            made = {}
            for name, compute in runs:
                value = compute(frame)
                if value is not MISSING:
                    made[name] = value
            if frame.run.trace is not None:
                frame.run.trace[id(made)] = node.place, places, made
            return made

        def sample(sampler: Sampler, path: str) -> Any:
            sampler.mark(path, node.place)
            pairs = ((name, one.sample(sampler, f"{path}.{name}" if path else name)) for name, one in fields)
            return {name: value for name, value in pairs if value is not MISSING}

        slots = frozenset().union(*(one.slots for _, one in fields))
        return Value(DOCUMENT, run, sample, slots)
