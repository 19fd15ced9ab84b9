"""The lock that allows one collector at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from farm.errors import ConflictError


@contextmanager
def collecting(home: Path) -> Iterator[None]:
    """Hold the lock that allows one collector at a time per FARM_HOME; it is released when its process ends.

    Raises:
        ConflictError: another process or thread holds it.
    """
    home.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(home / "collector.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConflictError(
                "the garbage collector is already running; try again when it has ended"
            ) from None
        yield
    finally:
        os.close(descriptor)
