"""Trees of expressions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(slots=True)
class Literal:
    """A number with a unit, text, a colour, yes, no or none."""

    value: float | int | str | bool | None
    """Its value; a colour is text."""
    kind: str
    """``number``, ``text``, ``color``, ``flag`` or ``none``."""
    unit: str
    """The unit of a number; empty for none."""
    at: int
    """Where it starts, in characters from 0."""


@dataclass(slots=True)
class Name:
    """A name."""

    name: str
    at: int


@dataclass(slots=True)
class Member:
    """A field of a record."""

    of: Tree
    name: str
    at: int


@dataclass(slots=True)
class Item:
    """An item of a list."""

    of: Tree
    index: Tree
    at: int


@dataclass(slots=True)
class Call:
    """A call of a function or part."""

    name: str
    args: tuple[Tree, ...]
    named: tuple[tuple[str, Tree], ...]
    at: int


@dataclass(slots=True)
class Unary:
    """``-`` or ``not`` before a value."""

    sign: str
    value: Tree
    at: int


@dataclass(slots=True)
class Binary:
    """An operator between two values."""

    sign: str
    left: Tree
    right: Tree
    at: int


@dataclass(slots=True)
class Choice:
    """One of two values."""

    condition: Tree
    then: Tree
    otherwise: Tree
    at: int


@dataclass(slots=True)
class Listed:
    """A list written out."""

    items: tuple[Tree, ...]
    at: int


Tree: TypeAlias = Literal | Name | Member | Item | Call | Unary | Binary | Choice | Listed


def path_of(tree: Tree) -> tuple[str, ...]:
    """Return the names of ``slots.product.price``; empty for anything but names and fields."""
    if isinstance(tree, Name):
        return (tree.name,)
    if isinstance(tree, Member):
        above = path_of(tree.of)
        return (*above, tree.name) if above else ()
    return ()


def spelled(tree: Tree) -> str:
    """Return ``slots.product.price`` as it is written."""
    return ".".join(path_of(tree))


def given_in(tree: Tree, truth: bool) -> frozenset[tuple[str, ...]]:
    """Return the values that are not missing where a condition is true, or false."""
    match tree:
        case Call(name="given", args=(one,)) if truth:
            path = path_of(one)
            return frozenset({path}) if path else frozenset()
        case Unary(sign="not"):
            return given_in(tree.value, not truth)
        case Binary(sign="and") if truth:
            return given_in(tree.left, True) | given_in(tree.right, True)
        case Binary(sign="or") if not truth:
            return given_in(tree.left, False) | given_in(tree.right, False)
        case _:
            return frozenset()


def depth_of(tree: Tree) -> int:
    """Return how deep a tree is, without recursion."""
    deepest, todo = 0, [(tree, 1)]
    while todo:
        one, depth = todo.pop()
        deepest = max(deepest, depth)
        below: tuple[Tree, ...] = ()
        match one:
            case Member():
                below = (one.of,)
            case Item():
                below = one.of, one.index
            case Call():
                below = (*one.args, *(value for _, value in one.named))
            case Unary():
                below = (one.value,)
            case Binary():
                below = one.left, one.right
            case Choice():
                below = one.condition, one.then, one.otherwise
            case Listed():
                below = one.items
            case _:
                pass
        todo += [(item, depth + 1) for item in below]
    return deepest
