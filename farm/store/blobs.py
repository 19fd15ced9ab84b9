"""Blobs: files named by a hash, written atomically, the least recently used dropped beyond a limit."""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from farm.errors import MachineError, StoreError

GRACE_S: Final = 15 * 60
"""A segment, sound or cover used within this time is never dropped: a job in progress may need it."""
MEDIA_GRACE_S: Final = 7 * 24 * 3600
"""Media (blobs without a suffix) are spared this long: a queued job may name them, and nobody can make them again."""


@dataclass(frozen=True, slots=True)
class BlobStore:
    """A folder of blobs that many processes share."""

    folder: Path
    """Where the blobs lie, fanned out by the first two digits of their keys."""
    limit_bytes: int
    """Beyond this the least recently used blobs are dropped."""

    def path_of(self, key: str, suffix: str = "") -> Path:
        """Return where the blob of a key lies, whether it is there or not."""
        if not key or not all(c in "0123456789abcdef" for c in key):
            raise StoreError(f"`{key[:80]}` is not a blob's name; names are hexadecimal digits")
        return self.folder / key[:2] / f"{key[2:]}{suffix}"

    def find(self, key: str, suffix: str = "") -> Path | None:
        """Return a blob's path and count it as used, or None where there is none."""
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
        """Return a new empty file in the store's own file system, to be given to :meth:`put_file`."""
        incoming = self.folder / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=incoming)
        os.close(handle)
        return Path(name)

    def put_file(self, key: str, suffix: str, source: Path) -> Path:
        """Move ``source`` (from :meth:`open_temp`) into place and return where it is now."""
        path = self.path_of(key, suffix)
        path.parent.mkdir(parents=True, exist_ok=True)
        os.replace(source, path)
        return path

    def put_bytes(self, key: str, suffix: str, data: bytes) -> Path:
        """Store ``data`` and return where it lies.

        Raises:
            MachineError: the disk is full or not writable.
        """
        try:
            temp = self.open_temp()
            try:
                temp.write_bytes(data)
                return self.put_file(key, suffix, temp)
            except BaseException:
                temp.unlink(missing_ok=True)
                raise
        except OSError as error:
            raise MachineError(
                f"the store {self.folder} cannot be written: {error.strerror}; free space or mend it"
            ) from error

    def trim(self) -> int:
        """Drop the least recently used blobs until the store is within its limit; return the bytes dropped."""
        entries: list[tuple[float, int, Path]] = []
        for path in self.folder.glob("??/*"):
            try:
                stat = path.stat()
            except FileNotFoundError:
                continue
            entries.append((stat.st_mtime, stat.st_size, path))
        total = sum(size for _, size, _ in entries)
        dropped = 0
        now = time.time()
        for used, size, path in sorted(entries):
            if total - dropped <= self.limit_bytes:
                break
            if now - used < (GRACE_S if path.suffix else MEDIA_GRACE_S):
                continue
            path.unlink(missing_ok=True)
            dropped += size
        for path in (self.folder / "incoming").glob("*"):
            try:
                if path.stat().st_mtime < now - 24 * 3600:
                    path.unlink(missing_ok=True)  # left by a process that was killed
            except FileNotFoundError:
                continue
        return dropped
