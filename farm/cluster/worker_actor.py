"""The class of a worker actor; the executor makes it an actor."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from farm import __version__
from farm.cluster.node_agent import node_home, node_name
from farm.cluster.parcel import Parcel, Unpacker
from farm.guard.lane import Lane
from farm.scheduling.event import Event, SegmentDone, TaskFailed, TaskRevoked, WorkerFacts
from farm.scheduling.instruction import Lease
from farm.scheduling.perform import TaskWorker, introduce, perform
from farm.settings import Settings
from farm.store.temp import free_bytes
from farm.telemetry.log import lease_ids, log, open_log
from farm.worker.halt import HaltSignal

MakeWorker = Callable[[Settings], TaskWorker]
"""Makes the worker inside its own process."""

NODE_TAGS: Final = "FARM_NODE_TAGS"
NODE_ADDRESS: Final = "FARM_NODE_ADDRESS"


def make_worker(settings: Settings) -> TaskWorker:
    """Create a rendering worker; imported lazily, so that only worker processes pay for it."""
    from farm.worker.worker import Worker

    return Worker(settings)


class WorkerActor:
    """One worker, with one lease at a time; only tasks and results are transferred.

    ``watch`` and ``halt`` run in separate threads while ``perform`` is busy.
    """

    def __init__(self, settings: Settings, worker_id: str, make: MakeWorker) -> None:
        self._settings = replace(settings, home=node_home(settings.home), node=node_name())
        self._worker_id = worker_id
        self._make = make
        self._worker: TaskWorker | None = None
        self._halts: dict[int, HaltSignal] = {}
        self._unpacker = Unpacker()
        self._lane = Lane(settings.element_limit_s, self._settings.last_words(os.getpid()))

    def warm(self) -> WorkerFacts:
        """Prepare the worker and return its facts; may be called again."""
        # Not in the constructor: Ray reports less about failures there.
        if self._worker is None:
            open_log(self._settings.logs, "worker", self._settings.node)
            self._worker = self._make(self._settings)
        facts = introduce(self._worker_id, node_name(), self._worker.warm())
        tags = tuple(sorted(filter(None, os.environ.get(NODE_TAGS, "").split(","))))
        address = os.environ.get(NODE_ADDRESS, "")
        return replace(
            facts,
            tags=tags,
            address=address,
            pid=os.getpid(),
            version=__version__,
            disk_free_bytes=free_bytes(self._settings.home),
        )

    def watch(self) -> None:
        """Never return: awaiting this call reveals the actor's death, even while it has no lease."""
        threading.Event().wait()

    def halt(self, fence: int) -> None:
        """Stop a lease at its next frame, whether it has begun or not."""
        self._halts.setdefault(fence, HaltSignal()).set()

    def perform(self, parcel: Parcel) -> Event:
        """Perform a lease; errors are returned as events, so that no exception has to be serialised."""
        if self._worker is None:
            self._worker = self._make(self._settings)
        lease = self._unpacker.unpack(parcel)
        halt = self._halts.setdefault(lease.fence, HaltSignal())
        log.info("lease begins", extra=lease_ids(lease))
        began_s, began_cpu_s = time.monotonic(), time.process_time()
        try:
            event = perform(self._worker, lease, halt, self._lane)
            self._log_end(lease, event, time.monotonic() - began_s, time.process_time() - began_cpu_s)
            if isinstance(event, TaskFailed):
                return replace(event, fault=replace(event.fault, trace=""))
            return event
        finally:
            # Fences increase: halts for earlier leases came too late.
            self._halts = {fence: one for fence, one in self._halts.items() if fence > lease.fence}

    @staticmethod
    def _log_end(lease: Lease, event: Event, took_s: float, cpu_s: float) -> None:
        fields = lease_ids(lease, took_s=round(took_s, 3), cpu_s=round(cpu_s, 3))
        match event:
            case TaskFailed(_, fault):
                fields["ids"]["blame"] = fault.blame.value
                if fault.trace:
                    fields["ids"]["trace"] = fault.trace
                log.warning("lease failed: %s", fault.message, extra=fields)
            case TaskRevoked():
                log.info("lease ends, revoked", extra=fields)
            case SegmentDone(_, result):
                fields["ids"] |= {"frames": result.frames, "reused": result.reused}
                log.info("lease ends", extra=fields)
            case _:
                log.info("lease ends", extra=fields)
