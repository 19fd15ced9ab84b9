"""The machines and worker processes under an executor."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from farm.services.job_log import JobLog, lines_about


@dataclass(frozen=True, slots=True)
class MachineFacts:
    """What is known about a node's machine."""

    node: str
    """The node's full name."""
    address: str
    """Its network address."""
    alive: bool = True
    """Whether it is connected."""
    cpus: float | None = None
    """CPU cores that the farm may use."""
    load: float | None = None
    """Load average of the last minute."""
    memory_free_bytes: int | None = None
    """Memory that processes can still get."""
    version: str = ""
    """The version of farm that runs there."""


class WorkerFleet(Protocol):
    """The machines and worker processes under an executor."""

    def resize(self, workers: int) -> None:
        """Set the number of workers; idle ones are dismissed first."""

    @property
    def wanted(self) -> int:
        """Target number of workers."""

    @property
    def trouble(self) -> str:
        """Why the last start of a worker failed; empty if it succeeded."""

    def machines(self) -> list[MachineFacts]:
        """Return what is known about each node: name, address, alive, cpus, load, version, free memory."""

    def job_log(self, job_id: str, limit: int) -> JobLog:
        """Return the newest lines about a job from the logs of all nodes; must be thread-safe."""

    def spare(self, node: str) -> bool:
        """Whether the farm can do without a node: True unless it is the head."""

    def leave(self, node: str) -> None:
        """Have a node leave: its workers are dismissed, and the machine's Ray shuts down gracefully."""

    def stay(self, node: str) -> None:
        """Cancel a node's leaving, or admit it again."""


class LocalFleet:
    """One process, nothing to resize."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs

    def resize(self, workers: int) -> None:
        """Do nothing."""

    @property
    def wanted(self) -> int:
        """Always one."""
        return 1

    @property
    def trouble(self) -> str:
        """Always empty."""
        return ""

    def machines(self) -> list[MachineFacts]:
        """Return nothing: there are no separate machines."""
        return []

    def spare(self, node: str) -> bool:
        """Return False: the farm cannot do without its only process."""
        del node
        return False

    def leave(self, node: str) -> None:
        """Do nothing."""

    def stay(self, node: str) -> None:
        """Do nothing."""

    def job_log(self, job_id: str, limit: int) -> JobLog:
        """Return the newest lines about a job from this machine's log."""
        return JobLog(tuple(lines_about(self._logs, job_id, limit)), 1)
