"""Compiles expressions: checks names, types and units, and returns closures that compute them."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Final

from farm.errors import did_you_mean, shortened
from farm.language.calls import Function, call_of
from farm.language.canvas import Canvas
from farm.language.fault import ExpressionError, Fault, Faults, Place
from farm.language.grammar import GrammarError, parse
from farm.language.records import COLOR_PARTS
from farm.language.scope import (
    Compiled,
    Definition,
    Frame,
    Scope,
    bounded,
    listed,
    reading,
)
from farm.language.tree import (
    Binary,
    Call,
    Choice,
    Item,
    Listed,
    Literal,
    Member,
    Name,
    Tree,
    Unary,
    depth_of,
    given_in,
    path_of,
    spelled,
)
from farm.language.types import (
    COLOR,
    FLAG,
    NONE,
    NOTHING,
    PLAIN,
    UNITS,
    WRONG,
    Many,
    Maybe,
    Number,
    Record,
    Text,
    Type,
    Unit,
    a,
    bare,
    joined,
    not_numbers,
)
from farm.model.color import parse_color

DEEPEST: Final = 120
"""How deep the tree of an expression may be, chains of operators included."""
_SCREEN: Final[dict[str, Callable[[Canvas], float]]] = {
    "vmin": attrgetter("short"), "vw": attrgetter("width"), "vh": attrgetter("height")
}  # fmt: skip
_SIGNS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add, "-": operator.sub, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "==": operator.eq, "!=": operator.ne,
}  # fmt: skip


def wrong() -> Compiled:
    """Return what stands for a wrong expression."""
    return Compiled(WRONG, lambda _: None)


@dataclass(slots=True)
class Expressions:
    """Compiles the expressions of one template."""

    faults: Faults
    """Where problems are reported."""
    functions: dict[str, Function]
    """Functions and parts that return values, by name."""
    part: Callable[[str], Function | None]
    """Returns a part that is used as a function; None if there is none."""
    fields_read: set[tuple[str, str]] = field(default_factory=set)
    """Slots that are read, as ``("slots", "lines")``."""

    def text(self, text: str, scope: Scope, place: Place, wanted: Type | None = None) -> Compiled:
        """Compile an expression; report what is wrong with it, and return what accepts every use if anything is."""
        try:
            tree = parse(text)
            if depth_of(tree) > DEEPEST:
                raise GrammarError("is too long; name parts of it in `let`", 0)
        except GrammarError as error:
            near = shortened(text[error.at :].strip(), 24)
            self.faults.add(place.along(error.at), f"{error}" + (f" (at `{near}`)" if near else ""))
            return wrong()
        compiled = self.tree(tree, scope, place, wanted)
        if isinstance(tree, Name | Member) or (isinstance(tree, Literal) and tree.unit not in _SCREEN):
            return compiled  # cannot fail, other than what it names, which is placed itself
        return self.placed(compiled, place)

    def resolve(self, name: str) -> Function | None:
        """Return a part that is used as a function; None if there is none."""
        return self.part(name)

    def named_list(self, text: str, scope: Scope) -> Definition | None:
        """Return the definition that an expression names; None if it is more than a name."""
        try:
            tree = parse(text)
        except GrammarError:
            return None
        found = scope.find(tree.name) if isinstance(tree, Name) else None
        return found[0] if found is not None else None

    def placed(self, compiled: Compiled, place: Place) -> Compiled:
        """Return the same, with errors at draft time placed."""
        run, slots = compiled.run, compiled.slots

        def compute(frame: Frame) -> Any:
            try:
                frame.run.step()
                return run(frame)
            except ExpressionError as error:
                raise Fault(place, str(error), slots) from None
            except (ArithmeticError, ValueError) as error:
                raise Fault(place, f"cannot be computed: {error}", slots) from error

        return Compiled(compiled.type, compute, slots)

    def tree(self, tree: Tree, scope: Scope, place: Place, wanted: Type | None = None) -> Compiled:
        """Compile a tree; ``wanted`` is the type that is due, so that text may be a colour."""
        match tree:
            case Literal():
                return self._literal(tree, place, wanted)
            case Name():
                return self._name(tree, scope, place)
            case Member():
                return self._member(tree, scope, place)
            case Item():
                return self._item(tree, scope, place)
            case Call():
                return call_of(self, tree, scope, place)
            case Unary():
                return self._unary(tree, scope, place)
            case Binary():
                return self._binary(tree, scope, place)
            case Choice():
                return self._choice(tree, scope, place, wanted)
            case Listed():
                return self._listed(tree, scope, place, wanted)

    def fail(self, place: Place, at: int, message: str) -> Compiled:
        """Report a problem at a character of an expression."""
        self.faults.add(place.along(at), message)
        return wrong()

    def _literal(self, tree: Literal, place: Place, wanted: Type | None) -> Compiled:
        value = tree.value
        if tree.kind == "number":
            if tree.unit in _SCREEN:
                assert isinstance(value, int | float)
                side, number = _SCREEN[tree.unit], value
                return Compiled(Number(UNITS["px"]), lambda frame: side(frame.run.canvas) * number / 100)
            return Compiled(Number(UNITS[tree.unit] if tree.unit else PLAIN), lambda _: value)
        if tree.kind == "color" or (tree.kind == "text" and wanted is not None and bare(wanted) is COLOR):
            try:
                color = parse_color(str(value))
            except ValueError as error:
                return self.fail(place, tree.at, str(error))
            return Compiled(COLOR, lambda _: color)
        kinds: dict[str, Type] = {"text": Text(frozenset({str(value)})), "flag": FLAG, "none": NONE}
        return Compiled(kinds[tree.kind], lambda _: value)

    def _name(self, tree: Name, scope: Scope, place: Place) -> Compiled:
        found = scope.find(tree.name)
        if found is None:
            message = (
                f"nothing is called `{shortened(tree.name, 60)}`{did_you_mean(tree.name, scope.all_names())}"
            )
            return self.fail(place, tree.at, message)
        definition, depth = found
        definition.used = True
        if definition.busy:
            return self.fail(place, tree.at, f"`{tree.name}` is computed from itself")
        if definition.known is None:
            assert definition.make is not None
            definition.busy = True
            definition.known = definition.make()
            definition.busy = False
        known = definition.known
        lazily = known.run if definition.make is not None else None
        kind = known.type
        if isinstance(kind, Maybe) and scope.is_narrowed((tree.name,)):
            kind = kind.value
        return Compiled(kind, reading(definition, depth, lazily), known.slots)

    def _member(self, tree: Member, scope: Scope, place: Place) -> Compiled:
        of = self.tree(tree.of, scope, place)
        if of.type is WRONG:
            return of
        name = tree.name
        if isinstance(of.type, Maybe):
            shown = spelled(tree.of)
            hint = f"`given({shown})`" if shown else "`given(…)`"
            return self.fail(
                place, tree.at, f"may be missing where `.{name}` is read; test {hint} first, or use `??`"
            )
        record = COLOR_PARTS if of.type is COLOR else of.type
        if not isinstance(record, Record):
            return self.fail(place, tree.at, f"{a(of.type)} has no fields")
        if name not in record.fields:
            hint = did_you_mean(name, record.fields)
            return self.fail(place, tree.at, f"{a(of.type)} has no field `{shortened(name, 60)}`{hint}")
        kind = record.fields[name]
        path = path_of(tree)
        if isinstance(kind, Maybe) and path and scope.is_narrowed(path):
            kind = kind.value
        slots = of.slots
        if path and path[0] == "slots":
            slots = frozenset({".".join(path)})
            self.fields_read.add((path[0], path[1]))
        get = record.getters[name] if record.getters is not None else operator.itemgetter(name)
        run = of.run
        return Compiled(kind, lambda frame: get(run(frame)), slots)

    def _item(self, tree: Item, scope: Scope, place: Place) -> Compiled:
        of, index = self.tree(tree.of, scope, place), self.tree(tree.index, scope, place)
        if WRONG in (of.type, index.type):
            return wrong()
        if not isinstance(of.type, Many):
            return self.fail(place, tree.at, f"{a(of.type)} has no items")
        if index.type != Number():
            return self.fail(place, tree.at, f"an index is a number, not {a(index.type)}")
        items, at = of.run, index.run

        def item(frame: Frame) -> Any:
            values, number = items(frame), int(at(frame))
            if not -len(values) <= number < len(values):
                raise ExpressionError(f"there is no item {number} in a list of {len(values)}")
            return values[number]

        return Compiled(of.type.item, item, of.slots | index.slots)

    def _unary(self, tree: Unary, scope: Scope, place: Place) -> Compiled:
        value = self.tree(tree.value, scope, place)
        if value.type is WRONG:
            return value
        run = value.run
        if tree.sign == "not":
            if value.type is not FLAG:
                return self.fail(place, tree.at, f"`not` takes a flag, not {a(value.type)}")
            return Compiled(FLAG, lambda frame: not run(frame), value.slots)
        if not isinstance(value.type, Number):
            return self.fail(place, tree.at, f"`-` takes a number, not {a(value.type)}")
        return Compiled(value.type, lambda frame: -run(frame), value.slots)

    def _choice(self, tree: Choice, scope: Scope, place: Place, wanted: Type | None) -> Compiled:
        test = self.condition(tree.condition, scope, place)
        then = self.tree(tree.then, scope.with_given(given_in(tree.condition, True)), place, wanted)
        other = self.tree(tree.otherwise, scope.with_given(given_in(tree.condition, False)), place, wanted)
        kind = joined(then.type, other.type)
        if kind is None:
            return self.fail(
                place,
                tree.at,
                f"is {a(then.type)} after `then`, and {a(other.type)} after `else`; both are to be alike",
            )
        if_, yes, no = test.run, then.run, other.run
        return Compiled(
            kind, lambda frame: yes(frame) if if_(frame) else no(frame), test.slots | then.slots | other.slots
        )

    def condition(self, tree: Tree, scope: Scope, place: Place) -> Compiled:
        """Compile a condition."""
        test = self.tree(tree, scope, place)
        if test.type in (FLAG, WRONG):
            return test
        hint = {
            Text: "; compare it with ''",
            Maybe: "; write `given(…)`",
            Number: "; compare it with a number",
        }
        return self.fail(
            place, tree.at, f"a condition is a flag, not {a(test.type)}{hint.get(type(test.type), '')}"
        )

    def _listed(self, tree: Listed, scope: Scope, place: Place, wanted: Type | None) -> Compiled:
        inner = bare(wanted) if wanted is not None else None
        item = inner.item if isinstance(inner, Many) else None
        items = [self.tree(one, scope, place, item) for one in tree.items]
        kind: Type = WRONG
        for one, source in zip(items, tree.items, strict=True):
            both = joined(kind, one.type)
            if both is None:
                return self.fail(place, source.at, f"the items of a list are alike: {kind}, then {one.type}")
            kind = both
        runs = [one.run for one in items]
        slots = frozenset().union(*(one.slots for one in items))
        if not items:
            return Compiled(NOTHING, lambda _: [])
        return Compiled(Many(kind), lambda frame: [run(frame) for run in runs], slots)

    def _binary(self, tree: Binary, scope: Scope, place: Place) -> Compiled:
        if tree.sign in ("and", "or"):
            return self._logic(tree, scope, place)
        left = self.tree(tree.left, scope, place)
        right = self.tree(tree.right, scope, place, left.type if tree.sign in ("==", "!=", "??") else None)
        if WRONG in (left.type, right.type):
            return wrong()
        slots = left.slots | right.slots
        if tree.sign == "??":
            return self._instead(tree, left, right, place)
        if tree.sign == "in":
            if not isinstance(right.type, Many) or joined(left.type, right.type.item) is None:
                return self.fail(place, tree.at, f"`in` takes a list of {left.type}, not {a(right.type)}")
            within, item = right.run, left.run
            return Compiled(FLAG, lambda frame: item(frame) in within(frame), slots)
        if tree.sign == "+" and isinstance(left.type, Many) and isinstance(right.type, Many):
            return self._appended(tree, left, right, place)
        one, other = left.run, right.run
        if tree.sign in ("==", "!="):
            if joined(left.type, right.type) is None:
                return self.fail(place, tree.at, f"{a(left.type)} is never equal to {a(right.type)}")
            equal = _SIGNS[tree.sign]
            return Compiled(FLAG, lambda frame: equal(one(frame), other(frame)), slots)
        if not isinstance(left.type, Number) or not isinstance(right.type, Number):
            return self.fail(place, tree.at, not_numbers(tree.sign, left.type, right.type))
        if tree.sign in ("*", "/"):
            return self._product(tree.sign, left, right)
        if left.type != right.type:
            verb = "is compared with" if tree.sign in ("<", "<=", ">", ">=") else "and"
            joint = (
                f"{left.type} {verb} {right.type}"
                if verb != "and"
                else f"{left.type} {tree.sign} {right.type}"
            )
            return self.fail(place, tree.at, f"{joint}: both are to have the same unit")
        work = _SIGNS[tree.sign]
        if tree.sign in ("+", "-"):
            return Compiled(left.type, lambda frame: bounded(work(one(frame), other(frame))), slots)
        return Compiled(FLAG, lambda frame: work(one(frame), other(frame)), slots)

    def _logic(self, tree: Binary, scope: Scope, place: Place) -> Compiled:
        left = self.condition(tree.left, scope, place)
        known = given_in(tree.left, tree.sign == "and")
        right = self.condition(tree.right, scope.with_given(known), place)
        one, other = left.run, right.run
        if tree.sign == "and":
            return Compiled(FLAG, lambda frame: one(frame) and other(frame), left.slots | right.slots)
        return Compiled(FLAG, lambda frame: one(frame) or other(frame), left.slots | right.slots)

    def _instead(self, tree: Binary, left: Compiled, right: Compiled, place: Place) -> Compiled:
        if not isinstance(left.type, Maybe):
            return self.fail(place, tree.at, f"`??` follows what may be missing, and {a(left.type)} never is")
        kind = joined(left.type.value, right.type)
        if kind is None:
            return self.fail(
                place, tree.at, f"is {a(left.type.value)} before `??`, and {a(right.type)} after it"
            )
        one, other = left.run, right.run

        def compute(frame: Frame) -> Any:
            value = one(frame)
            return other(frame) if value is None else value

        return Compiled(kind, compute, left.slots | right.slots)

    def _appended(self, tree: Binary, left: Compiled, right: Compiled, place: Place) -> Compiled:
        kind = joined(left.type, right.type)
        if kind is None:
            return self.fail(place, tree.at, f"{a(left.type)} cannot be continued with {a(right.type)}")
        one, other = left.run, right.run

        def compute(frame: Frame) -> Any:
            return listed([*one(frame), *other(frame)])

        return Compiled(kind, compute, left.slots | right.slots)

    def _product(self, sign: str, left: Compiled, right: Compiled) -> Compiled:
        assert isinstance(left.type, Number)
        assert isinstance(right.type, Number)
        one, other = left.run, right.run
        slots = left.slots | right.slots
        if sign == "*":
            unit: Unit = left.type.unit.times(right.type.unit)
            return Compiled(Number(unit), lambda frame: bounded(one(frame) * other(frame)), slots)

        def quotient(frame: Frame) -> Any:
            below = other(frame)
            if below == 0:
                raise ExpressionError("is divided by 0")
            return bounded(one(frame) / below)

        return Compiled(Number(left.type.unit.over(right.type.unit)), quotient, slots)
