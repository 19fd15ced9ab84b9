"""Maintenance of the catalog: its word index and its backups, in a separate thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from farm.service.log import log

EVERY_S: Final = 600.0
"""Interval for checking whether something is due."""
FIRST_S: Final = 2.0
"""Delay after startup, which has priority."""


class CatalogMaintenance:
    """Runs maintenance that is due. A backup of a large catalog takes minutes, while runs are still recorded."""

    def __init__(
        self, tend: Callable[[], object], *, first_s: float = FIRST_S, every_s: float = EVERY_S
    ) -> None:
        """Create it; ``tend`` does what is due, and raises an exception if that fails."""
        self._tend = tend
        self._first_s, self._every_s = first_s, every_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="catalog maintenance", daemon=True)
        self.trouble = ""
        """The error of the last attempt; empty if it succeeded."""

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread once what is in progress is done."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        wait_s = self._first_s
        while not self._stop.wait(wait_s):
            wait_s = self._every_s
            try:
                self._tend()
                self.trouble = ""
            except Exception as error:
                # Carry on, so that health reports the error until it is resolved.
                self.trouble = f"the catalog is not maintained: {error}"
                log.warning(self.trouble)
