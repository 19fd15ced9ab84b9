"""Media references in documents, valid or not: located by JSON Schema, and rewritten."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, get_args

from farm.draft.bind import stored_in
from farm.guard.call import NOWHERE, call
from farm.model.document import MEDIA_FORMAT, ElementDocument
from farm.model.schema import Beside, Schema, json_schema, walk
from farm.plugins.registry import Registry
from farm.render.element import Element
from farm.render.media_parameter import MediaParameter


def references(
    value: Any, schema: Schema, path: str = "", beside: Beside | None = None
) -> Iterator[tuple[str, str]]:
    """Yield (document path, reference) for every media reference where ``schema`` allows one.

    Works on raw data, so that missing media are reported together with other problems. ``beside`` is
    :func:`in_elements` where elements may take media parameters.
    """
    for where, item, allowed in walk(value, schema, path, beside):
        if isinstance(item, str) and any(node.get("format") == MEDIA_FORMAT for node in allowed):
            yield where, item


def stored_media(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield (document path, hash) of every string in raw data that a binder would take for stored media.

    This covers every string, not only those that a schema marks as media: access to a file must not depend on what a
    plugin's schema says about that field.
    """
    if isinstance(value, str):
        sha256 = stored_in(value)
        if sha256 is not None:
            yield path, sha256
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from stored_media(item, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from stored_media(item, f"{path}[{index}]")


def in_elements(registry: Registry) -> Beside:
    """Return a function that finds the schema of an element's parameters, which no document schema includes."""
    kinds = (
        ("effect", registry.effects),
        ("transition", registry.transitions),
        ("sticker", registry.stickers),
        ("animator", registry.animators),
    )

    def beside(allowed: Sequence[Schema], value: Mapping[str, Any]) -> Schema | None:
        if not any(node.get("title") == ElementDocument.__name__ for node in allowed):
            return None
        for what, offers in kinds:
            offered = offers.get(str(value.get("name")))
            if offered is not None and takes_media(offered.value):
                return call(offered.callee(what), NOWHERE, json_schema, offered.value)
        return None

    return beside


def takes_media(kind: type[Element]) -> bool:
    """Whether an element takes media parameters."""
    return any(_holds_media(field.annotation) for field in kind.model_fields.values())


def _holds_media(annotation: Any) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, MediaParameter):
        return True
    return any(map(_holds_media, get_args(annotation)))


def mapped(value: Any, schema: Schema, mapper: Callable[[str], str], beside: Beside | None = None) -> Any:
    """Return a copy of ``value`` with every media reference replaced by ``mapper(reference)``."""
    found = dict(references(value, schema, beside=beside))

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
