"""Why a job waits, in words; and the views of nodes, tenants and demand."""

from __future__ import annotations

from farm.scheduling.event import (
    JobCancelled,
    NodeDraining,
    NodeReported,
    PlanDone,
    QueuePaused,
    TaskFailed,
    TenantChanged,
    TenantShare,
    WorkerFacts,
)
from farm.scheduling.farm_view import Demand
from farm.scheduling.instruction import NodeCondition
from farm.scheduling.need import ANY, Need
from tests.unit.scheduling.harness import SchedulerHarness, done, host, leases
from tests.unit.scheduling.plans import plan


class TestExplain:
    def test_running_tasks_are_explained_with_worker_and_time(self) -> None:
        harness = SchedulerHarness("w1", "w2")
        first, _ = harness.planned("j", plan("k1", "k2", "k3"))
        harness.at(12.0, done(first))
        nodes = ["node-w1", "node-w2"]
        nodes.remove(f"node-{first.worker_id}")
        harness.now_s = 20.0
        assert harness.explain("j") == (
            f"rendering: 1 of 3 segments done, 2 running "
            f"(on {nodes[0]} since 20 s, on node-{first.worker_id} since 8 s)"
        )

    def test_planning_and_assembling_are_explained(self) -> None:
        harness = SchedulerHarness("w")
        (lease,) = harness.submit("j")
        harness.now_s = 3.0
        assert harness.explain("j") == "planning: on node-w since 3 s"
        (segment,) = leases(harness.send(PlanDone(lease.fence, plan("k"))))
        harness.send(done(segment))
        assert harness.explain("j") == "assembling: on node-w since 0 s"

    def test_the_line_before_it_is_counted_and_its_start_estimated(self) -> None:
        harness = SchedulerHarness("w")
        (lease,) = harness.submit("busy", tenant="shop-12")
        harness.submit("other", tenant="shop-7")
        for number in range(30):
            harness.submit(f"before {number}", tenant="shop-12")
        harness.submit("j", tenant="shop-12")
        harness.now_s = 1.0
        harness.send(done(lease))
        assert harness.explain("j") == (
            'waiting: 31 segments of 31 jobs are before it (tenant "shop-12" has used 100 % of the farm in the '
            "last 10 min, its share is 50 %); expected start in about 63 s"
        )

    def test_the_first_job_of_a_tenant_is_explained(self) -> None:
        harness = SchedulerHarness("w")
        harness.submit("busy", tenant="a")
        harness.submit("next", tenant="b")
        harness.submit("third", tenant="c")
        assert harness.explain("next") == (
            'waiting: it is the next of its tenant, all workers are busy (tenant "b" has used 0 % of the farm in '
            "the last 10 min, its share is 33 %); 1 segment of other tenants takes turns with it; "
            "expected start in about 1 s"
        )

    def test_pauses_are_named_with_who_wants_them(self) -> None:
        harness = SchedulerHarness("w")
        harness.send(QueuePaused("a", "operator: unpaid"))
        harness.submit("j", tenant="a")
        assert harness.explain("j") == 'waiting: the queue of tenant "a" is paused: operator: unpaid'
        harness.send(QueuePaused("", "operator: maintenance"))
        assert harness.explain("j") == "waiting: the queue is paused: operator: maintenance"

    def test_what_no_worker_has_is_named(self) -> None:
        harness = SchedulerHarness()
        harness.submit("j")
        assert harness.explain("j") == "waiting: there are no workers"
        harness = SchedulerHarness("w1", "w2")
        (lease,) = harness.submit("j", tags=("bigmem",))
        harness.send(PlanDone(lease.fence, plan("k")))
        assert harness.explain("j") == 'waiting: no worker has the tag "bigmem" (there are 2 workers)'

    def test_tags_that_no_single_worker_has_together_are_named(self) -> None:
        harness = SchedulerHarness(WorkerFacts("w1", "n1", tags=("a",)), WorkerFacts("w2", "n2", tags=("b",)))
        (lease,) = harness.submit("j", tags=("a", "b"))
        harness.send(PlanDone(lease.fence, plan("k")))
        assert harness.explain("j") == (
            'waiting: no worker has the encoder libx264 and the tags "a", "b" (there are 2 workers)'
        )

    def test_a_limit_is_named(self) -> None:
        harness = SchedulerHarness("w1", "w2")
        harness.send(TenantChanged(TenantShare("a", max_running=1)))
        harness.submit("first", tenant="a")
        harness.submit("j", tenant="a")
        assert harness.explain("j") == 'waiting: tenant "a" runs 1 segment, its limit'

    def test_closed_nodes_are_named_with_their_causes(self) -> None:
        harness = SchedulerHarness("w1", "w2")
        harness.send(NodeDraining("node-w1", None, "operator: new disk"), NodeReported("node-w2", 2**30))
        harness.submit("j")
        assert harness.explain("j") == (
            "waiting: no node that could do it gets leases: node-w1 (it is drained: operator: new disk); "
            "node-w2 (its disk is full: 1.0 GiB free on its disk, below the floor of 2.0 GiB)"
        )

    def test_failed_tries_are_explained(self) -> None:
        harness = SchedulerHarness("w")
        (lease,) = harness.planned("j", plan("k1"))
        harness.send(NodeDraining("node-w", None, "operator"), TaskFailed(lease.fence, host("boom")))
        assert harness.explain("j").endswith("; 1 try failed so far, the last: w on node-w: boom")

    def test_a_job_that_ended_is_not_in_the_queue(self) -> None:
        harness = SchedulerHarness("w")
        harness.submit("j")
        harness.send(JobCancelled("j"))
        assert "no unfinished job is named j" in harness.explain("j")


def test_nodes_are_shown_with_what_they_do() -> None:
    harness = SchedulerHarness("w")
    harness.submit("j")
    harness.send(NodeReported("node-w", 5 * 2**30), NodeDraining("node-w", 99.0, "operator"))
    (view,) = harness.scheduler.nodes()
    assert (view.name, view.condition, view.cause, view.until_s) == (
        "node-w",
        NodeCondition.DRAINING,
        "operator",
        99.0,
    )
    assert (view.workers, view.running, view.faults, view.disk_free_bytes) == (1, 1, 0, 5 * 2**30)


def test_tenants_are_shown_with_what_they_use() -> None:
    harness = SchedulerHarness("w1", "w2")
    harness.send(TenantChanged(TenantShare("a", 2.0, 7)), QueuePaused("b", "operator"))
    (first,) = harness.submit("a1", tenant="a")
    harness.submit("c1", tenant="c")
    harness.submit("b1", tenant="b")
    harness.at(3.0, TaskFailed(first.fence, host()))
    harness.at(4.0, JobCancelled("nobody"))
    a, b, c = harness.scheduler.tenants()
    assert (a.tenant, a.weight, a.max_running, a.running, a.waiting, a.paused) == (
        "a",
        2.0,
        7,
        1,
        0,
        "",
    ) or a.waiting
    assert (b.tenant, b.running, b.waiting, b.share_used, b.paused) == ("b", 0, 1, 0.0, "operator")
    assert c.running == 1
    assert a.share_used + c.share_used == 1.0
    assert 0.4 < a.share_used < 0.6


def test_demand_counts_what_could_run_now() -> None:
    harness = SchedulerHarness("w")
    assert harness.scheduler.demand() == Demand()
    harness.send(TenantChanged(TenantShare("few", max_running=2)), QueuePaused("none", "operator"))
    (lease,) = harness.submit("j", tags=("b", "a"))
    for number in range(5):
        harness.submit(f"few {number}", tenant="few")
        harness.submit(f"none {number}", tenant="none")
    harness.send(PlanDone(lease.fence, plan("k1", "k2", "k3")))
    demand = harness.scheduler.demand()
    assert demand.running == 1
    assert demand.waiting == ((ANY, 1), (Need("libx264", ("a", "b")), 3))
    assert demand.units == 5
