"""Where a farm keeps its things on this machine: one frozen value, passed along."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

DEFAULT_STORE_LIMIT_BYTES: Final = 20 * 2**30


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings that every process of a farm on this machine shares."""

    home: Path
    """The farm's own folder; ``FARM_HOME``, else ``~/.local/share/farm``."""
    store_limit_bytes: int = DEFAULT_STORE_LIMIT_BYTES
    """The store drops its least recently used blobs beyond this; ``FARM_STORE_LIMIT_BYTES``."""

    @staticmethod
    def from_environment() -> Settings:
        """Read the settings from environment variables."""
        home = os.environ.get("FARM_HOME") or Path.home() / ".local" / "share" / "farm"
        limit = os.environ.get("FARM_STORE_LIMIT_BYTES")
        return Settings(
            Path(home).expanduser().absolute(), int(limit) if limit else DEFAULT_STORE_LIMIT_BYTES
        )

    @property
    def store(self) -> Path:
        """Content-addressed blobs: segments, sound tracks, fetched and uploaded media."""
        return self.home / "store"

    @property
    def productions(self) -> Path:
        """Finished files of jobs that came over HTTP."""
        return self.home / "productions"

    @property
    def journal(self) -> Path:
        """The SQLite journal of accepted jobs."""
        return self.home / "journal.sqlite3"

    @property
    def catalog(self) -> Path:
        """The DuckDB catalog."""
        return self.home / "catalog.duckdb"

    @property
    def spool(self) -> Path:
        """Run records that wait to be taken into the catalog."""
        return self.home / "spool"

    @property
    def state(self) -> Path:
        """What ``farm up`` wrote about the running farm."""
        return self.home / "farm.json"
