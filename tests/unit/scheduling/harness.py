"""A harness for the scheduler: it records all instructions and has helpers that answer leases."""

from __future__ import annotations

from collections.abc import Iterable

from farm.plan.segment import Plan
from farm.scheduling.event import (
    AssembleDone,
    Event,
    JobSubmitted,
    PlanDone,
    SegmentDone,
    WorkerFacts,
    WorkerJoined,
)
from farm.scheduling.instruction import (
    Fail,
    Instruction,
    JobStateChanged,
    Kill,
    Lease,
    NodeChanged,
    NodeCondition,
    Revoke,
)
from farm.scheduling.job_state import JobState
from farm.scheduling.rules import Rules
from farm.scheduling.scheduler import Scheduler
from farm.worker.fault import Blame, Fault
from farm.worker.task import AssembleTask, PlanTask, SegmentTask, Task
from tests.unit.scheduling.plans import plan, production, request, result


class SchedulerHarness:
    """A scheduler and all instructions that it has given."""

    def __init__(self, *workers: WorkerFacts | str, rules: Rules | None = None) -> None:
        self.scheduler = Scheduler(rules, checked=True)
        self.instructions: list[Instruction] = []
        self.now_s = 0.0
        for worker in workers:
            facts = worker if isinstance(worker, WorkerFacts) else WorkerFacts(worker, f"node-{worker}")
            self.send(WorkerJoined(facts))

    def send(self, *events: Event) -> list[Instruction]:
        fresh: list[Instruction] = []
        for event in events:
            fresh += self.scheduler.handle(event, self.now_s)
        self.instructions += fresh
        return fresh

    def at(self, now_s: float, *events: Event) -> list[Instruction]:
        self.now_s = now_s
        return self.send(*events)

    def submit(
        self,
        job_id: str,
        priority: int = 0,
        use_cache: bool = True,
        tenant: str = "default",
        tags: tuple[str, ...] = (),
        accepted_s: float = 0.0,
    ) -> list[Lease]:
        asked = request(job_id, priority, use_cache, tenant, tags, accepted_s)
        return leases(self.send(JobSubmitted(asked)))

    def explain(self, job_id: str) -> str:
        return self.scheduler.explain(job_id, self.now_s)

    def planned(self, job_id: str, made: Plan) -> list[Lease]:
        """Submit a job and answer its planning lease, which must be the one that is handed out."""
        (lease,) = self.submit(job_id)
        assert isinstance(lease.task, PlanTask)
        return leases(self.send(PlanDone(lease.fence, made)))

    def states(self, job_id: str) -> list[JobState]:
        return [
            note.state
            for note in self.instructions
            if isinstance(note, JobStateChanged) and note.job_id == job_id
        ]

    def failure(self, job_id: str) -> Fail:
        (fail,) = [
            instruction
            for instruction in self.instructions
            if isinstance(instruction, Fail) and instruction.job_id == job_id
        ]
        return fail


def leases(instructions: Iterable[Instruction]) -> list[Lease]:
    return [instruction for instruction in instructions if isinstance(instruction, Lease)]


def revokes(instructions: Iterable[Instruction]) -> list[int]:
    return [instruction.fence for instruction in instructions if isinstance(instruction, Revoke)]


def kills(instructions: Iterable[Instruction]) -> list[str]:
    return [instruction.worker_id for instruction in instructions if isinstance(instruction, Kill)]


def conditions(instructions: Iterable[Instruction]) -> list[tuple[str, NodeCondition]]:
    return [(one.node, one.condition) for one in instructions if isinstance(one, NodeChanged)]


def key(task: Task) -> str:
    assert isinstance(task, SegmentTask)
    return task.segment.key


def done(lease: Lease) -> Event:
    match lease.task:
        case PlanTask(job_id):
            return PlanDone(lease.fence, plan(f"{job_id}-1", f"{job_id}-2"))
        case SegmentTask():
            return SegmentDone(lease.fence, result(lease.task.segment.key))
        case AssembleTask():
            made = production(lease.task.job_id, lease.task.plan.timeline.duration)
            return AssembleDone(lease.fence, made)


def host(message: str = "boom") -> Fault:
    return Fault(Blame.HOST, message)
