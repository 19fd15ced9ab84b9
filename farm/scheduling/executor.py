"""The executor: performs leases on workers and reports how they ended."""

from __future__ import annotations

import socket
from collections import deque
from dataclasses import replace
from typing import Protocol

from farm.guard.lane import Lane
from farm.scheduling.event import Event, TaskRevoked, WorkerFacts, WorkerJoined
from farm.scheduling.instruction import Lease
from farm.scheduling.perform import TaskWorker, introduce, perform


class Executor(Protocol):
    """Where leases are performed.

    Every lease that was started ends in exactly one event: done, failed, revoked, or the loss of its
    worker. Workers that join later are reported by ``poll``.
    """

    def workers(self) -> tuple[WorkerFacts, ...]:
        """Return the living workers."""

    def start(self, lease: Lease) -> None:
        """Start a lease without waiting for it."""

    def revoke(self, fence: int) -> None:
        """Stop a lease: immediately if it has not begun, else as soon as its worker notices."""

    def kill(self, worker_id: str, cause: str) -> None:
        """Kill a worker's process, whatever it is doing, and replace it."""

    def poll(self, timeout_s: float) -> list[Event]:
        """Wait up to the timeout for events and return them."""

    def close(self) -> None:
        """Stop all workers."""


class InProcessExecutor:
    """One worker in this process: ``poll`` itself performs the work."""

    def __init__(
        self, worker: TaskWorker, *, worker_id: str = "in-process", limit_s: float | None = None
    ) -> None:
        self._worker = worker
        self._lane = Lane(limit_s) if limit_s is not None else None
        self._renamed = 0
        self._facts = introduce(worker_id, socket.gethostname(), worker.warm())
        self._waiting: deque[Lease] = deque()
        self._ended: list[Event] = []

    def workers(self) -> tuple[WorkerFacts, ...]:
        """Return the one worker."""
        return (self._facts,)

    def start(self, lease: Lease) -> None:
        """Queue a lease for the next ``poll``."""
        self._waiting.append(lease)

    def revoke(self, fence: int) -> None:
        """Drop a lease that no ``poll`` has started."""
        for lease in tuple(self._waiting):
            if lease.fence == fence:
                self._waiting.remove(lease)
                self._ended.append(TaskRevoked(fence))

    def kill(self, worker_id: str, cause: str) -> None:
        """Continue under another name: the worker is this process, and its stuck thread was already abandoned."""
        del cause
        if worker_id != self._facts.worker_id:
            return
        self._renamed += 1
        name = worker_id.removesuffix(f"-{self._renamed}") if self._renamed > 1 else worker_id
        self._facts = replace(self._facts, worker_id=f"{name}-{self._renamed + 1}")
        self._ended.append(WorkerJoined(self._facts))

    def poll(self, timeout_s: float) -> list[Event]:
        """Perform one lease, however long it takes; the timeout is ignored."""
        del timeout_s
        ended, self._ended = self._ended, []
        if self._waiting:
            ended.append(perform(self._worker, self._waiting.popleft(), lane=self._lane))
        return ended

    def close(self) -> None:
        """Drop leases that have not been started."""
        self._waiting.clear()
