"""Maintenance of the catalog: its index of words and its backups, in a thread of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from farm.service.log import log

EVERY_S: Final = 600.0
"""How often it is asked whether something is due."""
FIRST_S: Final = 2.0
"""So long after the start: a farm comes up first."""


class CatalogMaintenance:
    """Has done what is due. A backup of a large catalog takes minutes, in which runs go on being recorded."""

    def __init__(
        self, tend: Callable[[], object], *, first_s: float = FIRST_S, every_s: float = EVERY_S
    ) -> None:
        """Make it; ``tend`` does what is due, and raises what goes wrong."""
        self._tend = tend
        self._first_s, self._every_s = first_s, every_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="catalog maintenance", daemon=True)
        self.trouble = ""
        """What went wrong the last time; empty once it went well again."""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End once what is under way is done."""
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
                # Health tells of it until it goes well again; a thread that ended could not.
                self.trouble = f"the catalog is not maintained: {error}"
                log.warning(self.trouble)
