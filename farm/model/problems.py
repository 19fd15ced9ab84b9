"""From pydantic's errors to farm's problems: document paths, what is allowed, did-you-mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from farm.errors import Problem, did_you_mean
from farm.model.schema import json_schema, options, walk

_UNION_STEPS = (
    "function-",
    "union[",
    "list[",
    "constrained-",
    "nullable[",
    "tagged-union[",
    "definition-ref",
)
_KINDS = ("image", "video", "text", "color", "shape", "sticker", "group", "audio", "gap", "transition")
_PLAIN = {
    "missing": "is missing",
    "bool_type": "must be true or false",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number, not NaN or infinity",
    "list_type": "must be a list",
    "dict_type": "must be a mapping",
    "model_type": "must be a mapping",
    "model_attributes_type": "must be a mapping",
}


def problems_of(error: ValidationError, model: type[BaseModel], *, at: str = "") -> list[Problem]:
    """Return every problem in ``error``, in document order, one a place.

    Args:
        error: What pydantic raised.
        model: The model that was validated, for the names it allows.
        at: The document path of the validated value.
    """
    found: dict[str, list[str]] = {}
    for detail in error.errors(include_url=False):
        path = _path(detail["loc"], model, at)
        message = _message(detail, model)
        messages = found.setdefault(path, [])
        if message not in messages:
            messages.append(message)
    return [Problem(path, _join(messages)) for path, messages in found.items() if not _outdone(path, found)]


def _outdone(path: str, found: Mapping[str, list[str]]) -> bool:
    """Whether all that is told of a place is its type, and another member of the union got further into it."""
    deeper = any(other.startswith((f"{path}[", f"{path}.")) for other in found)
    return deeper and all(message in _PLAIN.values() for message in found[path])


def _join(messages: list[str]) -> str:
    # A union reports one failure a member; sentences of ours say more than "must be a list".
    told = [m for m in messages if m not in _PLAIN.values()]
    if told:
        return " or ".join(told)
    if _PLAIN["finite_number"] in messages:
        return _PLAIN["finite_number"]
    if _PLAIN["float_type"] in messages:
        messages = [m for m in messages if m != _PLAIN["int_type"]]
    return " or ".join([messages[0], *(m.removeprefix("must be ") for m in messages[1:])])


def _steps(loc: tuple[int | str, ...]) -> list[int | str]:
    steps: list[int | str] = []
    for index, step in enumerate(loc):
        if isinstance(step, str):
            if step.startswith(_UNION_STEPS) or "[" in step or step in ("str", "int", "float", "bool"):
                continue
            if step in _KINDS and index and isinstance(loc[index - 1], int):
                continue  # the discriminator's tag, not a name in the document
            if step[:1].isupper():
                continue  # a model's name inside a union
        steps.append(step)
    return steps


def _path(loc: tuple[int | str, ...], model: type[BaseModel], at: str) -> str:
    del model
    path = at
    for step in _steps(loc):
        if isinstance(step, int):
            path += f"[{step}]"
        else:
            path += f".{step}" if path else str(step)
    return path


def _message(detail: ErrorDetails, model: type[BaseModel]) -> str:
    kind = detail["type"]
    if kind == "extra_forbidden":
        name = str(detail["loc"][-1])
        return f"unknown name{did_you_mean(name, allowed_names(model, detail['loc'][:-1]))}"
    if kind == "union_tag_not_found":
        return "`kind` is missing; allowed: " + ", ".join(_KINDS)
    if kind == "union_tag_invalid":
        tag = str(detail.get("ctx", {}).get("tag", ""))
        names = [name.strip(" '") for name in _expected(detail).split(",")]
        return f"`kind: {tag}` is unknown{did_you_mean(tag, names)}"
    if kind == "literal_error":
        names = [name.strip(" '") for name in _expected(detail).replace(" or ", ",").split(",")]
        return f"`{detail['input']}` is not allowed{did_you_mean(str(detail['input']), names)}"
    if kind in _PLAIN:
        return _PLAIN[kind]
    text = detail["msg"].removeprefix("Value error, ")
    for told in ("Input should", "String should", "List should", "Dictionary should"):
        text = text.replace(told, "must")
    return text.replace(" after validation", "")


def _expected(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    return str(context.get("expected_tags") or context.get("expected") or "")


def stray_booleans(value: Any, schema: Mapping[str, Any], at: str) -> list[Problem]:
    """Return a problem for every true or false where a number belongs: Python would count them as 1 and 0."""
    found = []
    for path, item, allowed in walk(value, schema, at):
        kinds = {kind for node in allowed if (kind := node.get("type"))}
        if isinstance(item, bool) and kinds & {"number", "integer"} and not kinds & {"boolean", "string"}:
            spelled = "true (or yes, on)" if item else "false (or no, off)"
            found.append(Problem(path, f"must be a number, not {spelled}"))
    return found


def allowed_names(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """Return the field names (as documents write them) of the model that stands at ``loc`` below ``model``."""
    schema = json_schema(model)
    definitions = schema.get("$defs", {})
    nodes: list[Mapping[str, Any]] = [schema]
    for step in loc:
        nodes = _descend(nodes, step, definitions)
    names: set[str] = set()
    for node in options(nodes, definitions):
        names.update(node.get("properties", {}))
    return sorted(names)


def _descend(
    nodes: list[Mapping[str, Any]], step: int | str, definitions: Mapping[str, Any]
) -> list[Mapping[str, Any]]:
    resolved = options(nodes, definitions)
    if isinstance(step, int):
        return [node["items"] for node in resolved if "items" in node]
    by_name = [node["properties"][step] for node in resolved if step in node.get("properties", {})]
    if by_name:
        return by_name
    tagged = [node for node in resolved if node.get("properties", {}).get("kind", {}).get("const") == step]
    titled = [node for node in resolved if node.get("title") == step]
    return tagged or titled or nodes
