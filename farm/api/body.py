"""Reading request bodies: bounded, and whole or not at all."""

from __future__ import annotations

from typing import Any, Final

from fastapi import Request
from starlette.exceptions import HTTPException

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
        said = f"the {what} is not UTF-8 at byte {error.start}; save it as UTF-8"
        raise DocumentError([Problem("", said)], source=source) from error
