"""Upkeep: work whose cost grows with a folder's contents, done periodically instead of after each job."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from farm.store.temp import make_private

EVERY_S: Final = 60.0
"""Minimum interval in seconds: a limit can be overrun only by what one minute adds."""
REST: Final = 200.0
"""Minimum interval as a multiple of the last duration: scanning a million blobs takes seconds."""


class Upkeep:
    """The time and duration of the last upkeep, in a file shared by all processes of a machine."""

    def __init__(self, stamp: Path, clock: Callable[[], float] = time.time) -> None:
        """Create it; ``clock`` returns seconds since the epoch."""
        self._stamp = stamp
        self._clock = clock

    def do(self, *works: Callable[[], object]) -> bool:
        """Do the work if it is due, and return whether it was; exceptions of the work propagate.

        If two processes find it due at the same moment, both do it.
        """
        now_s = self._clock()
        if now_s < self._due_s():
            return False
        # Before the work, so that other processes leave it to this one.
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
        # If the clock was set back, it is due now and not years ahead.
        return done_s + max(EVERY_S, REST * took_s) if done_s <= self._clock() else 0.0

    def _note(self, took_s: float) -> None:
        make_private(self._stamp.parent)
        self._stamp.write_text(f"{took_s:.3f}")
