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
from tests.unit.scheduling.desk import Desk, conditions, done, host, key, kills, leases, revokes
from tests.unit.scheduling.plans import plan


def straggling(*workers: str) -> tuple[Desk, Lease, Lease]:
    """Bring a segment into its second lease."""
    desk = Desk(*workers)
    (first,) = desk.planned("j", plan("k"))
    assert desk.at(19.0, Tick()) == []
    (second,) = leases(desk.at(21.0, Tick()))
    assert key(second.task) == "k"
    assert second.worker_id != first.worker_id
    return desk, first, second


class TestDeadlines:
    def test_a_lease_without_end_is_written_off_and_tried_elsewhere(self) -> None:
        desk = Desk("w1", rules=Rules(lease_floor_s=100.0, straggler_floor_s=1e9))
        (lease,) = desk.planned("j", plan("k"))
        assert desk.at(99.0, Tick()) == []
        said = desk.at(100.0, Tick())
        assert (kills(said), leases(said)) == (["w1"], [])
        assert desk.tell(done(lease)) == [], "what it says later is ignored"
        assert desk.tell(WorkerJoined(WorkerFacts("w1", "node-w1"))) == []
        (again,) = leases(desk.tell(WorkerJoined(WorkerFacts("w2", "node-w2"))))
        assert key(again.task) == "k"

    def test_hung_workers_count_against_their_node(self) -> None:
        workers = [WorkerFacts(f"a{number}", "a") for number in range(3)]
        desk = Desk(*workers, rules=Rules(lease_floor_s=100.0))
        for number in range(3):
            desk.submit(f"j{number}")
        desk.tell(WorkerJoined(WorkerFacts("b1", "b")))
        desk.at(101.0, Tick())
        assert conditions(desk.said)[0][0] == "a"

    def test_an_expected_long_lease_is_left_alone(self) -> None:
        desk = Desk("w1", rules=Rules(lease_floor_s=100.0, lease_factor=10.0, straggler_floor_s=1e9))
        (lease,) = desk.planned("first", plan("k1"))
        (lease,) = leases(desk.at(50.0, done(lease)))  # 50 s where the plan said 1 s
        desk.at(50.5, done(lease))
        (plan_lease,) = desk.submit("second")
        (lease,) = leases(desk.at(51.0, done(plan_lease)))
        assert kills(desk.at(540.0, Tick())) == []
        assert kills(desk.at(560.0, Tick())) == ["w1"]

    def test_a_lease_that_was_revoked_and_does_not_end_costs_its_worker_too(self) -> None:
        desk = Desk("w1")
        desk.planned("j", plan("k"))
        desk.tell(JobCancelled("j"))
        assert kills(desk.at(301.0, Tick())) == ["w1"]


class TestStragglers:
    def test_the_first_result_wins_and_the_other_is_revoked_without_blame(self) -> None:
        desk, first, second = straggling("w1", "w2")
        said = desk.tell(done(second))
        assert revokes(said) == [first.fence]
        assert [one.job_id for one in said if isinstance(one, Rendered)] == ["j"]
        assert desk.scheduler.speculated == 1
        desk.tell(TaskRevoked(first.fence))
        assert all(view.faults == 0 for view in desk.scheduler.nodes())

    def test_the_slow_one_may_win(self) -> None:
        desk, first, second = straggling("w1", "w2")
        said = desk.tell(done(first))
        assert revokes(said) == [second.fence]
        assert not [one for one in desk.tell(done(second)) if isinstance(one, Rendered)]

    def test_another_node_is_preferred(self) -> None:
        desk = Desk(WorkerFacts("a1", "a"), WorkerFacts("a2", "a"), WorkerFacts("b1", "b"))
        (first,) = desk.planned("j", plan("k"))
        (second,) = leases(desk.at(21.0, Tick()))
        assert {first.worker_id[0], second.worker_id[0]} == {"a", "b"}

    def test_nothing_is_run_three_times(self) -> None:
        desk, _, _ = straggling("w1", "w2", "w3")
        assert desk.at(200.0, Tick()) == []

    def test_nothing_is_run_twice_while_something_waits(self) -> None:
        desk = Desk("w1", "w2")
        desk.submit("a")
        desk.submit("b")
        desk.submit("c")
        assert desk.at(100.0, Tick()) == []

    def test_nothing_is_run_twice_for_the_paused(self) -> None:
        desk = Desk("w1", "w2")
        desk.planned("j", plan("k"))
        desk.tell(QueuePaused("", "operator"))
        assert desk.at(100.0, Tick()) == []

    def test_one_failure_of_two_leaves_the_other(self) -> None:
        desk, first, second = straggling("w1", "w2")
        assert leases(desk.tell(WorkerLost(first.worker_id, "killed"))) == []
        (assemble,) = leases(desk.tell(done(second)))
        desk.tell(done(assemble))
        assert sum(isinstance(one, Publish) for one in desk.said) == 1

    def test_both_fail_and_it_is_tried_again(self) -> None:
        desk, first, second = straggling("w1", "w2", "w3")
        desk.tell(TaskFailed(first.fence, host("one")))
        (third,) = leases(desk.tell(TaskFailed(second.fence, host("two"))))
        assert third.worker_id not in {first.worker_id, second.worker_id}

    def test_a_jobs_own_fault_ends_both(self) -> None:
        desk, first, second = straggling("w1", "w2")
        said = desk.tell(TaskFailed(second.fence, Fault(Blame.JOB, "bad")))
        assert revokes(said) == [first.fence]
        assert desk.states("j")[-1] is JobState.FAILED

    def test_a_cancelled_job_takes_both_back(self) -> None:
        desk, first, second = straggling("w1", "w2")
        assert revokes(desk.tell(JobCancelled("j"))) == [first.fence, second.fence]

    def test_planning_and_assembling_are_run_twice_too(self) -> None:
        desk = Desk("w1", "w2")
        (first,) = desk.submit("j")
        (second,) = leases(desk.at(21.0, Tick()))
        assert desk.states("j")[-1] is JobState.PLANNING
        assert leases(desk.tell(TaskFailed(first.fence, host()))) == []
        assert desk.states("j")[-1] is JobState.PLANNING
        assert leases(desk.tell(done(second)))
