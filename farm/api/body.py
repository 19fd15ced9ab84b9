"""Reading request bodies: limited in size, and all or nothing."""

from __future__ import annotations

from typing import Any, Final

from fastapi import HTTPException, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from farm.edge.limits import body_limit_bytes
from farm.errors import DocumentError, Problem
from farm.model.parse import MAX_BYTES

DOCUMENT: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "A job document; `farm schema job` prints its JSON Schema.",
        "content": {
            "application/json": {"schema": {"type": "object"}},
            "application/yaml": {"schema": {"type": "string"}},
        },
    }
}
"""For routes whose body is a job document."""


OWN_BOUNDS: Final = (
    *("/v1/jobs", "/v1/batches", "/v1/blobs/", "/v1/uploads/", "/v1/events", "/v1/audience-events"),
    *("/v1/validate", "/v1/plan", "/v1/stills"),
)
"""Paths whose routes stream their bodies themselves."""


class BoundedBodies:
    """Stops reading bodies that are too large: the framework would buffer them in full, from any caller."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(OWN_BOUNDS):
            await self._app(scope, receive, send)
            return
        seen_bytes = 0
        limit_bytes = body_limit_bytes(scope["path"])

        async def bounded() -> Message:
            nonlocal seen_bytes
            message = await receive()
            seen_bytes += len(message.get("body", b""))
            if seen_bytes > limit_bytes:
                raise HTTPException(413, f"an order has at most {limit_bytes // 2**10} KiB")
            return message

        await self._app(scope, bounded, send)


async def text_of(
    request: Request, source: str, *, limit_bytes: int = MAX_BYTES, what: str = "document"
) -> str:
    """Return the body as text.

    Raises:
        DocumentError: it is not UTF-8.
        HTTPException: 413, it is too large.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit_bytes:
            raise HTTPException(413, f"a {what} has at most {limit_bytes // 2**20} MiB")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"the {what} is not UTF-8 at byte {error.start}; save it as UTF-8"
        raise DocumentError([Problem("", message)], source=source) from error
