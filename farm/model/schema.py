"""Walks raw data along with its JSON Schema, whether or not the data are valid."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

Schema = Mapping[str, Any]
Beside = Callable[[Sequence[Schema], Mapping[str, Any]], Schema | None]
"""Takes the schemas allowed at a mapping, and the mapping; returns the schema of any additional names in it."""
KNOWN: Final = 512
"""Number of schemas whose places are cached."""


class _Generator(GenerateJsonSchema):
    """Writes plain defaults as they are: a type adapter for each took half the time, 40 of 80 ms for a job."""

    def encode_default(self, dft: Any) -> Any:
        plain = dft is None or type(dft) in (bool, int, float, str) or dft == []
        return dft if plain else super().encode_default(dft)


@cache
def json_schema(model: type[BaseModel]) -> Schema:
    """Return the JSON Schema of a model, by alias; callers must not modify it.

    Cached: rebuilding it for each document took half the CPU time of planning one, 40 of 77 ms.
    """
    schema = model.model_json_schema(by_alias=True, schema_generator=_Generator)
    if "$ref" not in schema:
        return schema
    # A model that contains itself is only referred to at the top.
    definitions = schema["$defs"]
    return {**definitions[schema["$ref"].rsplit("/", 1)[1]], "$defs": definitions}


@cache
def tags_of(model: type[BaseModel]) -> Mapping[str, tuple[str, ...]]:
    """Return the values by which a model's unions tell their members apart, by the field that holds them.

    They are in the order in which the unions name their members, as ``{"kind": ("image", "video")}``.
    """
    schema = json_schema(model)
    definitions, found = schema.get("$defs", {}), dict[str, list[str]]()
    todo: list[Any] = [schema]
    while todo:
        node = todo.pop()
        if isinstance(node, Mapping):
            if "discriminator" in node:
                name = node["discriminator"]["propertyName"]
                members = (definitions[one["$ref"].rsplit("/", 1)[1]] for one in node["oneOf"])
                found.setdefault(name, []).extend(one["properties"][name]["const"] for one in members)
            todo.extend(node.values())
        elif isinstance(node, list):
            todo.extend(node)
    return {name: tuple(dict.fromkeys(tags)) for name, tags in found.items()}


@cache
def holders_of(model: type[BaseModel]) -> frozenset[str]:
    """Return the fields that hold one member of a union that is told apart by a field of it, as a mask's ``clip``."""
    schema = json_schema(model)
    parts = (schema, *schema.get("$defs", {}).values())
    fields = (item for part in parts for item in part.get("properties", {}).items())
    return frozenset(name for name, place in fields if "discriminator" in place)


@cache
def rows_of(model: type[BaseModel]) -> frozenset[str]:
    """Return the fields that hold a list of members of such a union, as a track's ``clips``."""
    schema = json_schema(model)
    parts = (schema, *schema.get("$defs", {}).values())
    fields = (item for part in parts for item in part.get("properties", {}).items())
    return frozenset(name for name, place in fields if "discriminator" in place.get("items", {}))


def options(nodes: Sequence[Schema], definitions: Schema) -> list[Schema]:
    """Return the schemas that ``nodes`` denote, with references resolved and unions expanded."""
    found: list[Schema] = []
    todo = list(nodes)
    while todo:
        node = todo.pop()
        if "$ref" in node:
            todo.append(definitions[node["$ref"].rsplit("/", 1)[1]])
            continue
        found.append(node)
        for key in ("anyOf", "oneOf", "allOf"):
            todo.extend(node.get(key, ()))
    return found


def walk(
    value: Any, schema: Schema, path: str = "", beside: Beside | None = None
) -> Iterator[tuple[str, Any, list[Schema]]]:
    """Yield (document path, value, allowed schemas) for every scalar in ``value``.

    Values known neither to the schema nor to ``beside`` are skipped.
    """
    found: list[tuple[str, Any, list[Schema]]] = []
    _visit(value, _place_of(schema), path, beside, found)
    return iter(found)


class _Place:
    """The schemas allowed at a place in a document; cached, as resolving them took a quarter of planning."""

    __slots__ = ("_below", "_definitions", "_items", "_names", "_tagged", "allowed")

    def __init__(self, nodes: Sequence[Schema], definitions: Schema) -> None:
        self.allowed = options(nodes, definitions)
        self._definitions = definitions
        self._names = frozenset(name for one in self.allowed for name in one.get("properties", ()))
        self._below: dict[str, _Place] = {}
        self._items: _Place | None = None
        self._tagged: dict[Any, _Place] = {}

    def tagged(self, kind: Any) -> _Place:
        """Return the place narrowed to mappings of a kind."""
        if not isinstance(kind, str):
            return self
        known = self._tagged.get(kind)
        if known is None:
            fits = [
                one for one in self.allowed if one.get("properties", {}).get("kind", {}).get("const") == kind
            ]
            if not fits:
                # Unknown kinds come from user input and are not cached.
                return self
            known = self._tagged[kind] = _Place(fits, self._definitions)
        return known

    def below(self, name: str) -> _Place | None:
        """Return the place of a name in a mapping; None if the schema has no such name."""
        place = self._below.get(name)
        if place is None and name in self._names:
            nodes = [one["properties"][name] for one in self.allowed if name in one.get("properties", {})]
            place = self._below[name] = _Place(nodes, self._definitions)
        return place

    def items(self) -> _Place:
        """Return the place of a list's items."""
        if self._items is None:
            nodes = [one["items"] for one in self.allowed if isinstance(one.get("items"), Mapping)]
            self._items = _Place(nodes, self._definitions)
        return self._items


_places: dict[int, tuple[Schema, _Place]] = {}


def _place_of(schema: Schema) -> _Place:
    known = _places.get(id(schema))
    if known is None:
        if len(_places) >= KNOWN:
            _places.clear()
        # Keep a reference to the schema, so that its id is not reused.
        known = _places[id(schema)] = schema, _Place([schema], schema.get("$defs", {}))
    return known[1]


def _visit(
    value: Any, place: _Place, path: str, beside: Beside | None, found: list[tuple[str, Any, list[Schema]]]
) -> None:
    if isinstance(value, dict):
        if "kind" in value:
            place = place.tagged(value["kind"])
        for name, item in value.items():
            below = place.below(name)
            if below is not None:
                _visit(item, below, f"{path}.{name}" if path else str(name), beside, found)
        more = beside(place.allowed, value) if beside is not None else None
        if more is not None:
            _visit(value, _place_of(more), path, None, found)
    elif isinstance(value, list):
        items = place.items()
        if items.allowed:
            for index, item in enumerate(value):
                _visit(item, items, f"{path}[{index}]", beside, found)
    elif place.allowed:
        found.append((path, value, place.allowed))
