"""The library's media: kept permanently, found by hash, with the files derived from them."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from farm.errors import MediaError, StoreError
from farm.store.store import Store


class Media:
    """The library's store, and the store that receives uploads."""

    def __init__(self, kept: Store, blobs: Store) -> None:
        self._kept = kept
        self._blobs = blobs

    def keep_file(self, path: Path) -> tuple[str, int]:
        """Copy a local file into the library; return (hash, size in bytes).

        Raises:
            MediaError: it cannot be read, or is empty.
            MachineError: the disk is full.
        """
        try:
            with path.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            size_bytes = path.stat().st_size
        except OSError as error:
            raise MediaError(f"{path} cannot be read: {error.strerror}") from error
        if size_bytes == 0:
            raise MediaError(f"{path} is empty")
        if not self._kept.has(sha256):
            self._put(sha256, path, link=False)
        else:
            # A copy in this machine's cache does not imply one in the shared place.
            self._kept.share(sha256, path)
        return sha256, size_bytes

    def keep_blob(self, sha256: str) -> int:
        """Keep an uploaded blob permanently; return its size in bytes.

        Raises:
            StoreError: it was not uploaded.
        """
        found = self._kept.find(sha256)
        if found is not None:
            self._kept.share(sha256, found)
            return found.stat().st_size
        path = self._blobs.find(sha256)
        if path is None:
            raise StoreError(f"no blob {sha256} was uploaded; send it first (PUT /v1/blobs/{sha256})")
        self._put(sha256, path, link=True)
        return path.stat().st_size

    def has(self, sha256: str) -> bool:
        """Whether content is present, kept or only uploaded."""
        return self._kept.has(sha256) or self._blobs.has(sha256)

    def find(self, sha256: str, suffix: str = "") -> Path | None:
        """Return the local path of a library file; None if it is gone."""
        return self._kept.find(sha256, suffix)

    def arrived(self, sha256: str) -> Path | None:
        """Return the local path of content, kept or only uploaded; None if there is none."""
        return self._kept.find(sha256) or self._blobs.find(sha256)

    def _put(self, sha256: str, path: Path, *, link: bool) -> None:
        temp = self._kept.open_temp()
        try:
            if link:
                temp.unlink()
                try:
                    # Blobs are never modified in place, so they can share one file on disk.
                    os.link(path, temp)
                except OSError:
                    shutil.copyfile(path, temp)
            else:
                shutil.copyfile(path, temp)
            self._kept.put_file(sha256, "", temp)
        finally:
            temp.unlink(missing_ok=True)
