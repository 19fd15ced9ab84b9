"""Chunked uploads: the received part of a file, kept until the file is complete."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from farm.errors import ConflictError, DocumentError, Problem
from farm.store.store import Store
from farm.store.temp import make_private, writing

KEPT_S: Final = 24 * 3600
"""How many seconds an incomplete file is kept without further chunks."""


@dataclass(frozen=True, slots=True)
class Uploads:
    """A folder of incomplete files, each named by its owner and its expected hash."""

    folder: Path
    """The folder."""
    limit_bytes: int
    """Maximum file size; larger files are refused."""

    def arrived(self, owner: str, sha256: str) -> int:
        """Return how many bytes of a file have been received."""
        try:
            return self._path(owner, sha256).stat().st_size
        except FileNotFoundError:
            return 0

    def take(self, owner: str, sha256: str, offset: int, piece: bytes) -> int:
        """Append a chunk to a file; return its new size in bytes.

        Raises:
            ConflictError: the chunk does not start where the file ends.
            DocumentError: the file would become too large.
            MachineError: the disk is full.
        """
        path = self._path(owner, sha256)
        there = self.arrived(owner, sha256)
        if offset != there:
            raise ConflictError(f"{there} bytes are there, the piece begins at {offset}; continue at {there}")
        if there + len(piece) > self.limit_bytes:
            message = f"is larger than {self.limit_bytes // 2**30} GiB"
            raise DocumentError([Problem("upload", message)], source="upload")
        with writing(f"the folder of uploads {self.folder}"):
            make_private(path.parent)
            with path.open("ab") as file:
                file.write(piece)
                file.flush()
                os.fsync(file.fileno())
        return there + len(piece)

    def finish(self, owner: str, sha256: str, store: Store) -> Path:
        """Move a complete file out and return it as a temporary file of the store, to be put there or removed.

        Raises:
            DocumentError: its content does not match its hash; the received data is dropped.
            ConflictError: another request has finished it in the meantime.
        """
        path = self._path(owner, sha256)
        temp = store.open_temp()
        try:
            # Moved away first, so that no chunk can be appended while the hash is being checked.
            try:
                _move(path, temp)
            except FileNotFoundError:
                raise ConflictError("the file was finished by another request; query its state") from None
            with temp.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
            if found != sha256:
                message = f"its SHA-256 is {found}, the address says {sha256}; start again"
                raise DocumentError([Problem("upload", message)], source="upload")
        except BaseException:
            temp.unlink(missing_ok=True)
            raise
        return temp

    def waiting_bytes(self, owner: str) -> int:
        """Return how many bytes of incomplete files an owner has sent."""
        return sum(_size(one) for one in self._path(owner, "").glob("*"))

    def walk(self) -> Iterator[tuple[Path, int, float]]:
        """Yield (file, bytes, time of the last chunk) of all incomplete files."""
        for one in self.folder.glob("*/*"):
            try:
                stat = one.stat()
            except FileNotFoundError:
                continue
            yield one, stat.st_size, stat.st_mtime

    def sweep(self, now_s: float | None = None, kept_s: float = KEPT_S) -> tuple[int, int]:
        """Drop incomplete files that received no chunk for ``kept_s`` seconds; return how many, and their bytes."""
        before_s = (time.time() if now_s is None else now_s) - kept_s
        dropped = dropped_bytes = 0
        for one, size_bytes, changed_s in self.walk():
            if changed_s < before_s:
                one.unlink(missing_ok=True)
                dropped += 1
                dropped_bytes += size_bytes
        return dropped, dropped_bytes

    def _path(self, owner: str, sha256: str) -> Path:
        # Keyed by owner, so that guessing another tenant's hash does not allow corrupting its upload.
        return self.folder / hashlib.sha256(owner.encode()).hexdigest()[:16] / sha256


def _move(path: Path, target: Path) -> None:
    try:
        os.replace(path, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        shutil.copyfile(path, target)
        path.unlink(missing_ok=True)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
