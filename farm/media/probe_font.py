"""Probing of font files."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from farm.errors import MediaError
from farm.model.asset import Asset, MediaKind
from farm.model.font_file import FONT_SUFFIXES, FontFault

_MAGIC: Final = (b"\0\1\0\0", b"OTTO", b"true", b"ttcf", b"wOFF", b"wOF2")


def probe_font(path: Path, digest: str) -> Asset | None:
    """Return the asset of a font file, judged by its content; None if it is something else.

    Raises:
        MediaError: it is a font file, but nothing can be set in it.
    """
    with path.open("rb") as file:
        magic = file.read(4)
    if magic not in _MAGIC and path.suffix.lower() not in FONT_SUFFIXES:
        return None
    from farm.render.font_faces import faces_of

    try:
        faces_of(path)
    except FontFault as error:
        raise MediaError(f"{path.name} {error}") from error
    return Asset(digest, str(path), MediaKind.FONT)
