"""A case of the table in docs/media.md: an odd file, and what farm makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.odd_files.use import Used

INSTEAD = "save it as JPEG, PNG, WebP, AVIF, HEIC, GIF, TIFF or BMP, as MP4 or as a sound"
"""The remedy for files of kinds that are not read."""

Make = Callable[[Path], Path]
"""Writes the file, and whatever it needs, into a folder and returns its path."""
Check = Callable[[Used], None]
"""Looks at what became of the file in a timeline."""


@dataclass(frozen=True)
class Right:
    """The file is shown or heard as it should be."""

    how: str
    """What comes out, for the table."""
    check: Check
    """Raises AssertionError where it does not."""
    warns: str = ""
    """The warning that comes with it; none otherwise."""


@dataclass(frozen=True)
class Refused:
    """The file is refused before anything is rendered."""

    sentence: str
    """The whole message."""


@dataclass(frozen=True)
class Case:
    """An odd file."""

    what: str
    """What it is, for the table; unique."""
    make: Make
    """Writes it."""
    result: Right | Refused
    """What is to become of it."""
    kind: str = ""
    """As which kind of clip a timeline uses it, where its ending does not say it."""
