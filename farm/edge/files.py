"""File responses: sent by the edge itself, so that a slow reader does not occupy the API.

The API only names the file (ASGI's extension "path send"); a body sent through Ray would stay in memory until read.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from starlette.responses import FileResponse
from starlette.types import Message, Receive, Scope, Send

from farm.edge.refusal import Refusal, refuse

PATH_SEND: Final = "http.response.pathsend"
RANGES: Final = frozenset({b"range", b"if-range"})


class RangedFile(FileResponse):
    """A file, or the requested ranges of it; an invalid range is answered with a problem document."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response."""
        refused: list[tuple[bytes, bytes]] | None = None
        status = 0

        async def watched(message: Message) -> None:
            nonlocal refused, status
            if message["type"] == "http.response.start" and message["status"] >= 400:
                status = message["status"]
                refused = [one for one in message["headers"] if one[0] == b"content-range"]
            if refused is None:
                await send(message)

        await super().__call__(scope, receive, watched)
        if refused is not None:
            await _refuse_range(status, refused, send)


async def _refuse_range(status: int, headers: list[tuple[bytes, bytes]], send: Send) -> None:
    body = json.dumps(
        {
            "type": "about:blank",
            "title": "No such range of bytes" if status == 416 else "The request cannot be understood",
            "status": status,
            "detail": "the Range header asks for bytes beyond the file; write e.g. `Range: bytes=0-999`",
        }
    ).encode()
    sent_headers = [
        *headers,
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": sent_headers})
    await send({"type": "http.response.body", "body": body})


def asking_for_path(scope: Scope) -> Scope:
    """Return a scope that makes the API name a file instead of sending it, without the request's ranges."""
    extensions = {**scope.get("extensions", {}), PATH_SEND: {}}
    headers = [one for one in scope["headers"] if one[0] not in RANGES]
    return {**scope, "extensions": extensions, "headers": headers}


async def send_file(scope: Scope, receive: Receive, send: Send, start: Message, path: str) -> None:
    """Answer a request with the file that the API named.

    Args:
        scope: The original request, with its ranges.
        receive: Tells when the client disconnects.
        send: Sends the response.
        start: The start message of the API's response.
        path: The file.
    """
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in start["headers"]}
    for own in ("content-length", "etag", "last-modified", "accept-ranges"):
        headers.pop(own, None)
    try:
        stat_result = Path(path).stat()
    except OSError:
        # It was removed after the API checked.
        await refuse(Refusal(410, "the file was removed from the farm's disk"), receive, send, unread=False)
        return
    answer = RangedFile(
        path,
        status_code=start["status"],
        headers=headers,
        media_type=headers.get("content-type"),
        stat_result=stat_result,
    )
    await answer(scope, receive, send)
