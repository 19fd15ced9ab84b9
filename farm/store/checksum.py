"""Checksums of blobs whose name does not say what they hold, kept with the file itself.

Media are named by their SHA-256. A segment is named by what determines it, so that damage to its bytes would be found
by nobody. Its SHA-256 is an extended attribute of the file, and metadata of the object in S3: no second file a blob,
and it moves along when the file is renamed. File systems without extended attributes have none; verification counts
those.
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
    """Keep the SHA-256 of a file with it, computed here where it is not given; nothing where the disk cannot."""
    _write(path, sha256 or sha256_of(path))


def noted_checksum(path: Path) -> str | None:
    """Return the SHA-256 that was noted of a file; None where none was."""
    try:
        return os.getxattr(path, ATTRIBUTE).decode("ascii", "replace")
    except (OSError, AttributeError):
        return None


def copy_checksum(source: Path, target: Path) -> None:
    """Note of a copy what was noted of its source."""
    sha256 = noted_checksum(source)
    if sha256 is not None:
        _write(target, sha256)


def _write(path: Path, sha256: str) -> None:
    try:
        os.setxattr(path, ATTRIBUTE, sha256.encode())
    except (OSError, AttributeError):
        # The file system has no extended attributes, or the system none at all.
        return
