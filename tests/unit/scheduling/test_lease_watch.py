"""Leases that take too long: written off, or run twice."""

from __future__ import annotations

from farm.scheduling.event import (
    JobCancelled,
    QueuePaused,
    TaskFailed,
    TaskRevoked,
    Tick,
    WorkerFacts,
    WorkerJoined,
    WorkerLost,
)
from farm.scheduling.instruction import Lease, Publish, Rendered
from farm.scheduling.job_state import JobState
from farm.scheduling.rules import Rules
from farm.worker.fault import Blame, Fault
from tests.unit.scheduling.harness import (
    SchedulerHarness,
    conditions,
    done,
    host,
    key,
    kills,
    leases,
    revokes,
)
from tests.unit.scheduling.plans import plan


def straggling(*workers: str) -> tuple[SchedulerHarness, Lease, Lease]:
    """Bring a segment into its second lease."""
    harness = SchedulerHarness(*workers)
    (first,) = harness.planned("j", plan("k"))
    assert harness.at(19.0, Tick()) == []
    (second,) = leases(harness.at(21.0, Tick()))
    assert key(second.task) == "k"
    assert second.worker_id != first.worker_id
    return harness, first, second


class TestDeadlines:
    def test_a_lease_without_end_is_written_off_and_tried_elsewhere(self) -> None:
        harness = SchedulerHarness("w1", rules=Rules(lease_floor_s=100.0, straggler_floor_s=1e9))
        (lease,) = harness.planned("j", plan("k"))
        assert harness.at(99.0, Tick()) == []
        instructions = harness.at(100.0, Tick())
        assert (kills(instructions), leases(instructions)) == (["w1"], [])
        assert harness.send(done(lease)) == [], "what it says later is ignored"
        assert harness.send(WorkerJoined(WorkerFacts("w1", "node-w1"))) == []
        (again,) = leases(harness.send(WorkerJoined(WorkerFacts("w2", "node-w2"))))
        assert key(again.task) == "k"

    def test_hung_workers_count_against_their_node(self) -> None:
        workers = [WorkerFacts(f"a{number}", "a") for number in range(3)]
        harness = SchedulerHarness(*workers, rules=Rules(lease_floor_s=100.0))
        for number in range(3):
            harness.submit(f"j{number}")
        harness.send(WorkerJoined(WorkerFacts("b1", "b")))
        harness.at(101.0, Tick())
        assert conditions(harness.instructions)[0][0] == "a"

    def test_an_expected_long_lease_is_left_alone(self) -> None:
        harness = SchedulerHarness(
            "w1", rules=Rules(lease_floor_s=100.0, lease_factor=10.0, straggler_floor_s=1e9)
        )
        (lease,) = harness.planned("first", plan("k1"))
        (lease,) = leases(harness.at(50.0, done(lease)))  # 50 s where the plan said 1 s
        harness.at(50.5, done(lease))
        (plan_lease,) = harness.submit("second")
        (lease,) = leases(harness.at(51.0, done(plan_lease)))
        assert kills(harness.at(540.0, Tick())) == []
        assert kills(harness.at(560.0, Tick())) == ["w1"]

    def test_a_lease_that_was_revoked_and_does_not_end_costs_its_worker_too(self) -> None:
        harness = SchedulerHarness("w1")
        harness.planned("j", plan("k"))
        harness.send(JobCancelled("j"))
        assert kills(harness.at(301.0, Tick())) == ["w1"]


class TestStragglers:
    def test_the_first_result_wins_and_the_other_is_revoked_without_blame(self) -> None:
        harness, first, second = straggling("w1", "w2")
        instructions = harness.send(done(second))
        assert revokes(instructions) == [first.fence]
        assert [one.job_id for one in instructions if isinstance(one, Rendered)] == ["j"]
        assert harness.scheduler.speculated == 1
        harness.send(TaskRevoked(first.fence))
        assert all(view.faults == 0 for view in harness.scheduler.nodes())

    def test_the_slow_one_may_win(self) -> None:
        harness, first, second = straggling("w1", "w2")
        instructions = harness.send(done(first))
        assert revokes(instructions) == [second.fence]
        assert not [one for one in harness.send(done(second)) if isinstance(one, Rendered)]

    def test_another_node_is_preferred(self) -> None:
        harness = SchedulerHarness(WorkerFacts("a1", "a"), WorkerFacts("a2", "a"), WorkerFacts("b1", "b"))
        (first,) = harness.planned("j", plan("k"))
        (second,) = leases(harness.at(21.0, Tick()))
        assert {first.worker_id[0], second.worker_id[0]} == {"a", "b"}

    def test_nothing_is_run_three_times(self) -> None:
        harness, _, _ = straggling("w1", "w2", "w3")
        assert harness.at(200.0, Tick()) == []

    def test_nothing_is_run_twice_while_something_waits(self) -> None:
        harness = SchedulerHarness("w1", "w2")
        harness.submit("a")
        harness.submit("b")
        harness.submit("c")
        assert harness.at(100.0, Tick()) == []

    def test_nothing_is_run_twice_for_the_paused(self) -> None:
        harness = SchedulerHarness("w1", "w2")
        harness.planned("j", plan("k"))
        harness.send(QueuePaused("", "operator"))
        assert harness.at(100.0, Tick()) == []

    def test_one_failure_of_two_leaves_the_other(self) -> None:
        harness, first, second = straggling("w1", "w2")
        assert leases(harness.send(WorkerLost(first.worker_id, "killed"))) == []
        (assemble,) = leases(harness.send(done(second)))
        harness.send(done(assemble))
        assert sum(isinstance(one, Publish) for one in harness.instructions) == 1

    def test_both_fail_and_it_is_tried_again(self) -> None:
        harness, first, second = straggling("w1", "w2", "w3")
        harness.send(TaskFailed(first.fence, host("one")))
        (third,) = leases(harness.send(TaskFailed(second.fence, host("two"))))
        assert third.worker_id not in {first.worker_id, second.worker_id}

    def test_a_jobs_own_fault_ends_both(self) -> None:
        harness, first, second = straggling("w1", "w2")
        instructions = harness.send(TaskFailed(second.fence, Fault(Blame.JOB, "bad")))
        assert revokes(instructions) == [first.fence]
        assert harness.states("j")[-1] is JobState.FAILED

    def test_a_cancelled_job_takes_both_back(self) -> None:
        harness, first, second = straggling("w1", "w2")
        assert revokes(harness.send(JobCancelled("j"))) == [first.fence, second.fence]

    def test_planning_and_assembling_are_run_twice_too(self) -> None:
        harness = SchedulerHarness("w1", "w2")
        (first,) = harness.submit("j")
        (second,) = leases(harness.at(21.0, Tick()))
        assert harness.states("j")[-1] is JobState.PLANNING
        assert leases(harness.send(TaskFailed(first.fence, host()))) == []
        assert harness.states("j")[-1] is JobState.PLANNING
        assert leases(harness.send(done(second)))
