"""Script storage: the interface of a shelf of scripts to pick from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from farm.model.script import ScriptDocument


@dataclass(frozen=True, slots=True)
class ShelvedScript:
    """A stored script."""

    name: str
    """Its name, unique on its shelf."""
    document: ScriptDocument
    """The script."""
    owner: str
    """Its owner; ``farm`` for the starter set."""
    version: int
    """Its version, from 1; each edit gets the next one."""


class ScriptShelf(Protocol):
    """A source of scripts, backed by a folder or the catalog."""

    def list(self) -> Sequence[ShelvedScript]:
        """Return all scripts that the caller may use, ordered by name."""
