"""A worker as an actor: plain here, made an actor from outside."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from farm import __version__
from farm.cluster.node_agent import node_home, node_name
from farm.cluster.parcel import Parcel, Unpacker
from farm.work.event import Event, WorkerFacts
from farm.work.halt import Halt
from farm.work.perform import TaskWorker, introduce, perform
from farm.work.settings import Settings

MakeWorker = Callable[[Settings], TaskWorker]
"""Makes the worker inside its own process."""

NODE_TAGS: Final = "FARM_NODE_TAGS"
NODE_ADDRESS: Final = "FARM_NODE_ADDRESS"


def make_worker(settings: Settings) -> TaskWorker:
    """Make a worker that renders; imported late, so that only worker processes pay for it."""
    from farm.work.worker import Worker

    return Worker(settings)


class WorkerActor:
    """One worker, one lease at a time. Only tasks and results travel.

    ``watch`` and ``halt`` are called in threads of their own while ``perform`` is busy.
    """

    def __init__(self, settings: Settings, worker_id: str, make: MakeWorker) -> None:
        self._settings = replace(settings, home=node_home(settings.home), node=node_name())
        self._worker_id = worker_id
        self._make = make
        self._worker: TaskWorker | None = None
        self._halts: dict[int, Halt] = {}
        self._unpacker = Unpacker()

    def warm(self) -> WorkerFacts:
        """Get ready and say who this is; again where it has been ready before."""
        # Not in the constructor: Ray tells less about what fails there.
        if self._worker is None:
            self._worker = self._make(self._settings)
        facts = introduce(self._worker_id, node_name(), self._worker.warm())
        tags = tuple(sorted(filter(None, os.environ.get(NODE_TAGS, "").split(","))))
        address = os.environ.get(NODE_ADDRESS, "")
        return replace(facts, tags=tags, address=address, pid=os.getpid(), version=__version__)

    def watch(self) -> None:
        """Return never: whoever waits for this learns of the actor's death, also while it has no lease."""
        threading.Event().wait()

    def halt(self, fence: int) -> None:
        """Have a lease end at the next frame, whether it has begun or not."""
        self._halts.setdefault(fence, Halt()).tell()

    def perform(self, parcel: Parcel) -> Event:
        """Do a lease; errors come back as events, so that no exception has to travel."""
        if self._worker is None:
            self._worker = self._make(self._settings)
        lease = self._unpacker.unpack(parcel)
        halt = self._halts.setdefault(lease.fence, Halt())
        try:
            return perform(self._worker, lease, halt)
        finally:
            # Fences rise: what was told of earlier leases came too late.
            self._halts = {fence: one for fence, one in self._halts.items() if fence > lease.fence}
