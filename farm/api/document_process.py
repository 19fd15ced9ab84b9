"""The process that reads large documents: calls the functions received on stdin, until that is closed."""

from __future__ import annotations

import pickle
import resource
import sys
from typing import IO, Final

from farm.api.documents import LENGTH
from farm.errors import DocumentError, FarmError, Problem

MEMORY_BYTES: Final = 8 * 2**30
"""Limit of the address space; documents that need more are refused."""


def main() -> None:
    """Read requests and answer them, one after the other."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    answers = sys.stdout.buffer
    # A plugin's output must not be mistaken for a response.
    sys.stdout = sys.stderr
    while request := _next(sys.stdin.buffer):
        answer = _answer(request)
        answers.write(LENGTH.pack(len(answer)) + answer)
        answers.flush()


def _next(source: IO[bytes]) -> bytes:
    head = source.read(LENGTH.size)
    return source.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else b""


def _answer(request: bytes) -> bytes:
    work, given, named = pickle.loads(request)
    try:
        return pickle.dumps((True, work(*given, **named)))
    except MemoryError:
        return pickle.dumps((False, DocumentError([Problem("", "takes too much memory to be read")])))
    except Exception as error:
        try:
            return pickle.dumps((False, error))
        except Exception:
            return pickle.dumps((False, FarmError(f"{type(error).__name__}: {error}")))


if __name__ == "__main__":
    main()
