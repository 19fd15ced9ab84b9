"""Which plugin: its name, its version, and a hash of its files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SHORT: Final = 12
"""Digits of a hash that people are shown."""


@dataclass(frozen=True, slots=True)
class PluginIdentity:
    """A plugin as it was loaded; two that are equal draw the same pixels."""

    name: str
    """Its entry point's name: ``acme``."""
    version: str
    """Version of the distribution that it came in."""
    digest: str = ""
    """SHA-256 of its files at the time they were loaded; empty where it has none that are known."""
    author: str = ""
    """Whom to tell about a fault: name and address from the distribution's metadata; empty where it names nobody."""

    own: bool = False
    """Whether it is farm's own."""

    @property
    def short(self) -> str:
        """The beginning of the hash; a dash where no files are known."""
        return self.digest[:SHORT] or "-"

    @property
    def mark(self) -> str:
        """What tells it from every other plugin: ``acme 1.2 (3f2a91c04b7e)``."""
        return f"{self.name} {self.version} ({self.short})"
