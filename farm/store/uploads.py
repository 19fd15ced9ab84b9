"""Uploads that come in pieces: what arrived of a file, kept until it is whole."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from farm.errors import ConflictError, DocumentError, Problem
from farm.store.store import Store
from farm.store.temp import make_private, writing

KEPT_S: Final = 24 * 3600
"""How long the beginning of a file waits for the rest."""
_PIECE: Final = 2**20


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

    def finish(self, owner: str, sha256: str, store: Store) -> None:
        """Move a whole file into the store.

        Raises:
            DocumentError: it is not what its name says; what arrived is dropped.
        """
        path = self._path(owner, sha256)
        digest = hashlib.sha256()
        temp = store.open_temp()
        try:
            with path.open("rb") as source, temp.open("wb") as target:
                while piece := source.read(_PIECE):
                    digest.update(piece)
                    target.write(piece)
            if digest.hexdigest() != sha256:
                path.unlink(missing_ok=True)
                said = f"its SHA-256 is {digest.hexdigest()}, the address says {sha256}; begin anew"
                raise DocumentError([Problem("upload", said)], source="upload")
            store.put_file(sha256, "", temp)
        finally:
            temp.unlink(missing_ok=True)
        path.unlink(missing_ok=True)

    def sweep(self, now_s: float | None = None) -> int:
        """Drop files whose rest has not come for a day; return how many."""
        before_s = (time.time() if now_s is None else now_s) - KEPT_S
        old = [one for one in self.folder.glob("*/*") if one.stat().st_mtime < before_s]
        for one in old:
            one.unlink(missing_ok=True)
        return len(old)

    def _path(self, owner: str, sha256: str) -> Path:
        # Whoever guesses another tenant's hash must not be able to spoil its upload.
        return self.folder / hashlib.sha256(owner.encode()).hexdigest()[:16] / sha256
