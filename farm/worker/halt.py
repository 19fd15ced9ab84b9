"""A flag that makes a worker stop its task at the next frame."""

from __future__ import annotations

import threading


class HaltedError(Exception):
    """The task was revoked; its results are discarded."""


class HaltSignal:
    """Set by one thread, checked by another."""

    def __init__(self) -> None:
        self._halted = threading.Event()

    def set(self) -> None:
        """Ask the task to stop."""
        self._halted.set()

    def check(self) -> None:
        """Raise if the task was asked to stop.

        Raises:
            HaltedError: the task was asked to stop.
        """
        if self._halted.is_set():
            raise HaltedError
