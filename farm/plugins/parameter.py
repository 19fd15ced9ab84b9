"""Parameters of elements: their allowed types, checked when the element is registered.

A parameter appears in timelines and keys as one plain value. No validator is built for the ordinary ones.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from enum import Enum
from inspect import isclass
from math import isfinite
from typing import Any, Final, ForwardRef, Literal, get_args, get_origin, is_typeddict

from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from farm.render.element import Element
from farm.render.media_parameter import MediaParameter

ALLOWED: Final = "text, a number, yes or no, a choice (Literal, Enum), or media (MediaPicture, MediaTable)"
_PLAIN: Final = (int, float, str, bool)
_MANY: Final = (list, tuple, set, frozenset, dict)
_BOUNDS: Final = (
    ("ge", operator.ge, "at least"),
    ("gt", operator.gt, "more than"),
    ("le", operator.le, "at most"),
    ("lt", operator.lt, "less than"),
)


def parameters_fault(name: str, kind: type[Element]) -> str:
    """Say what is wrong with the parameters of an element class; empty if all are valid."""
    if vars(Element)["__init__"] is not kind.__init__:
        return (
            f"`{kind.__name__}` has an `__init__` of its own; write fields, which are the parameters, or "
            "`model_post_init`"
        )
    computed = sorted(kind.__pydantic_decorators__.computed_fields)
    if computed:
        return f"`{computed[0]}` of `{name}` is a computed field; write a property, without `@computed_field`"
    if kind.model_config.get("alias_generator") is not None:
        return f"`{name}` has an `alias_generator`; parameters are called as their fields"
    if any(
        isinstance(part, ForwardRef) for one in kind.model_fields.values() for part in _parts(one.annotation)
    ):
        kind.model_rebuild(raise_errors=False)  # a type defined further down in its module
    for parameter, field in kind.model_fields.items():
        if wrong := _kind_fault(field):
            return f"the parameter `{parameter}` of `{name}` {wrong}"
        if wrong := _default_fault(field):
            return f"the default of `{parameter}` of `{name}` {wrong}"
    return ""


def _kind_fault(field: FieldInfo) -> str:
    """Say why a field cannot be a parameter; empty if it can."""
    if field.alias or field.validation_alias or field.serialization_alias:
        return "has an alias; parameters are called as their fields, rename the field"
    if field.exclude:
        return "is excluded; what draws would never get it"
    found = tuple(_parts(field.annotation))
    for part in found:
        if wrong := _no_value(part):
            return f"is {wrong}; a parameter is {ALLOWED}"
    if any(map(_is_media, found)) and str in found:
        return "is text or media, which cannot be told apart; write two parameters"
    return ""


def _is_media(annotation: Any) -> bool:
    return isclass(annotation) and issubclass(annotation, MediaParameter)


def _parts(annotation: Any) -> Iterator[Any]:
    """Yield the types that an annotation consists of: the members of a union, else itself; without constraints."""
    origin = get_origin(annotation)
    if hasattr(annotation, "__metadata__"):
        yield from _parts(annotation.__origin__)
    elif origin is Literal or not get_args(annotation):
        yield annotation
    elif isinstance(origin, type) and origin.__name__ not in ("UnionType", "Union"):
        yield origin
    else:
        for one in get_args(annotation):
            yield from _parts(one)


def _no_value(part: Any) -> str:
    """Describe a type that is not one plain value; empty if it is."""
    if isinstance(part, ForwardRef):
        return f"of the type `{part.__forward_arg__}`, which its module does not define"
    if not isclass(part):
        return ""
    if is_typeddict(part) or issubclass(part, Mapping):
        return "a mapping"
    if issubclass(part, BaseModel) or is_dataclass(part):
        return f"a model of its own (`{part.__name__}`)"
    if part in _MANY:
        return f"a {part.__name__}"
    if hasattr(part, "__iter__") and not issubclass(part, str | bytes | Enum):
        return f"of the type `{part.__name__}`"
    if issubclass(part, Enum) and not all(isinstance(one.value, _PLAIN) for one in part):
        return f"an Enum whose values are no text and no numbers (`{part.__name__}`)"
    if part in (bytes, bytearray, complex):
        return f"of the type `{part.__name__}`"
    return ""


def _default_fault(field: FieldInfo) -> str:
    """Say what is wrong with a parameter's default, which pydantic does not validate."""
    if field.is_required() or field.default_factory is not None:
        return ""
    default: Any = field.default
    if isinstance(default, float) and not isfinite(default):
        return f"is {default}; parameters are finite"
    annotation = field.annotation
    if get_origin(annotation) is Literal:
        if default not in get_args(annotation):
            return f"is {default!r}; allowed: {', '.join(map(repr, get_args(annotation)))}"
    elif annotation in _PLAIN:
        taken: Any = (int, float) if annotation is float else annotation
        if not isinstance(default, taken) or (isinstance(default, bool) and annotation is not bool):
            return f"is {default!r}; {annotation.__name__} is due"
    elif media := list(filter(_is_media, _parts(annotation))):
        if isinstance(default, str | MediaParameter) or (
            default is None and type(None) not in _parts(annotation)
        ):
            return f"is {default!r}; documents name media: write no default, or `{media[0].__name__} | None` and None"
    elif wrong := _stray(annotation, default):
        return wrong
    return next((wrong for limit in field.metadata if (wrong := _beyond(default, limit))), "")


def _stray(annotation: Any, default: Any) -> str:
    """Say that a default is not of its type, or does not serialise to a plain value."""
    try:
        adapter = TypeAdapter[Any](annotation)
    except Exception:
        return ""  # not known before its module is fully imported; errors show when it is used in a document
    try:
        written = adapter.dump_python(adapter.validate_python(default, strict=True), mode="json")
    except ValueError:
        due = annotation.__name__ if isclass(annotation) else str(annotation)
        return f"is {default!r}; {due} is due"
    return (
        "" if written is None or isinstance(written, _PLAIN) else f"is {default!r}; a parameter is {ALLOWED}"
    )


def _beyond(value: Any, limit: object) -> str:
    """Say which bound a number violates."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    for name, keeps, relation in _BOUNDS:
        bound = getattr(limit, name, None)
        if bound is not None and not keeps(value, bound):
            return f"is {value!r}; allowed: {relation} {bound}"
    return ""
