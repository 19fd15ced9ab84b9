"""A gateway before an API of a few routes, behind uvicorn as Serve runs it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from farm.edge.address import parse_proxies
from farm.edge.body import HandedBodies
from farm.edge.connections import GuardedProtocol, OpenConnections
from farm.edge.files import RangedFile
from farm.edge.gateway import EdgeSettings, Gateway
from farm.edge.limits import BodyLimits, ConnectionLimits, RequestLimits
from farm.edge.route import RouteHeader
from farm.errors import AccessError

KEYS = {
    "farm_00000001_a": ("shop-a", "submit"),
    "farm_00000002_b": ("shop-b", "submit"),
    "farm_00000003_o": ("default", "operate"),
}


@dataclass
class Meter:
    """Keeps figures."""

    answers: list[tuple[str, str, int]] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)
    pools: dict[str, int] = field(default_factory=dict)

    def answered(self, method: str, route: str, status: int, took_s: float) -> None:
        assert took_s >= 0.0
        self.answers.append((method, route, status))

    def refused(self, reason: str, address: str) -> None:
        assert address.startswith("127.")
        self.refusals[reason] += 1

    def standing(self, pool: str, taken: int, places: int) -> None:
        assert 0 <= taken <= places
        self.pools[pool] = taken


class Front:
    """A server of its own."""

    def __init__(
        self,
        folder: Path,
        *,
        requests: RequestLimits | None = None,
        bodies: BodyLimits | None = None,
        connections: ConnectionLimits | None = None,
        proxies: str = "",
        open_to_all: bool = False,
    ) -> None:
        self.folder = folder
        self.meter = Meter()
        self.checked: Counter[str] = Counter()
        self.trouble: Exception | None = None
        self.gate = threading.Event()
        """Lets go of what waits at ``/v1/wait``."""
        self.waiting = 0
        """How many wait there."""
        self.begun: list[str] = []
        """Keys of those that waited there, in the order in which they got their places."""
        self.bodies: list[int] = []
        """How long the bodies were that the API saw."""
        self.clients: list[str] = []
        self.file = folder / "film.mp4"
        self.file.write_bytes(bytes(range(256)) * 20_000)
        settings = EdgeSettings(
            folder / "incoming",
            open_to_all,
            parse_proxies([proxies] if proxies else []),
            replace(requests or RequestLimits(), unknown_pause_s=0.0),
            bodies or BodyLimits(spare_bytes=0),
        )
        gateway = Gateway(self._api(), settings, self._check, self.meter)
        protocol = type(
            "Protocol",
            (GuardedProtocol,),
            {"limits": connections or ConnectionLimits(), "open": OpenConnections()},
        )
        self.open: OpenConnections = protocol.open  # type: ignore[attr-defined]
        config = uvicorn.Config(
            gateway, port=0, lifespan="off", log_level="critical", http=protocol, proxy_headers=False
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def start(self) -> None:
        self._thread.start()
        until(lambda: self._server.started)
        self.port: int = self._server.servers[0].sockets[0].getsockname()[1]

    def stop(self) -> None:
        self.gate.set()
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join()

    async def _check(self, text: str) -> tuple[str, str]:
        self.checked[text] += 1
        if self.trouble is not None:
            raise self.trouble
        if text not in KEYS:
            raise AccessError("the API key is unknown to this farm", known=False)
        return KEYS[text]

    def _api(self) -> Any:
        async def take(request: Request) -> JSONResponse:
            self.clients.append(request.client.host if request.client else "")
            size = 0
            async for chunk in request.stream():
                size += len(chunk)
            self.bodies.append(size)
            return JSONResponse({"size": size})

        async def wait(request: Request) -> JSONResponse:
            self.waiting += 1
            self.begun.append(request.headers["authorization"].split()[1])
            await asyncio.to_thread(self.gate.wait)
            return JSONResponse({"waited": True})

        async def film(_request: Request) -> RangedFile:
            return RangedFile(self.file, media_type="video/mp4", filename="film.mp4")

        async def stream(_request: Request) -> StreamingResponse:
            async def tell() -> Any:
                yield "data: hello\n\n"
                await asyncio.to_thread(self.gate.wait)

            return StreamingResponse(tell(), media_type="text/event-stream")

        async def health(_request: Request) -> Response:
            return JSONResponse({"ok": True})

        app = Starlette(
            routes=[
                Route("/v1/jobs", take, methods=["GET", "POST"]),
                Route("/v1/blobs/{sha256}", take, methods=["PUT"]),
                Route("/v1/wait", wait),
                Route("/v1/film", film, methods=["GET", "HEAD"]),
                Route("/v1/events/stream", stream),
                Route("/healthz", health),
                Route("/readyz", health),
            ]
        )
        return HandedBodies(RouteHeader(_NamingRoutes(app)))


class _NamingRoutes:
    """Puts the route into the scope, as FastAPI does and Starlette does not."""

    def __init__(self, app: Starlette) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        for route in self._app.routes:
            if route.matches(scope)[0].value == 2:
                scope["route"] = route
        await self._app(scope, receive, send)


def until(look: Callable[[], Any]) -> Any:
    """Wait until there is something, and return it."""
    for _ in range(3000):
        found = look()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError("it did not come")


@pytest.fixture
def fronts(tmp_path: Path) -> Iterator[Callable[..., Front]]:
    """Return what makes servers, which end with the test."""
    made: list[Front] = []

    def make(**given: Any) -> Front:
        front = Front(tmp_path, **given)
        front.start()
        made.append(front)
        return front

    yield make
    for one in made:
        one.stop()
