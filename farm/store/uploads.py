"""Uploads that come in pieces: what arrived of a file, kept until it is whole."""

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
"""How long the beginning of a file waits for the rest."""


@dataclass(frozen=True, slots=True)
class Uploads:
    """A folder of files that are not whole yet, each named by whose it is and the hash that it shall have."""

    folder: Path
    """Where they lie."""
    limit_bytes: int
    """Larger files are refused."""

    def arrived(self, owner: str, sha256: str) -> int:
        """Return how many bytes of a file are there."""
        try:
            return self._path(owner, sha256).stat().st_size
        except FileNotFoundError:
            return 0

    def take(self, owner: str, sha256: str, offset: int, piece: bytes) -> int:
        """Put a piece behind what is there; return how many bytes are there then.

        Raises:
            ConflictError: the piece does not begin where the file ends.
            DocumentError: the file becomes too large.
            MachineError: the disk is full.
        """
        path = self._path(owner, sha256)
        there = self.arrived(owner, sha256)
        if offset != there:
            raise ConflictError(f"{there} bytes are there, the piece begins at {offset}; go on at {there}")
        if there + len(piece) > self.limit_bytes:
            said = f"is larger than {self.limit_bytes // 2**30} GiB"
            raise DocumentError([Problem("upload", said)], source="upload")
        with writing(f"the folder of uploads {self.folder}"):
            make_private(path.parent)
            with path.open("ab") as file:
                file.write(piece)
                file.flush()
                os.fsync(file.fileno())
        return there + len(piece)

    def finish(self, owner: str, sha256: str, store: Store) -> Path:
        """Take a whole file out and return it as a temporary file of the store, to be put there or removed.

        Raises:
            DocumentError: it is not what its name says; what arrived is dropped.
            ConflictError: it was taken out meanwhile.
        """
        path = self._path(owner, sha256)
        temp = store.open_temp()
        try:
            # Out of the way first: no piece can be added to what is being compared with its name.
            try:
                _move(path, temp)
            except FileNotFoundError:
                raise ConflictError(
                    "the file was finished by another request; ask how much is there"
                ) from None
            with temp.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
            if found != sha256:
                said = f"its SHA-256 is {found}, the address says {sha256}; begin anew"
                raise DocumentError([Problem("upload", said)], source="upload")
        except BaseException:
            temp.unlink(missing_ok=True)
            raise
        return temp

    def waiting_bytes(self, owner: str) -> int:
        """Return how many bytes of files that are not whole yet an owner has sent."""
        return sum(_size(one) for one in self._path(owner, "").glob("*"))

    def walk(self) -> Iterator[tuple[Path, int, float]]:
        """Yield (file, bytes, when the last piece came) of all files that are not whole yet."""
        for one in self.folder.glob("*/*"):
            try:
                stat = one.stat()
            except FileNotFoundError:
                continue
            yield one, stat.st_size, stat.st_mtime

    def sweep(self, now_s: float | None = None, kept_s: float = KEPT_S) -> tuple[int, int]:
        """Drop files whose rest has not come for ``kept_s``; return how many, and their bytes."""
        before_s = (time.time() if now_s is None else now_s) - kept_s
        dropped = dropped_bytes = 0
        for one, size_bytes, changed_s in self.walk():
            if changed_s < before_s:
                one.unlink(missing_ok=True)
                dropped += 1
                dropped_bytes += size_bytes
        return dropped, dropped_bytes

    def _path(self, owner: str, sha256: str) -> Path:
        # Whoever guesses another tenant's hash must not be able to spoil its upload.
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
