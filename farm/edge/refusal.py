"""Refusals: problem documents that are cheap to make, sent before a request is read."""

from __future__ import annotations

import asyncio
import json
from typing import Final

from starlette.types import Receive, Send

LINGER_S: Final = 1.0
"""How long the rest of a request is drained after a refusal: closing at once could lose the response."""
LINGER_BYTES: Final = 256 * 2**10

TITLES: Final = {
    401: "An API key is needed",
    404: "It does not exist",
    408: "Too slow",
    410: "It was removed",
    413: "Too large",
    429: "Too many requests at once",
    503: "The farm cannot serve requests now",
    504: "The farm took too long",
}


class Refusal(Exception):
    """A request is refused."""

    def __init__(
        self, status: int, detail: str, *, retry_after_s: int | None = None, reason: str = ""
    ) -> None:
        self.status = status
        """The HTTP status."""
        self.detail = detail
        """Why, and the remedy."""
        self.retry_after_s = retry_after_s
        """After how many seconds to retry."""
        self.reason = reason or str(status)
        """The name under which it is counted."""
        super().__init__(detail)


async def refuse(refusal: Refusal, receive: Receive, send: Send, *, unread: bool) -> None:
    """Answer with a problem document and close the connection.

    Args:
        refusal: Status, detail and headers.
        receive: The rest of the request.
        send: Sends the response.
        unread: Whether part of the request's body may still arrive.
    """
    body = json.dumps(
        {
            "type": "about:blank",
            "title": TITLES[refusal.status],
            "status": refusal.status,
            "detail": refusal.detail,
        }
    ).encode()
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"connection", b"close"),
    ]
    if refusal.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    if refusal.retry_after_s is not None:
        headers.append((b"retry-after", str(refusal.retry_after_s).encode()))
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": unread})
    if unread:
        await _linger(receive)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _linger(receive: Receive) -> None:
    taken_bytes = 0
    try:
        async with asyncio.timeout(LINGER_S):
            while taken_bytes < LINGER_BYTES:
                message = await receive()
                taken_bytes += len(message.get("body", b""))
                if message["type"] != "http.request" or not message.get("more_body", False):
                    return
    except TimeoutError:
        return
