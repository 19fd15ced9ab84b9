"""Connections: counted by address, and closed if their request does not arrive in time.

A server that waits for headers without a timeout can be exhausted by clients that open connections and send nothing.
uvicorn has no timeout before the first request and no limit on the size of headers; this protocol adds both.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from http import HTTPStatus
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from farm.edge.address import counted_as
from farm.edge.limits import ConnectionLimits

LIMITS: Final = ConnectionLimits()
REFUSED: Final = (
    b"HTTP/1.1 %d %b\r\ncontent-type: application/problem+json\r\nconnection: close\r\n"
    b"content-length: %d\r\n\r\n%b"
)


class OpenConnections:
    """How many connections are open, by address."""

    def __init__(self) -> None:
        self._by_address: Counter[str] = Counter()
        self.total = 0
        """Open connections of all addresses."""
        self.refused = 0
        """Connections that were closed without a response."""

    def enter(self, address: str, limits: ConnectionLimits) -> bool:
        """Count a connection; return False, without counting it, if a limit is reached."""
        if self.total >= limits.connections or self._by_address[address] >= limits.connections_per_address:
            self.refused += 1
            return False
        self._by_address[address] += 1
        self.total += 1
        return True

    def leave(self, address: str) -> None:
        """Stop counting a connection."""
        self.total -= 1
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]


OPEN: Final = OpenConnections()
"""The connections of this process."""


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol with timeouts and size limits for everything before a request's body."""

    limits: ConnectionLimits = LIMITS
    open: OpenConnections = OPEN

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._counted: str | None = None
        self._header_bytes = 0
        self._parsed_bytes = 0
        self._in_headers = True
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count the connection, and start the timeout for its first request's headers."""
        super().connection_made(transport)
        address = counted_as(self.client[0] if self.client else "")
        if not self.open.enter(address, self.limits):
            transport.abort()
            return
        self._counted = address
        self._await_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop counting the connection."""
        self._stop_waiting()
        if self._counted is not None:
            self.open.leave(self._counted)
            self._counted = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse received bytes; refuse headers that exceed the size limit."""
        if self._in_headers:
            # Of the data after the headers, only the chunk in which they end is counted.
            self._header_bytes += len(data)
            if self._deadline is None:
                # The first bytes of another request on a keep-alive connection.
                self._await_headers()
        super().data_received(data)
        if self._in_headers and self._header_bytes > self.limits.header_bytes + len(data):
            self._too_long()

    def send_400_response(self, msg: str) -> None:
        """Answer malformed HTTP with a problem document."""
        self._refuse(400, "The request cannot be understood", f"{msg.rstrip('.')}: it is not valid HTTP/1.1")

    def on_url(self, url: bytes) -> None:
        """Count the URL towards the header limit."""
        self._parsed_bytes += len(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count a header towards the header limit."""
        self._parsed_bytes += len(name) + len(value) + 4
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Check the size of the headers and end their timeout; the gateway handles the body."""
        parsed_bytes, self._parsed_bytes = self._parsed_bytes, 0
        if parsed_bytes > self.limits.header_bytes:
            self._too_long()
            return
        self._in_headers = False
        self._stop_waiting()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Expect the headers of another request."""
        super().on_message_complete()
        self._in_headers = True
        self._header_bytes = 0

    def _await_headers(self) -> None:
        self._deadline = self.loop.call_later(self.limits.header_s, self._too_late)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_late(self) -> None:
        self._deadline = None
        self._refuse(
            408, "Too slow", f"the request's headers did not arrive within {self.limits.header_s:g} s"
        )

    def _too_long(self) -> None:
        limit = self.limits.header_bytes // 1024
        self._refuse(431, "Headers too large", f"the request line and headers have at most {limit} KiB")

    def _refuse(self, status: int, title: str, detail: str) -> None:
        self._stop_waiting()
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete:
            problem = {"type": "about:blank", "title": title, "status": status, "detail": detail}
            body = json.dumps(problem).encode()
            self.transport.write(REFUSED % (status, HTTPStatus(status).phrase.encode(), len(body), body))
        self.transport.close()
