"""Files as answers: sent by the edge itself, so that a client that reads slowly holds nothing of the API's.

The API says which file (ASGI's extension "path send"); what goes through Ray would lie in memory until it was read.
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
    """A file, or the parts of it that were asked for; a range that makes no sense is a problem document."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
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
            "detail": "the Range header asks for bytes that are not there; write e.g. `Range: bytes=0-999`",
        }
    ).encode()
    told = [
        *headers,
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": body})


def asking_for_path(scope: Scope) -> Scope:
    """Return the scope that has the API name a file instead of sending it, the whole one whatever was asked for."""
    extensions = {**scope.get("extensions", {}), PATH_SEND: {}}
    headers = [one for one in scope["headers"] if one[0] not in RANGES]
    return {**scope, "extensions": extensions, "headers": headers}


async def send_file(scope: Scope, receive: Receive, send: Send, start: Message, path: str) -> None:
    """Answer a request with the file that the API named.

    Args:
        scope: The request as it came, with its ranges.
        receive: Tells when the client goes away.
        send: Where the answer goes.
        start: The head of the answer that the API made.
        path: The file.
    """
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in start["headers"]}
    for own in ("content-length", "etag", "last-modified", "accept-ranges"):
        headers.pop(own, None)
    try:
        stat_result = Path(path).stat()
    except OSError:
        # It was removed after the API looked.
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
