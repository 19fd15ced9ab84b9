"""Tables of the reference pages: the fields of a JSON Schema, the parameters of an element."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel


def section_of(title: str, schema: dict[str, Any]) -> Iterator[str]:
    yield f"## {title}\n"
    if schema.get("description"):
        for paragraph in schema["description"].split("\n\n"):
            if not paragraph.startswith(("Args:", "Raises:")):
                yield textwrap.fill(" ".join(paragraph.split()), 120, break_on_hyphens=False) + "\n"
    yield "| name | type | default | what it is |\n| --- | --- | --- | --- |"
    for name, field in schema.get("properties", {}).items():
        default = "required" if name in schema.get("required", ()) else default_of(field)
        yield f"| `{name}` | {type_of(field)} | {default} | {cell_of(field.get('description', ''))} |"
    yield ""


def default_of(field: dict[str, Any]) -> str:
    value = field.get("default")
    return "" if value in (None, "", [], {}) else f"`{plain_of(value)}`"


def plain_of(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def cell_of(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def type_of(field: dict[str, Any]) -> str:
    if "$ref" in field:
        name = field["$ref"].rsplit("/", 1)[1]
        return "animated" if name in ("Animated", "AnimatedNumber") else name.removesuffix("Document")
    if "const" in field:
        return f"`{field['const']}`"
    if field.get("format") == "easing":
        return "easing"
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    options = field.get("anyOf") or field.get("oneOf")
    if options:
        names = list(dict.fromkeys(type_of(option) for option in options if option.get("type") != "null"))
        return " or ".join(names)
    if field.get("format") == "media-reference":
        return "media"
    kind = str(field.get("type", "anything"))
    if kind == "array":
        return f"list of {type_of(field.get('items', {}))}"
    limits = [f"{sign} {field[key]:g}" for key, sign in (("minimum", "≥"), ("maximum", "≤")) if key in field]
    words = {"string": "text", "integer": "whole number", "object": "mapping", "boolean": "true or false"}
    return " ".join([words.get(kind, kind), *limits])


def fields_of(model: type[BaseModel]) -> Iterator[str]:
    schema = model.model_json_schema(by_alias=True)
    if not schema.get("properties"):
        yield "No parameters.\n"
        return
    yield "| parameter | type | default | what it is |\n| --- | --- | --- | --- |"
    for name, field in schema["properties"].items():
        default = "required" if name in schema.get("required", ()) else default_of(field)
        yield f"| `{name}` | {type_of(field)} | {default} | {cell_of(field.get('description', ''))} |"
    yield ""


def findings_of(model: type[BaseModel]) -> Iterator[str]:
    schema = model.model_json_schema(by_alias=True)
    yield "| finding | type | what it is |\n| --- | --- | --- |"
    for name, field in schema.get("properties", {}).items():
        yield f"| `{name}` | {type_of(field)} | {cell_of(field.get('description', ''))} |"
    yield ""
