"""Checksums of blobs that are not named by their content, stored with the file itself.

Media are named by their SHA-256. A segment is named by what determines it, so damage to its bytes would go unnoticed.
Its SHA-256 is therefore stored as an extended attribute of the file, and as object metadata in S3: this needs no second
file per blob, and it stays with the file when it is renamed. On file systems without extended attributes there is no
checksum; verification counts those files.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Final

ATTRIBUTE: Final = "user.farm.sha256"


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def note_checksum(path: Path, sha256: str | None = None) -> None:
    """Store a file's SHA-256 with it, computed if not given; does nothing if the file system does not support it."""
    _write(path, sha256 or sha256_of(path))


def noted_checksum(path: Path) -> str | None:
    """Return the SHA-256 stored with a file; None if there is none."""
    try:
        return os.getxattr(path, ATTRIBUTE).decode("ascii", "replace")
    except (OSError, AttributeError):
        return None


def copy_checksum(source: Path, target: Path) -> None:
    """Copy the stored checksum of a file to its copy."""
    sha256 = noted_checksum(source)
    if sha256 is not None:
        _write(target, sha256)


def _write(path: Path, sha256: str) -> None:
    try:
        os.setxattr(path, ATTRIBUTE, sha256.encode())
    except (OSError, AttributeError):
        # Not supported by the file system, or by the operating system at all.
        return
