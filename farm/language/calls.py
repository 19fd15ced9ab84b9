"""Calls: functions with their signatures, and the check of a call's arguments."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from farm.errors import did_you_mean, shortened
from farm.language.fault import Place
from farm.language.scope import Compiled, Frame, Scope
from farm.language.tree import Call, Literal, Tree, path_of
from farm.language.types import (
    FLAG,
    WRONG,
    Many,
    Maybe,
    Number,
    Plain,
    Text,
    Type,
    a,
    bare,
    check_fits,
    joined,
    parse_type,
)

ANY_UNIT: Final = Plain("unit")
"""In a signature: a number of any unit, the same wherever it stands in the signature."""
ANY: Final = Plain("any")
"""In a signature: any type, the same wherever it stands in the signature."""
REQUIRED: Final = object()


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function or part."""

    name: str
    """Its name."""
    type: Type
    """What it takes."""
    default: Any = REQUIRED
    """Its value if it is left out; ``REQUIRED`` for none."""
    many: bool = False
    """Whether any number of arguments may follow, the last parameter's only."""


@dataclass(frozen=True, slots=True)
class Function:
    """What an expression may call."""

    name: str
    """Its name."""
    parameters: tuple[Parameter, ...]
    """In order."""
    result: Callable[[], Type]
    """Returns the type of its result; may find that it is computed from itself."""
    run: Callable[[Frame, list[Any]], Any]
    """Computes it."""
    summary: str = ""
    """What it returns, for the documentation."""
    notation: str = ""
    """Its signature as written."""


class Compiler(Protocol):
    """What compiles the arguments of a call."""

    functions: dict[str, Function]
    """Functions by name."""

    def resolve(self, name: str) -> Function | None:
        """Return a part that is used as a function; None if there is none."""
        ...

    def tree(self, tree: Tree, scope: Scope, place: Place, wanted: Type | None = None) -> Compiled:
        """Compile a tree."""
        ...

    def fail(self, place: Place, at: int, message: str) -> Compiled:
        """Report a problem at a character of an expression."""
        ...


_SIGNATURE: Final = re.compile(r"(\w+)\((.*)\) -> (\S+)")


def function_of(
    notation: str, summary: str, run: Callable[[Frame, list[Any]], Any], known: Mapping[str, Type]
) -> Function:
    """Return the function with a signature such as ``mix(one: color, other: color, amount: number = 0.5) -> color``."""
    match = _SIGNATURE.fullmatch(notation)
    assert match is not None, notation
    name, inside, result = match.groups()
    parameters = []
    for part in filter(None, inside.split(", ")):
        word, rest = part.split(": ", 1)
        kind, has_default, default = rest.partition(" = ")
        value: Any = REQUIRED
        if has_default:
            value = (
                None
                if default == "none"
                else default.strip("'")
                if default.startswith("'")
                else float(default)
            )
        parameters.append(
            Parameter(word, parse_type(kind.removesuffix("..."), known), value, many=kind.endswith("..."))
        )
    kind_of_result = parse_type(result, known)
    return Function(name, tuple(parameters), lambda: kind_of_result, run, summary, notation)


def call_of(compiler: Compiler, tree: Call, scope: Scope, place: Place) -> Compiled:
    """Compile a call."""
    if tree.name == "given":
        return _given(compiler, tree, scope, place)
    function = compiler.functions.get(tree.name) or compiler.resolve(tree.name)
    if function is None:
        _look_at_arguments(compiler, tree, scope, place)
        hint = did_you_mean(tree.name, [*compiler.functions, "given"])
        return compiler.fail(place, tree.at, f"no function is called `{shortened(tree.name, 60)}`{hint}")
    given = _arranged(compiler, tree, function, place)
    if given is None:
        _look_at_arguments(compiler, tree, scope, place)
        return Compiled(WRONG, lambda _: None)
    bound: dict[str, Type] = {}
    compiled: list[Compiled] = []
    failed = False
    for parameter, one in given:
        wanted = parameter.type if bare(parameter.type) not in (ANY, ANY_UNIT) else None
        value = compiler.tree(one, scope, place, wanted)
        if (
            isinstance(one, Literal)
            and one.value == 0
            and one.kind == "number"
            and isinstance(wanted, Number)
        ):
            value = Compiled(wanted, value.run)  # nothing is nothing in every unit
        message = mismatch(value.type, parameter.type, bound)
        if message:
            compiler.fail(place, one.at, f"`{parameter.name}` of `{function.name}` {message}")
            failed = True
        compiled.append(value)
    result = substituted(function.result(), bound)
    if failed:
        return Compiled(WRONG, lambda _: None)
    return Compiled(
        result, _invocation(function, given, compiled), frozenset().union(*(one.slots for one in compiled))
    )


def _look_at_arguments(compiler: Compiler, tree: Call, scope: Scope, place: Place) -> None:
    """Compile the arguments of a call that is wrong, for their own problems."""
    for one in (*tree.args, *(value for _, value in tree.named)):
        compiler.tree(one, scope, place)


def _invocation(
    function: Function, given: Sequence[tuple[Parameter, Tree]], compiled: Sequence[Compiled]
) -> Callable[[Frame], Any]:
    run = function.run
    if (given and given[-1][0].many) or [parameter for parameter, _ in given] == list(function.parameters):
        runs = [one.run for one in compiled]
        return lambda frame: run(frame, [one(frame) for one in runs])
    by_name = {parameter.name: one.run for (parameter, _), one in zip(given, compiled, strict=True)}
    in_order = [(by_name.get(one.name), one.default) for one in function.parameters]
    return lambda frame: run(frame, [one(frame) if one is not None else default for one, default in in_order])


def _arranged(
    compiler: Compiler, tree: Call, function: Function, place: Place
) -> list[tuple[Parameter, Tree]] | None:
    """Return each argument with its parameter; None after reporting what does not match."""
    parameters = list(function.parameters)
    many = parameters[-1] if parameters and parameters[-1].many else None
    names = [one.name for one in parameters]
    if len(tree.args) > len(parameters) and many is None:
        takes = f"takes at most {len(parameters)}" if parameters else "takes none"
        compiler.fail(
            place, tree.at, f"`{function.name}` {takes} ({', '.join(names)}), but has {len(tree.args)}"
        )
        return None
    given = [(parameters[min(at, len(parameters) - 1)], one) for at, one in enumerate(tree.args)]
    taken = {parameter.name for parameter, _ in given}
    for name, one in tree.named:
        if name not in names or name in taken:
            what = "is given twice" if name in taken else f"is no argument of `{function.name}`"
            compiler.fail(
                place, one.at, f"`{name}` {what}{'' if name in taken else did_you_mean(name, names)}"
            )
            return None
        given.append((parameters[names.index(name)], one))
        taken.add(name)
    lacking = [one.name for one in parameters if one.default is REQUIRED and one.name not in taken]
    if lacking:
        compiler.fail(place, tree.at, f"`{function.name}` lacks `{'`, `'.join(lacking)}`")
        return None
    return given


def mismatch(kind: Type, wanted: Type, bound: dict[str, Type]) -> str:
    """Return what is wrong with an argument of a type; binds what a signature leaves open."""
    if kind is WRONG:
        return ""
    if isinstance(wanted, Maybe) and bare(wanted.value) in (ANY, ANY_UNIT):
        return mismatch(bare(kind), wanted.value, bound)
    if isinstance(wanted, Many) and isinstance(kind, Many):
        inner = mismatch(kind.item, wanted.item, bound)
        return inner and f"holds what {inner}"
    if wanted is ANY_UNIT:
        if not isinstance(kind, Number):
            return f"is {a(kind)} where a number is due"
        known = bound.setdefault("unit", kind)
        return "" if known == kind else f"is {a(kind)}, and an argument before it {a(known)}"
    if wanted is ANY:
        before = bound.get("any")
        both = kind if before is None else joined(before, kind)
        if both is None:
            return f"is {a(kind)}, and an argument before it {a(before or kind)}"
        bound["any"] = both
        return ""
    return check_fits(kind, substituted(wanted, bound))


def substituted(kind: Type, bound: Mapping[str, Type]) -> Type:
    """Return a signature's type with what the arguments determined."""
    if kind is ANY_UNIT:
        return bound.get("unit", WRONG)
    if kind is ANY:
        return bound.get("any", WRONG)
    if isinstance(kind, Many):
        return Many(substituted(kind.item, bound))
    if isinstance(kind, Maybe):
        inner = substituted(kind.value, bound)
        return inner if isinstance(inner, Maybe) or inner is WRONG else Maybe(inner)
    return kind


def _given(compiler: Compiler, tree: Call, scope: Scope, place: Place) -> Compiled:
    if len(tree.args) != 1 or tree.named:
        return compiler.fail(place, tree.at, "`given` takes one value, such as given(slots.logo)")
    value = compiler.tree(tree.args[0], scope, place)
    if value.type is WRONG:
        return value
    path = path_of(tree.args[0])
    if not isinstance(value.type, Maybe) and not (path and scope.is_narrowed(path)):
        what = "compare it with ''" if isinstance(value.type, Text) else "it is always given"
        if isinstance(value.type, Many):
            what = "write `count(…) > 0`"
        return compiler.fail(place, tree.at, f"`given` asks for what may be missing; {what}")
    run = value.run
    return Compiled(FLAG, lambda frame: run(frame) is not None, value.slots)
