"""Nodes: quarantine and probation, drains, full disks, and who tries what failed elsewhere."""

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
from tests.unit.scheduling.desk import Desk, conditions, done, host, key, kills, leases, revokes
from tests.unit.scheduling.plans import plan

GIB = 2**30
READY, PROBATION, QUARANTINED = NodeCondition.READY, NodeCondition.PROBATION, NodeCondition.QUARANTINED
DRAINING, DRAINED, DISK_FULL = NodeCondition.DRAINING, NodeCondition.DRAINED, NodeCondition.DISK_FULL


def pair(node: str) -> tuple[WorkerFacts, WorkerFacts]:
    return WorkerFacts(f"{node}1", node), WorkerFacts(f"{node}2", node)


def condition(desk: Desk, node: str) -> NodeCondition:
    (found,) = [view.condition for view in desk.scheduler.nodes() if view.name == node]
    return found


def fail_on(desk: Desk, node: str, running: list[Lease]) -> list[Lease]:
    """Fail what runs on a node with its fault; returns what runs afterwards."""
    (mine, *_) = [lease for lease in running if lease.worker_id.startswith(node)]
    running.remove(mine)
    return running + leases(desk.tell(TaskFailed(mine.fence, host("boom"))))


def quarantined(rules: Rules | None = None) -> tuple[Desk, list[Lease]]:
    """Bring node a into quarantine, with b beside it and jobs enough for both."""
    desk = Desk(WorkerFacts("a1", "a"), WorkerFacts("b1", "b"), rules=rules)
    running = [lease for number in range(8) for lease in desk.submit(f"j{number}")]
    for _ in range(3):
        running = fail_on(desk, "a", running)
    assert condition(desk, "a") is QUARANTINED
    return desk, running


class TestQuarantine:
    def test_repeated_faults_of_different_jobs_put_a_node_in_quarantine(self) -> None:
        desk, running = quarantined()
        assert [lease.worker_id for lease in running] == ["b1"]
        (told,) = [said for said in desk.said if isinstance(said, NodeChanged)]
        assert (told.node, told.condition) == ("a", QUARANTINED)
        assert "3 faults without a success between, the last: boom" in told.cause

    def test_one_jobs_faults_say_nothing_about_a_node(self) -> None:
        desk = Desk(*pair("a"), *pair("b"), rules=Rules(attempts=9))
        running = desk.submit("poison")
        for _ in range(8):
            running = leases(desk.tell(TaskFailed(running[0].fence, host())))
        assert conditions(desk.said) == []

    def test_a_success_between_clears_the_faults(self) -> None:
        desk = Desk(WorkerFacts("a1", "a"), WorkerFacts("b1", "b"))
        running = [lease for number in range(8) for lease in desk.submit(f"j{number}")]
        for _ in range(2):
            running = fail_on(desk, "a", running)
        (mine,) = [lease for lease in running if lease.worker_id == "a1"]
        running.remove(mine)
        running += leases(desk.tell(done(mine)))
        fail_on(desk, "a", running)
        assert condition(desk, "a") is READY

    def test_faults_far_apart_do_not_add_up(self) -> None:
        desk = Desk(WorkerFacts("a1", "a"), WorkerFacts("b1", "b"))
        running = [lease for number in range(8) for lease in desk.submit(f"j{number}")]
        for _ in range(4):
            running = fail_on(desk, "a", running)
            desk.now_s += 400.0
        assert condition(desk, "a") is READY

    def test_probation_follows_with_one_lease_at_a_time_and_a_success_ends_it(self) -> None:
        desk, _ = quarantined()
        desk.tell(WorkerJoined(WorkerFacts("a2", "a")))
        assert desk.at(59.0, Tick()) == []
        said = desk.at(60.0, Tick())
        assert conditions(said) == [("a", PROBATION)]
        (only,) = leases(said)
        said = desk.tell(done(only))
        assert conditions(said) == [("a", READY)]
        assert sorted(lease.worker_id for lease in leases(said)) == ["a1", "a2"]

    def test_a_lease_on_probation_that_proves_nothing_makes_room_for_the_next(self) -> None:
        desk, _ = quarantined()
        (only,) = leases(desk.at(60.0, Tick()))
        (after,) = leases(desk.tell(TaskFailed(only.fence, Fault(Blame.JOB, "bad"))))
        assert after.worker_id == "a1"
        assert condition(desk, "a") is PROBATION

    def test_a_fault_on_probation_doubles_the_quarantine(self) -> None:
        desk, _ = quarantined()
        (lease,) = leases(desk.at(60.0, Tick()))
        said = desk.tell(TaskFailed(lease.fence, host()))
        assert conditions(said) == [("a", QUARANTINED)]
        assert conditions(desk.at(179.0, Tick())) == []
        assert conditions(desk.at(180.0, Tick())) == [("a", PROBATION)]

    def test_the_last_usable_node_is_spared_and_the_note_says_so(self) -> None:
        desk = Desk(WorkerFacts("a1", "a"))
        running = [lease for number in range(4) for lease in desk.submit(f"j{number}")]
        for _ in range(4):  # the first job is given up on the way
            running = fail_on(desk, "a", running)
        (told,) = [said for said in desk.said if isinstance(said, NodeChanged)]
        assert told.condition is READY
        assert "not quarantined, it is the last usable node" in told.cause
        assert running

    def test_the_last_node_with_an_encoder_in_use_is_spared(self) -> None:
        desk = Desk(WorkerFacts("a1", "a", ("h264_nvenc", "libx264")), WorkerFacts("b1", "b"))
        running = [lease for number in range(8) for lease in desk.submit(f"j{number}")]
        (first,) = [lease for lease in running if lease.worker_id == "b1"]
        running.remove(first)
        running += leases(desk.tell(PlanDone(first.fence, plan("k", encoder="h264_nvenc"))))
        for _ in range(3):
            running = fail_on(desk, "a", running)
        assert condition(desk, "a") is READY
        assert "last usable node with the encoder h264_nvenc" in str(desk.said)

    def test_a_node_comes_out_early_when_nobody_else_is_left(self) -> None:
        desk, _ = quarantined()
        desk.tell(WorkerLost("b1", "killed"))
        said = desk.at(1.0, Tick())
        assert conditions(said) == [("a", PROBATION)]
        assert [lease.worker_id for lease in leases(said)] == ["a1"]

    def test_an_operator_lifts_a_quarantine(self) -> None:
        desk, _ = quarantined()
        said = desk.tell(NodeRestored("a"))
        assert conditions(said) == [("a", READY)]
        assert [lease.worker_id for lease in leases(said)] == ["a1"]

    def test_a_replaced_worker_stays_in_its_nodes_quarantine(self) -> None:
        desk, _ = quarantined()
        desk.tell(WorkerLost("a1", "killed"))
        assert leases(desk.tell(WorkerJoined(WorkerFacts("a9", "a")))) == []


class TestElsewhere:
    def test_another_node_is_tried_before_another_worker_of_the_same(self) -> None:
        desk = Desk(WorkerFacts("a1", "a"), WorkerFacts("a2", "a"), WorkerFacts("b1", "b"))
        (first,) = desk.submit("j")
        (second,) = leases(desk.tell(TaskFailed(first.fence, host())))
        assert {first.worker_id, second.worker_id} == {"a1", "b1"}

    def test_another_worker_of_the_only_node_is_tried_before_the_same(self) -> None:
        desk = Desk(*pair("a"))
        (first,) = desk.submit("j")
        (second,) = leases(desk.tell(TaskFailed(first.fence, host())))
        (third,) = leases(desk.tell(TaskFailed(second.fence, host())))
        assert second.worker_id != first.worker_id
        assert third

    def test_it_waits_for_another_node_that_is_busy(self) -> None:
        desk = Desk(WorkerFacts("a1", "a"), WorkerFacts("b1", "b"))
        (bad,) = desk.submit("bad")
        (busy,) = desk.submit("busy")
        assert leases(desk.tell(TaskFailed(bad.fence, host()))) == []
        given = leases(desk.tell(TaskFailed(busy.fence, Fault(Blame.JOB, "bad"))))
        assert [(lease.worker_id, lease.task.job_id) for lease in given] == [(busy.worker_id, "bad")]


class TestDrain:
    def test_a_draining_node_gets_nothing_more_and_is_drained_when_its_leases_end(self) -> None:
        desk = Desk(*pair("a"))
        (lease,) = desk.planned("j", plan("k1"))
        assert conditions(desk.tell(NodeDraining("a", None, "operator"))) == [("a", DRAINING)]
        assert leases(desk.tell(WorkerJoined(WorkerFacts("a3", "a")))) == []
        said = desk.tell(done(lease))
        assert (conditions(said), leases(said)) == ([("a", DRAINED)], [])
        assert desk.states("j")[-1] is JobState.ASSEMBLING
        (after,) = leases(desk.tell(NodeRestored("a")))
        assert after.task.job_id == "j"

    def test_an_idle_node_is_drained_at_once(self) -> None:
        desk = Desk("w")
        assert conditions(desk.tell(NodeDraining("node-w", 5.0, "operator"))) == [("node-w", DRAINED)]

    def test_at_the_deadline_leases_are_taken_away_without_counting_as_tries(self) -> None:
        desk = Desk(WorkerFacts("a1", "a"), rules=Rules(attempts=1))
        (lease,) = desk.planned("j", plan("k1"))
        desk.tell(NodeDraining("a", 30.0, "operator"))
        assert desk.at(29.0, Tick()) == []
        said = desk.at(30.0, Tick())
        assert (revokes(said), kills(said)) == ([lease.fence], ["a1"])
        assert conditions(said) == [("a", DRAINED)]
        assert desk.tell(done(lease)) == [], "it was written off"
        (again,) = leases(desk.tell(WorkerJoined(WorkerFacts("b1", "b"))))
        assert key(again.task) == "k1"

    def test_a_plan_taken_away_goes_back_to_accepted(self) -> None:
        desk = Desk(WorkerFacts("a1", "a"))
        desk.submit("j")
        desk.tell(NodeDraining("a", 1.0, "operator"))
        desk.at(2.0, Tick())
        assert desk.states("j")[-1] is JobState.ACCEPTED


class TestRemoved:
    def test_nothing_is_remembered_of_an_empty_node(self) -> None:
        desk = Desk(WorkerFacts("a1", "a"), WorkerFacts("b1", "b"))
        desk.tell(NodeDraining("a", None, "sold"), WorkerLost("a1", "dismissed"), NodeRemoved("a"))
        assert [one.name for one in desk.scheduler.nodes()] == ["b"]
        # It may come again, as a node that nobody knows.
        desk.tell(WorkerJoined(WorkerFacts("a2", "a")))
        assert [(one.name, one.condition) for one in desk.scheduler.nodes()] == [("a", READY), ("b", READY)]

    def test_a_node_with_workers_is_left_as_it_is(self) -> None:
        desk = Desk(WorkerFacts("a1", "a"))
        desk.tell(NodeDraining("a", None, "sold"), NodeRemoved("a"), NodeRemoved("nobody"))
        assert [(one.name, one.condition) for one in desk.scheduler.nodes()] == [("a", DRAINED)]


class TestDisk:
    def test_a_node_with_little_room_gets_no_leases_until_it_has_a_good_deal_more(self) -> None:
        desk = Desk("w")
        assert conditions(desk.tell(NodeReported("node-w", GIB))) == [("node-w", DISK_FULL)]
        assert desk.submit("j") == []
        assert desk.tell(NodeReported("node-w", 2 * GIB + 1)) == []
        said = desk.tell(NodeReported("node-w", 3 * GIB))
        assert conditions(said) == [("node-w", READY)]
        assert len(leases(said)) == 1

    def test_a_task_that_finds_the_disk_full_is_tried_elsewhere_and_counts_for_nothing(self) -> None:
        desk = Desk(WorkerFacts("a1", "a"), WorkerFacts("b1", "b"), rules=Rules(attempts=1))
        desk.tell(NodeReported("a", 90 * GIB), NodeReported("b", 90 * GIB))
        (lease,) = desk.planned("j", plan("k"))
        said = desk.tell(TaskFailed(lease.fence, Fault(Blame.DISK, "no space left")))
        (again,) = leases(said)
        assert again.worker_id != lease.worker_id
        assert [one.tries for one in said if isinstance(one, Retry)] == [0]

    def test_a_node_that_joins_with_a_full_disk_gets_nothing(self) -> None:
        desk = Desk(WorkerFacts("a1", "a", disk_free_bytes=GIB))
        assert desk.submit("j") == []
        assert len(leases(desk.tell(NodeReported("a", 90 * GIB)))) == 1

    def test_quick_jobs_that_fail_before_the_first_report_leave_no_doubt_behind(self) -> None:
        a, b = (WorkerFacts(f"{name}1", name, disk_free_bytes=90 * GIB) for name in "ab")
        desk = Desk(a, b, rules=Rules(quarantine_faults=1, quarantine_jobs=1))
        (lease,) = desk.planned("j", plan("k"))
        node = lease.worker_id[0]
        desk.at(3.0, TaskFailed(lease.fence, Fault(Blame.DISK, "no space left")))
        assert desk.scheduler.nodes()[node == "b"].condition is DISK_FULL
        # The queue runs dry: what ends it must be the report alone.
        desk.at(9.0, NodeReported(node, 90 * GIB, 8.0), Tick())
        assert {one.condition for one in desk.scheduler.nodes()} == {READY}

    def test_a_report_from_before_a_task_found_the_disk_full_ends_nothing(self) -> None:
        desk = Desk(WorkerFacts("a1", "a", disk_free_bytes=90 * GIB))
        (lease,) = desk.planned("j", plan("k"))
        desk.at(4.0, TaskFailed(lease.fence, Fault(Blame.DISK, "no space left")))
        assert desk.at(5.0, NodeReported("a", 90 * GIB, 1.0)) == []
        assert len(leases(desk.at(10.0, NodeReported("a", 90 * GIB, 5.0)))) == 1

    def test_what_an_empty_nodes_disk_was_like_is_forgotten(self) -> None:
        desk = Desk(WorkerFacts("a1", "a", disk_free_bytes=GIB))
        desk.at(10.0, WorkerLost("a1", "dismissed: fewer workers are wanted"))
        desk.at(40.0, NodeReported("a", GIB))
        assert conditions(desk.at(99.0, Tick())) == []
        # Its agent is gone: nobody would ever say that there is room again.
        assert conditions(desk.at(100.0, Tick())) == [("a", READY)]
        desk.submit("j")
        assert len(leases(desk.tell(WorkerJoined(WorkerFacts("a2", "a", disk_free_bytes=90 * GIB))))) == 1

    def test_without_another_node_the_job_waits_instead_of_failing(self) -> None:
        desk = Desk("w", rules=Rules(attempts=1))
        desk.tell(NodeReported("node-w", 90 * GIB))
        (lease,) = desk.planned("j", plan("k"))
        assert leases(desk.tell(TaskFailed(lease.fence, Fault(Blame.DISK, "no space left")))) == []
        assert desk.at(5000.0, Tick()) == []
        assert "its disk is full" in desk.explain("j")
        assert len(leases(desk.tell(NodeReported("node-w", 90 * GIB)))) == 1

    def test_on_a_node_that_never_reports_a_full_disk_is_a_fault_like_others(self) -> None:
        desk = Desk("w", rules=Rules(attempts=2))
        (lease,) = desk.planned("j", plan("k"))
        (again,) = leases(desk.tell(TaskFailed(lease.fence, Fault(Blame.DISK, "no space left"))))
        desk.tell(TaskFailed(again.fence, Fault(Blame.DISK, "no space left")))
        assert "given up after 2 tries" in desk.failure("j").message


def test_nodes_are_forgotten_when_they_stay_away() -> None:
    desk = Desk("w")
    desk.tell(WorkerLost("w", "scaled down"))
    desk.at(3599.0, Tick())
    assert [view.name for view in desk.scheduler.nodes()] == ["node-w"]
    desk.at(3601.0, Tick())
    assert desk.scheduler.nodes() == ()


class TestAbilities:
    def test_tagged_segments_go_only_to_workers_with_all_the_tags(self) -> None:
        desk = Desk("plain", WorkerFacts("one", "n1", tags=("bigmem",)))
        (lease,) = desk.submit("j", tags=("ssd", "bigmem"))
        assert leases(desk.tell(PlanDone(lease.fence, plan("k")))) == []
        both = WorkerFacts("both", "n2", tags=("bigmem", "ssd", "more"))
        (segment,) = leases(desk.tell(WorkerJoined(both)))
        assert segment.worker_id == "both"

    def test_work_for_any_worker_is_kept_away_from_gpu_workers_while_others_idle(self) -> None:
        gpu = WorkerFacts("gpu", "g", ("libx264", "h264_nvenc"))
        desk = Desk(gpu, "cpu1", "cpu2")
        given = desk.submit("a") + desk.submit("b") + desk.submit("c")
        assert [lease.worker_id for lease in given] == ["cpu1", "cpu2", "gpu"]
