"""Errors over HTTP: RFC 9457 problem details."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from farm.api.response_headers import SAFE
from farm.contract.model import PRINTABLE
from farm.errors import (
    MAX_PROBLEMS,
    AccessError,
    ConflictError,
    DocumentError,
    FarmError,
    FarmUnreachableError,
    MachineError,
    MissingError,
    PluginError,
    QueueFullError,
    QuotaError,
    StoreError,
    printable,
)

_log = logging.getLogger(__name__)

TITLES: Final = {
    400: "The request cannot be understood",
    401: "An API key is needed",
    403: "The key does not allow this",
    404: "It does not exist",
    405: "This cannot be done on this machine",
    409: "Not now",
    410: "It was removed",
    413: "Too large",
    415: "This content type is not accepted",
    416: "No such range of bytes",
    422: "The request's parameters are wrong",
    429: "The queue is full",
    500: "An internal error of the farm",
    503: "The farm cannot serve requests now",
}


PLUGIN_PROBLEM: Final = "urn:farm:problem:plugin"
"""Problem type of failures of a plugin: neither the request nor the farm is at fault."""
MISSING_PROBLEM: Final = "urn:farm:problem:missing"
"""Problem type of requests for what does not exist; ``missing`` has its kind and name, and what restricts it."""
QUOTA_PROBLEM: Final = "urn:farm:problem:quota"
"""Problem type of refusals because a tenant's quota is used up."""


def problem(
    status: int,
    detail: str,
    *,
    headers: dict[str, str] | None = None,
    kind: str = "about:blank",
    title: str = "",
    **more: Any,
) -> JSONResponse:
    """Return a problem document as a response."""
    body = {
        "type": kind,
        "title": title or TITLES.get(status, "Error"),
        "status": status,
        "detail": _writable(detail),
    }
    return JSONResponse({**body, **more}, status, headers, media_type="application/problem+json")


LISTS: Final = {
    "job": "/v1/jobs",
    "batch": "/v1/batches",
    "asset": "/v1/assets",
    "script": "/v1/scripts",
    "template": "/v1/declarative-templates",
    "work": "/v1/works",
    "production": "/v1/productions",
    "tenant": "/v1/tenants",
    "key": "/v1/keys",
    "rule": "/v1/store/rules",
}
"""Where resources are listed, by kind."""


def _listed(error: DocumentError) -> list[dict[str, str]]:
    return [{"path": _writable(one.path), "message": _writable(one.message)} for one in error.problems]


def _message(error: Mapping[str, Any]) -> str:
    if error.get("ctx", {}).get("pattern") == PRINTABLE:
        return "contains a control character, or one that changes the text direction; remove it"
    return str(error["msg"])


def _writable(text: str) -> str:
    """Escape characters that JSON may contain but messages may not: control characters, bidi marks, lone surrogates."""
    return printable(text)


def install(app: FastAPI, methods: Callable[[str], list[str]]) -> None:
    """Turn every error of an app into a problem document; ``methods`` returns the methods of a path."""

    @app.exception_handler(DocumentError)
    async def _document(_request: Request, error: DocumentError) -> JSONResponse:
        more: dict[str, Any] = {"more": error.more} if error.more else {}
        return problem(400, str(error), problems=_listed(error), **more)

    @app.exception_handler(AccessError)
    async def _access(_request: Request, error: AccessError) -> JSONResponse:
        if error.known:
            return problem(403, str(error))
        return problem(401, str(error), headers={"WWW-Authenticate": "Bearer"})

    @app.exception_handler(MissingError)
    async def _missing(_request: Request, error: MissingError) -> JSONResponse:
        detail = f"there is no {error.kind} {error.name}{error.detail and ' ' + error.detail}"
        if error.kind in LISTS:
            detail += f"; {LISTS[error.kind]} lists the newest"
        return problem(404, detail, kind=MISSING_PROBLEM, missing=[error.kind, error.name, error.detail])

    @app.exception_handler(ConflictError)
    async def _conflict(_request: Request, error: ConflictError) -> JSONResponse:
        return problem(409, str(error))

    @app.exception_handler(QueueFullError)
    async def _full(_request: Request, error: QueueFullError) -> JSONResponse:
        return problem(429, str(error), headers={"Retry-After": str(error.retry_after_s)})

    @app.exception_handler(QuotaError)
    async def _quota(_request: Request, error: QuotaError) -> JSONResponse:
        return problem(
            429,
            str(error),
            kind=QUOTA_PROBLEM,
            title="A quota is used up",
            quota=error.quota,
            used=error.used,
            limit=error.limit,
        )

    @app.exception_handler(FarmUnreachableError)
    async def _unreachable(_request: Request, error: FarmUnreachableError) -> JSONResponse:
        return problem(503, str(error), headers={"Retry-After": "2"})

    @app.exception_handler(MachineError)
    async def _machine(_request: Request, error: MachineError) -> JSONResponse:
        return problem(503, str(error), headers={"Retry-After": "10"})

    @app.exception_handler(StoreError)
    async def _store(request: Request, error: StoreError) -> JSONResponse:
        detail = f"the farm's disk cannot be used; see its log under {_logged(request, error)}"
        return problem(503, detail, headers={"Retry-After": "10"})

    @app.exception_handler(PluginError)
    async def _plugin(_request: Request, error: PluginError) -> JSONResponse:
        return problem(
            422,
            str(error),
            kind=PLUGIN_PROBLEM,
            title="A plugin failed",
            plugin=_writable(error.plugin),
            element=_writable(error.element),
        )

    @app.exception_handler(FarmError)
    async def _farm(_request: Request, error: FarmError) -> JSONResponse:
        return problem(500, str(error))

    @app.exception_handler(RequestValidationError)
    async def _parameters(_request: Request, error: RequestValidationError) -> JSONResponse:
        problems = [
            {
                "path": _writable(".".join(str(part) for part in one["loc"])),
                "message": _writable(_message(one)),
            }
            for one in error.errors()[:MAX_PROBLEMS]
        ]
        return problem(
            422, "; ".join(f"{one['path']}: {one['message']}" for one in problems), problems=problems
        )

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        headers = dict(error.headers or {})
        detail = str(error.detail)
        if error.status_code == 405:
            # A path may have several routes; the router names the methods of only one.
            headers["Allow"] = ", ".join(methods(request.url.path))
            detail = f"{request.method[:20]} is not allowed for this address; allowed: {headers['Allow']}"
        elif detail == "Not Found":
            detail = "there is no route at this address; /v1/openapi.json lists all routes"
        return problem(error.status_code, detail, headers=headers)

    @app.exception_handler(Exception)
    async def _unknown(request: Request, error: Exception) -> JSONResponse:
        # The error may contain others' names and paths: it goes only to the log.
        detail = f"the farm had an internal error; see its log under {_logged(request, error)}"
        # This response bypasses all middleware.
        return problem(500, detail, headers=dict(SAFE))


def _logged(request: Request, error: Exception) -> str:
    """Log an error and return the id by which it can be found."""
    mark = uuid.uuid4().hex[:12]
    _log.error("%s: %s %s", mark, request.method, request.url.path, exc_info=error)
    return mark
