"""Font files beyond those that ship with farm: added by its operator, or listed in a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FONT_SUFFIXES: Final = (".ttf", ".otf", ".ttc", ".otc", ".woff", ".woff2")
"""How the names of font files end."""


class FontFault(Exception):
    """A fault in a font file, worded as a predicate: ``is cut off``."""


@dataclass(frozen=True, slots=True)
class FontFile:
    """A face of a font file, identified by its content, as media are."""

    sha256: str
    """The file's SHA-256 in hexadecimal."""
    path: str
    """The file on this machine; never part of a key."""
    index: int
    """Index of the face in a collection (``.ttc``); 0 in a file with a single face."""
    family: str
    """The family name used in text styles."""
    weights: tuple[int, int]
    """Its lightest and heaviest weight; equal if it has no weight axis."""
