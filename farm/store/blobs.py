"""Blobs: files named by a hash, written atomically, evicted least recently used first beyond a size limit."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from farm.errors import StoreError
from farm.store.checksum import note_checksum, noted_checksum
from farm.store.temp import settle, sweep, temp_in, writing

GRACE_S: Final = 15 * 60
"""A segment, sound or cover used within this many seconds is never evicted: a job in progress may need it."""
NEVER_S: Final = float("inf")


def blob_name(key: str, suffix: str = "") -> str:
    """Return a blob's name in a store: its key, sharded into folders by its first two digits.

    Raises:
        StoreError: the key is not hexadecimal.
    """
    if not key or not all(c in "0123456789abcdef" for c in key):
        raise StoreError(f"`{key[:80]}` is not a blob's name; names are hexadecimal digits")
    return f"{key[:2]}/{key[2:]}{suffix}"


@dataclass(frozen=True, slots=True)
class BlobStore:
    """A folder of blobs shared by many processes: a single machine's whole store, or its cache of a shared place."""

    folder: Path
    """Folder of the blobs, sharded by the first two digits of their keys."""
    limit_bytes: int
    """Size beyond which the least recently used blobs are evicted."""
    media_grace_s: float = NEVER_S
    """How many seconds after their last use media (blobs without a suffix) are protected; a cache can use a shorter
    time. By default, for a store with the only copy, they are neither evicted nor counted: they cannot be regenerated,
    and the garbage collector knows what needs them."""

    def path_of(self, key: str, suffix: str = "") -> Path:
        """Return the path for a key's blob, whether or not it exists."""
        return self.folder / blob_name(key, suffix)

    def find(self, key: str, suffix: str = "") -> Path | None:
        """Return a blob's path and mark it as used, or None if there is none."""
        path = self.path_of(key, suffix)
        try:
            os.utime(path)
        except FileNotFoundError:
            return None
        return path

    def has(self, key: str, suffix: str = "") -> bool:
        """Whether there is such a blob."""
        return self.path_of(key, suffix).is_file()

    def open_temp(self) -> Path:
        """Return a new empty file on the store's file system, to be passed to :meth:`put_file`."""
        with writing(f"the store {self.folder}"):
            temp = temp_in(self.folder / "incoming")
            temp.touch(exist_ok=False)
            return temp

    def put_file(self, key: str, suffix: str, source: Path) -> Path:
        """Move ``source`` (from :meth:`open_temp`) into place and return its new path.

        Raises:
            MachineError: the disk is full or not writable.
        """
        path = self.path_of(key, suffix)
        with writing(f"the store {self.folder}"):
            if suffix and noted_checksum(source) is None:
                note_checksum(source)
            settle(source, path)
        return path

    def put_bytes(self, key: str, suffix: str, data: bytes) -> Path:
        """Store ``data`` and return its path.

        Raises:
            MachineError: the disk is full or not writable.
        """
        temp = self.temp_of(data)
        try:
            return self.put_file(key, suffix, temp)
        finally:
            temp.unlink(missing_ok=True)

    def temp_of(self, data: bytes) -> Path:
        """Return a temporary file containing ``data``.

        Raises:
            MachineError: the disk is full or not writable.
        """
        temp = self.open_temp()
        try:
            with writing(f"the store {self.folder}"):
                temp.write_bytes(data)
        except BaseException:
            temp.unlink(missing_ok=True)
            raise
        return temp

    def share(self, sha256: str, path: Path) -> None:
        """Do nothing: all users of this store have the folder and read the same paths."""

    def trim(self) -> int:
        """Evict the least recently used blobs until the store is within its limit; return the bytes freed."""
        entries: list[tuple[float, int, Path]] = []
        for path in self.folder.glob("??/*"):
            try:
                stat = path.stat()
            except FileNotFoundError:
                continue
            if not path.suffix and self.media_grace_s == NEVER_S:
                continue
            entries.append((stat.st_mtime, stat.st_size, path))
        total = sum(size for _, size, _ in entries)
        dropped = 0
        now = time.time()
        for used, size, path in sorted(entries):
            if total - dropped <= self.limit_bytes:
                break
            if now - used < (GRACE_S if path.suffix else self.media_grace_s):
                continue
            path.unlink(missing_ok=True)
            dropped += size
        self.sweep()
        return dropped

    def sweep(self) -> int:
        """Remove temporary files left by dead processes; return how many."""
        return sweep(self.folder / "incoming")
