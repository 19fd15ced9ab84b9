"""Shares between tenants, and the order inside one."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from heapq import heappop, heappush
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farm.scheduling.event import (
    JobCancelled,
    JobReprioritised,
    JobSubmitted,
    PlanDone,
    QueuePaused,
    QueueResumed,
    TaskFailed,
    TenantChanged,
    TenantShare,
    WorkerFacts,
    WorkerJoined,
)
from farm.scheduling.fair_share import RecentUsage
from farm.scheduling.instruction import Lease, Reprioritised
from farm.scheduling.ready_queue import ReadyQueue
from farm.scheduling.scheduler import Scheduler
from farm.scheduling.unit import Job
from farm.worker.fault import Blame, Fault
from farm.worker.task import PlanTask, SegmentTask
from tests.unit.scheduling.harness import SchedulerHarness, done, leases
from tests.unit.scheduling.plans import plan, request


def in_turn(harness: SchedulerHarness, first: Lease, count: int) -> list[str]:
    """Fail one planning lease after the other and say whose turn it was."""
    order = [first.task.job_id]
    lease = first
    while len(order) < count:
        (lease,) = leases(harness.send(TaskFailed(lease.fence, Fault(Blame.JOB, "bad"))))
        order.append(lease.task.job_id)
    return order


class TestRank:
    def test_a_job_that_waited_a_minute_goes_before_one_of_one_more_priority(self) -> None:
        harness = SchedulerHarness("w")
        (busy,) = harness.submit("busy")
        harness.now_s = 1.0
        harness.submit("old", priority=0)
        harness.now_s = 60.0
        harness.submit("fresh", priority=1)
        harness.now_s = 62.0
        harness.submit("fresher", priority=1)
        (first,) = leases(harness.send(TaskFailed(busy.fence, Fault(Blame.JOB, "bad"))))
        assert in_turn(harness, first, 3) == ["fresh", "old", "fresher"]

    def test_waiting_counts_from_acceptance_also_after_a_restart(self) -> None:
        harness = SchedulerHarness("w")
        harness.now_s = 1000.0
        (busy,) = harness.submit("busy", accepted_s=999.0)
        harness.submit("new", priority=5, accepted_s=999.0)
        harness.submit("accepted long ago", priority=0, accepted_s=500.0)
        (first,) = leases(harness.send(TaskFailed(busy.fence, Fault(Blame.JOB, "bad"))))
        assert in_turn(harness, first, 2) == ["accepted long ago", "new"]

    @given(st.integers(0, 20), st.integers(1, 30))
    def test_no_flood_of_urgent_jobs_holds_a_job_back_for_longer_than_it_takes_to_age(
        self, priority: int, every_s: int
    ) -> None:
        harness = SchedulerHarness("w")
        (lease,) = harness.submit("busy")
        harness.submit("patient", accepted_s=1.0)
        number = 0
        while lease.task.job_id != "patient":
            harness.now_s += every_s
            number += 1
            harness.submit(f"urgent {number}", priority)
            (lease,) = leases(harness.send(TaskFailed(lease.fence, Fault(Blame.JOB, "bad"))))
        assert harness.now_s <= 1.0 + 60.0 * priority + 2 * every_s


class TestChangedPriority:
    def test_a_job_that_is_given_more_priority_is_next(self) -> None:
        harness = SchedulerHarness("w")
        (busy,) = harness.submit("busy")
        for number in range(3):
            harness.submit(f"job {number}")
        harness.send(JobReprioritised("job 2", 4))
        (first,) = leases(harness.send(TaskFailed(busy.fence, Fault(Blame.JOB, "bad"))))
        assert in_turn(harness, first, 3) == ["job 2", "job 0", "job 1"]

    def test_a_change_is_reported_once_and_not_for_an_ended_job(self) -> None:
        harness = SchedulerHarness("w")
        (busy,) = harness.submit("busy")
        assert harness.send(JobReprioritised("busy", 4)) == [Reprioritised("busy", 4)]
        assert harness.send(JobReprioritised("busy", 4)) == []
        harness.send(TaskFailed(busy.fence, Fault(Blame.JOB, "bad")))
        assert harness.send(JobReprioritised("busy", 5)) == []

    def test_waiting_segments_of_a_running_job_move_too(self) -> None:
        harness = SchedulerHarness("w")
        (planning,) = harness.submit("long")
        (segment,) = leases(harness.send(PlanDone(planning.fence, plan("a", "b"))))
        harness.submit("other", priority=5)
        harness.send(JobReprioritised("long", 6))
        (following,) = leases(harness.send(done(segment)))
        assert following.task.job_id == "long"

    @given(
        st.lists(st.integers(-5, 5), min_size=1, max_size=12),
        st.lists(st.one_of(st.none(), st.tuples(st.integers(0, 11), st.integers(-100, 100))), max_size=60),
    )
    def test_the_order_is_that_of_the_priorities_as_they_are_then(
        self, priorities: list[int], changes: list[tuple[int, int] | None]
    ) -> None:
        harness = SchedulerHarness("w")
        (lease,) = harness.submit("busy")
        waiting = {}
        for number, priority in enumerate(priorities):
            harness.now_s += 7.0
            harness.submit(f"job {number}", priority)
            waiting[f"job {number}"] = (harness.now_s, priority)
        for change in [*changes, *[None] * len(priorities)]:
            if change is not None:
                job_id = f"job {change[0] % len(priorities)}"
                harness.send(JobReprioritised(job_id, change[1]))
                if job_id in waiting:
                    waiting[job_id] = (waiting[job_id][0], change[1])
            elif waiting:
                (lease,) = leases(harness.send(TaskFailed(lease.fence, Fault(Blame.JOB, "bad"))))
                expected = min(waiting, key=lambda one: waiting[one][0] / 60.0 - waiting[one][1])
                assert lease.task.job_id == expected
                del waiting[expected]
        assert not waiting

    def test_changing_it_over_and_over_does_not_fill_the_memory(self) -> None:
        queue = ReadyQueue()
        for number in range(3):
            job = Job(request(f"job {number}"), number, 0.0, 0.0)
            queue.add(job)
            queue.offer(job)
        for turn in range(1000):
            queue.rerank(job, float(-turn))
        assert queue.first(lambda _need: True) is job
        assert all(len(heap) <= 8 for heap in queue._lanes.values())


class TestTurns:
    def test_tenants_take_turns_whatever_their_priorities(self) -> None:
        harness = SchedulerHarness("w")
        (busy,) = harness.submit("busy", tenant="c")
        for number in range(3):
            harness.submit(f"urgent {number}", priority=100, tenant="a")
            harness.submit(f"plain {number}", tenant="b")
        harness.now_s = 1.0
        order = [busy.task.job_id]
        lease = busy
        for _ in range(6):
            harness.now_s += 1.0
            (lease,) = leases(harness.send(TaskFailed(lease.fence, Fault(Blame.JOB, "bad"))))
            order.append(lease.task.job_id)
        assert [name.split()[0] for name in order[1:]] == ["urgent", "plain"] * 3

    def test_idle_tenants_save_up_no_share(self) -> None:
        harness = SchedulerHarness("w")
        (lease,) = harness.submit("a 0", tenant="a")
        for number in range(1, 60):
            harness.submit(f"a {number}", tenant="a")
        for _ in range(30):
            harness.now_s += 1.0
            (lease,) = leases(harness.send(TaskFailed(lease.fence, Fault(Blame.JOB, "bad"))))
        for number in range(20):
            harness.submit(f"b {number}", tenant="b")
        turns: Counter[str] = Counter()
        for _ in range(20):
            harness.now_s += 1.0
            (lease,) = leases(harness.send(TaskFailed(lease.fence, Fault(Blame.JOB, "bad"))))
            turns[lease.task.job_id[0]] += 1
        assert abs(turns["a"] - turns["b"]) <= 2

    @pytest.mark.parametrize(("long_s", "short_s"), [(9.0, 1.0), (1.0, 0.125)])
    def test_an_estimate_that_was_wrong_is_put_right(self, long_s: float, short_s: float) -> None:
        """Planning is estimated at 1 s: the first pair takes longer, the second takes less."""
        harness = SchedulerHarness("w")
        (lease,) = harness.submit("start", tenant="c")
        for number in range(40):
            harness.submit(f"long {number}", tenant="long")
            harness.submit(f"short {number}", tenant="short")
        used_s = {"start": 0.0, "long": 0.0, "short": 0.0}
        for _ in range(40):
            tenant = lease.task.job_id.split()[0]
            took_s = long_s if tenant == "long" else short_s
            used_s[tenant] += took_s
            harness.now_s += took_s
            (lease,) = leases(harness.send(TaskFailed(lease.fence, Fault(Blame.JOB, "bad"))))
        assert abs(used_s["long"] - used_s["short"]) <= long_s + 1.0

    def test_a_limit_holds_and_others_go_on(self) -> None:
        harness = SchedulerHarness("w1", "w2", "w3")
        harness.send(TenantChanged(TenantShare("a", max_running=1)))
        (first,) = harness.submit("a1", tenant="a")
        assert harness.submit("a2", tenant="a") == []
        (other,) = harness.submit("b1", tenant="b")
        assert other.task.job_id == "b1"
        given_ = leases(harness.send(TaskFailed(first.fence, Fault(Blame.JOB, "bad"))))
        assert [lease.task.job_id for lease in given_] == ["a2"]

    def test_a_limit_that_is_lifted_lets_the_rest_in(self) -> None:
        harness = SchedulerHarness("w1", "w2")
        harness.send(TenantChanged(TenantShare("a", max_running=0)))
        assert harness.submit("a1", tenant="a") == []
        assert len(leases(harness.send(TenantChanged(TenantShare("a"))))) == 1

    @pytest.mark.parametrize(
        "share", [("a", 0.0, None), ("a", -1.0, None), ("a", float("nan"), None), ("a", 1.0, -1)]
    )
    def test_shares_that_make_no_sense_are_refused(self, share: tuple[str, float, int | None]) -> None:
        with pytest.raises(ValueError, match="give"):
            TenantShare(*share)


class TestPauses:
    def test_nothing_new_is_leased_for_a_paused_tenant_and_what_runs_goes_on(self) -> None:
        harness = SchedulerHarness("w1", "w2")
        (first,) = harness.submit("a", tenant="a")
        harness.send(QueuePaused("a", "operator: looks into it"))
        assert leases(harness.send(done(first))) == []
        (other,) = harness.submit("b", tenant="b")
        assert other.task.job_id == "b"
        assert [lease.task.job_id for lease in leases(harness.send(QueueResumed("a")))] == ["a"]

    def test_the_whole_farm_pauses_and_a_tenants_own_pause_outlives_it(self) -> None:
        harness = SchedulerHarness("w1", "w2")
        harness.send(QueuePaused("", "operator: maintenance"), QueuePaused("a", "operator: unpaid"))
        assert harness.submit("a", tenant="a") + harness.submit("b", tenant="b") == []
        assert [lease.task.job_id for lease in leases(harness.send(QueueResumed("")))] == ["b"]

    def test_a_paused_job_can_be_cancelled(self) -> None:
        harness = SchedulerHarness("w")
        harness.send(QueuePaused("", "operator: maintenance"))
        harness.submit("a")
        harness.send(JobCancelled("a"))
        assert harness.scheduler.unfinished == 0


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    workers=st.integers(1, 5),
    weights=st.lists(st.sampled_from([0.5, 1.0, 2.0, 5.0]), min_size=2, max_size=5),
)
def test_shares_of_busy_tenants_drift_by_a_jobs_cost_a_worker_and_no_more(
    seed: int, workers: int, weights: list[float]
) -> None:
    chance = Random(seed)
    scheduler = Scheduler()
    ends: list[tuple[float, int, Lease]] = []
    used_s = [0.0] * len(weights)
    jobs = [0] * len(weights)
    dearest_s = 0.0
    now_s = 0.0
    begun: dict[int, float] = {}

    def tell(event: object) -> None:
        for instruction in scheduler.handle(event, now_s):  # type: ignore[arg-type]
            if isinstance(instruction, Lease):
                begun[instruction.fence] = now_s
                heappush(ends, (now_s + length_s(instruction), instruction.fence, instruction))

    def length_s(lease: Lease) -> float:
        if isinstance(lease.task, SegmentTask):
            return lease.task.segment.cost_s * chance.uniform(0.5, 2.0)
        return chance.uniform(0.1, 0.5)

    def order(tenant: int) -> None:
        jobs[tenant] += 1
        tell(JobSubmitted(request(f"{tenant}-{jobs[tenant]}", chance.choice([0, 5]), tenant=f"t{tenant}")))

    for tenant, weight in enumerate(weights):
        tell(TenantChanged(TenantShare(f"t{tenant}", weight)))
    for tenant in range(len(weights)):
        for _ in range(workers * 3):
            order(tenant)
    for number in range(workers):
        tell(WorkerJoined(WorkerFacts(f"w{number}", f"n{number}")))
    for _ in range(1500):
        now_s, fence, lease = heappop(ends)
        tenant = int(lease.task.job_id.split("-")[0])
        used_s[tenant] += now_s - begun.pop(fence)
        if isinstance(lease.task, PlanTask):
            made = plan(*(f"{lease.task.job_id}/{index}" for index in range(chance.randint(1, 5))))
            costs = [chance.uniform(0.5, 4.0) for _ in made.segments]
            segments = (replace(one, cost_s=cost) for one, cost in zip(made.segments, costs, strict=True))
            dearest_s = max(dearest_s, 2.0 * sum(costs) + 1.0)
            order(tenant)
            tell(PlanDone(fence, replace(made, segments=tuple(segments))))
        else:
            tell(done(lease))
        at_work = [0.0] * len(weights)
        for _, held, other in ends:
            at_work[int(other.task.job_id.split("-")[0])] += now_s - begun[held]
        virtual = [
            ((used_s[one] + at_work[one]) / weight, workers * dearest_s / weight)
            for one, weight in enumerate(weights)
        ]
        least, slack = min(virtual)
        for used, own in virtual:
            assert used - least <= own + slack


def test_usage_forgets_what_is_older_than_its_window() -> None:
    usage = RecentUsage(600.0)
    usage.add(10.0, 0.0)
    usage.add(5.0, 300.0)
    assert usage.lately_s(599.0) == 15.0
    assert usage.lately_s(601.0) == 5.0
    assert usage.lately_s(5000.0) == 0.0
