"""Request bodies: received in full before the API sees the request, within size limits and timeouts.

A body that trickles in costs the edge a task and a few bytes; in the API it would hold a slot that others need.
Bodies above the memory limit are spooled to a file and handed over by path, since the API's process runs on the same
machine and everything that goes through Ray is held in memory.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from starlette.types import Message, Receive, Scope

from farm.edge.limits import BodyLimits, body_limit_bytes
from farm.edge.refusal import Refusal
from farm.store.temp import free_bytes, temp_in

HANDED: Final = "farm.body"
"""Scope key for the path of the file that holds the request's body; only the edge can set it."""
REPLAY_BYTES: Final = 2**20


@dataclass(slots=True)
class SpooledBytes:
    """Total size of the bodies that this process has on disk."""

    taken: int = 0
    """Bytes."""


class Body:
    """A request's body, in memory or in a file, until :meth:`close`."""

    def __init__(self, folder: Path, limits: BodyLimits, spooled: SpooledBytes) -> None:
        self._folder = folder
        self._limits = limits
        self._spooled = spooled
        self._memory = bytearray()
        self._file: IO[bytes] | None = None
        self.path: Path | None = None
        """The file that holds it; None while it fits in memory."""
        self.size_bytes = 0
        """Bytes received so far."""

    async def take(self, chunk: bytes) -> None:
        """Append a chunk.

        Raises:
            Refusal: it cannot be written to disk.
        """
        self.size_bytes += len(chunk)
        self._memory += chunk
        if len(self._memory) > self._limits.memory_bytes:
            await self.spill()

    async def spill(self) -> None:
        """Move what is in memory to the file."""
        piece, self._memory = bytes(self._memory), bytearray()
        self._spooled.taken += len(piece)
        try:
            await asyncio.to_thread(self._write, piece)
        except OSError as error:
            raise Refusal(
                503, f"it cannot be written to the farm's disk: {error.strerror}", retry_after_s=30
            ) from error

    async def finish(self) -> None:
        """Complete the body: if there is a file, write the rest to it and close it."""
        if self._file is not None:
            await self.spill()
            self._file.close()

    def messages(self, receive: Receive) -> Receive:
        """Return a ``receive`` that replays what is in memory and then passes on what follows: a disconnect."""
        left = [bytes(self._memory)] if self.path is None else [b""]

        async def replay() -> Message:
            if left:
                return {"type": "http.request", "body": left.pop(), "more_body": False}
            return await receive()

        return replay

    def close(self) -> None:
        """Close and delete the file, if there is one."""
        if self._file is not None:
            self._file.close()
        if self.path is not None:
            self.path.unlink(missing_ok=True)
            self._spooled.taken -= self.size_bytes - len(self._memory)
            self.path = None

    def _write(self, piece: bytes) -> None:
        if self._file is None:
            spare = free_bytes(self._folder) - self._limits.spare_bytes
            if spare < self._limits.memory_bytes or self._spooled.taken > self._limits.files_bytes:
                raise OSError(28, "no room for more uploads at this moment")
            self.path = temp_in(self._folder)
            # Private whatever the umask: it holds a tenant's data.
            self._file = os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._file.write(piece)


class BodyReader:
    """Receives request bodies."""

    def __init__(self, folder: Path, limits: BodyLimits, clock: Callable[[], float]) -> None:
        self._folder = folder
        self._limits = limits
        self._clock = clock
        self._spooled = SpooledBytes()

    def check_length(self, scope: Scope) -> None:
        """Refuse a request whose Content-Length exceeds the limit.

        Raises:
            Refusal: 413.
        """
        limit_bytes = body_limit_bytes(scope["path"])
        declared = _header(scope, b"content-length")
        if declared.isdigit() and (len(declared) > 18 or int(declared) > limit_bytes):
            raise _too_large(limit_bytes)

    async def read(self, scope: Scope, receive: Receive) -> Body | None:
        """Return the body once it is complete; None if the client disconnected.

        Raises:
            Refusal: it is too large (413), too slow (408), or there is no room for it (503).
        """
        limit_bytes = body_limit_bytes(scope["path"])
        body = Body(self._folder, self._limits, self._spooled)
        began_s = self._clock()
        try:
            while True:
                try:
                    async with asyncio.timeout(self._limits.silence_s):
                        message = await receive()
                except TimeoutError as error:
                    detail = f"no data of the body arrived for {self._limits.silence_s:g} s"
                    raise Refusal(408, detail) from error
                if message["type"] == "http.disconnect":
                    body.close()
                    return None
                await body.take(message.get("body", b""))
                if body.size_bytes > limit_bytes:
                    raise _too_large(limit_bytes)
                if not message.get("more_body", False):
                    await body.finish()
                    return body
                self._check_pace(body.size_bytes, self._clock() - began_s)
        except BaseException:
            body.close()
            raise

    def _check_pace(self, size_bytes: int, took_s: float) -> None:
        limits = self._limits
        if took_s > limits.total_s:
            raise Refusal(408, f"the body took more than {limits.total_s:g} s")
        if took_s > limits.silence_s and size_bytes < limits.rate_bytes_s * took_s:
            raise Refusal(
                408,
                f"the body arrives slower than {limits.rate_bytes_s / 1024:g} KiB/s; send large files in pieces",
            )


def _too_large(limit_bytes: int) -> Refusal:
    unit, size = next(
        (unit, size) for unit, size in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)) if limit_bytes >= size
    )
    return Refusal(413, f"the body of a request to this address has at most {limit_bytes // size} {unit}")


def _header(scope: Mapping[str, Any], name: bytes) -> bytes:
    return next((bytes(value) for key, value in scope["headers"] if key == name), b"")


class HandedBodies:
    """ASGI middleware of the API: reads bodies that the edge handed over as files."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Any) -> None:
        """Pass a request on with its body."""
        handed = scope.get(HANDED)
        if handed is None:
            await self._app(scope, receive, send)
            return
        with Path(handed).open("rb") as file:
            left = True

            async def replay() -> Message:
                nonlocal left
                if not left:
                    return await receive()
                piece = await asyncio.to_thread(file.read, REPLAY_BYTES)
                left = bool(piece)
                return {"type": "http.request", "body": piece, "more_body": left}

            # Discard Serve's own body message, which is empty.
            await receive()
            await self._app(scope, replay, send)
