"""The constructs of the language: conditions, repeats, forms, parts, records of a type, values of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from farm.errors import did_you_mean, shortened
from farm.language.calls import Function
from farm.language.emit import MISSING
from farm.language.fault import Place
from farm.language.forms import FORMS, aspect_test
from farm.language.grammar import WORDS
from farm.language.parts import Part, part_scope
from farm.language.repeat import as_list, due, item_of, never, repeated_sample, repeating, sample_of_each
from farm.language.sampler import Sample, Sampler
from farm.language.scope import Compiled, Frame, Scope
from farm.language.source import Mapping, Node, Scalar, Sequence
from farm.language.structure import Structure
from farm.language.tree import given_in
from farm.language.types import (
    CLIPS,
    DOCUMENT,
    NUMBER,
    WRONG,
    Many,
    Maybe,
    Record,
    Type,
    a,
    bare,
    joined,
)
from farm.language.value import Value

_FOR: Final = re.compile(r"([a-z]\w*)(?:\s*,\s*([a-z]\w*))?\s+in\s+(.+)", re.DOTALL)
_KEYS: Final = {
    "for": ("for", "let", "if", "give"),
    "if": ("if", "then", "else"),
    "give": ("let", "give"),
}
NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
RESERVED: Final = frozenset({"slots", "canvas", "fps", "language", *WORDS})
"""Names that nothing else may have."""

Branch = tuple[Compiled | None, Value]


@dataclass(slots=True)
class Constructs:
    """Compiles constructs."""

    structure: Structure
    """Compiles the values in them."""
    everywhere: Scope
    """The names that parts may use besides their own."""
    parts: dict[str, Part] = field(default_factory=dict)
    """Parts by name."""
    samples: dict[int, Sample] = field(default_factory=dict)
    """Samples of named values, by the identity of their definitions."""
    box: Callable[[Node, Scope], Compiled] | None = None
    """Compiles an entry of ``boxes``."""

    def made(
        self, node: Mapping, scope: Scope, wanted: Type | None, *, in_list: bool = False
    ) -> Value | None:
        """Compile a construct; return None for a mapping that is none.

        Args:
            node: The mapping.
            scope: The names that it may use.
            wanted: The type that is due; of an item, if ``in_list``.
            in_list: Whether it is an item of a list, which then takes all items that it makes.
        """
        names = node.items
        documents = wanted is not None and bare(wanted) in (DOCUMENT, CLIPS)
        if "for" in names and "give" in names:
            return self._repeat(node, scope, wanted, in_list)
        if "if" in names and "then" in names:
            return self._condition(node, scope, wanted, in_list)
        if "by_aspect" in names:
            return self._form(node, scope, wanted, in_list)
        if "part" in names:
            return self._part(node, scope)
        if "let" in names and "give" in names:
            self._only(node, "give")
            inner = Scope(parent=scope)
            self.define(node.items["let"], inner)
            value = self._branch(node.items["give"], inner, wanted, in_list)
            return self._in_frame(inner, value, spliced=in_list or value.spliced)
        if documents:
            return None
        if "is" in names:
            return self._typed(node, scope)
        if names.keys() == {"document"}:
            return self.structure.value(names["document"], scope, DOCUMENT)
        if names.keys() == {"clips"}:
            return self.structure.value(names["clips"], scope, CLIPS)
        return None

    def define(self, node: Node, scope: Scope, *, boxes: bool = False) -> None:
        """Add the names of a ``let`` or ``boxes`` section to a scope."""
        if not isinstance(node, Mapping):
            self.structure.fail(node.place, "is a mapping of names to values")
            return
        for name, item in node.items.items():
            if not self.may_define(name, scope, item.place):
                continue
            definition = scope.define(name, item.place)

            def make(item: Node = item, key: int = id(definition)) -> Compiled:
                if boxes:
                    assert self.box is not None
                    return self.box(item, scope)
                value = self.structure.value(item, scope)
                self.samples[key] = value.sample
                return value.compiled

            definition.make = make

    def may_define(self, name: str, scope: Scope, place: Place) -> bool:
        """Report a name that is not allowed, or given already."""
        if name in ("True", "False"):
            self.structure.fail(
                place, "YAML reads on, off, yes and no as flags; choose another name, or quote it"
            )
            return False
        if name in RESERVED or not NAME.fullmatch(name):
            self.structure.fail(
                place, f"`{shortened(name, 60)}` is no name; write small letters, digits and _"
            )
            return False
        if name in scope.names:
            self.structure.fail(place, f"`{name}` is defined already, in line {scope.names[name].place.line}")
            return False
        return True

    def complete(self, scope: Scope) -> Iterator[str]:
        """Compile what nothing referred to, and yield its names."""
        for definition in list(scope.names.values()):
            if definition.make is not None and definition.known is None:
                definition.busy = True
                definition.known = definition.make()
                definition.busy = False
            if definition.make is not None and not definition.used:
                yield definition.name

    def _only(self, node: Mapping, construct: str) -> None:
        for name, item in node.without(*_KEYS[construct]):
            allowed = did_you_mean(name, _KEYS[construct])
            self.structure.fail(item.place, f"`{shortened(name, 60)}` is no part of `{construct}`{allowed}")

    def _branch(self, node: Node, scope: Scope, wanted: Type | None, in_list: bool) -> Value:
        documents = wanted is not None and bare(wanted) in (DOCUMENT, CLIPS)
        if in_list and isinstance(node, Sequence) and wanted is not None and not documents:
            wanted = Many(wanted)
        if in_list and isinstance(node, Mapping):
            made = self.made(node, scope, wanted, in_list=True)
            if made is not None:
                return (
                    made
                    if documents
                    else as_list(self.structure.checked(made, due(made, wanted), node.place))
                )
        value = self.structure.value(node, scope, wanted)
        if not in_list or documents:
            return value
        return as_list(value)

    def _in_frame(self, scope: Scope, value: Value, *, spliced: bool) -> Value:
        run = value.run

        def compute(frame: Frame) -> Any:
            return run(Frame(frame.run, frame, len(scope.names)))

        return Value(value.type, compute, value.sample, value.slots, spliced)

    def _either(
        self, node: Mapping, branches: list[Branch], wanted: Type | None, in_list: bool, complete: bool
    ) -> Value:
        """Return the value of the first branch whose test holds."""
        documents = wanted is not None and bare(wanted) in (DOCUMENT, CLIPS)
        kind: Type | None = None
        for _, value in branches:
            both = value.type if kind is None else joined(kind, value.type)
            if documents:
                both = DOCUMENT
            if both is None:
                return self.structure.fail(node.place, f"its values are alike: {kind}, then {value.type}")
            kind = both
        assert kind is not None
        nothing: Any = MISSING if documents else None
        if in_list and not documents:
            nothing = []
        elif not complete and not documents and not isinstance(kind, Maybe) and kind is not WRONG:
            kind = Maybe(kind)
        runs = [(test.run if test is not None else None, value.run) for test, value in branches]

        def run(frame: Frame) -> Any:
            for test, compute in runs:
                if test is None or test(frame):
                    return compute(frame)
            return nothing

        def sample(sampler: Sampler, path: str) -> Any:
            picked = sampler.pick(branches, len(branches) + (not complete))
            return branches[picked][1].sample(sampler, path) if picked < len(branches) else MISSING

        slots = frozenset().union(*(value.slots for _, value in branches))
        slots |= frozenset().union(*(test.slots for test, _ in branches if test is not None))
        spliced = in_list or any(value.spliced for _, value in branches)
        return Value(kind, run, sample, slots, spliced=spliced)

    def _condition(self, node: Mapping, scope: Scope, wanted: Type | None, in_list: bool) -> Value:
        self._only(node, "if")
        test, tree = self.structure.condition(node.items["if"], scope)
        known = given_in(tree, True) if tree is not None else frozenset()
        unknown = given_in(tree, False) if tree is not None else frozenset()
        branches: list[Branch] = [
            (test, self._branch(node.items["then"], scope.with_given(known), wanted, in_list))
        ]
        complete = "else" in node.items
        if complete:
            branches.append(
                (None, self._branch(node.items["else"], scope.with_given(unknown), wanted, in_list))
            )
        return self._either(node, branches, wanted, in_list, complete)

    def _form(self, node: Mapping, scope: Scope, wanted: Type | None, in_list: bool) -> Value:
        cases = node.items["by_aspect"]
        if len(node.items) > 1 or not isinstance(cases, Mapping) or not cases.items:
            return self.structure.fail(
                node.place, "`by_aspect` holds a value for each of tall, square and wide, or `else`"
            )
        branches: list[Branch] = []
        for name, item in cases.items.items():
            test = None if name == "else" else aspect_test(self.structure, name, item.place)
            if test is None and name != "else":
                continue
            if branches and branches[-1][0] is None:
                self.structure.fail(item.place, "`else` comes last")
            branches.append((test, self._branch(item, scope, wanted, in_list)))
        complete = "else" in cases.items or all(form in cases.items for form in FORMS)
        if not complete and not in_list:
            left = [form for form in FORMS if form not in cases.items]
            self.structure.fail(
                node.place, f"`by_aspect` has no value for {', '.join(left)}; add it, or `else`"
            )
        if not branches:
            return self.structure.fail(node.place, "`by_aspect` has no value")
        return self._either(node, branches, wanted, in_list, complete)

    def _repeat(self, node: Mapping, scope: Scope, wanted: Type | None, in_list: bool) -> Value:
        self._only(node, "for")
        head = node.items["for"]
        text = head.value if isinstance(head, Scalar) else None
        match = _FOR.fullmatch(text.removeprefix("=").strip()) if isinstance(text, str) else None
        if match is None:
            return self.structure.fail(
                head.place,
                "`for` names each item and the list: `line in slots.lines`, or `line, number in …`",
            )
        start = str(text).index(match[3])
        source = self.structure.expressions.text(match[3], scope, head.place.along(start))
        items = bare(source.type)
        if source.type is not WRONG and (not isinstance(items, Many) or isinstance(source.type, Maybe)):
            return self.structure.fail(head.place, f"`for` repeats over a list, not {a(source.type)}")
        item = items.item if isinstance(items, Many) else WRONG
        inner = Scope(parent=scope)
        inner.define(match[1], head.place, known=Compiled(item, never, source.slots))
        if match[2]:
            inner.define(match[2], head.place, known=Compiled(NUMBER, never))
        if "let" in node.items:
            self.define(node.items["let"], inner)
        test, known = None, frozenset[tuple[str, ...]]()
        if "if" in node.items:
            test, tree = self.structure.condition(node.items["if"], inner)
            known = given_in(tree, True) if tree is not None else known
        documents = wanted is not None and bare(wanted) in (DOCUMENT, CLIPS)
        due = wanted if documents or in_list else item_of(wanted)
        value = self._branch(node.items["give"], inner.with_given(known), due, in_list=True)
        kind: Type = CLIPS if documents else value.type
        over = self.structure.expressions.named_list(match[3], scope) if item is DOCUMENT else None
        variable = inner.names[match[1]]
        each = repeating(source.run, inner, test.run if test else None, value.run, counted=bool(match[2]))
        placed = self.structure.expressions.placed(Compiled(kind, each, source.slots), head.place)
        return Value(
            kind,
            placed.run,
            repeated_sample(value) if over is None else sample_of_each(value, variable, over),
            source.slots | value.slots | (test.slots if test else frozenset()),
            spliced=True,
        )

    def _part(self, node: Mapping, scope: Scope) -> Value:
        name = node.items["part"]
        if not isinstance(name, Scalar) or not isinstance(name.value, str):
            return self.structure.fail(name.place, "`part` is the name of a part")
        part = self.parts.get(name.value)
        if part is None:
            hint = did_you_mean(name.value, self.parts)
            return self.structure.fail(name.place, f"no part is called `{shortened(name.value, 60)}`{hint}")
        body = self.body(part, name.place)
        given: dict[str, Value] = {}
        for word, item in node.without("part"):
            if word not in part.parameters:
                hint = did_you_mean(word, part.parameters)
                self.structure.fail(item.place, f"part `{part.name}` takes no `{shortened(word, 60)}`{hint}")
                continue
            kind = part.parameters[word].type
            if kind == CLIPS and isinstance(item, Mapping):
                item = Sequence((item,), item.place)
            given[word] = self.structure.value(item, scope, kind)
        lacking = [
            one.name for one in part.parameters.values() if one.name not in given and one.default is None
        ]
        if lacking:
            self.structure.fail(node.place, f"part `{part.name}` lacks `{'`, `'.join(lacking)}`")
        if body is None:
            return Value(WRONG, never, lambda sampler, path: sampler.unknown(path))
        runs = [(part.parameters[word].index, value.run) for word, value in given.items()]
        rest = [(one.index, one.default) for one in part.parameters.values() if one.name not in given]
        size, compute = len(part.scope.names), body.run

        def run(frame: Frame) -> Any:
            frame.run.step()
            everywhere = frame.run.globals
            inner = Frame(frame.run, everywhere, size)
            for at, value in runs:
                given_value = value(frame)
                inner.values[at] = None if given_value is MISSING else given_value
            for at, default in rest:
                inner.values[at] = default(everywhere) if default is not None else None
            return compute(inner)

        passed = {
            id(part.scope.names[word]): value.sample
            for word, value in given.items()
            if bare(part.parameters[word].type) in (DOCUMENT, CLIPS)
        }

        def sample(sampler: Sampler, path: str) -> Any:
            sampler.given.append(passed)
            try:
                return body.sample(sampler, path)
            finally:
                sampler.given.pop()

        slots = frozenset().union(body.slots, *(value.slots for value in given.values()))
        return Value(body.type, run, sample, slots, spliced=body.type == CLIPS or isinstance(body.type, Many))

    def body(self, part: Part, place: Place) -> Value | None:
        """Return a part's compiled body; report one that calls itself, and return None for it."""
        part.used = True
        if part.busy:
            self.structure.fail(place, f"part `{part.name}` calls itself; repeat over a list instead")
            return None
        if part.body is None:
            part.busy = True
            part_scope(part, self)
            part.body = self.structure.value(part.result, part.scope, CLIPS if part.makes_clips else None)
            part.busy = False
        return part.body

    def function(self, name: str) -> Function | None:
        """Return a part that gives a value as a function; None if there is none."""
        part = self.parts.get(name)
        return (
            part.as_function(lambda: self.body(part, part.place))
            if part is not None and not part.makes_clips
            else None
        )

    def _typed(self, node: Mapping, scope: Scope) -> Value:
        name = node.items["is"]
        word = name.value if isinstance(name, Scalar) else None
        kind = self.structure.types.get(str(word))
        if not isinstance(kind, Record) or kind.getters is not None:
            records = [
                one
                for one, kind in self.structure.types.items()
                if isinstance(kind, Record) and not kind.getters
            ]
            return self.structure.fail(
                name.place,
                f"no type is called `{shortened(str(word), 60)}`{did_you_mean(str(word), records)}",
            )
        rest = dict(node.without("is"))
        return self.structure.value(Mapping(rest, node.place), scope, kind)
