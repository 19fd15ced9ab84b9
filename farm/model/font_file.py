"""Font files that the operator of a farm added."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FontFile:
    """A face of a font file, named by its content as media are."""

    sha256: str
    """The file's SHA-256 in hexadecimal."""
    path: str
    """Where this machine reads it; never part of a key."""
    index: int
    """Which face of a collection (``.ttc``); 0 in a file of one."""
    family: str
    """The family that text styles call it by."""
    weights: tuple[int, int]
    """Its lightest and heaviest weight; the same twice where it has no such axis."""
