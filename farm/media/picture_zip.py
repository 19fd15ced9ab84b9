"""A ZIP of PNG pictures, one per frame."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import av

_NO_DATE: Final = (1980, 1, 1, 0, 0, 0)
"""The first date that a ZIP knows: equal pictures give equal files."""


def write_pictures(segments: Sequence[Path], out: Path) -> int:
    """Write the pictures of segments coded as PNG as ``00001.png`` and so on; return how many.

    They are stored, not compressed again.
    """
    count = 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:
        for path in segments:
            with av.open(str(path)) as container:
                for packet in container.demux(video=0):
                    if packet.size:
                        count += 1
                        entry = zipfile.ZipInfo(f"{count:05d}.png", _NO_DATE)
                        entry.external_attr = 0o644 << 16
                        file.writestr(entry, bytes(packet))
    return count
