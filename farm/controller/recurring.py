"""Recurring work of a running farm, each in a separate thread."""

from __future__ import annotations

import threading
from collections.abc import Callable

from farm.telemetry.log import log


class Recurring:
    """Repeats some work; an error does not end it, and is kept for the farm's health."""

    def __init__(
        self,
        name: str,
        work: Callable[[], object],
        failed: str,
        *,
        every_s: float,
        first_s: float | None = None,
        last: Callable[[], object] | None = None,
        logged: bool = False,
    ) -> None:
        """Create it.

        Args:
            name: The thread's name.
            work: The work; raises an exception if that fails.
            failed: The text before the error in health reports, such as ``webhooks are not sent``.
            every_s: The pause before each repetition.
            first_s: The pause before the first time; ``every_s`` by default.
            last: Called once when it is stopped; nothing by default.
            logged: Whether errors go to the log as well.
        """
        self._work = work
        self._failed = failed
        self._every_s = every_s
        self._first_s = every_s if first_s is None else first_s
        self._last = last
        self._logged = logged
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self.trouble = ""
        """The error of the last attempt; empty if it succeeded."""

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread after the current repetition."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        wait_s = self._first_s
        while not self._stop.wait(wait_s):
            wait_s = self._every_s
            self._do(self._work)
        if self._last is not None:
            self._do(self._last)

    def _do(self, work: Callable[[], object]) -> None:
        try:
            work()
            self.trouble = ""
        except Exception as error:
            # Carry on, so that health reports the error until it is resolved.
            self.trouble = f"{self._failed}: {error}"
            if self._logged:
                log.warning(self.trouble)
