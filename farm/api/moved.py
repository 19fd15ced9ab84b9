"""Redirects from the addresses of the previous version; they are kept for the lifetime of this version."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

MOVED: Final = (
    ("POST", "/v1/events", "/v1/audience-events"),
    *(
        (verb, f"/v1/library/templates{name}", f"/v1/declarative-templates{name}")
        for verbs, name in ((("GET",), ""), (("GET", "PUT", "DELETE"), "/{name}"))
        for verb in verbs
    ),
)
"""(method, old address, new address)."""


def moved_routes() -> APIRouter:
    """Return routes that answer 308: the client repeats the request at the address in ``Location``."""
    routes = APIRouter(tags=["moved"])
    for verb, old, new in MOVED:
        routes.add_api_route(
            old,
            _redirect(new),
            methods=[verb],
            status_code=308,
            deprecated=True,
            response_class=Response,
            name=f"moved {verb} {old}",
            description=f"Moved to `{verb} {new}`.",
            responses={308: {"description": "The new address is in `Location`."}},
            openapi_extra=_NAMED if "{name}" in old else None,
        )
    return routes


_NAMED: Final[dict[str, Any]] = {
    "parameters": [{"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}]
}


def _redirect(new: str) -> Any:
    async def redirect(request: Request) -> Response:
        # Path parameters arrive decoded; a `#` or `?` in a name would end the path.
        names = {name: quote(str(value), safe="") for name, value in request.path_params.items()}
        query = f"?{request.url.query}" if request.url.query else ""
        return Response(status_code=308, headers={"Location": f"{new.format_map(names)}{query}"})

    return redirect
