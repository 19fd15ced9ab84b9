"""The faces of a font file that an operator wants to add, with all that drawing with them needs to know."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from farm.model.font_file import FONT_SUFFIXES, FontFault, FontFile
from farm.render.font_file import MAX_BYTES, read_faces
from farm.render.fonts import is_upright, maps_characters, open_typeface, weights_of

_MAX_FACES: Final = 64


def faces_of(path: Path) -> list[FontFile]:
    """Return the faces of a font file.

    Raises:
        FontFault: it cannot be read, is damaged, or is not a usable font.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FontFault(f"is larger than {MAX_BYTES >> 20} MB; no font is")
        data = path.read_bytes()
    except OSError as error:
        raise FontFault(f"cannot be read: {error.strerror}") from error
    if data[:4] == b"wOF2":
        raise FontFault(
            "is a web font of the kind WOFF2, which cannot be drawn with as it is; convert it to .ttf or .otf, or add "
            "it to the farm, which converts it: farm fonts add FILE"
        )
    sha256 = hashlib.sha256(data).hexdigest()
    faces = []
    for index, face in enumerate(read_faces(data)[:_MAX_FACES]):
        typeface = open_typeface(str(path), index)
        if typeface is None:
            raise FontFault(
                f"is no font that can be drawn with; name TrueType or OpenType files ({', '.join(FONT_SUFFIXES)})"
            )
        if not maps_characters(typeface):
            raise FontFault("has a table `cmap` that maps no character; nothing can be set in it")
        slanted = not is_upright(typeface) and "italic" not in face.family.lower()
        # Otherwise a style naming the family could get either face: farm selects slant only by family.
        family = f"{face.family} Italic" if slanted else face.family
        faces.append(FontFile(sha256, str(path), index, family, weights_of(typeface)))
    return faces
