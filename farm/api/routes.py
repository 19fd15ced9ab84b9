"""Routes made from the contract: one for each operation of a service."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any, Final, assert_never

from fastapi import APIRouter, Header, Path, Query, Response

from farm.api.gate import LibraryEditor, LibraryReader, allowing
from farm.contract.operation import Argument, ArgumentPlace, Operation, operations_of
from farm.contract.scope import Scope
from farm.contract.services import AsyncBackend, json_of
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


def _endpoint(backend: AsyncBackend, operation: Operation) -> Callable[..., Any]:
    binding = operation.binding

    async def endpoint(scope: Scope, **arguments: Any) -> Response:
        if operation.result is not None and not binding.location:
            body = await backend.ask_json(operation.method, scope, **arguments)
            return Response(body, binding.status, media_type=JSON)
        result = await backend.ask(operation.method, scope, **arguments)
        if operation.result is None:
            return Response(status_code=binding.status)
        headers = {"Location": binding.location.format_map(result.model_dump())}
        return Response(json_of(operation.method, result), binding.status, headers, media_type=JSON)

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
