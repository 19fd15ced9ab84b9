"""The OpenAPI document, and what is derived from it: which methods and query parameters a path accepts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final, get_args, get_origin

from fastapi import FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from farm.contract.fleet import Health
from farm.contract.model import ProblemDocument
from farm.errors import did_you_mean

ADDRESS: Final = "/v1/openapi.json"
METHODS: Final = ("get", "head", "post", "put", "patch", "delete")
_SEQUENCES: Final = (list, tuple, set, frozenset)
_SCHEMAS: Final = "#/components/schemas/"


def problem_answer(description: str) -> dict[str, Any]:
    """Return the OpenAPI description of a response that is a problem document."""
    schema = {"$ref": f"{_SCHEMAS}ProblemDocument"}
    return {"description": description, "content": {"application/problem+json": {"schema": schema}}}


def health_answer(description: str) -> dict[str, Any]:
    """Return the OpenAPI description of a response that is the farm's health, or a problem if that is unknown."""
    answer = problem_answer(description)
    answer["content"]["application/json"] = {"schema": {"$ref": f"{_SCHEMAS}{Health.__name__}"}}
    return answer


MAX_WRONG: Final = 20
"""Maximum number of wrong query parameters that are reported; the caller may have no key."""


class Published:
    """An app's OpenAPI document, built once."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._queries: dict[tuple[str, str], dict[str, bool]] = {}
        app.openapi = lambda: self.document  # type: ignore[method-assign]

    @cached_property
    def document(self) -> dict[str, Any]:
        """The document."""
        app = self._app
        made = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
        )
        schemas = made["components"]["schemas"]
        schemas[ProblemDocument.__name__] = ProblemDocument.model_json_schema(
            ref_template=_SCHEMAS + "{model}"
        )
        schemas[ProblemDocument.__name__].pop("$defs", None)
        return made

    @cached_property
    def _paths(self) -> list[tuple[re.Pattern[str], list[str]]]:
        found: dict[str, list[str]] = {ADDRESS: ["GET"]}
        for path, method, _ in operations(self.document):
            found.setdefault(path, []).append(method.upper())
        return [
            (re.compile(re.sub(r"\\{[^/]+\\}", "[^/]+", re.escape(path))), sorted(methods))
            for path, methods in found.items()
        ]

    def methods(self, path: str) -> list[str]:
        """Return the methods that a path accepts; none if there is no such path."""
        return sorted(
            {method for pattern, methods in self._paths if pattern.fullmatch(path) for method in methods}
        )

    async def check_query(self, request: Request) -> None:
        """Refuse unknown and repeated parameters, which would otherwise be ignored silently.

        Raises:
            RequestValidationError: with all of them, up to :data:`MAX_WRONG`.
        """
        route = request.scope.get("route")
        # The address that a deprecated one redirects to checks them.
        if not isinstance(route, APIRoute) or route.deprecated:
            return
        place = route.path, request.method
        known = self._queries.get(place)
        if known is None:
            known = self._queries[place] = query_parameters(route.dependant)
        wrong: list[dict[str, Any]] = []
        names = Counter(name for name, _ in request.query_params.multi_items())
        for name, times in names.items():
            if len(wrong) >= MAX_WRONG:
                break
            message = ""
            if name not in known:
                message = f"unknown parameter{did_you_mean(name, known) or '; this address takes none'}"
            elif times > 1 and not known[name]:
                message = f"given {times} times; give it once"
            if message:
                wrong.append({"loc": ("query", name), "msg": message, "type": "query"})
        if wrong:
            raise RequestValidationError(wrong)


def query_parameters(dependant: Dependant) -> dict[str, bool]:
    """Return the names of the query parameters of a route, each with whether it may be repeated.

    Read from the route, not from the document: building that takes 0.3 s, which the first request to a replica would
    wait for.
    """
    found = {
        one.alias: any(get_origin(kind) in _SEQUENCES for kind in _kinds(one.field_info.annotation))
        for one in dependant.query_params
    }
    for one in dependant.dependencies:
        found |= query_parameters(one)
    return found


def _kinds(annotation: Any) -> tuple[Any, ...]:
    return (annotation, *get_args(annotation))


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield path, method and operation of all operations in a document."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]
