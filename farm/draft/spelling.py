"""Spelling of paths: é as one character or as e plus an accent, whichever the file system uses.

macOS writes file names decomposed (NFD), in archives too; keyboards and tables produce composed names (NFC). Linux
treats the two as different names, users do not.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path


def spelled_on_disk(path: Path) -> Path:
    """Return the path under which a file exists; ``path`` itself if it exists or if no equivalent spelling does.

    Raises:
        OSError: the path cannot be accessed.
    """
    if path.exists():
        return path
    found = Path(path.anchor)
    for part in path.parts[1:] if path.anchor else path.parts:
        exact = found / part
        if part == ".." or exact.exists():
            found = exact
            continue
        spelled = _within(found, part)
        if spelled is None:
            return path
        found = spelled
    return found


def _within(folder: Path, name: str) -> Path | None:
    if name.isascii() or not folder.is_dir():
        return None
    wanted = unicodedata.normalize("NFC", name)
    # Sorted, so that every machine picks the same one of two spellings in one folder.
    alike = sorted(one.name for one in folder.iterdir() if unicodedata.normalize("NFC", one.name) == wanted)
    return folder / alike[0] if alike else None
