"""What is written beside an exhibit: its summary and its parameters."""

from __future__ import annotations

from pydantic import BaseModel

from farm.gallery.exhibit import Parameter, Plain
from farm.model.schema import json_schema


def parameters_of(model: type[BaseModel]) -> tuple[Parameter, ...]:
    """Return the parameters of an element, in words."""
    schema = json_schema(model)
    found = []
    for name, field in schema.get("properties", {}).items():
        default = field.get("default")
        shown = (
            ""
            if default in (None, "")
            else str(default).lower()
            if isinstance(default, bool)
            else str(default)
        )
        found.append(Parameter(name, kind_of(field), shown, field.get("description", "")))
    return tuple(found)


def kind_of(field: Plain) -> str:
    """Return the type of a field of a JSON Schema in words."""
    if field.get("format") in ("easing", "media-reference"):
        return "easing" if field["format"] == "easing" else "media"
    if "enum" in field:
        return ", ".join(map(str, field["enum"]))
    options = [one for one in field.get("anyOf", ()) if one.get("type") != "null"]
    if options:
        return " or ".join(dict.fromkeys(kind_of(one) for one in options))
    words = {"string": "text", "integer": "whole number", "boolean": "true or false"}
    limits = [f"{sign} {field[key]:g}" for key, sign in (("minimum", "≥"), ("maximum", "≤")) if key in field]
    return " ".join([words.get(str(field.get("type")), str(field.get("type", ""))), *limits])


def summary_of(value: object) -> str:
    """Return the first paragraph of a docstring on one line."""
    text = (value.__doc__ or "").strip().split("\n\n")[0]
    return " ".join(text.replace("``", "").split())
