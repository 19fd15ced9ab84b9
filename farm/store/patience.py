"""Retries for a shared place: transient errors are retried, persistent ones raised as farm's own errors."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from farm.errors import FarmError, MachineError
from farm.store.place import PlacedFile, SharedPlace

PAUSES_S: Final = (0.2, 1.0, 4.0)
"""How long to wait before the second, third and fourth attempt, in seconds."""

_LASTING: Final = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EISDIR}
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PatientPlace:
    """A shared place that retries, and raises MachineError when it gives up."""

    inner: SharedPlace
    """The wrapped place."""
    sleep: Callable[[float], None] = time.sleep
    """Waits for a number of seconds."""

    @property
    def where(self) -> str:
        """The place's name in messages."""
        return self.inner.where

    def stat(self, name: str) -> PlacedFile | None:
        """Return a file's metadata, or None if there is none."""
        return self._tried("read", name, lambda: self.inner.stat(name))

    def get(self, name: str, target: Path) -> bool:
        """Copy a file to ``target``; return False if there is none."""
        return self._tried("read", name, lambda: self.inner.get(name, target))

    def put(self, name: str, source: Path) -> None:
        """Copy ``source`` into the place."""
        self._tried("written", name, lambda: self.inner.put(name, source))

    def remove(self, name: str) -> None:
        """Remove a file; does nothing if there is none."""
        self._tried("removed", name, lambda: self.inner.remove(name))

    def walk(self, under: str = "") -> Iterator[PlacedFile]:
        """Yield every file in a folder, recursively; the listing is completed first, so that it can be retried."""
        yield from self._tried("listed", under or "its files", lambda: list(self.inner.walk(under)))

    def folders(self) -> list[str]:
        """Return the names of the top-level folders."""
        return self._tried("listed", "its folders", self.inner.folders)

    def checksum(self, name: str) -> str | None:
        """Return the SHA-256 recorded when a file was put; None if there is none."""
        return self._tried("read", name, lambda: self.inner.checksum(name))

    def sweep(self) -> int:
        """Remove temporary files left by dead processes; return how many."""
        return self._tried("swept", "its temporary files", self.inner.sweep)

    def _tried(self, verb: str, name: str, action: Callable[[], T]) -> T:
        for pause_s in (*PAUSES_S, None):
            try:
                return action()
            except FarmError:
                raise
            # Each underlying library has its own exceptions; all but the clearly persistent ones may be transient.
            except Exception as error:
                if pause_s is None or _lasts(error):
                    cause = str(error) or type(error).__name__
                    raise MachineError(
                        f"{name} in {self.where} cannot be {verb}: {cause}; check that the place exists, has room "
                        "and that this machine may use it"
                    ) from error
                self.sleep(pause_s)
        raise AssertionError("unreachable")


def _lasts(error: Exception) -> bool:
    if isinstance(error, FileNotFoundError | ValueError | TypeError):
        return True
    return isinstance(error, OSError) and error.errno in _LASTING
