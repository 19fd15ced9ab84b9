"""Routes made from the contract: one for each operation of a service."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Annotated, Any, Final, assert_never

from fastapi import APIRouter, Header, Path, Query, Response
from pydantic import TypeAdapter

from farm.api.gate import LibraryEditor, LibraryReader, allowing
from farm.contract.operation import Argument, ArgumentPlace, Operation, operation_of, operations_of
from farm.contract.scope import Scope
from farm.contract.services import AsyncBackend
from farm.model.access import Role

JSON: Final = "application/json"


def service_routes(backend: AsyncBackend, service: type) -> APIRouter:
    """Return the routes of a service's operations."""
    routes = APIRouter()
    for operation in operations_of(service):
        binding = operation.binding
        routes.add_api_route(
            binding.path,
            _endpoint(backend, operation),
            methods=[binding.verb],
            status_code=binding.status,
            response_model=operation.result,
            tags=[binding.tag],
            name=operation.name,
            description=inspect.getdoc(operation.method),
        )
    return routes


@cache
def adapter_of(method: Callable[..., Any]) -> TypeAdapter[Any]:
    """Return what serialises the result of a contract's method."""
    return TypeAdapter(operation_of(method).result)


def _endpoint(backend: AsyncBackend, operation: Operation) -> Callable[..., Any]:
    binding = operation.binding

    async def endpoint(scope: Scope, **arguments: Any) -> Response:
        result = await backend.ask(operation.method, scope, **arguments)
        if operation.result is None:
            return Response(status_code=binding.status)
        # The services are typed: serialising directly is several times as fast as FastAPI's validation and encoding.
        body = adapter_of(operation.method).dump_json(result, by_alias=True)
        headers = {}
        if binding.location:
            headers["Location"] = binding.location.format_map(result.model_dump())
        return Response(body, binding.status, headers, media_type=JSON)

    scope = inspect.Parameter("scope", inspect.Parameter.KEYWORD_ONLY, annotation=_scope(operation))
    # FastAPI reads an endpoint's parameters from its signature.
    endpoint.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [scope, *map(_parameter, operation.arguments)]
    )
    return endpoint


def _scope(operation: Operation) -> Any:
    if operation.binding.library:
        return LibraryReader if operation.binding.role is Role.READ else LibraryEditor
    return Annotated[Scope, allowing(operation.binding.role)]


def _parameter(argument: Argument) -> inspect.Parameter:
    annotation = argument.annotation
    match argument.place:
        case ArgumentPlace.PATH:
            annotation = Annotated[annotation, Path(alias=argument.alias)]
        case ArgumentPlace.QUERY:
            annotation = Annotated[annotation, Query(alias=argument.alias)]
        case ArgumentPlace.HEADER:
            annotation = Annotated[annotation, Header(alias=argument.alias)]
        case ArgumentPlace.BODY:
            pass  # FastAPI takes models and mappings from the body
        case _:
            assert_never(argument.place)
    return inspect.Parameter(
        argument.name,
        inspect.Parameter.KEYWORD_ONLY,
        annotation=annotation,
        default=argument.default,
    )
