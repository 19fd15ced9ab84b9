"""Slots as a template declares them: the model that checks a job's slots, and their types and values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

from pydantic import Field, create_model

from farm.errors import did_you_mean, shortened
from farm.language.fault import Faults
from farm.language.records import MEDIA
from farm.language.source import Mapping as MappingNode
from farm.language.source import Node, Scalar, Sequence
from farm.language.types import COLOR, FLAG, TEXT, UNITS, WRONG, Many, Maybe, Number, Record, Text, Type
from farm.model.color import parse_color
from farm.model.document import ColorValue, Document, MediaRef, NonBlankText
from farm.plugins.template import Photo

_KINDS: Final = (
    "text", "number", "integer", "flag", "color", "image", "video", "sound", "media", "choice", "list", "object",
)  # fmt: skip
_COMMON: Final = ("type", "description", "default", "required")
_ALLOWED: Final[dict[str, tuple[str, ...]]] = {
    "text": ("least", "most", "pattern", "blank"),
    "number": ("least", "most", "unit"),
    "integer": ("least", "most", "unit"),
    "choice": ("of",),
    "list": ("of", "least", "most"),
    "object": ("fields", "title"),
}
"""What the declaration of each kind of slot may say besides what all may."""
_MEDIA: Final = ("image", "video", "sound", "media")
MOST_SLOTS: Final = 200
"""A template has at most so many slots, those of objects included."""

Fill = Callable[[Any, Mapping[str, Photo]], Any]
"""Turns a checked value into a value of the language."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A declared slot."""

    annotation: Any
    """What pydantic checks."""
    field: Any
    """Its default, limits and description."""
    type: Type
    """Its type in expressions."""
    fill: Fill
    """Turns its checked value into that of expressions."""


def _as_is(value: Any, _: Mapping[str, Photo]) -> Any:
    return value


def _photo(value: Any, media: Mapping[str, Photo]) -> Any:
    return media[str(value)]


def _color(value: Any, _: Mapping[str, Photo]) -> Any:
    return parse_color(value)


class SlotReader:
    """Reads declarations of slots."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._left = MOST_SLOTS

    def model(
        self, name: str, nodes: Mapping[str, Node], summary: str
    ) -> tuple[type[Document], Record, Fill]:
        """Return the model of some slots, their type, and how their values are turned into those of the language."""
        slots = {word: slot for word, node in nodes.items() if (slot := self._slot(word, node)) is not None}
        fields: Any = {word: (slot.annotation, slot.field) for word, slot in slots.items()}
        made = create_model(name, __base__=Document, __module__=__name__, __doc__=summary, **fields)
        kind = Record(MappingProxyType({word: slot.type for word, slot in slots.items()}))
        fills = [(word, slot.fill) for word, slot in slots.items()]

        def fill(value: Any, media: Mapping[str, Photo]) -> Any:
            pairs = ((word, one, getattr(value, word)) for word, one in fills)
            return {word: None if given is None else one(given, media) for word, one, given in pairs}

        return made, kind, fill

    def _fail(self, node: Node, message: str) -> None:
        self._faults.add(node.place, message)

    def _slot(self, name: str, node: Node) -> Slot | None:
        self._left -= 1
        if self._left < 0:
            if self._left == -1:
                self._fail(node, f"a template has at most {MOST_SLOTS} slots")
            return None
        if not name.isidentifier() or name.startswith("_") or hasattr(Document, name):
            self._fail(
                node, f"`{shortened(name, 60)}` cannot be the name of a slot; write a word such as `headline`"
            )
            return None
        if isinstance(node, Scalar) and isinstance(node.value, str):
            node = MappingNode({"type": node}, node.place)
        if not isinstance(node, MappingNode):
            self._fail(node, "a slot is a type, such as `text`, or a mapping with `type`")
            return None
        kind = _plain(node.items.get("type"))
        if kind not in _KINDS:
            hint = did_you_mean(str(kind), _KINDS) if kind is not None else f"; allowed: {', '.join(_KINDS)}"
            what = "`type` is missing" if kind is None else f"`{shortened(str(kind), 60)}` is no type of slot"
            self._fail(node.items.get("type", node), f"{what}{hint}")
            return None
        allowed = (*_COMMON, *_ALLOWED.get(str(kind), ()))
        for word, item in node.without(*allowed):
            self._fail(item, f"a {kind} slot has no `{shortened(word, 60)}`{did_you_mean(word, allowed)}")
        return self._declared(name, str(kind), node)

    def _declared(self, name: str, kind: str, node: MappingNode) -> Slot | None:
        found = self._typed(name, kind, node)
        if found is None:
            return None
        annotation, type_, fill, limits = found
        default = node.items.get("default")
        required = _plain(node.items.get("required"))
        if required not in (None, True, False):
            self._fail(node.items["required"], "`required` is yes or no")
        if required and default is not None:
            self._fail(default, "a required slot has no default")
        description = _plain(node.items.get("description")) or ""
        limits["description"] = str(description)
        if required:
            return Slot(annotation, Field(**limits), type_, fill)
        value = self._default(kind, default, annotation, limits)
        if value is None:
            return Slot(annotation | None, Field(None, **limits), Maybe(type_), fill)
        return Slot(annotation, Field(value, **limits), type_, fill)

    def _default(self, kind: str, node: Node | None, annotation: Any, limits: dict[str, Any]) -> Any:
        if node is None:
            return {"text": "", "list": [], "flag": False}.get(kind)
        value = _data(node)
        if kind == "number" and type(value) is int:
            value = float(value)
        if _surely_allowed(kind, value, limits):
            return value
        try:
            field: Any = Field(**limits)
            create_model("Default", __base__=Document, value=(annotation, field)).model_validate(
                {"value": value}
            )
        except ValueError:
            self._fail(node, f"`{shortened(str(value), 60)}` is not allowed in this slot itself")
            return None
        return value

    def _typed(
        self, name: str, kind: str, node: MappingNode
    ) -> tuple[Any, Type, Fill, dict[str, Any]] | None:
        least, most = self._number(node, "least"), self._number(node, "most")
        limits: dict[str, Any] = {}
        if kind in ("number", "integer"):
            limits = {key: value for key, value in (("ge", least), ("le", most)) if value is not None}
            unit = _plain(node.items.get("unit"))
            if unit is not None and str(unit) not in ("px", "s", "f", "deg"):
                self._fail(
                    node.items["unit"], f"`{shortened(str(unit), 40)}` is no unit; allowed: px, s, f, deg"
                )
                return None
            numeric = float if kind == "number" else int
            return numeric, Number(UNITS[str(unit)]) if unit else Number(), _as_is, limits
        if kind == "text":
            return self._text(node, least, most)
        if kind == "flag":
            return bool, FLAG, _as_is, limits
        if kind == "color":
            return ColorValue, COLOR, _color, limits
        if kind in _MEDIA:
            return MediaRef, MEDIA, _photo, limits
        if kind == "choice":
            return self._choice(node)
        if kind == "list":
            return self._list(name, node, least, most)
        fields = node.items.get("fields")
        if not isinstance(fields, MappingNode):
            self._fail(node, "an object slot has `fields`, a mapping of slots")
            return None
        title = _plain(node.items.get("title")) or name.title().replace("_", "")
        summary = str(_plain(node.items.get("description")) or "")
        model, record, fill = self.model(str(title), fields.items, summary)
        return model, record, fill, limits

    def _text(
        self, node: MappingNode, least: float | None, most: float | None
    ) -> tuple[Any, Type, Fill, dict[str, Any]]:
        limits: dict[str, Any] = {"max_length": int(most) if most is not None else 2_000}
        if least is not None:
            limits["min_length"] = int(least)
        pattern = _plain(node.items.get("pattern"))
        if pattern is not None:
            limits["pattern"] = str(pattern)
            try:
                create_model(
                    "Pattern", value=(Annotated[str, Field(pattern=str(pattern))], "")
                ).model_rebuild(force=True)
            except Exception as error:  # pydantic raises an error of its core's
                self._fail(
                    node.items["pattern"], f"is not a regular expression ({shortened(str(error), 200)})"
                )
                del limits["pattern"]
        blank = _plain(node.items.get("blank"))
        return NonBlankText if blank is False else str, TEXT, _as_is, limits

    def _choice(self, node: MappingNode) -> tuple[Any, Type, Fill, dict[str, Any]] | None:
        of = node.items.get("of")
        values = _data(of) if isinstance(of, Sequence) else None
        if not values or not all(isinstance(one, str) for one in values):
            self._fail(of or node, "a choice has `of`, a list of texts")
            return None
        return Literal[tuple(values)], Text(frozenset(values)), _as_is, {}

    def _list(
        self, name: str, node: MappingNode, least: float | None, most: float | None
    ) -> tuple[Any, Type, Fill, dict[str, Any]] | None:
        of = node.items.get("of")
        if of is None:
            self._fail(node, "a list has `of`, the type of its items")
            return None
        item = self._slot(f"{name}_item", _required(of))
        if item is None:
            return None
        limits: dict[str, Any] = {"max_length": int(most) if most is not None else 100}
        if least is not None:
            limits["min_length"] = int(least)
        one = item.fill

        def fill(values: Any, media: Mapping[str, Photo]) -> Any:
            return [one(value, media) for value in values]

        items: Any = Annotated[item.annotation, item.field]
        return list[items], Many(item.type), fill, limits

    def _number(self, node: MappingNode, name: str) -> float | None:
        item = node.items.get(name)
        value = _plain(item)
        if item is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._fail(item, f"`{name}` is a number")
            return None
        return value


def _surely_allowed(kind: str, value: Any, limits: Mapping[str, Any]) -> bool:
    """Return whether a default is certainly allowed; making a model to find out takes a millisecond."""
    if kind == "number" and type(value) is float:
        return bool(limits.get("ge", value) <= value <= limits.get("le", value))
    return kind == "flag" and type(value) is bool


def _required(node: Node) -> Node:
    """Return the declaration of a list's items, which are never left out."""
    if isinstance(node, Scalar):
        node = MappingNode({"type": node}, node.place)
    if isinstance(node, MappingNode):
        return MappingNode({**node.items, "required": Scalar(True, node.place)}, node.place)
    return node


def _plain(node: Node | None) -> Any:
    return node.value if isinstance(node, Scalar) else None


def _data(node: Node) -> Any:
    match node:
        case Scalar():
            return node.value
        case Sequence():
            return [_data(item) for item in node.items]
        case MappingNode():
            return {name: _data(item) for name, item in node.items.items()}


__all__ = ["WRONG", "Slot", "SlotReader"]
