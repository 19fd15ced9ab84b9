"""Reading callers' documents off the event loop: small ones in threads, large ones in a process.

Python runs one thread at a time. A thread that reads for a second delays the event loop by some 5 ms at each switch,
and for as long as a call into compiled code lasts (100,000 mistakes: 0.2 s); another process only occupies a
core.
"""

from __future__ import annotations

import asyncio
import pickle
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar, cast

from farm.api.turns import turn
from farm.draft.media_references import stored_media
from farm.edge.places import Turns
from farm.errors import DocumentError, MachineError, Problem
from farm.model.parse import load_document, parse_job

LARGE: Final = 128 * 2**10
"""Texts of this many characters or more are read by the process."""
THREADS: Final = 2
WAITING: Final = 128
WAIT_S: Final = 60.0
READ_S: Final = 30.0
"""A text that takes longer to read is refused."""
IDLE_S: Final = 60.0
"""The process ends after this long without work."""
LENGTH: Final = struct.Struct(">Q")

P = ParamSpec("P")
T = TypeVar("T")


class DocumentReader:
    """Reads two small documents and a large one concurrently; tenants take turns."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, "documents")
        self._small = Turns(THREADS, WAITING, WAIT_S)
        self._large = Turns(1, WAITING, WAIT_S)
        self._asker = ThreadPoolExecutor(1, "large documents")
        self._process: subprocess.Popen[bytes] | None = None
        self._rest: threading.Timer | None = None

    async def read(
        self, tenant: str, size: int, work: Callable[P, T], *given: P.args, **named: P.kwargs
    ) -> T:
        """Call a function, and return its result or raise its exception.

        Args:
            tenant: The tenant on whose behalf.
            size: Number of characters to read.
            work: A module-level function, since the process looks it up by name.
            given: Its positional arguments.
            named: Its keyword arguments.

        Raises:
            QueueFullError: the queue is full, or the wait timed out.
            DocumentError: it takes too long.
        """
        turns = self._small if size < LARGE else self._large
        async with turn(turns, tenant, "documents", 5):
            if turns is self._large:
                return await self._in_process(work, given, named)
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, lambda: work(*given, **named))

    async def _in_process(
        self, work: Callable[..., T], given: tuple[object, ...], named: dict[str, object]
    ) -> T:
        process = self._started()
        request = pickle.dumps((work, given, named))
        asking = asyncio.get_running_loop().run_in_executor(self._asker, _ask, process, request)
        try:
            async with asyncio.timeout(READ_S):
                good, result = await asking
        except BaseException as error:
            # Its work is no longer needed, and would block the next request.
            process.kill()
            self._process = None
            if isinstance(error, TimeoutError):
                message = f"takes more than {READ_S:g} s to be read; send less at once"
                raise DocumentError([Problem("", message)]) from error
            if isinstance(error, EOFError | OSError):
                raise MachineError("the process that reads large documents ended; send it again") from error
            raise
        finally:
            self._rest = threading.Timer(IDLE_S, process.kill)
            self._rest.daemon = True
            self._rest.start()
        if good:
            return cast(T, result)
        raise cast(Exception, result)

    def _started(self) -> subprocess.Popen[bytes]:
        if self._rest is not None:
            self._rest.cancel()
        if self._process is None or self._process.poll() is not None:
            command = [sys.executable, "-m", "farm.api.document_process"]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self._process

    def close(self) -> None:
        """End the process."""
        if self._rest is not None:
            self._rest.cancel()
        if self._process is not None:
            self._process.kill()
            self._process.wait()


def _ask(process: subprocess.Popen[bytes], request: bytes) -> tuple[bool, object]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(LENGTH.pack(len(request)) + request)
    process.stdin.flush()
    head = process.stdout.read(LENGTH.size)
    if len(head) < LENGTH.size:
        process.wait()
        raise EOFError
    answer: tuple[bool, object] = pickle.loads(process.stdout.read(LENGTH.unpack(head)[0]))
    return answer


Named = list[tuple[str, str]]
"""(document path, SHA-256 of the stored media named there)."""


def media_of_job(text: str, source: str) -> Named:
    """Return the stored media that a job document names.

    Raises:
        DocumentError: with all problems of its form.
    """
    parse_job(text, source)
    return media_of_text(text, source)


def media_of_text(text: str, source: str) -> Named:
    """Return the stored media that a document names, whether its form is valid or not.

    Raises:
        DocumentError: it is not a document at all.
    """
    return list(stored_media(load_document(text, source=source)))
