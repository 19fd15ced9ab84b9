"""The catalog handle: keeps the catalog open while the farm runs, so that all access goes through one process."""

from __future__ import annotations

import threading
from pathlib import Path

from farm_catalog.catalog import Catalog


class CatalogHandle:
    """Opens the catalog on first use, and retries after a failure; thread-safe."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._catalog: Catalog | None = None

    def catalog(self) -> Catalog:
        """Return the open catalog.

        Raises:
            MachineError: another process has the file open.
            StoreError: the file is not a catalog, or was written by a newer farm.
        """
        with self._lock:
            if self._catalog is None:
                self._catalog = Catalog.start(self._path)
            return self._catalog

    def close(self) -> None:
        """Close the catalog, if it is open."""
        with self._lock:
            if self._catalog is not None:
                self._catalog.close()
                self._catalog = None
