"""A simulated farm with random faults: no job is lost or published twice, a worker has one lease."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farm.work.event import (
    AssembleDone,
    Event,
    JobCancelled,
    JobSubmitted,
    PlanDone,
    SegmentDone,
    TaskFailed,
    Tick,
    WorkerFacts,
    WorkerJoined,
    WorkerLost,
)
from farm.work.fault import Blame, Fault
from farm.work.instruction import Fail, Lease, Note, Publish, Revoke
from farm.work.job_state import FOLLOWERS, JobState
from farm.work.scheduler import Rules, Scheduler
from farm.work.task import AssembleTask, PlanTask, SegmentTask
from tests.unit.work.plans import plan, production, request, result


@dataclass
class Farm:
    """Workers that are at times lost, late, or at fault; time and chance come from one seed."""

    chance: random.Random
    fault_rate: float
    gpu: bool = False
    scheduler: Scheduler = field(default_factory=lambda: Scheduler(Rules(attempts=4)))
    running: dict[int, Lease] = field(default_factory=dict)
    workers: dict[str, WorkerFacts] = field(default_factory=dict)
    ended: list[Event] = field(default_factory=list)
    states: dict[str, JobState] = field(default_factory=dict)
    published: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    last_fence: int = 0
    joined: int = 0
    now_s: float = 0.0

    def tell(self, event: Event) -> None:
        self.now_s += self.chance.random()
        for said in self.scheduler.handle(event, self.now_s):
            match said:
                case Lease(fence, worker_id, task):
                    assert fence > self.last_fence, "fences only grow"
                    assert worker_id in self.workers, "only living workers get leases"
                    assert worker_id not in {lease.worker_id for lease in self.running.values()}
                    if isinstance(task, SegmentTask) and task.plan.quality.encoder == "h264_nvenc":
                        assert "h264_nvenc" in self.workers[worker_id].encoders
                    self.last_fence = fence
                    self.running[fence] = said
                case Revoke(fence, worker_id, _):
                    assert self.running[fence].worker_id == worker_id
                case Publish(job_id, made):
                    assert made.job_id == job_id
                    self.published[job_id] += 1
                case Fail(job_id, message, _):
                    assert message
                    self.failed[job_id] += 1
                case Note(job_id, before, state, cause, _):
                    assert self.states.get(job_id) is before
                    assert before is None or state in FOLLOWERS[before]
                    assert cause
                    self.states[job_id] = state
                case _:
                    pass
        if self.scheduler.unfinished and not self.running:
            assert not self.workers or self.gpu, "work waits while every worker is idle"

    def join(self) -> None:
        self.joined += 1
        encoders = ("libx264", "h264_nvenc") if self.gpu and self.joined % 2 else ("libx264",)
        facts = WorkerFacts(f"w{self.joined}", f"n{self.joined % 3}", encoders)
        self.workers[facts.worker_id] = facts
        self.tell(WorkerJoined(facts))

    def lose(self) -> None:
        worker_id = self.chance.choice(sorted(self.workers))
        del self.workers[worker_id]
        for fence in [fence for fence, lease in self.running.items() if lease.worker_id == worker_id]:
            self.ended.append(self.outcome(self.running.pop(fence)))
        self.tell(WorkerLost(worker_id, "killed"))

    def outcome(self, lease: Lease) -> Event:
        task = lease.task
        draw = self.chance.random()
        if draw < self.fault_rate:
            blames = [Blame.HOST, Blame.HOST, Blame.HOST, Blame.STORE, Blame.JOB]
            return TaskFailed(lease.fence, Fault(self.chance.choice(blames), "a fault"))
        match task:
            case PlanTask():
                keys = [f"k{self.chance.randrange(40)}" for _ in range(self.chance.randint(1, 6))]
                nvenc = self.gpu and self.chance.random() < 0.5
                return PlanDone(lease.fence, plan(*keys, encoder="h264_nvenc" if nvenc else "libx264"))
            case SegmentTask():
                return SegmentDone(lease.fence, result(task.segment.key))
            case AssembleTask():
                assert [one.key for one in task.segments] == [one.key for one in task.plan.segments]
                made = production(task.job_id, task.plan.timeline.duration)
                return AssembleDone(lease.fence, made)

    def finish_one(self) -> None:
        if self.running:
            fence = self.chance.choice(sorted(self.running))
            event = self.outcome(self.running.pop(fence))
            self.tell(event)
            self.ended.append(event)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    jobs=st.integers(1, 25),
    workers=st.integers(1, 8),
    fault_rate=st.sampled_from([0.0, 0.05, 0.3]),
    gpu=st.booleans(),
)
def test_every_job_ends_once_whatever_happens(
    seed: int, jobs: int, workers: int, fault_rate: float, gpu: bool
) -> None:
    chance = random.Random(seed)
    farm = Farm(chance, fault_rate, gpu)
    for _ in range(workers):
        farm.join()
    waiting = [f"j{number}" for number in range(jobs)]
    cancelled: set[str] = set()
    for _ in range(jobs * 60):
        draw = chance.random()
        if draw < 0.3:
            if not waiting:
                farm.finish_one()
                continue
            job_id = waiting.pop()
            farm.tell(JobSubmitted(request(job_id, chance.choice([0, 0, 5]), chance.random() < 0.8)))
        elif draw < 0.3 + fault_rate / 5 and farm.workers:
            farm.lose()
        elif draw < 0.32 + fault_rate / 5:
            farm.join()
        elif draw < 0.34 + fault_rate / 5 and farm.states:
            job_id = chance.choice(sorted(farm.states))
            if not farm.states[job_id].final:
                cancelled.add(job_id)
            farm.tell(JobCancelled(job_id))
        elif draw < 0.38 and farm.ended:
            farm.tell(chance.choice(farm.ended))  # late, doubled, or from a worker thought dead
        else:
            farm.finish_one()
    for job_id in waiting:
        farm.tell(JobSubmitted(request(job_id)))
    while not farm.workers or (
        gpu and not any("h264_nvenc" in one.encoders for one in farm.workers.values())
    ):
        farm.join()
    farm.fault_rate = 0.0
    for _ in range(jobs * 200):
        if not farm.scheduler.unfinished:
            break
        farm.finish_one()
        farm.tell(Tick())

    assert farm.scheduler.unfinished == 0
    for number in range(jobs):
        job_id = f"j{number}"
        ends = farm.published[job_id] + farm.failed[job_id] + (job_id in cancelled)
        assert ends == 1, f"{job_id} ended {ends} times, in state {farm.states[job_id]}"
        assert farm.states[job_id].final
    if fault_rate == 0.0 and not gpu:
        assert sum(farm.failed.values()) == 0


@pytest.mark.parametrize(("jobs", "workers"), [(2000, 50)])
def test_the_scheduler_takes_thousands_of_events_a_second(jobs: int, workers: int) -> None:
    """The budget is 20,000 a second on a free core; a crowded test machine gets a quarter of it."""
    chance = random.Random(7)
    scheduler = Scheduler()
    running: list[Lease] = []
    events = 0
    spent_s = 0.0

    def tell(event: Event) -> None:
        nonlocal events, spent_s
        begun_s = time.process_time()
        said = scheduler.handle(event, 0.0)
        spent_s += time.process_time() - begun_s
        events += 1
        running.extend(one for one in said if isinstance(one, Lease))

    farm = Farm(chance, 0.0)
    for number in range(workers):
        tell(WorkerJoined(WorkerFacts(f"w{number}")))
    for number in range(jobs):
        tell(JobSubmitted(request(f"j{number}", chance.choice([0, 1, 5]))))
    serial = 0
    while running:
        lease = running.pop(chance.randrange(len(running)))
        if isinstance(lease.task, PlanTask):
            serial += 1
            tell(PlanDone(lease.fence, plan(*(f"{serial}-{index}" for index in range(7)))))
        else:
            tell(farm.outcome(lease))
    assert scheduler.unfinished == 0
    assert events > jobs * 9
    assert events / spent_s > 5_000, f"{events / spent_s:,.0f} events/s"
