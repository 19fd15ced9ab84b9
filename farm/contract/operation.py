"""The HTTP binding of a service's method: its route, and the location of each argument.

Whether an argument is part of the path, the query, a header or the body follows from the method's signature; so does
the schema of the response.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import NoneType
from typing import Annotated, Any, Final, TypeVar, get_args, get_origin, get_type_hints

from pydantic import BaseModel, Field, TypeAdapter

from farm.model.access import Role

F = TypeVar("F", bound=Callable[..., Any])
_BINDING: Final = "__farm_binding__"


class ArgumentPlace(StrEnum):
    """Where an argument is in a request."""

    PATH = "path"
    """In the path."""
    QUERY = "query"
    """In the query string."""
    HEADER = "header"
    """In the header ``Idempotency-Key``."""
    BODY = "body"
    """The JSON body."""


@dataclass(frozen=True, slots=True)
class Alias:
    """Marks an argument whose name in the request differs: a reserved word in Python, or a singular."""

    name: str
    """Its name in the request."""


@dataclass(frozen=True, slots=True)
class Header:
    """Marks the argument that is sent as a header."""

    name: str
    """The header's name."""


@dataclass(frozen=True, slots=True)
class Binding:
    """The HTTP side of a method, as declared beside it."""

    verb: str
    """``GET``, ``POST``, ``PUT``, ``PATCH`` or ``DELETE``."""
    path: str
    """The path, with arguments in braces."""
    status: int
    """The status of a successful response."""
    role: Role
    """The role that a caller needs."""
    tag: str
    """The heading of the OpenAPI document under which it is listed."""
    library: bool
    """Whether operators may specify the owner of the library (``?owner=``)."""
    location: str
    """The address of what was created, with fields of the result in braces; empty for none."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of an operation."""

    name: str
    """Its name in Python."""
    alias: str
    """Its name in a request."""
    place: ArgumentPlace
    """Where it is in a request."""
    annotation: Any
    """Its type with all constraints."""
    default: Any
    """Its default; ``inspect.Parameter.empty`` if it is required."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A method of a service that is also a route."""

    service: str
    """The name of the Protocol."""
    method: Callable[..., Any]
    """The Protocol's method."""
    binding: Binding
    """Its HTTP side."""
    arguments: tuple[Argument, ...]
    """In the order of the signature."""
    result: Any
    """The type of what it returns; None if it returns nothing."""

    @property
    def name(self) -> str:
        """The method's name."""
        return self.method.__name__


Key = Annotated[
    str,
    Field(
        min_length=1, max_length=200, description="A repeated request with the same key creates nothing new."
    ),
    Header("Idempotency-Key"),
]
"""The idempotency key of a call that creates something; empty for none."""


def operation(
    verb: str,
    path: str,
    *,
    tag: str,
    role: Role = Role.READ,
    status: int = 200,
    library: bool = False,
    location: str = "",
) -> Callable[[F], F]:
    """Declare that a method of a service is a route; see :class:`Binding`."""

    def bind(method: F) -> F:
        setattr(method, _BINDING, Binding(verb, path, status, role, tag, library, location))
        return method

    return bind


def operations_of(service: type) -> tuple[Operation, ...]:
    """Return the operations of a service, in the order of their declaration."""
    return tuple(
        operation_of(method)
        for method in vars(service).values()
        if getattr(method, _BINDING, None) is not None
    )


@cache
def operation_of(method: Callable[..., Any]) -> Operation:
    """Return the operation of a Protocol's method."""
    binding: Binding = getattr(method, _BINDING)
    hints = get_type_hints(method, include_extras=True)
    _, _, *parameters = inspect.signature(method).parameters.values()
    result = hints.get("return")
    return Operation(
        method.__qualname__.partition(".")[0],
        method,
        binding,
        tuple(_argument(one, hints[one.name], binding) for one in parameters),
        None if result is NoneType else result,
    )


@cache
def adapter_of(method: Callable[..., Any]) -> TypeAdapter[Any]:
    """Return what converts the result of a Protocol's method to JSON and back."""
    return TypeAdapter(operation_of(method).result)


def _argument(parameter: inspect.Parameter, annotation: Any, binding: Binding) -> Argument:
    extras = get_args(annotation)[1:] if get_origin(annotation) is Annotated else ()
    bare = get_args(annotation)[0] if extras else annotation
    alias, place = parameter.name, ArgumentPlace.QUERY
    for extra in extras:
        match extra:
            case Alias(name):
                alias = name
            case Header(name):
                alias, place = name, ArgumentPlace.HEADER
    if f"{{{alias}}}" in binding.path:
        place = ArgumentPlace.PATH
    elif (isinstance(bare, type) and issubclass(bare, BaseModel)) or get_origin(bare) is dict:
        place = ArgumentPlace.BODY
    return Argument(parameter.name, alias, place, annotation, parameter.default)
