"""A shared place: named files that every machine of a farm can access; here a folder, elsewhere an object store."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from farm.store.checksum import copy_checksum, noted_checksum
from farm.store.temp import settle, sweep, temp_in


@dataclass(frozen=True, slots=True)
class PlacedFile:
    """A file in a shared place."""

    name: str
    """Its name, with ``/`` between folders."""
    size_bytes: int
    """Its size."""
    changed_s: float
    """When it was put there, in seconds since the epoch."""


class SharedPlace(Protocol):
    """Files by name. A put is atomic, and durable when it returns.

    Methods raise whatever the file system or the underlying library raises;
    :class:`farm.store.patience.PatientPlace` retries and converts that to farm's own errors.
    """

    @property
    def where(self) -> str:
        """The place's name in messages, without secrets."""

    def stat(self, name: str) -> PlacedFile | None:
        """Return a file's metadata, or None if there is none."""

    def get(self, name: str, target: Path) -> bool:
        """Copy a file to ``target`` on this machine; return False if there is none."""

    def put(self, name: str, source: Path) -> None:
        """Copy ``source`` from this machine, replacing any file with the name."""

    def remove(self, name: str) -> None:
        """Remove a file; does nothing if there is none."""

    def walk(self, under: str = "") -> Iterator[PlacedFile]:
        """Yield every file in a folder, recursively and in no particular order; none if there is no such folder."""

    def folders(self) -> list[str]:
        """Return the names of the top-level folders; only of non-empty ones if folders are mere name prefixes."""

    def checksum(self, name: str) -> str | None:
        """Return the SHA-256 recorded when a file was put; None if there is none."""

    def sweep(self) -> int:
        """Remove temporary files left by dead processes; return how many."""


@dataclass(frozen=True, slots=True)
class FolderPlace:
    """A folder on a file system mounted by all machines, such as NFS."""

    folder: Path
    """The folder; created by the first put."""

    @property
    def where(self) -> str:
        """The folder."""
        return str(self.folder)

    def stat(self, name: str) -> PlacedFile | None:
        """Return a file's metadata, or None if there is none."""
        try:
            found = os.stat(self.folder / name)
        except FileNotFoundError:
            return None
        return PlacedFile(name, found.st_size, found.st_mtime)

    def get(self, name: str, target: Path) -> bool:
        """Copy a file to ``target``; return False if there is none."""
        try:
            source = (self.folder / name).open("rb")
        except FileNotFoundError:
            return False
        with source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
        copy_checksum(self.folder / name, target)
        return True

    def put(self, name: str, source: Path) -> None:
        """Copy ``source`` to a temporary file on the same file system, then rename it into place."""
        temp = temp_in(self.folder / "incoming")
        try:
            shutil.copyfile(source, temp)
            copy_checksum(source, temp)
            settle(temp, self.folder / name)
        finally:
            temp.unlink(missing_ok=True)

    def remove(self, name: str) -> None:
        """Remove a file; does nothing if there is none."""
        (self.folder / name).unlink(missing_ok=True)

    def walk(self, under: str = "") -> Iterator[PlacedFile]:
        """Yield every file in a folder, recursively and in no particular order; none if there is no such folder."""
        for folder, inner, names in os.walk(self.folder / under):
            if Path(folder) == self.folder:
                inner[:] = [name for name in inner if name != "incoming"]
            for name in names:
                found = self.stat(str((Path(folder) / name).relative_to(self.folder)))
                if found is not None:
                    yield found

    def folders(self) -> list[str]:
        """Return the names of the top-level folders."""
        try:
            with os.scandir(self.folder) as found:
                return sorted(one.name for one in found if one.is_dir())
        except FileNotFoundError:
            return []

    def checksum(self, name: str) -> str | None:
        """Return the SHA-256 recorded when a file was put; None if there is none."""
        return noted_checksum(self.folder / name)

    def sweep(self) -> int:
        """Remove temporary files left by dead processes; return how many."""
        return sweep(self.folder / "incoming")
