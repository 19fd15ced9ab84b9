"""The state file that ``farm up`` writes about the running farm."""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path

from farm.cluster.process_tree import Process
from farm.errors import StoreError
from farm.store.temp import make_private


@dataclass(frozen=True, slots=True)
class FarmState:
    """A farm that was started on this machine."""

    pid: int
    """The process that keeps Ray running; leader of its own session."""
    folder: str
    """Ray's private folder; its path identifies all of this farm's Ray processes."""
    address: str
    """Where Ray's head listens, host:port."""
    url: str
    """The HTTP API's URL."""
    workers: int
    """Number of workers requested."""
    started_at_s: float
    """Time of the start, seconds since the epoch."""
    ready: bool
    """Whether it came up; False while it starts or if starting was interrupted."""
    role: str = "head"
    """``head``, or ``node`` if this machine only contributes its cores to a head elsewhere."""
    metrics_port: int = 0
    """Port of this machine's Prometheus endpoint."""
    ending: bool = False
    """Whether it is being taken down: its watchdog must not restart it."""
    control_store: str = ""
    """Folder in which a head's Ray persists the state of the cluster; empty if it keeps that in memory."""

    def alive(self, processes: Collection[Process]) -> bool:
        """Whether the process that keeps Ray running is among these; without it, leftover processes are not a farm."""
        return any(one.pid == self.pid and self.folder in one.command for one in processes)

    def write(self, path: Path) -> None:
        """Write it atomically."""
        make_private(path.parent)
        fresh = path.with_name(f".{path.name}-{os.getpid()}")
        fresh.write_text(json.dumps(asdict(self)), encoding="utf-8")
        os.replace(fresh, path)

    @staticmethod
    def read(path: Path) -> FarmState | None:
        """Read it; returns None if no farm was started."""
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        try:
            return FarmState(**json.loads(text))
        except (ValueError, TypeError) as error:
            raise StoreError(
                f"{path} is not a valid state file ({error}); "
                f"end its Ray processes manually and remove the file"
            ) from error
