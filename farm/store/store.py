"""The store, as those who use it see it: blobs by key, however many layers lie below."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class Store(Protocol):
    """Blobs named by hexadecimal keys.

    A blob without a suffix is media and named by its own SHA-256; one with a suffix (``.mp4``, ``.m4a``, …) is
    named by the hash of all that determines it, and can be made again.
    """

    def path_of(self, key: str, suffix: str = "") -> Path:
        """Return where the blob of a key lies on this machine, whether it is there or not.

        Raises:
            StoreError: the key is not hexadecimal.
        """

    def find(self, key: str, suffix: str = "") -> Path | None:
        """Return a blob's path on this machine and count it as used, or None where there is none.

        Raises:
            StoreError: the blob was damaged; it was removed.
            MachineError: the store cannot be reached, or this machine's disk is full.
        """

    def has(self, key: str, suffix: str = "") -> bool:
        """Whether there is such a blob, here or in the shared place."""

    def open_temp(self) -> Path:
        """Return a new empty file in the store's own file system, to be given to :meth:`put_file`."""

    def put_file(self, key: str, suffix: str, source: Path) -> Path:
        """Move ``source`` (from :meth:`open_temp`) into the store; return where it lies once it is durable.

        Raises:
            MachineError: a disk is full or not writable, or the shared place cannot be reached.
        """

    def put_bytes(self, key: str, suffix: str, data: bytes) -> Path:
        """Store ``data``; as :meth:`put_file`."""

    def share(self, sha256: str, path: Path) -> None:
        """Make sure that every machine of the farm can get the media file at ``path``, which has this hash."""

    def trim(self) -> int:
        """Drop this machine's least recently used blobs beyond the limit; return the bytes dropped."""

    def sweep(self) -> int:
        """Remove temporary files that processes left which no longer live; return how many."""
