"""A flag that tells a worker to stop its task at the next frame."""

from __future__ import annotations

import threading


class HaltedError(Exception):
    """The task was told to stop; its results are discarded."""


class Halt:
    """Set by one thread, checked by another."""

    def __init__(self) -> None:
        self._told = threading.Event()

    def tell(self) -> None:
        """Tell the task to stop."""
        self._told.set()

    def check(self) -> None:
        """Raise if the task was told to stop.

        Raises:
            HaltedError: the task was told to stop.
        """
        if self._told.is_set():
            raise HaltedError
