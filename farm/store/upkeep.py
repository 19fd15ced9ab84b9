"""Upkeep: work whose cost grows with what a folder holds, done now and then instead of after each job."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from farm.store.temp import make_private

EVERY_S: Final = 60.0
"""At most so often: what grows beyond its limit meanwhile is what a minute brings."""
REST: Final = 200.0
"""It is not begun again before so many times as long as it took: looking through a million blobs takes seconds."""


class Upkeep:
    """When it was done last, and how long it took, in a file that all processes of a machine see."""

    def __init__(self, stamp: Path, clock: Callable[[], float] = time.time) -> None:
        """Make it; ``clock`` tells seconds since the epoch."""
        self._stamp = stamp
        self._clock = clock

    def do(self, *works: Callable[[], object]) -> bool:
        """Do the work where it is due, and return whether it was; raises what the work raises.

        Two processes that find it due at the same moment both do it.
        """
        now_s = self._clock()
        if now_s < self._due_s():
            return False
        # Before the work, so that others leave it to this process.
        self._note(0.0)
        for work in works:
            work()
        self._note(self._clock() - now_s)
        return True

    def _due_s(self) -> float:
        try:
            done_s = self._stamp.stat().st_mtime
            took_s = float(self._stamp.read_text())
        except (FileNotFoundError, ValueError):
            return 0.0
        # A clock that was set back makes it due, not due in years.
        return done_s + max(EVERY_S, REST * took_s) if done_s <= self._clock() else 0.0

    def _note(self, took_s: float) -> None:
        make_private(self._stamp.parent)
        self._stamp.write_text(f"{took_s:.3f}")
