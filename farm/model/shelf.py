"""Where scripts are kept: what a shelf of them shows to those who pick from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from farm.model.script import ScriptDocument


@dataclass(frozen=True, slots=True)
class ShelvedScript:
    """A script as it is kept."""

    name: str
    """What it is called by, unique on its shelf."""
    document: ScriptDocument
    """What it says."""
    owner: str
    """Whose it is; ``farm`` for the starter set."""
    version: int
    """Counted from 1; a script that is edited gets the next one."""


class ScriptShelf(Protocol):
    """Shows scripts; a folder or the catalog stands behind it."""

    def list(self) -> Sequence[ShelvedScript]:
        """Return all scripts that the asker may use, by name."""
