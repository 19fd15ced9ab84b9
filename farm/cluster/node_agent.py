"""The node agent: one a node, it tells how the machine does and ends processes that do not listen."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from farm import __version__

NODE: Final = "FARM_NODE"
NODE_HOME: Final = "FARM_NODE_HOME"
"""Set by whoever starts a node, for all that runs on it: its name, and its own farm folder."""


def node_name() -> str:
    """Return the name of the node that this process runs on."""
    return os.environ.get(NODE) or socket.gethostname()


def node_home(home: Path) -> Path:
    """Return the farm folder of the node that this process runs on; ``home`` where the node has none of its own."""
    return Path(os.environ.get(NODE_HOME, home))


@dataclass(frozen=True, slots=True)
class NodeReport:
    """How a machine does."""

    disk_free_bytes: int
    """Free where the store's folder lies."""
    memory_free_bytes: int
    """Memory that can be had without swapping."""
    load: float
    """Processes that ran or waited, mean of the last minute."""
    version: str
    """Farm's version there."""


class NodeAgent:
    """Plain here, an actor from outside."""

    def __init__(self, home: Path) -> None:
        self._home = node_home(home)

    def report(self) -> NodeReport:
        """Say how this machine does."""
        folder = self._home if self._home.exists() else self._home.parent
        return NodeReport(
            shutil.disk_usage(folder).free, _memory_free_bytes(), os.getloadavg()[0], __version__
        )

    def end(self, pid: int, mark: str) -> bool:
        """Kill a process of this machine, if it is the one meant: its command line or environment bears the mark."""
        with contextlib.suppress(OSError):
            told = Path(f"/proc/{pid}/cmdline").read_bytes() + Path(f"/proc/{pid}/environ").read_bytes()
            if mark.encode() in told:
                # A stopped process hears nothing but this.
                os.kill(pid, signal.SIGKILL)
                return True
        return False


def _memory_free_bytes() -> int:
    with contextlib.suppress(OSError):
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return 0
