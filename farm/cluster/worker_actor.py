"""A worker as an actor: plain here, made an actor from outside."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

from farm.work.event import Event, WorkerFacts
from farm.work.instruction import Lease
from farm.work.perform import TaskWorker, introduce, perform
from farm.work.settings import Settings

MakeWorker = Callable[[Settings], TaskWorker]
"""Makes the worker inside its own process."""


def make_worker(settings: Settings) -> TaskWorker:
    """Make a worker that renders; imported late, so that only worker processes pay for it."""
    from farm.work.worker import Worker

    return Worker(settings)


class WorkerActor:
    """One worker, one lease at a time. Only tasks and results travel."""

    def __init__(self, settings: Settings, worker_id: str, make: MakeWorker) -> None:
        self._settings = settings
        self._worker_id = worker_id
        self._make = make
        self._worker: TaskWorker | None = None

    def warm(self) -> WorkerFacts:
        """Get ready and say who this is; again where it has been ready before."""
        # Not in the constructor: Ray tells less about what fails there.
        if self._worker is None:
            self._worker = self._make(self._settings)
        return introduce(self._worker_id, socket.gethostname(), self._worker.warm())

    def watch(self) -> None:
        """Return never: whoever waits for this learns of the actor's death, also while it has no lease."""
        threading.Event().wait()

    def perform(self, lease: Lease) -> Event:
        """Do a lease; errors come back as events, so that no exception has to travel."""
        if self._worker is None:
            self._worker = self._make(self._settings)
        return perform(self._worker, lease)
