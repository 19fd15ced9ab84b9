"""Parts: what a template defines once and uses in several places, with parameters and without recursion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from farm.errors import did_you_mean, shortened
from farm.language.calls import REQUIRED, Function, Parameter
from farm.language.fault import Place
from farm.language.scope import Closure, Compiled, Frame, Scope
from farm.language.source import Mapping, Node, Scalar, Sequence
from farm.language.structure import Structure
from farm.language.types import WRONG, Maybe, Type, parse_type
from farm.language.value import Value

_SECTIONS: Final = ("takes", "let", "boxes", "gives", "clips", "what")


@dataclass(slots=True)
class Taken:
    """A parameter of a part."""

    name: str
    """Its name."""
    type: Type
    """What it takes."""
    index: int
    """Its index in the part's frames."""
    default: Closure | None
    """Computes its value if it is left out; None if it must be given."""


@dataclass(slots=True)
class Part:
    """A part."""

    name: str
    """Its name."""
    place: Place
    """Where it is defined."""
    node: Mapping
    """As written."""
    result: Node
    """What it gives: clips, or a value."""
    makes_clips: bool
    """Whether it gives clips."""
    own: bool
    """Whether the template itself defines it, not a file that it uses."""
    scope: Scope
    """Its parameters and its own names."""
    parameters: dict[str, Taken] = field(default_factory=dict)
    """By name, in order."""
    body: Value | None = None
    """Compiled, on first use."""
    used: bool = False
    """Whether anything uses it."""
    busy: bool = False
    """Whether it is being compiled, so that a use of it is a recursion."""

    def as_function(self, body: Callable[[], Value | None]) -> Function:
        """Return the part as what an expression calls."""
        taken = list(self.parameters.values())
        parameters = tuple(
            Parameter(one.name, one.type, REQUIRED if one.default is None else _Left) for one in taken
        )

        def result() -> Type:
            made = body()
            return WRONG if made is None else made.type

        def run(frame: Frame, args: list[Any]) -> Any:
            frame.run.step()
            everywhere = frame.run.globals
            inner = Frame(frame.run, everywhere, len(self.scope.names))
            for one, value in zip(taken, args, strict=True):
                inner.values[one.index] = one.default(everywhere) if value is _Left and one.default else value
            assert self.body is not None
            return self.body.run(inner)

        return Function(self.name, parameters, result, run)


class _Left:
    """Stands for an argument that was left out."""


class Definer(Protocol):
    """What adds names to a scope."""

    structure: Structure
    """Compiles values."""

    def define(self, node: Node, scope: Scope, *, boxes: bool = False) -> None:
        """Add the names of a ``let`` or ``boxes`` section to a scope."""
        ...

    def may_define(self, name: str, scope: Scope, place: Place) -> bool:
        """Report a name that is not allowed, or given already."""
        ...


def declare(name: str, node: Node, everywhere: Scope, definer: Definer, *, own: bool) -> Part | None:
    """Return a part with its parameters, not compiled yet; None after reporting what is wrong with it."""
    structure = definer.structure
    if not isinstance(node, Mapping):
        structure.fail(node.place, "a part is a mapping with `takes` and `clips` or `gives`")
        return None
    for word, item in node.without(*_SECTIONS):
        structure.fail(
            item.place, f"`{shortened(word, 60)}` is no section of a part{did_you_mean(word, _SECTIONS)}"
        )
    if ("clips" in node.items) == ("gives" in node.items):
        structure.fail(node.place, "a part has either `clips` or `gives`")
        return None
    makes_clips = "clips" in node.items
    result = node.items["clips" if makes_clips else "gives"]
    if makes_clips and isinstance(result, Mapping):
        result = Sequence((result,), result.place)
    part = Part(name, node.place, node, result, makes_clips, own, Scope(parent=everywhere))
    takes = node.items.get("takes", Mapping({}, node.place))
    if not isinstance(takes, Mapping):
        structure.fail(takes.place, "`takes` is a mapping of names to types")
        return None
    for word, item in takes.items.items():
        if definer.may_define(word, part.scope, item.place):
            part.parameters[word] = _taken(word, item, part.scope, everywhere, structure)
    return part


def _taken(name: str, node: Node, scope: Scope, everywhere: Scope, structure: Structure) -> Taken:
    text = node.value if isinstance(node, Scalar) else None
    kind: Type = WRONG
    default: Closure | None = None
    if not isinstance(text, str):
        structure.fail(node.place, "a parameter is a type, such as `photo`, `[text]` or `number = 1`")
    else:
        notation, has_default, value = text.partition(" = ")
        try:
            kind = parse_type(notation, structure.types)
        except ValueError as error:
            structure.fail(node.place, f"{error}{did_you_mean(notation.strip('[]? '), structure.types)}")
        if has_default:
            place = node.place.along(text.index(" = ") + 3)
            default = structure.value(Scalar(f"={value}", place), everywhere, kind).run
        elif isinstance(kind, Maybe):
            default = _none
    definition = scope.define(name, node.place, known=Compiled(kind, _none))
    return Taken(name, kind, definition.index, default)


def part_scope(part: Part, definer: Definer) -> None:
    """Add a part's own names to its scope."""
    if "let" in part.node.items:
        definer.define(part.node.items["let"], part.scope)
    if "boxes" in part.node.items:
        definer.define(part.node.items["boxes"], part.scope, boxes=True)


def _none(_: Frame) -> Any:
    return None
