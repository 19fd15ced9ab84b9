"""The store of a multi-machine farm: a shared place with a cache on each machine."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from farm.errors import StoreError
from farm.store.blobs import BlobStore, blob_name
from farm.store.checksum import note_checksum, noted_checksum, sha256_of
from farm.store.place import SharedPlace

RENEW_S: Final = 7 * 24 * 3600
"""Media older than this in the shared place is written again when a job uses it: the garbage collector, which cannot
yet know that it is needed, spares recently written files."""


@dataclass(frozen=True, slots=True)
class LayeredStore:
    """A read-through cache that writes through to the shared place."""

    cache: BlobStore
    """This machine's copies."""
    place: SharedPlace
    """The place shared by all machines."""

    def path_of(self, key: str, suffix: str = "") -> Path:
        """Return the path in the cache for a key's blob, whether or not it exists."""
        return self.cache.path_of(key, suffix)

    def find(self, key: str, suffix: str = "") -> Path | None:
        """Return a blob's path in the cache, fetching it if necessary, or None if there is none.

        Raises:
            StoreError: it arrived damaged twice; it was removed from the shared place.
            MachineError: the shared place cannot be reached, or this machine's disk is full.
        """
        found = self.cache.find(key, suffix)
        if found is not None:
            return found
        name = blob_name(key, suffix)
        temp = self.cache.open_temp()
        try:
            for _ in range(2):  # one retry, in case it was damaged in transit
                if not self.place.get(name, temp):
                    return None
                if suffix or sha256_of(temp) == key:
                    return self.cache.put_file(key, suffix, temp)
        finally:
            temp.unlink(missing_ok=True)
        self.place.remove(name)
        raise StoreError(
            f"the media sha256:{key} in {self.place.where} did not match its name and was removed; upload it again"
        )

    def has(self, key: str, suffix: str = "") -> bool:
        """Whether there is such a blob, locally or in the shared place."""
        return self.cache.has(key, suffix) or self.place.stat(blob_name(key, suffix)) is not None

    def open_temp(self) -> Path:
        """Return a new empty file on the cache's file system, to be passed to :meth:`put_file`."""
        return self.cache.open_temp()

    def put_file(self, key: str, suffix: str, source: Path) -> Path:
        """Copy ``source`` to the shared place, then move it into the cache; return its new path."""
        if suffix and noted_checksum(source) is None:
            note_checksum(source)
        # In this order, so that whatever is in the cache is available to other machines.
        self.place.put(blob_name(key, suffix), source)
        return self.cache.put_file(key, suffix, source)

    def put_bytes(self, key: str, suffix: str, data: bytes) -> Path:
        """Store ``data``, like :meth:`put_file`."""
        temp = self.cache.temp_of(data)
        try:
            return self.put_file(key, suffix, temp)
        finally:
            temp.unlink(missing_ok=True)

    def share(self, sha256: str, path: Path) -> None:
        """Put the media file at ``path`` into the shared place, unless a recent copy is already there."""
        name = blob_name(sha256)
        found = self.place.stat(name)
        if found is None or time.time() - found.changed_s > RENEW_S:
            self.place.put(name, path)

    def trim(self) -> int:
        """Evict the cache's least recently used blobs beyond its limit; return the bytes freed."""
        return self.cache.trim()

    def sweep(self) -> int:
        """Remove temporary files left by dead processes; return how many."""
        return self.cache.sweep() + self.place.sweep()
