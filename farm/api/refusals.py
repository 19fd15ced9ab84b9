"""Logging of refused requests: caller, request and status."""

from __future__ import annotations

import logging
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from farm.telemetry.log import ids, log

ROUTINE: Final = frozenset({404, 409, 416})
"""Statuses that clients get in normal operation."""


class LogRefusals:
    """ASGI middleware. Paths are logged without their query, which may be confidential."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and log it if it is refused."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_reason(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] >= 400:
                _log(scope, message["status"])
            await send(message)

        await self._app(scope, receive, send_with_reason)


def _log(scope: Scope, status: int) -> None:
    level = logging.ERROR if status == 500 else logging.INFO if status in ROUTINE else logging.WARNING
    client = scope.get("client")
    log.log(
        level,
        "request refused",
        extra=ids(
            status=status,
            method=scope["method"],
            path=scope["path"],
            client=client[0] if client else None,
        ),
    )
