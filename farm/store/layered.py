"""The store of a farm of several machines: a shared place below, a cache on each machine above."""

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
"""Media that lie longer in the shared place are put anew when a job uses them: the garbage collector, which cannot know
yet that they are needed, leaves alone what was put lately."""


@dataclass(frozen=True, slots=True)
class LayeredStore:
    """Reads through the cache, writes through to the shared place."""

    cache: BlobStore
    """This machine's copies."""
    place: SharedPlace
    """Where every machine finds them."""

    def path_of(self, key: str, suffix: str = "") -> Path:
        """Return where the blob of a key lies in the cache, whether it is there or not."""
        return self.cache.path_of(key, suffix)

    def find(self, key: str, suffix: str = "") -> Path | None:
        """Return a blob's path in the cache, fetched there if need be, or None where there is none.

        Raises:
            StoreError: it came damaged twice; it was removed from the shared place.
            MachineError: the shared place cannot be reached, or this machine's disk is full.
        """
        found = self.cache.find(key, suffix)
        if found is not None:
            return found
        name = blob_name(key, suffix)
        temp = self.cache.open_temp()
        try:
            for _ in range(2):  # once more, in case it was damaged on the way
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
        """Whether there is such a blob, here or in the shared place."""
        return self.cache.has(key, suffix) or self.place.stat(blob_name(key, suffix)) is not None

    def open_temp(self) -> Path:
        """Return a new empty file in the cache's file system, to be given to :meth:`put_file`."""
        return self.cache.open_temp()

    def put_file(self, key: str, suffix: str, source: Path) -> Path:
        """Copy ``source`` to the shared place, then move it into the cache; return where it is now."""
        if suffix and noted_checksum(source) is None:
            note_checksum(source)
        # In this order: what the cache has, other machines have.
        self.place.put(blob_name(key, suffix), source)
        return self.cache.put_file(key, suffix, source)

    def put_bytes(self, key: str, suffix: str, data: bytes) -> Path:
        """Store ``data``; as :meth:`put_file`."""
        temp = self.cache.temp_of(data)
        try:
            return self.put_file(key, suffix, temp)
        finally:
            temp.unlink(missing_ok=True)

    def share(self, sha256: str, path: Path) -> None:
        """Put the media file at ``path`` into the shared place, unless it has been there not too long already."""
        name = blob_name(sha256)
        found = self.place.stat(name)
        if found is None or time.time() - found.changed_s > RENEW_S:
            self.place.put(name, path)

    def trim(self) -> int:
        """Drop the cache's least recently used blobs beyond its limit; return the bytes dropped."""
        return self.cache.trim()

    def sweep(self) -> int:
        """Remove temporary files that processes left which no longer live; return how many."""
        return self.cache.sweep() + self.place.sweep()
