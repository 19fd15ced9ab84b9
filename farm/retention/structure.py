"""Structural checks of files without a recorded checksum: they detect truncation, but not single wrong bytes."""

from __future__ import annotations

import json
from pathlib import Path


def structure_fault(path: Path, suffix: str) -> str:
    """Return the fault in the structure of a derived blob; empty if no fault is found."""
    if path.stat().st_size == 0:
        return "is empty"
    match suffix:
        case ".mp4" | ".m4a":
            return _boxes_fault(path)
        case ".jpg":
            with path.open("rb") as file:
                begins = file.read(2) == b"\xff\xd8"
                file.seek(-2, 2)
                return "" if begins and file.read(2) == b"\xff\xd9" else "is not a complete JPEG"
        case ".json":
            try:
                json.loads(path.read_bytes())
            except ValueError:
                return "is not complete JSON"
            return ""
        case _:
            return ""


def _boxes_fault(path: Path) -> str:
    """Check an MP4's top-level boxes: they must end exactly where the file does, and include its index."""
    size_bytes = path.stat().st_size
    at, kinds = 0, set()
    with path.open("rb") as file:
        while at < size_bytes:
            file.seek(at)
            head = file.read(16)
            length = int.from_bytes(head[:4], "big")
            if length == 1:
                length = int.from_bytes(head[8:16], "big")
            elif length == 0:
                length = size_bytes - at
            if length < 8 or at + length > size_bytes:
                return "is truncated"
            kinds.add(head[4:8])
            at += length
    return "" if {b"ftyp", b"moov"} <= kinds else "has no index"
