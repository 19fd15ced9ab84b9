"""Plain sockets that say HTTP, right or wrong, from an address of their own."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field

TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Target:
    """Where the farm listens."""

    host: str
    """Its address."""
    port: int
    """Its port."""


@dataclass(slots=True)
class Tally:
    """The answers that attackers got."""

    statuses: Counter[str] = field(default_factory=Counter)
    """How often each status came; `cut` where the connection was closed unanswered, `none` where nothing came."""
    slowest_s: float = 0.0
    """The longest that one waited for an answer."""

    def add(self, status: str, took_s: float) -> None:
        """Count an answer."""
        self.statuses[status] += 1
        if status not in ("none", "cut"):
            self.slowest_s = max(self.slowest_s, took_s)

    def __str__(self) -> str:
        return " ".join(f"{status}×{count}" for status, count in sorted(self.statuses.items()))


def head(method: str, path: str, key: str | None, **headers: str) -> bytes:
    """Return the beginning of a request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: farm"]
    if key is not None:
        lines.append(f"Authorization: Bearer {key}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def connect(target: Target, source: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect from an address of this machine's loopback network."""
    return await asyncio.open_connection(target.host, target.port, local_addr=(source, 0))


async def ask(
    target: Target, source: str, request: bytes, tally: Tally | None = None, timeout_s: float = TIMEOUT_S
) -> tuple[str, bytes]:
    """Send a request and return the status and all that came."""
    began_s = time.monotonic()
    status, response = "none", b""
    try:
        async with asyncio.timeout(timeout_s):
            reader, writer = await connect(target, source)
            try:
                writer.write(request)
                response = await _read_answer(reader)
                status = response[9:12].decode() if response else "cut"
            finally:
                writer.close()
    except TimeoutError:
        pass
    except OSError:
        status = "cut"
    if tally is not None:
        tally.add(status, time.monotonic() - began_s)
    return status, response


async def _read_answer(reader: asyncio.StreamReader) -> bytes:
    response = await reader.readuntil(b"\r\n\r\n")
    for line in response.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return response + await reader.readexactly(int(line.split(b":")[1]))
    return response


async def hold(
    target: Target, source: str, sends: bytes, tally: Tally, *, drip: bytes = b"", every_s: float = 5.0
) -> None:
    """Send the beginning of something and wait; with ``drip`` a little more now and then. Ends by cancellation."""
    began_s = time.monotonic()
    try:
        reader, writer = await connect(target, source)
    except OSError:
        tally.add("cut", 0.0)
        return
    try:
        writer.write(sends)
        answer = asyncio.ensure_future(reader.read(65536))
        while True:
            done, _ = await asyncio.wait((answer,), timeout=every_s)
            if done:
                response = answer.result()
                tally.add(response[9:12].decode() if response else "cut", time.monotonic() - began_s)
                if response.startswith(b"HTTP/1.1 200"):
                    # An answer without end: it is held, too.
                    await asyncio.Event().wait()
                return
            if drip:
                writer.write(drip)
    except OSError:
        tally.add("cut", time.monotonic() - began_s)
    except asyncio.CancelledError:
        if not answer.done():
            tally.add("none", 0.0)
        raise
    finally:
        writer.close()
