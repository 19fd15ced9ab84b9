"""A flag that tells a worker to stop what it does at the next frame."""

from __future__ import annotations

import threading


class HaltedError(Exception):
    """The task was told to stop; nothing of it is kept."""


class Halt:
    """Set from one thread, looked at by another."""

    def __init__(self) -> None:
        self._told = threading.Event()

    def tell(self) -> None:
        """Have the task stop."""
        self._told.set()

    def check(self) -> None:
        """Go on, or stop here.

        Raises:
            HaltedError: the task is to stop.
        """
        if self._told.is_set():
            raise HaltedError
