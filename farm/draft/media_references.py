"""Media references in documents: found by the JSON Schema, valid or not, and rewritten."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from farm.model.document import MEDIA_FORMAT

Schema = Mapping[str, Any]


def references(value: Any, schema: Schema, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield (document path, reference) for every media reference that stands where ``schema`` has one.

    Works on raw data, so that missing media are told together with other problems.
    """
    yield from _walk(value, [schema], schema.get("$defs", {}), path)


def _options(nodes: list[Schema], definitions: Schema, value: Any) -> list[Schema]:
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
    if isinstance(value, dict) and "kind" in value:
        tagged = [n for n in found if n.get("properties", {}).get("kind", {}).get("const") == value["kind"]]
        return tagged or found
    return found


def _walk(value: Any, nodes: list[Schema], definitions: Schema, path: str) -> Iterator[tuple[str, str]]:
    options = _options(nodes, definitions, value)
    if isinstance(value, str):
        if any(node.get("format") == MEDIA_FORMAT for node in options):
            yield path, value
    elif isinstance(value, list):
        items = [node["items"] for node in options if isinstance(node.get("items"), Mapping)]
        for index, item in enumerate(value):
            yield from _walk(item, items, definitions, f"{path}[{index}]")
    elif isinstance(value, dict):
        for name, item in value.items():
            below = [node["properties"][name] for node in options if name in node.get("properties", {})]
            yield from _walk(item, below, definitions, f"{path}.{name}" if path else str(name))


def mapped(value: Any, schema: Schema, mapper: Callable[[str], str]) -> Any:
    """Return a copy of ``value`` with every media reference replaced by ``mapper(reference)``."""
    found = dict(references(value, schema))

    def rebuild(node: Any, path: str) -> Any:
        if path in found and isinstance(node, str):
            return mapper(node)
        if isinstance(node, list):
            return [rebuild(item, f"{path}[{index}]") for index, item in enumerate(node)]
        if isinstance(node, dict):
            return {
                name: rebuild(item, f"{path}.{name}" if path else str(name)) for name, item in node.items()
            }
        return node

    return rebuild(value, "")
