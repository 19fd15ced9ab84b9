"""The executor: performs leases on workers and tells how they ended."""

from __future__ import annotations

import socket
from collections import deque
from dataclasses import replace
from typing import Protocol

from farm.lane import Lane
from farm.work.event import Event, TaskRevoked, WorkerFacts, WorkerJoined
from farm.work.instruction import Lease
from farm.work.perform import TaskWorker, introduce, perform


class Executor(Protocol):
    """Where leases are performed.

    Every lease that was started ends in exactly one event: done, failed, revoked, or the loss of its
    worker. Workers that come later are told of by ``poll``.
    """

    def workers(self) -> tuple[WorkerFacts, ...]:
        """Return the living workers."""

    def start(self, lease: Lease) -> None:
        """Begin a lease; does not wait for it."""

    def revoke(self, fence: int) -> None:
        """Stop a lease: at once if it has not begun, else as soon as its worker notices."""

    def kill(self, worker_id: str, cause: str) -> None:
        """End a worker's process, whatever it does, and replace it."""

    def poll(self, timeout_s: float) -> list[Event]:
        """Wait for at most so long until something happened and return it."""

    def close(self) -> None:
        """Stop all workers."""


class InProcessExecutor:
    """One worker in this very process: what ``poll`` is asked, it does."""

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
        """Put a lease where the next ``poll`` finds it."""
        self._waiting.append(lease)

    def revoke(self, fence: int) -> None:
        """Drop a lease that no ``poll`` has taken up."""
        for lease in tuple(self._waiting):
            if lease.fence == fence:
                self._waiting.remove(lease)
                self._ended.append(TaskRevoked(fence))

    def kill(self, worker_id: str, cause: str) -> None:
        """Go on under another name: the worker is this very process, and the thread that is stuck was left behind."""
        del cause
        if worker_id != self._facts.worker_id:
            return
        self._renamed += 1
        name = worker_id.removesuffix(f"-{self._renamed}") if self._renamed > 1 else worker_id
        self._facts = replace(self._facts, worker_id=f"{name}-{self._renamed + 1}")
        self._ended.append(WorkerJoined(self._facts))

    def poll(self, timeout_s: float) -> list[Event]:
        """Do one lease, however long it takes; the timeout does not bound it."""
        del timeout_s
        ended, self._ended = self._ended, []
        if self._waiting:
            ended.append(perform(self._worker, self._waiting.popleft(), lane=self._lane))
        return ended

    def close(self) -> None:
        """Forget what was not begun."""
        self._waiting.clear()
