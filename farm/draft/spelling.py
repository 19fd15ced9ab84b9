"""Spelling of paths: é as one character or as e and an accent, whichever the file system holds.

macOS writes file names apart (NFD), also into archives; keyboards and tables write them together (NFC). Linux takes
them for different names, people do not.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path


def spelled_on_disk(path: Path) -> Path:
    """Return the path under which a file is there; ``path`` itself where it is, or where nothing is spelled like it.

    Raises:
        OSError: the path cannot be looked at.
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
    # Sorted: two spellings of one name beside each other are the same one on every machine.
    alike = sorted(one.name for one in folder.iterdir() if unicodedata.normalize("NFC", one.name) == wanted)
    return folder / alike[0] if alike else None
