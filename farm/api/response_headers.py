"""Headers of every response: browsers must not guess its type, nor execute any of it."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from farm.errors import is_plain

POLICY: Final = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""Callers' content is served from the farm's own origin: it must not load or run anything, or be framed."""
SAFE: Final = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": POLICY}
"""Headers of every response."""


class SafeHeaders:
    """Adds ``nosniff`` and the content security policy to every response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def adding(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(raw=message["headers"]).update(SAFE)
            await send(message)

        await self._app(scope, receive, adding)


def file_name(name: str, fallback: str) -> str:
    """Return a name that a browser may save a file under: no path, no invisible characters, at most 120 characters.

    Args:
        name: The owner's name for it.
        fallback: The name to use if nothing is left of that.
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(
        letter for letter in last if is_plain(letter) and letter.isprintable() and letter not in '<>:"|?*'
    )
    return kept.strip(" .")[-120:] or fallback
