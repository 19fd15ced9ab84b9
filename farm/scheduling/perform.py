"""Performing one lease with a worker: whatever happens, the result is an event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from farm.guard.lane import Lane
from farm.plan.segment import Plan
from farm.scheduling.event import (
    AnalysisDone,
    AssembleDone,
    Event,
    PlanDone,
    SegmentDone,
    TaskFailed,
    TaskRevoked,
    WorkerFacts,
)
from farm.scheduling.instruction import Lease
from farm.worker.fault import classify
from farm.worker.halt import HaltedError, HaltSignal
from farm.worker.task import (
    AnalysisResult,
    AnalysisTask,
    AssembleTask,
    AssemblyResult,
    PlanTask,
    SegmentResult,
    SegmentTask,
)


class TaskWorker(Protocol):
    """Performs tasks; raises errors from ``farm.errors``, and ``HaltedError`` when the lease was revoked."""

    def plan(self, task: PlanTask) -> Plan:
        """Turn a document into a plan."""

    def render(self, task: SegmentTask, halt: HaltSignal) -> SegmentResult:
        """Make a segment."""

    def assemble(self, task: AssembleTask, halt: HaltSignal) -> AssemblyResult:
        """Make the finished file."""

    def analyse(self, task: AnalysisTask, halt: HaltSignal) -> AnalysisResult:
        """Analyse an asset."""

    def warm(self) -> Mapping[str, Any]:
        """Get ready and return facts: ``encoders`` and ``devices`` name those that work here."""


def perform(
    worker: TaskWorker, lease: Lease, halt: HaltSignal | None = None, lane: Lane | None = None
) -> Event:
    """Perform a lease, in a lane if one is given, and return the event of its end."""
    stop = halt or HaltSignal()
    try:
        stop.check()
        return lane.do(lambda: _done(worker, lease, stop)) if lane is not None else _done(worker, lease, stop)
    except HaltedError:
        return TaskRevoked(lease.fence)
    except Exception as error:
        return TaskFailed(lease.fence, classify(error))


def _done(worker: TaskWorker, lease: Lease, halt: HaltSignal) -> Event:
    match lease.task:
        case PlanTask():
            return PlanDone(lease.fence, worker.plan(lease.task))
        case SegmentTask():
            return SegmentDone(lease.fence, worker.render(lease.task, halt))
        case AssembleTask():
            return AssembleDone(lease.fence, worker.assemble(lease.task, halt))
        case AnalysisTask():
            return AnalysisDone(lease.fence, worker.analyse(lease.task, halt))


def introduce(worker_id: str, node: str, warm: Mapping[str, Any]) -> WorkerFacts:
    """Return a worker's facts, from what its ``warm`` returned."""
    return WorkerFacts(
        worker_id,
        node,
        tuple(warm["encoders"]),
        devices=tuple(warm.get("devices", ("cpu",))),
        plugins=tuple(warm.get("plugins", ())),
    )
