"""Errors over HTTP: RFC 9457 problem details."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from farm.errors import (
    AccessError,
    DocumentError,
    FarmError,
    FarmUnreachableError,
    MachineError,
    QueueFullError,
)

TITLES: Final = {
    400: "The request cannot be understood",
    401: "An API key is needed",
    403: "The key does not allow this",
    404: "There is no such thing",
    405: "This cannot be done here",
    409: "Not now",
    410: "It was removed",
    413: "Too large",
    416: "No such range of bytes",
    422: "The request's parameters are wrong",
    429: "The queue is full",
    500: "A fault of the farm",
    503: "The farm cannot serve now",
    507: "The farm has no room",
}


def problem(status: int, detail: str, *, headers: dict[str, str] | None = None, **more: Any) -> JSONResponse:
    """Answer with a problem document."""
    body = {"type": "about:blank", "title": TITLES.get(status, "Error"), "status": status, "detail": detail}
    return JSONResponse({**body, **more}, status, headers, media_type="application/problem+json")


def _listed(error: DocumentError) -> list[dict[str, str]]:
    return [{"path": one.path, "message": one.message} for one in error.problems]


def install(app: FastAPI) -> None:
    """Make every error of an app a problem document."""

    @app.exception_handler(DocumentError)
    async def _document(_request: Request, error: DocumentError) -> JSONResponse:
        return problem(400, str(error), problems=_listed(error))

    @app.exception_handler(AccessError)
    async def _access(_request: Request, error: AccessError) -> JSONResponse:
        if error.known:
            return problem(403, str(error))
        return problem(401, str(error), headers={"WWW-Authenticate": "Bearer"})

    @app.exception_handler(QueueFullError)
    async def _full(_request: Request, error: QueueFullError) -> JSONResponse:
        return problem(429, str(error), headers={"Retry-After": str(error.retry_after_s)})

    @app.exception_handler(FarmUnreachableError)
    async def _unreachable(_request: Request, error: FarmUnreachableError) -> JSONResponse:
        return problem(503, str(error), headers={"Retry-After": "2"})

    @app.exception_handler(MachineError)
    async def _machine(_request: Request, error: MachineError) -> JSONResponse:
        return problem(503, str(error), headers={"Retry-After": "10"})

    @app.exception_handler(FarmError)
    async def _farm(_request: Request, error: FarmError) -> JSONResponse:
        return problem(500, str(error))

    @app.exception_handler(RequestValidationError)
    async def _parameters(_request: Request, error: RequestValidationError) -> JSONResponse:
        problems = [
            {"path": ".".join(str(part) for part in one["loc"]), "message": str(one["msg"])}
            for one in error.errors()
        ]
        return problem(
            422, "; ".join(f"{one['path']}: {one['message']}" for one in problems), problems=problems
        )

    @app.exception_handler(HTTPException)
    async def _http(_request: Request, error: HTTPException) -> JSONResponse:
        return problem(error.status_code, str(error.detail), headers=dict(error.headers or {}))

    @app.exception_handler(Exception)
    async def _unknown(_request: Request, error: Exception) -> JSONResponse:
        return problem(500, f"{type(error).__name__}: {error}")
