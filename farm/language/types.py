"""The types of the language, and numbers with units."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, TypeAlias


@dataclass(frozen=True, slots=True)
class Unit:
    """What a number counts, as exponents: pixels per second is ``Unit(px=1, s=-1)``."""

    px: int = 0
    """Pixels of the canvas."""
    s: int = 0
    """Seconds."""
    f: int = 0
    """Frames."""
    deg: int = 0
    """Degrees."""

    def times(self, other: Unit) -> Unit:
        """Return the unit of a product."""
        return Unit(self.px + other.px, self.s + other.s, self.f + other.f, self.deg + other.deg)

    def over(self, other: Unit) -> Unit:
        """Return the unit of a quotient."""
        return Unit(self.px - other.px, self.s - other.s, self.f - other.f, self.deg - other.deg)

    def __str__(self) -> str:
        """Return it as templates write it; ``number`` without a unit."""
        above = "·".join(
            f"{n}{e if e > 1 else ''}"
            for n, e in zip(["px", "s", "f", "deg"], self._all(), strict=True)
            if e > 0
        )
        below = "·".join(
            f"{n}{-e if e < -1 else ''}"
            for n, e in zip(["px", "s", "f", "deg"], self._all(), strict=True)
            if e < 0
        )
        if not below:
            return above or "number"
        return f"{above or '1'}/{below}"

    def _all(self) -> tuple[int, int, int, int]:
        return self.px, self.s, self.f, self.deg


PLAIN: Final = Unit()
UNITS: Final = {
    "px": Unit(px=1),
    "s": Unit(s=1),
    "f": Unit(f=1),
    "deg": Unit(deg=1),
    "vmin": Unit(px=1),
    "vw": Unit(px=1),
    "vh": Unit(px=1),
}
"""The units that a literal may have; vmin, vw and vh are hundredths of the canvas's shorter side, width and height."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number with a unit."""

    unit: Unit = PLAIN
    """What it counts."""

    def __str__(self) -> str:
        """Return its name."""
        return str(self.unit)


@dataclass(frozen=True, slots=True)
class Text:
    """Text."""

    values: frozenset[str] | None = None
    """All that it can be, if that is known, as of a choice."""

    def __str__(self) -> str:
        """Return its name."""
        if self.values is None or len(self.values) > 12:
            return "text"
        return "|".join(sorted(self.values)) or "text"


@dataclass(frozen=True, slots=True)
class Plain:
    """A type without parts."""

    name: str
    """Its name."""

    def __str__(self) -> str:
        """Return its name."""
        return self.name


@dataclass(frozen=True, slots=True)
class Many:
    """A list of values of one type."""

    item: Type
    """The type of each."""

    def __str__(self) -> str:
        """Return its name."""
        return f"[{self.item}]"


@dataclass(frozen=True, slots=True)
class Maybe:
    """A value that may be missing."""

    value: Type
    """Its type where it is not."""

    def __str__(self) -> str:
        """Return its name."""
        return f"{self.value}?"


Getter: TypeAlias = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Record:
    """Named values."""

    fields: Mapping[str, Type]
    """The type of each field."""
    name: str = ""
    """Its name; empty for one made in place."""
    defaults: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), compare=False)
    """The values of fields that may be left out."""
    getters: Mapping[str, Getter] | None = field(default=None, compare=False)
    """How a field of a built-in record is read; None where values are mappings."""

    def __str__(self) -> str:
        """Return its name."""
        return self.name or "{" + ", ".join(f"{name}: {kind}" for name, kind in self.fields.items()) + "}"

    def size(self) -> int:
        """Return how many values a record of this type holds, those of lists counted once."""
        return 1 + sum(map(_size, self.fields.values()))

    def __hash__(self) -> int:
        """Return a hash of its name and fields."""
        return hash((self.name, tuple(self.fields)))


def _size(kind: Type) -> int:
    while isinstance(kind, Many | Maybe):
        kind = kind.item if isinstance(kind, Many) else kind.value
    return kind.size() if isinstance(kind, Record) and kind.getters is None else 1


LARGEST_RECORD: Final = 500
"""The most values that a record may hold, those in its records included."""
Type: TypeAlias = Number | Text | Plain | Many | Maybe | Record

NUMBER: Final = Number()
TEXT: Final = Text()
FLAG: Final = Plain("flag")
COLOR: Final = Plain("color")
NONE: Final = Plain("none")
DOCUMENT: Final = Plain("document")
"""A part of a timeline document, such as a motion or a paint."""
CLIPS: Final = Many(DOCUMENT)
"""Clips of a timeline document, bottom to top, or other parts in a list."""
WRONG: Final = Plain("wrong")
"""What a wrong expression would have been: every use of it is accepted, so that one mistake is one problem."""
NEVER: Final = Plain("nothing")
"""The type of the items of the empty list, which has none."""
NOTHING: Final = Many(NEVER)
"""The empty list."""

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")


def parse_type(text: str, known: Mapping[str, Type]) -> Type:
    """Return the type that a notation means: ``px``, ``text``, ``[area]``, ``color?``, ``in|out``.

    Raises:
        ValueError: there is no such type.
    """
    text = text.strip()
    if text.endswith("?"):
        return Maybe(parse_type(text[:-1], known))
    if text.startswith("[") and text.endswith("]"):
        return Many(parse_type(text[1:-1], known))
    if "|" in text:
        return Text(frozenset(one.strip() for one in text.split("|")))
    if text in known:
        return known[text]
    above, slash, below = text.partition("/")
    if above in UNITS and not slash:
        return Number(UNITS[above])
    if above in UNITS and below in UNITS:
        return Number(UNITS[above].over(UNITS[below]))
    raise ValueError(f"`{text}` is not a type")


def fits(given: Type, wanted: Type) -> bool:
    """Return whether a value of one type may be used where another is wanted."""
    if given is WRONG or wanted is WRONG or given is NEVER or given == wanted:
        return True
    if isinstance(wanted, Maybe):
        return given is NONE or fits(given.value if isinstance(given, Maybe) else given, wanted.value)
    if isinstance(wanted, Text) and isinstance(given, Text):
        return wanted.values is None or (given.values is not None and given.values <= wanted.values)
    if isinstance(wanted, Many) and isinstance(given, Many):
        return fits(given.item, wanted.item)
    if isinstance(wanted, Record) and isinstance(given, Record):
        if wanted.getters is not None:
            return wanted.name == given.name
        if given.getters is not None:
            return False
        return all(
            name in given.fields and fits(given.fields[name], kind) for name, kind in wanted.fields.items()
        )
    return False


def joined(one: Type, other: Type) -> Type | None:
    """Return the type of a value that is of either type; None if they have nothing in common."""
    if isinstance(one, Text) and isinstance(other, Text):
        both = None if one.values is None or other.values is None else one.values | other.values
        return Text(both)
    if one in (WRONG, NEVER) or other in (WRONG, NEVER):
        return other if one in (WRONG, NEVER) else one
    if isinstance(one, Many) and isinstance(other, Many):
        item = joined(one.item, other.item)
        return None if item is None else Many(item)
    if fits(one, other):
        return other
    if fits(other, one):
        return one
    if one is NONE:
        return Maybe(other)
    if other is NONE:
        return Maybe(one)
    if isinstance(one, Maybe) or isinstance(other, Maybe):
        inner = joined(bare(one), bare(other))
        return None if inner is None else Maybe(inner)
    if isinstance(one, Record) and isinstance(other, Record) and one.fields.keys() == other.fields.keys():
        if one.getters is not None or other.getters is not None:
            return None
        fields = {name: joined(kind, other.fields[name]) for name, kind in one.fields.items()}
        if any(kind is None for kind in fields.values()):
            return None
        return Record({name: kind for name, kind in fields.items() if kind is not None})
    return None


def bare(kind: Type) -> Type:
    """Return the type without ``?``."""
    return kind.value if isinstance(kind, Maybe) else kind


def a(kind: Type) -> str:
    """Return a type with its article, for messages."""
    if isinstance(kind, Number):
        return "a plain number" if kind.unit == PLAIN else f"a number of {kind}"
    if isinstance(kind, Maybe):
        return f"{a(kind.value)} that may be missing"
    if isinstance(kind, Many):
        return "an empty list" if kind == NOTHING else f"a list of {kind.item}"
    if isinstance(kind, Text):
        return "text"
    if isinstance(kind, Record) and not kind.name:
        return f"a record {kind}"
    word = str(kind)
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}" if word not in ("clips", "none") else word


def check_fits(kind: Type, wanted: Type) -> str:
    """Return what is wrong with a value of one type where another is due; empty if nothing is."""
    if fits(kind, wanted):
        return ""
    if isinstance(kind, Maybe) and fits(kind.value, wanted):
        return f"may be missing where {a(wanted)} is due; test `given(…)` first, or use `??`"
    return f"is {a(kind)} where {a(wanted)} is due"


def not_numbers(sign: str, left: Type, right: Type) -> str:
    """Return what is wrong with operands of which one is no number."""
    odd = left if not isinstance(left, Number) else right
    if isinstance(odd, Maybe):
        return f"may be missing where `{sign}` needs a number; test `given(…)` first, or write `(… ?? 0)`"
    if isinstance(odd, Text) and sign == "+":
        return "texts are not added; write the text with ${…} in it, or `join([…], '')`"
    return f"`{sign}` takes numbers, not {a(odd)}"
