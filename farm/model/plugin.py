"""The identity of a plugin: its name, its version, and a hash of its files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SHORT: Final = 12
"""Digits of a hash shown to users."""


INLINE: Final = "inline"
"""What stands for the version of the elements that a program defines itself: ``mine inline (3f2a91c04b7e)``."""


@dataclass(frozen=True, slots=True)
class PluginIdentity:
    """A plugin as loaded; equal identities draw the same pixels."""

    name: str
    """Its entry point's name: ``acme``."""
    version: str
    """Version of its distribution."""
    digest: str = ""
    """SHA-256 of its files at load time; empty if its files are not known."""
    author: str = ""
    """Contact for faults: name and address from the distribution's metadata; empty if it names none."""

    own: bool = False
    """Whether it is part of farm."""

    @property
    def short(self) -> str:
        """The beginning of the hash; a dash if the files are not known."""
        return self.digest[:SHORT] or "-"

    @property
    def mark(self) -> str:
        """A string that identifies it: ``acme 1.2 (3f2a91c04b7e)``."""
        return f"{self.name} {self.version} ({self.short})"
