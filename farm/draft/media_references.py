"""Media references in documents: found by the JSON Schema, valid or not, and rewritten."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from farm.model.document import MEDIA_FORMAT
from farm.model.schema import Schema, walk


def references(value: Any, schema: Schema, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield (document path, reference) for every media reference that stands where ``schema`` has one.

    Works on raw data, so that missing media are told together with other problems.
    """
    for where, item, allowed in walk(value, schema, path):
        if isinstance(item, str) and any(node.get("format") == MEDIA_FORMAT for node in allowed):
            yield where, item


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
