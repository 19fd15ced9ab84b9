"""Doing one lease with a worker: whatever happens, an event comes out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from farm.plan.segment import Plan
from farm.work.event import AssembleDone, Event, PlanDone, SegmentDone, TaskFailed, WorkerFacts
from farm.work.fault import classify
from farm.work.instruction import Lease
from farm.work.task import AssembleTask, PlanTask, Production, SegmentResult, SegmentTask


class TaskWorker(Protocol):
    """Something that can do tasks; raises errors from ``farm.errors``."""

    def plan(self, task: PlanTask) -> Plan:
        """Turn a document into a plan."""

    def render(self, task: SegmentTask) -> SegmentResult:
        """Make a segment."""

    def assemble(self, task: AssembleTask) -> Production:
        """Make the finished file."""

    def warm(self) -> Mapping[str, Any]:
        """Get ready and say what there is: ``encoders`` names the encoders that work here."""


def perform(worker: TaskWorker, lease: Lease) -> Event:
    """Do a lease and say how it ended."""
    try:
        match lease.task:
            case PlanTask():
                return PlanDone(lease.fence, worker.plan(lease.task))
            case SegmentTask():
                return SegmentDone(lease.fence, worker.render(lease.task))
            case AssembleTask():
                return AssembleDone(lease.fence, worker.assemble(lease.task))
    except Exception as error:
        return TaskFailed(lease.fence, classify(error))


def introduce(worker_id: str, node: str, warm: Mapping[str, Any]) -> WorkerFacts:
    """Say who a worker is, from what it said when it got warm."""
    return WorkerFacts(worker_id, node, tuple(warm["encoders"]))
