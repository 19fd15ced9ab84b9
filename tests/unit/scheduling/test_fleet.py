"""Nodes: quarantine and probation, drains, full disks, and where failed tasks are retried."""

from __future__ import annotations

from farm.scheduling.event import (
    NodeDraining,
    NodeRemoved,
    NodeReported,
    NodeRestored,
    PlanDone,
    TaskFailed,
    Tick,
    WorkerFacts,
    WorkerJoined,
    WorkerLost,
)
from farm.scheduling.instruction import Lease, NodeChanged, NodeCondition, Retry
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

GIB = 2**30
READY, PROBATION, QUARANTINED = NodeCondition.READY, NodeCondition.PROBATION, NodeCondition.QUARANTINED
DRAINING, DRAINED, DISK_FULL = NodeCondition.DRAINING, NodeCondition.DRAINED, NodeCondition.DISK_FULL


def pair(node: str) -> tuple[WorkerFacts, WorkerFacts]:
    return WorkerFacts(f"{node}1", node), WorkerFacts(f"{node}2", node)


def condition(harness: SchedulerHarness, node: str) -> NodeCondition:
    (found,) = [view.condition for view in harness.scheduler.nodes() if view.name == node]
    return found


def fail_on(harness: SchedulerHarness, node: str, running: list[Lease]) -> list[Lease]:
    """Fail what runs on a node with its fault; returns what runs afterwards."""
    (mine, *_) = [lease for lease in running if lease.worker_id.startswith(node)]
    running.remove(mine)
    return running + leases(harness.send(TaskFailed(mine.fence, host("boom"))))


def quarantined(rules: Rules | None = None) -> tuple[SchedulerHarness, list[Lease]]:
    """Bring node a into quarantine, with b beside it and jobs enough for both."""
    harness = SchedulerHarness(WorkerFacts("a1", "a"), WorkerFacts("b1", "b"), rules=rules)
    running = [lease for number in range(8) for lease in harness.submit(f"j{number}")]
    for _ in range(3):
        running = fail_on(harness, "a", running)
    assert condition(harness, "a") is QUARANTINED
    return harness, running


class TestQuarantine:
    def test_repeated_faults_of_different_jobs_put_a_node_in_quarantine(self) -> None:
        harness, running = quarantined()
        assert [lease.worker_id for lease in running] == ["b1"]
        (change,) = [one for one in harness.instructions if isinstance(one, NodeChanged)]
        assert (change.node, change.condition) == ("a", QUARANTINED)
        assert "3 faults without a success between, the last: boom" in change.cause

    def test_one_jobs_faults_say_nothing_about_a_node(self) -> None:
        harness = SchedulerHarness(*pair("a"), *pair("b"), rules=Rules(attempts=9))
        running = harness.submit("poison")
        for _ in range(8):
            running = leases(harness.send(TaskFailed(running[0].fence, host())))
        assert conditions(harness.instructions) == []

    def test_a_success_between_clears_the_faults(self) -> None:
        harness = SchedulerHarness(WorkerFacts("a1", "a"), WorkerFacts("b1", "b"))
        running = [lease for number in range(8) for lease in harness.submit(f"j{number}")]
        for _ in range(2):
            running = fail_on(harness, "a", running)
        (mine,) = [lease for lease in running if lease.worker_id == "a1"]
        running.remove(mine)
        running += leases(harness.send(done(mine)))
        fail_on(harness, "a", running)
        assert condition(harness, "a") is READY

    def test_faults_far_apart_do_not_add_up(self) -> None:
        harness = SchedulerHarness(WorkerFacts("a1", "a"), WorkerFacts("b1", "b"))
        running = [lease for number in range(8) for lease in harness.submit(f"j{number}")]
        for _ in range(4):
            running = fail_on(harness, "a", running)
            harness.now_s += 400.0
        assert condition(harness, "a") is READY

    def test_probation_follows_with_one_lease_at_a_time_and_a_success_ends_it(self) -> None:
        harness, _ = quarantined()
        harness.send(WorkerJoined(WorkerFacts("a2", "a")))
        assert harness.at(59.0, Tick()) == []
        instructions = harness.at(60.0, Tick())
        assert conditions(instructions) == [("a", PROBATION)]
        (only,) = leases(instructions)
        instructions = harness.send(done(only))
        assert conditions(instructions) == [("a", READY)]
        assert sorted(lease.worker_id for lease in leases(instructions)) == ["a1", "a2"]

    def test_an_inconclusive_lease_on_probation_is_followed_by_another(self) -> None:
        harness, _ = quarantined()
        (only,) = leases(harness.at(60.0, Tick()))
        (after,) = leases(harness.send(TaskFailed(only.fence, Fault(Blame.JOB, "bad"))))
        assert after.worker_id == "a1"
        assert condition(harness, "a") is PROBATION

    def test_a_fault_on_probation_doubles_the_quarantine(self) -> None:
        harness, _ = quarantined()
        (lease,) = leases(harness.at(60.0, Tick()))
        instructions = harness.send(TaskFailed(lease.fence, host()))
        assert conditions(instructions) == [("a", QUARANTINED)]
        assert conditions(harness.at(179.0, Tick())) == []
        assert conditions(harness.at(180.0, Tick())) == [("a", PROBATION)]

    def test_the_last_usable_node_is_spared_and_the_note_says_so(self) -> None:
        harness = SchedulerHarness(WorkerFacts("a1", "a"))
        running = [lease for number in range(4) for lease in harness.submit(f"j{number}")]
        for _ in range(4):  # the first job is given up on the way
            running = fail_on(harness, "a", running)
        (change,) = [one for one in harness.instructions if isinstance(one, NodeChanged)]
        assert change.condition is READY
        assert "not quarantined, it is the last usable node" in change.cause
        assert running

    def test_the_last_node_with_an_encoder_in_use_is_spared(self) -> None:
        harness = SchedulerHarness(WorkerFacts("a1", "a", ("h264_nvenc", "libx264")), WorkerFacts("b1", "b"))
        running = [lease for number in range(8) for lease in harness.submit(f"j{number}")]
        (first,) = [lease for lease in running if lease.worker_id == "b1"]
        running.remove(first)
        running += leases(harness.send(PlanDone(first.fence, plan("k", encoder="h264_nvenc"))))
        for _ in range(3):
            running = fail_on(harness, "a", running)
        assert condition(harness, "a") is READY
        assert "last usable node with the encoder h264_nvenc" in str(harness.instructions)

    def test_a_node_comes_out_early_when_nobody_else_is_left(self) -> None:
        harness, _ = quarantined()
        harness.send(WorkerLost("b1", "killed"))
        instructions = harness.at(1.0, Tick())
        assert conditions(instructions) == [("a", PROBATION)]
        assert [lease.worker_id for lease in leases(instructions)] == ["a1"]

    def test_an_operator_lifts_a_quarantine(self) -> None:
        harness, _ = quarantined()
        instructions = harness.send(NodeRestored("a"))
        assert conditions(instructions) == [("a", READY)]
        assert [lease.worker_id for lease in leases(instructions)] == ["a1"]

    def test_a_replaced_worker_stays_in_its_nodes_quarantine(self) -> None:
        harness, _ = quarantined()
        harness.send(WorkerLost("a1", "killed"))
        assert leases(harness.send(WorkerJoined(WorkerFacts("a9", "a")))) == []


class TestElsewhere:
    def test_another_node_is_tried_before_another_worker_of_the_same(self) -> None:
        harness = SchedulerHarness(WorkerFacts("a1", "a"), WorkerFacts("a2", "a"), WorkerFacts("b1", "b"))
        (first,) = harness.submit("j")
        (second,) = leases(harness.send(TaskFailed(first.fence, host())))
        assert {first.worker_id, second.worker_id} == {"a1", "b1"}

    def test_another_worker_of_the_only_node_is_tried_before_the_same(self) -> None:
        harness = SchedulerHarness(*pair("a"))
        (first,) = harness.submit("j")
        (second,) = leases(harness.send(TaskFailed(first.fence, host())))
        (third,) = leases(harness.send(TaskFailed(second.fence, host())))
        assert second.worker_id != first.worker_id
        assert third

    def test_it_waits_for_another_node_that_is_busy(self) -> None:
        harness = SchedulerHarness(WorkerFacts("a1", "a"), WorkerFacts("b1", "b"))
        (bad,) = harness.submit("bad")
        (busy,) = harness.submit("busy")
        assert leases(harness.send(TaskFailed(bad.fence, host()))) == []
        given = leases(harness.send(TaskFailed(busy.fence, Fault(Blame.JOB, "bad"))))
        assert [(lease.worker_id, lease.task.job_id) for lease in given] == [(busy.worker_id, "bad")]


class TestDrain:
    def test_a_draining_node_gets_nothing_more_and_is_drained_when_its_leases_end(self) -> None:
        harness = SchedulerHarness(*pair("a"))
        (lease,) = harness.planned("j", plan("k1"))
        assert conditions(harness.send(NodeDraining("a", None, "operator"))) == [("a", DRAINING)]
        assert leases(harness.send(WorkerJoined(WorkerFacts("a3", "a")))) == []
        instructions = harness.send(done(lease))
        assert (conditions(instructions), leases(instructions)) == ([("a", DRAINED)], [])
        assert harness.states("j")[-1] is JobState.ASSEMBLING
        (after,) = leases(harness.send(NodeRestored("a")))
        assert after.task.job_id == "j"

    def test_an_idle_node_is_drained_at_once(self) -> None:
        harness = SchedulerHarness("w")
        assert conditions(harness.send(NodeDraining("node-w", 5.0, "operator"))) == [("node-w", DRAINED)]

    def test_at_the_deadline_leases_are_revoked_without_counting_as_tries(self) -> None:
        harness = SchedulerHarness(WorkerFacts("a1", "a"), rules=Rules(attempts=1))
        (lease,) = harness.planned("j", plan("k1"))
        harness.send(NodeDraining("a", 30.0, "operator"))
        assert harness.at(29.0, Tick()) == []
        instructions = harness.at(30.0, Tick())
        assert (revokes(instructions), kills(instructions)) == ([lease.fence], ["a1"])
        assert conditions(instructions) == [("a", DRAINED)]
        assert harness.send(done(lease)) == [], "it was written off"
        (again,) = leases(harness.send(WorkerJoined(WorkerFacts("b1", "b"))))
        assert key(again.task) == "k1"

    def test_a_revoked_planning_lease_returns_the_job_to_accepted(self) -> None:
        harness = SchedulerHarness(WorkerFacts("a1", "a"))
        harness.submit("j")
        harness.send(NodeDraining("a", 1.0, "operator"))
        harness.at(2.0, Tick())
        assert harness.states("j")[-1] is JobState.ACCEPTED


class TestRemoved:
    def test_an_empty_node_is_forgotten(self) -> None:
        harness = SchedulerHarness(WorkerFacts("a1", "a"), WorkerFacts("b1", "b"))
        harness.send(NodeDraining("a", None, "sold"), WorkerLost("a1", "dismissed"), NodeRemoved("a"))
        assert [one.name for one in harness.scheduler.nodes()] == ["b"]
        # It may come again, as a node that nobody knows.
        harness.send(WorkerJoined(WorkerFacts("a2", "a")))
        assert [(one.name, one.condition) for one in harness.scheduler.nodes()] == [
            ("a", READY),
            ("b", READY),
        ]

    def test_a_node_with_workers_is_left_as_it_is(self) -> None:
        harness = SchedulerHarness(WorkerFacts("a1", "a"))
        harness.send(NodeDraining("a", None, "sold"), NodeRemoved("a"), NodeRemoved("nobody"))
        assert [(one.name, one.condition) for one in harness.scheduler.nodes()] == [("a", DRAINED)]


class TestDisk:
    def test_a_node_with_little_room_gets_no_leases_until_it_has_a_good_deal_more(self) -> None:
        harness = SchedulerHarness("w")
        assert conditions(harness.send(NodeReported("node-w", GIB))) == [("node-w", DISK_FULL)]
        assert harness.submit("j") == []
        assert harness.send(NodeReported("node-w", 2 * GIB + 1)) == []
        instructions = harness.send(NodeReported("node-w", 3 * GIB))
        assert conditions(instructions) == [("node-w", READY)]
        assert len(leases(instructions)) == 1

    def test_a_task_that_finds_the_disk_full_is_tried_elsewhere_and_counts_for_nothing(self) -> None:
        harness = SchedulerHarness(WorkerFacts("a1", "a"), WorkerFacts("b1", "b"), rules=Rules(attempts=1))
        harness.send(NodeReported("a", 90 * GIB), NodeReported("b", 90 * GIB))
        (lease,) = harness.planned("j", plan("k"))
        instructions = harness.send(TaskFailed(lease.fence, Fault(Blame.DISK, "no space left")))
        (again,) = leases(instructions)
        assert again.worker_id != lease.worker_id
        assert [one.tries for one in instructions if isinstance(one, Retry)] == [0]

    def test_a_node_that_joins_with_a_full_disk_gets_nothing(self) -> None:
        harness = SchedulerHarness(WorkerFacts("a1", "a", disk_free_bytes=GIB))
        assert harness.submit("j") == []
        assert len(leases(harness.send(NodeReported("a", 90 * GIB)))) == 1

    def test_quick_jobs_that_fail_before_the_first_report_leave_the_node_usable(self) -> None:
        a, b = (WorkerFacts(f"{name}1", name, disk_free_bytes=90 * GIB) for name in "ab")
        harness = SchedulerHarness(a, b, rules=Rules(quarantine_faults=1, quarantine_jobs=1))
        (lease,) = harness.planned("j", plan("k"))
        node = lease.worker_id[0]
        harness.at(3.0, TaskFailed(lease.fence, Fault(Blame.DISK, "no space left")))
        assert harness.scheduler.nodes()[node == "b"].condition is DISK_FULL
        # The queue runs dry: what ends it must be the report alone.
        harness.at(9.0, NodeReported(node, 90 * GIB, 8.0), Tick())
        assert {one.condition for one in harness.scheduler.nodes()} == {READY}

    def test_a_report_from_before_a_task_found_the_disk_full_ends_nothing(self) -> None:
        harness = SchedulerHarness(WorkerFacts("a1", "a", disk_free_bytes=90 * GIB))
        (lease,) = harness.planned("j", plan("k"))
        harness.at(4.0, TaskFailed(lease.fence, Fault(Blame.DISK, "no space left")))
        assert harness.at(5.0, NodeReported("a", 90 * GIB, 1.0)) == []
        assert len(leases(harness.at(10.0, NodeReported("a", 90 * GIB, 5.0)))) == 1

    def test_the_disk_state_of_an_empty_node_is_forgotten(self) -> None:
        harness = SchedulerHarness(WorkerFacts("a1", "a", disk_free_bytes=GIB))
        harness.at(10.0, WorkerLost("a1", "dismissed: fewer workers are wanted"))
        harness.at(40.0, NodeReported("a", GIB))
        assert conditions(harness.at(99.0, Tick())) == []
        # Its agent is gone: nobody would ever say that there is room again.
        assert conditions(harness.at(100.0, Tick())) == [("a", READY)]
        harness.submit("j")
        assert len(leases(harness.send(WorkerJoined(WorkerFacts("a2", "a", disk_free_bytes=90 * GIB))))) == 1

    def test_without_another_node_the_job_waits_instead_of_failing(self) -> None:
        harness = SchedulerHarness("w", rules=Rules(attempts=1))
        harness.send(NodeReported("node-w", 90 * GIB))
        (lease,) = harness.planned("j", plan("k"))
        assert leases(harness.send(TaskFailed(lease.fence, Fault(Blame.DISK, "no space left")))) == []
        assert harness.at(5000.0, Tick()) == []
        assert "its disk is full" in harness.explain("j")
        assert len(leases(harness.send(NodeReported("node-w", 90 * GIB)))) == 1

    def test_on_a_node_that_never_reports_a_full_disk_is_a_fault_like_others(self) -> None:
        harness = SchedulerHarness("w", rules=Rules(attempts=2))
        (lease,) = harness.planned("j", plan("k"))
        (again,) = leases(harness.send(TaskFailed(lease.fence, Fault(Blame.DISK, "no space left"))))
        harness.send(TaskFailed(again.fence, Fault(Blame.DISK, "no space left")))
        assert "given up after 2 tries" in harness.failure("j").message


def test_nodes_are_forgotten_when_they_stay_away() -> None:
    harness = SchedulerHarness("w")
    harness.send(WorkerLost("w", "scaled down"))
    harness.at(3599.0, Tick())
    assert [view.name for view in harness.scheduler.nodes()] == ["node-w"]
    harness.at(3601.0, Tick())
    assert harness.scheduler.nodes() == ()


class TestAbilities:
    def test_tagged_segments_go_only_to_workers_with_all_the_tags(self) -> None:
        harness = SchedulerHarness("plain", WorkerFacts("one", "n1", tags=("bigmem",)))
        (lease,) = harness.submit("j", tags=("ssd", "bigmem"))
        assert leases(harness.send(PlanDone(lease.fence, plan("k")))) == []
        both = WorkerFacts("both", "n2", tags=("bigmem", "ssd", "more"))
        (segment,) = leases(harness.send(WorkerJoined(both)))
        assert segment.worker_id == "both"

    def test_work_for_any_worker_is_kept_away_from_gpu_workers_while_others_idle(self) -> None:
        gpu = WorkerFacts("gpu", "g", ("libx264", "h264_nvenc"))
        harness = SchedulerHarness(gpu, "cpu1", "cpu2")
        given = harness.submit("a") + harness.submit("b") + harness.submit("c")
        assert [lease.worker_id for lease in given] == ["cpu1", "cpu2", "gpu"]
