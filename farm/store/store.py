"""The store interface: blobs by key, whatever the underlying layers."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class Store(Protocol):
    """Blobs named by hexadecimal keys.

    A blob without a suffix is media and named by its own SHA-256; one with a suffix (``.mp4``, ``.m4a``, …) is
    named by the hash of everything that determines it, and can be regenerated.
    """

    def path_of(self, key: str, suffix: str = "") -> Path:
        """Return the path on this machine for a key's blob, whether or not it exists.

        Raises:
            StoreError: the key is not hexadecimal.
        """

    def find(self, key: str, suffix: str = "") -> Path | None:
        """Return a blob's path on this machine and mark it as used, or None if there is none.

        Raises:
            StoreError: the blob was damaged; it was removed.
            MachineError: the store cannot be reached, or this machine's disk is full.
        """

    def has(self, key: str, suffix: str = "") -> bool:
        """Whether there is such a blob, locally or in the shared place."""

    def open_temp(self) -> Path:
        """Return a new empty file on the store's file system, to be passed to :meth:`put_file`."""

    def put_file(self, key: str, suffix: str, source: Path) -> Path:
        """Move ``source`` (from :meth:`open_temp`) into the store; return its path once it is durable.

        Raises:
            MachineError: a disk is full or not writable, or the shared place cannot be reached.
        """

    def put_bytes(self, key: str, suffix: str, data: bytes) -> Path:
        """Store ``data``, like :meth:`put_file`."""

    def share(self, sha256: str, path: Path) -> None:
        """Make the media file at ``path``, which has this hash, available to every machine of the farm."""

    def trim(self) -> int:
        """Evict this machine's least recently used blobs beyond the limit; return the bytes freed."""

    def sweep(self) -> int:
        """Remove temporary files left by dead processes; return how many."""
