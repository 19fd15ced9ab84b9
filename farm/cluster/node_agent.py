"""The node agent: one per node, it reports the machine's condition and kills unresponsive processes."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from farm import __version__
from farm.guard.warden import GLANCE_S
from farm.services.job_log import LogLine, lines_about
from farm.settings import Settings
from farm.store.open import blob_store, production_store
from farm.store.temp import free_bytes

NODE: Final = "FARM_NODE"
NODE_HOME: Final = "FARM_NODE_HOME"
"""Environment variables of all processes on a node, set when it is started: its name, and its own farm folder."""
RAYLET: Final = "/raylet/raylet"
SWEEP_S: Final = 30.0
PARTING_S: Final = 4 * GLANCE_S
"""By then the warden of a dead process has written its report."""


def node_name() -> str:
    """Return the name of the node that this process runs on."""
    return os.environ.get(NODE) or socket.gethostname()


def node_home(home: Path) -> Path:
    """Return the farm folder of the node that this process runs on; ``home`` if the node has none of its own."""
    return Path(os.environ.get(NODE_HOME, home))


@dataclass(frozen=True, slots=True)
class NodeReport:
    """A machine's condition."""

    disk_free_bytes: int
    """Free space on the file system of the store's folder."""
    memory_free_bytes: int
    """Memory available without swapping."""
    load: float
    """Running or waiting processes, mean of the last minute."""
    version: str
    """Farm's version there."""


class NodeAgent:
    """A plain class; the caller makes it an actor."""

    def __init__(self, settings: Settings) -> None:
        self._settings = replace(settings, home=node_home(settings.home))
        self._swept_s = 0.0

    def report(self) -> NodeReport:
        """Report this machine's condition; every ``SWEEP_S``, also remove what killed processes left on it."""
        if time.monotonic() - self._swept_s > SWEEP_S:
            self._swept_s = time.monotonic()
            blob_store(self._settings).sweep()
            production_store(self._settings).sweep()
        home = self._settings.home
        folder = home if home.exists() else home.parent
        return NodeReport(free_bytes(folder), _memory_free_bytes(), os.getloadavg()[0], __version__)

    def lines_about(self, job_id: str, limit: int) -> list[LogLine]:
        """Return the newest lines of this machine's log about a job, oldest first."""
        return lines_about(self._settings.logs, job_id, limit)

    def end(self, pid: int, mark: str) -> bool:
        """Kill a process of this machine if its command line or environment contains the mark; return whether it did.

        The mark guards against a reused pid.
        """
        with contextlib.suppress(OSError):
            identification = (
                Path(f"/proc/{pid}/cmdline").read_bytes() + Path(f"/proc/{pid}/environ").read_bytes()
            )
            if mark.encode() in identification:
                # A stopped process reacts to no other signal.
                os.kill(pid, signal.SIGKILL)
                return True
        return False

    def leave(self) -> bool:
        """Make this machine's raylet leave the cluster gracefully; returns False if it is not found.

        The raylet is this process's parent, and ends it.
        """
        raylet = os.getppid()
        with contextlib.suppress(OSError):
            if RAYLET.encode() in Path(f"/proc/{raylet}/cmdline").read_bytes():
                os.kill(raylet, signal.SIGTERM)
                return True
        return False

    def last_words(self, pid: int) -> str:
        """Return the plugin call for which a dead process here was killed, or in which it crashed; empty if none."""
        words = self._settings.last_words(pid)
        until_s = time.monotonic() + PARTING_S
        try:
            # Empty until its warden has looked; the warden removes the file if it has nothing to report.
            while words.stat().st_size == 0 and time.monotonic() < until_s:
                time.sleep(0.05)
            text = words.read_text(encoding="utf-8", errors="replace")
            words.unlink()
        except OSError:
            return ""
        return text


def _memory_free_bytes() -> int:
    with contextlib.suppress(OSError):
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return 0
