"""The route that answered: the API passes it to the edge in a header that clients never see, for metrics by route."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER: Final = b"farm-route"

Headers = list[tuple[bytes, bytes]]


class RouteHeader:
    """ASGI middleware of the API: names the route that answers, as in the OpenAPI document."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and name its route in a response header."""

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                path = str(getattr(scope.get("route"), "path", ""))
                message = {**message, "headers": [*message["headers"], (HEADER, path.encode())]}
            await send(message)

        await self._app(scope, receive, named)


def taken_route(headers: Iterable[tuple[bytes, bytes]]) -> tuple[str, Headers]:
    """Return the route that the headers name, and the headers without it."""
    given = list(headers)
    route = next((value.decode() for name, value in given if name == HEADER), "")
    return route, [one for one in given if one[0] != HEADER]
