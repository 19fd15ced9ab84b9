"""The clerk: takes spooled records into the catalog, opening it only as long as that takes."""

from __future__ import annotations

import threading
from dataclasses import asdict
from typing import Any, Final

from farm.errors import FarmError
from farm.work.settings import Settings
from farm_catalog.catalog import Catalog

PERIOD_S: Final = 2.0


class Clerk:
    """Feeds the catalog in a thread of its own; between two meals others may read the file."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="clerk", daemon=True)
        self.trouble = ""
        """What went wrong the last time; empty where nothing did."""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Take in what is there and end."""
        self._stop.set()
        self._thread.join()

    def stats(self, since_s: float) -> dict[str, Any]:
        """Add up the runs that ended since then, those in the spool included."""
        with self._lock, Catalog.open(self._settings.catalog) as catalog:
            catalog.ingest(self._settings.spool)
            stats = catalog.stats(since_s)
        return {
            **asdict(stats),
            "reuse_ratio": stats.reuse_ratio,
            "cores_for_target": stats.cores_for_target,
        }

    def _run(self) -> None:
        while True:
            last = self._stop.wait(PERIOD_S)
            try:
                self._take_in()
                self.trouble = ""
            except (FarmError, OSError) as error:
                # The records wait in the spool; health tells of it.
                self.trouble = str(error)
            if last:
                return

    def _take_in(self) -> None:
        if not any(self._settings.spool.glob("[!.]*.json")):
            return
        with self._lock, Catalog.open(self._settings.catalog) as catalog:
            catalog.ingest(self._settings.spool)
