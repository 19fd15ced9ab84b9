"""Converts pydantic's errors to farm's problems: document paths, allowed values, suggestions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, TypeAlias

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from farm.errors import MAX_PROBLEMS, Problem, did_you_mean, one_line, shortened
from farm.model.schema import holders_of, json_schema, options, rows_of, tags_of, walk

_UNION_STEPS = (
    "function-",
    "union[",
    "list[",
    "constrained-",
    "nullable[",
    "tagged-union[",
    "definition-ref",
)
_Steps: TypeAlias = tuple[int | str, ...]
_PLAIN = {
    "missing": "is missing",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
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


def problems_of(
    error: ValidationError, model: type[BaseModel], *, at: str = "", guessed: int = MAX_PROBLEMS
) -> list[Problem]:
    """Return every problem in ``error``, in document order, one per document path.

    The time is linear in the number of problems. Only the first ``guessed`` suggest a fix, since no more are shown.

    Args:
        error: The error that pydantic raised.
        model: The model validated against, for the names it allows.
        at: The document path of the validated value.
        guessed: How many problems say what may have been meant or is allowed.
    """
    found: dict[_Steps, list[ErrorDetails]] = {}
    inner: set[_Steps] = set()
    tags = frozenset(chain.from_iterable(tags_of(model).values()))
    holders, rows = holders_of(model), rows_of(model)
    for detail in error.errors(include_url=False):
        steps = _steps(detail["loc"], tags, holders, rows, named=detail["type"] == "extra_forbidden")
        if steps in found:
            found[steps].append(detail)
            continue
        found[steps] = [detail]
        above = steps[:-1]
        while above not in inner:
            inner.add(above)
            above = above[:-1]
    problems: list[Problem] = []
    for steps, details in found.items():
        if steps in inner and all(detail["type"] in _PLAIN for detail in details):
            continue  # only its type is reported, and another member of the union got further into it
        describe = _message if len(problems) < guessed else _brief
        messages = list(dict.fromkeys(describe(detail, model) for detail in details))
        problems.append(Problem(_path(steps, at), _join(messages)))
    return problems


def problems_by_place(error: ValidationError) -> list[Problem]:
    """Return every problem in ``error``, without suggestions: for values that no document holds, such as options."""
    found: dict[str, list[str]] = {}
    for detail in error.errors(include_url=False):
        unknown = detail["type"] == "extra_forbidden"
        message = "unknown name" if unknown else _message(detail, BaseModel)
        found.setdefault(_path(_steps(detail["loc"], (), (), (), named=False), ""), []).append(message)
    return [Problem(place, " or ".join(dict.fromkeys(messages))) for place, messages in found.items()]


def _join(messages: list[str]) -> str:
    # A union reports one failure per member; our own messages say more than "must be a list".
    specific = [m for m in messages if m not in _PLAIN.values()]
    if specific:
        return " or ".join(specific)
    if _PLAIN["finite_number"] in messages:
        return _PLAIN["finite_number"]
    if _PLAIN["float_type"] in messages:
        messages = [m for m in messages if m != _PLAIN["int_type"]]
    return " or ".join([messages[0], *(m.removeprefix("must be ") for m in messages[1:])])


def _steps(
    loc: _Steps, tags: Collection[str], holders: Collection[str], rows: Collection[str], *, named: bool
) -> _Steps:
    """Return the steps of a location that occur in the document.

    Args:
        loc: The location, as pydantic gives it.
        tags: Values by which unions tell their members apart.
        holders: The fields that hold one member of such a union.
        rows: The fields that hold a list of them.
        named: Whether the last step is a name in the document.
    """
    steps: list[int | str] = []
    last = len(loc) - 1 if named else len(loc)
    tagged = False
    for index, step in enumerate(loc):
        if isinstance(step, str) and index != last:
            if step.startswith(_UNION_STEPS) or "[" in step or step in ("str", "int", "float", "bool"):
                continue
            held = bool(steps) and steps[-1] in holders
            if len(steps) > 1 and isinstance(steps[-1], int):
                held = steps[-2] in rows
            if step in tags and held and not tagged:
                tagged = True
                continue  # the discriminator's tag, not a name in the document
            if step[:1].isupper():
                continue  # a model's name inside a union
        tagged = False
        steps.append(step)
    return tuple(steps)


def _path(steps: _Steps, at: str) -> str:
    path = at
    for step in steps:
        if isinstance(step, int):
            path += f"[{step}]"
        else:
            path += f".{step}" if path else str(step)
    return path


def _brief(detail: ErrorDetails, _model: type[BaseModel]) -> str:
    return _PLAIN.get(detail["type"], "is wrong")


def _message(detail: ErrorDetails, model: type[BaseModel]) -> str:
    kind = detail["type"]
    if kind == "extra_forbidden":
        name = str(detail["loc"][-1])
        # All items of a list allow the same names.
        above = tuple(0 if isinstance(step, int) else step for step in detail["loc"][:-1])
        if kinds := kinds_with(model, above, name):
            return f"unknown name in this kind of clip; {_having(kinds)} it"
        return f"unknown name{did_you_mean(name, allowed_names(model, above))}"
    if kind == "union_tag_not_found":
        return f"`{_discriminator(detail)}` is missing; allowed: {', '.join(tags_of(model)[_discriminator(detail)])}"
    if kind == "union_tag_invalid":
        tag = str(detail.get("ctx", {}).get("tag", ""))
        names = [name.strip(" '") for name in _expected(detail).split(",")]
        return f"`{_discriminator(detail)}: {shortened(tag, 80)}` is unknown{did_you_mean(tag, names)}"
    if kind == "literal_error":
        names = [name.strip(" '") for name in _expected(detail).replace(" or ", ",").split(",")]
        given = str(detail["input"])
        return f"`{shortened(given, 80)}` is not allowed{did_you_mean(given, names)}"
    if kind in _PLAIN:
        return _mistaken_object(detail["input"]) or _PLAIN[kind]
    if kind == "string_pattern_mismatch":
        return f"`{one_line(shortened(str(detail['input']), 80))}` holds characters that are not allowed here"
    text = detail["msg"].removeprefix("Value error, ")
    for prefix in ("Input should", "String should", "List should", "Dictionary should"):
        text = text.replace(prefix, "must")
    return text.replace(" after validation", "")


def _having(kinds: Sequence[str]) -> str:
    """Say which kinds have a name."""
    if len(kinds) == 1:
        return f"only `kind: {kinds[0]}` has"
    return f"the kinds {', '.join(kinds[:-1])} and {kinds[-1]} have"


def _mistaken_object(value: Any) -> str:
    """Return what is wrong with a Python object that no document can hold; empty for plain data."""
    if value is None or isinstance(value, str | int | float | list | Mapping):
        return ""
    if isinstance(value, type):
        return f"is the class `{value.__name__}`; give an object of it, such as {value.__name__}()"
    if isinstance(value, BaseModel):
        return (
            f"a `{type(value).__name__.removesuffix('Document').removesuffix('Item')}` does not belong here"
        )
    return f"an object of the type `{type(value).__name__}` does not belong here"


def _discriminator(detail: ErrorDetails) -> str:
    return str(detail.get("ctx", {}).get("discriminator", "")).strip("'")


def _expected(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    return str(context.get("expected_tags") or context.get("expected") or "")


def stray_booleans(value: Any, schema: Mapping[str, Any], at: str) -> list[Problem]:
    """Return a problem for every boolean where a number belongs: Python would treat it as 1 or 0."""
    found = []
    for path, item, allowed in walk(value, schema, at):
        kinds = {kind for node in allowed if (kind := node.get("type"))}
        if isinstance(item, bool) and kinds & {"number", "integer"} and not kinds & {"boolean", "string"}:
            spelled = "true (or yes, on)" if item else "false (or no, off)"
            found.append(Problem(path, f"must be a number, not {spelled}"))
    return found


@lru_cache(maxsize=1024)
def allowed_names(model: type[BaseModel], loc: _Steps) -> tuple[str, ...]:
    """Return the field names (as written in documents) of the model at location ``loc`` below ``model``."""
    schema = json_schema(model)
    definitions = schema.get("$defs", {})
    nodes: list[Mapping[str, Any]] = [schema]
    for step in loc:
        nodes = _descend(nodes, step, definitions)
    names: set[str] = set()
    for node in options(nodes, definitions):
        names.update(node.get("properties", {}))
    return tuple(sorted(names))


@lru_cache(maxsize=1024)
def kinds_with(model: type[BaseModel], loc: _Steps, name: str) -> tuple[str, ...]:
    """Return the kinds of the union at location ``loc``, whose last step is a kind of it, that have a field."""
    schema = json_schema(model)
    definitions = schema.get("$defs", {})
    nodes: list[Mapping[str, Any]] = [schema]
    for step in loc[:-1]:
        nodes = _descend(nodes, step, definitions)
    members = [
        (node["properties"]["kind"]["const"], node)
        for node in options(nodes, definitions)
        if "const" in node.get("properties", {}).get("kind", {})
    ]
    if len(members) < 2 or not loc or loc[-1] not in (kind for kind, _ in members):
        return ()
    return tuple(sorted(kind for kind, node in members if name in node["properties"]))


def _descend(
    nodes: list[Mapping[str, Any]], step: int | str, definitions: Mapping[str, Any]
) -> list[Mapping[str, Any]]:
    resolved = options(nodes, definitions)
    if isinstance(step, int):
        return [node["items"] for node in resolved if "items" in node]
    tagged = [
        node
        for node in resolved
        if any(one.get("const") == step for one in node.get("properties", {}).values())
    ]
    if tagged and len(resolved) > 1:
        return tagged  # a union's member; its tag may also be a field's name, as in a clip of kind `color`
    by_name = [node["properties"][step] for node in resolved if step in node.get("properties", {})]
    if by_name:
        return by_name
    titled = [node for node in resolved if node.get("title") == step]
    return titled or nodes
