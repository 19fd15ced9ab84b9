"""The gateway: ASGI middleware in front of the API that admits what can be served and refuses the rest at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from farm.edge.address import TrustedProxies, client_of, counted_as
from farm.edge.body import HANDED, Body, BodyReader
from farm.edge.files import PATH_SEND, asking_for_path, send_file
from farm.edge.keys import Check, Identity, Keys
from farm.edge.limits import BodyLimits, RequestLimits
from farm.edge.places import AdmissionPace, Caps, Room, Turns
from farm.edge.refusal import Refusal, refuse
from farm.edge.route import taken_route

READY: Final = "/readyz"
HEALTH: Final = frozenset({"/healthz", READY})
STREAMS: Final = frozenset({"/v1/events/stream"})
OPEN: Final = frozenset({"/v1/openapi.json"})
"""Paths that need no key."""
HOLD_BACK_BYTES: Final = 2**20
"""Responses up to this size are buffered in full before sending, so that a slow reader does not occupy an API slot."""
INNER: Final = "/-/"
"""Ray Serve's own paths, which expose its internals."""


class EdgeMeter(Protocol):
    """Receives the edge's metrics."""

    def answered(self, method: str, route: str, status: int, took_s: float) -> None:
        """A request has ended; ``route`` is empty if it reached none, ``status`` is 0 if no response was sent."""

    def refused(self, reason: str, address: str) -> None:
        """A request from an address was refused."""

    def standing(self, pool: str, taken: int, places: int) -> None:
        """``taken`` of a pool's slots are in use."""


@dataclass(frozen=True, slots=True)
class EdgeSettings:
    """Settings of the edge."""

    folder: Path
    """Where large bodies are spooled until they are complete."""
    open_to_all: bool
    """Whether requests without a key are admitted."""
    proxies: TrustedProxies = field(default_factory=TrustedProxies)
    """Proxies that are trusted to name the client's address."""
    requests: RequestLimits = field(default_factory=RequestLimits)
    """Limits on requests."""
    bodies: BodyLimits = field(default_factory=BodyLimits)
    """Limits on request bodies."""


class Gateway:
    """Counts requests, checks keys, receives bodies, waits for an API slot, and sends files.

    Each step runs only for requests that passed the one before: an address over its limit costs a counter, a request
    without a key costs its headers, and the API sees only complete requests.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: EdgeSettings,
        check: Check,
        meter: EdgeMeter,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        limits = settings.requests
        self._app = app
        self._settings = settings
        self._limits = limits
        self._meter = meter
        self._clock = clock
        self._keys = Keys(check, limits, clock, open_to_all=settings.open_to_all)
        self._bodies = BodyReader(settings.folder, settings.bodies, clock)
        slower = "send the next when one is answered"
        self._by_address = Caps(limits.per_address, "requests from this address", slower, "address")
        self._by_key = Caps(limits.per_key, "requests with this key", slower, "key")
        fewer = "close one, or ask for pages of events"
        self._streams_by_address = Caps(
            limits.streams_per_address, "event streams of this address", fewer, "address"
        )
        self._streams_by_key = Caps(limits.streams_per_key, "event streams with this key", fewer, "key")
        self._held = Room(limits.held, "requests", "held")
        self._health = Room(limits.health, "requests for its health", "health")
        self._operators = Room(limits.operators, "requests of operators", "operators")
        self._streams = Room(limits.streams, "event streams", "streams")
        self._turns = Turns(
            limits.at_work,
            limits.waiting,
            limits.wait_s,
            each=limits.at_work_each,
            pace=AdmissionPace(limits.fresh, limits.fresh_s),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Admit a request, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await send(
                {"type": "websocket.close", "code": 1008, "reason": "this farm does not support web sockets"}
            )
            return
        request = _Request(scope, receive, send, self._clock, self._limits.client_stall_s)
        try:
            await self._admit(request)
        except Refusal as refusal:
            self._meter.refused(refusal.reason, client_of(scope, self._settings.proxies))
            if request.status == 0:
                await refuse(refusal, request.receive, request.send, unread=request.unread)
            else:
                raise
        finally:
            took_s = self._clock() - request.began_s
            self._meter.answered(scope["method"], request.route, request.status, took_s)

    async def _admit(self, request: _Request) -> None:
        scope = request.scope
        path: str = scope["path"]
        if path.startswith(INNER) or not path.startswith("/"):
            raise Refusal(404, "there is no route at this address; /v1/openapi.json lists all routes")
        client = client_of(scope, self._settings.proxies)
        if scope.get("client"):
            scope["client"] = (client, scope["client"][1])
        if path in HEALTH:
            with self._health.enter():
                if path == READY:
                    # The farm is ready if another request would get a slot.
                    async with self._turns.hold(READY):
                        pass
                await self._pass_on(request, scope, None)
            await request.flush()
            return
        address = counted_as(client)
        stream = path in STREAMS
        with ExitStack() as held:
            held.enter_context((self._streams_by_address if stream else self._by_address).hold(address))
            if not stream:
                held.enter_context(self._counted("held", self._held))
            self._bodies.check_length(scope)
            identity = await self._identify(scope, address)
            if identity.key:
                held.enter_context((self._streams_by_key if stream else self._by_key).hold(identity.key))
            if stream:
                held.enter_context(self._counted("streams", self._streams))
            body = await self._bodies.read(scope, request.receive) if request.unread else None
            if request.unread and body is None:
                return
            request.unread = False
            try:
                await self._work(request, identity, body, stream=stream)
            finally:
                if body is not None:
                    body.close()

    async def _identify(self, scope: Scope, address: str) -> Identity:
        if scope["path"] in OPEN:
            return Identity("", "", operator=False)
        given = next((value for name, value in scope["headers"] if name == b"authorization"), None)
        if given is None:
            return await self._keys.identify(None, address)
        scheme, _, text = given.decode("latin-1").partition(" ")
        # Like FastAPI's HTTPBearer: any other scheme counts as no key.
        return await self._keys.identify(text.strip() if scheme.lower() == "bearer" else None, address)

    async def _work(self, request: _Request, identity: Identity, body: Body | None, *, stream: bool) -> None:
        scope = asking_for_path(request.scope)
        if body is not None and body.path is not None:
            scope[HANDED] = str(body.path)
        if stream:
            request.hold_back_bytes = 0
            await self._pass_on(request, scope, body)
        elif identity.operator:
            with self._counted("operators", self._operators):
                await self._pass_on(request, scope, body)
        else:
            place = await self._turns.take(identity.tenant)
            self._meter.standing("at work", self._turns.taken, self._turns.places)
            try:
                await self._pass_on(request, scope, body)
            finally:
                self._turns.give_back(place)
                self._meter.standing("at work", self._turns.taken, self._turns.places)
        # The API slot is free again; while the client reads, the request counts only against the edge's own limits.
        await request.flush()
        if request.file is not None:
            start, path = request.file
            await send_file(request.scope, request.receive, request.send, start, path)

    async def _pass_on(self, request: _Request, scope: Scope, body: Body | None) -> None:
        receive = request.receive if body is None else body.messages(request.receive)
        try:
            async with asyncio.timeout(self._limits.work_s) as deadline:
                request.deadline = deadline
                await self._app(scope, receive, request.answer)
        except TimeoutError as error:
            if request.status:
                raise
            message = f"the API did not begin to answer within {self._limits.work_s:g} s"
            raise Refusal(503, message, retry_after_s=10, reason="slow") from error

    @contextmanager
    def _counted(self, pool: str, room: Room) -> Iterator[None]:
        with room.enter():
            self._meter.standing(pool, room.taken, room.places)
            try:
                yield
            finally:
                self._meter.standing(pool, room.taken - 1, room.places)


class _Request:
    """A request being served."""

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, clock: Callable[[], float], stall_s: float
    ) -> None:
        self.scope = scope
        self.receive = receive
        self.began_s = clock()
        self.status = 0
        """Status of the response; 0 while there is none."""
        self.unread = _has_body(scope)
        """Whether part of its body may still arrive."""
        self.file: tuple[Message, str] | None = None
        """The start message of a response, and the file that is its body."""
        self.route = ""
        """The route as in the OpenAPI document; empty if it reached none."""
        self.hold_back_bytes = HOLD_BACK_BYTES
        """How much of a response is buffered until the API is done with it; 0 for a stream."""
        self.deadline: Any = None
        """Timeout within which the API has to begin its response."""
        self._send = send
        self._stall_s = stall_s
        self._start: Message | None = None
        self._kept: list[Message] = []
        self._kept_bytes = 0

    async def send(self, message: Message) -> None:
        """Send to the client; times out if it does not read."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
        async with asyncio.timeout(self._stall_s):
            await self._send(message)

    async def answer(self, message: Message) -> None:
        """Take a message of the API's response; buffered until the API is done, the buffer fills, or a file follows."""
        if self.deadline is not None:
            self.deadline.reschedule(None)
        if message["type"] == "http.response.start":
            self.route, headers = taken_route(message["headers"])
            self._start = {**message, "headers": headers}
            return
        if message["type"] == PATH_SEND and self._start is not None:
            self.file, self._start = (self._start, message["path"]), None
            return
        self._kept.append(message)
        self._kept_bytes += len(message.get("body", b""))
        if self._kept_bytes >= self.hold_back_bytes:
            await self.flush()

    async def flush(self) -> None:
        """Send what is buffered."""
        if self._start is not None:
            start, self._start = self._start, None
            await self.send(start)
        kept, self._kept, self._kept_bytes = self._kept, [], 0
        for message in kept:
            await self.send(message)


def _has_body(scope: Scope) -> bool:
    for name, value in scope["headers"]:
        if name == b"transfer-encoding" or (name == b"content-length" and value != b"0"):
            return True
    return False
