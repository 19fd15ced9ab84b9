"""What ``farm up`` wrote down about the running farm."""

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
    """The process that keeps Ray; its own session's leader."""
    folder: str
    """Ray's private folder; its path marks all of this farm's Ray processes."""
    address: str
    """Where Ray's head listens, host:port."""
    url: str
    """Where the HTTP API is."""
    workers: int
    """How many workers were asked for."""
    started_at_s: float
    """When, seconds since the epoch."""
    ready: bool
    """Whether it came up; False while it starts or where starting was cut off."""
    role: str = "head"
    """``head``, or ``node`` where this machine only lends its cores to a head elsewhere."""
    metrics_port: int = 0
    """Where Prometheus finds this machine's figures."""
    ending: bool = False
    """Whether somebody is taking it down: its watchdog is not to start it again."""
    control_store: str = ""
    """Where a head's Ray keeps on disk what it knows of the cluster; empty where it keeps that in memory."""

    def alive(self, processes: Collection[Process]) -> bool:
        """Whether the process that keeps Ray is among these; without it what is left of the rest is no farm."""
        return any(one.pid == self.pid and self.folder in one.command for one in processes)

    def write(self, path: Path) -> None:
        """Write it so that a reader sees all of it or what was before."""
        make_private(path.parent)
        fresh = path.with_name(f".{path.name}-{os.getpid()}")
        fresh.write_text(json.dumps(asdict(self)), encoding="utf-8")
        os.replace(fresh, path)

    @staticmethod
    def read(path: Path) -> FarmState | None:
        """Read it, or return None where no farm was started."""
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        try:
            return FarmState(**json.loads(text))
        except (ValueError, TypeError) as error:
            raise StoreError(
                f"{path} does not say what farm is running ({error}); "
                f"end its Ray processes by hand and remove the file"
            ) from error
