"""Why a job waits, in words; and what can be read about nodes, tenants and demand."""

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
from tests.unit.scheduling.desk import Desk, done, host, leases
from tests.unit.scheduling.plans import plan


class TestExplain:
    def test_what_runs_is_told_with_place_and_time(self) -> None:
        desk = Desk("w1", "w2")
        first, _ = desk.planned("j", plan("k1", "k2", "k3"))
        desk.at(12.0, done(first))
        nodes = ["node-w1", "node-w2"]
        nodes.remove(f"node-{first.worker_id}")
        desk.now_s = 20.0
        assert desk.explain("j") == (
            f"rendering: 1 of 3 segments done, 2 running "
            f"(on {nodes[0]} since 20 s, on node-{first.worker_id} since 8 s)"
        )

    def test_planning_and_assembling_are_told(self) -> None:
        desk = Desk("w")
        (lease,) = desk.submit("j")
        desk.now_s = 3.0
        assert desk.explain("j") == "planning: on node-w since 3 s"
        (segment,) = leases(desk.tell(PlanDone(lease.fence, plan("k"))))
        desk.tell(done(segment))
        assert desk.explain("j") == "assembling: on node-w since 0 s"

    def test_the_line_before_it_is_counted_and_its_start_estimated(self) -> None:
        desk = Desk("w")
        (lease,) = desk.submit("busy", tenant="shop-12")
        desk.submit("other", tenant="shop-7")
        for number in range(30):
            desk.submit(f"before {number}", tenant="shop-12")
        desk.submit("j", tenant="shop-12")
        desk.now_s = 1.0
        desk.tell(done(lease))
        assert desk.explain("j") == (
            'waiting: 31 segments of 31 jobs are before it (tenant "shop-12" has used 100 % of the farm in the '
            "last 10 min, its share is 50 %); expected start in about 63 s"
        )

    def test_the_first_of_its_tenant_is_told_so(self) -> None:
        desk = Desk("w")
        desk.submit("busy", tenant="a")
        desk.submit("next", tenant="b")
        desk.submit("third", tenant="c")
        assert desk.explain("next") == (
            'waiting: it is the next of its tenant, all workers are busy (tenant "b" has used 0 % of the farm in '
            "the last 10 min, its share is 33 %); 1 segment of other tenants takes turns with it; "
            "expected start in about 1 s"
        )

    def test_pauses_are_named_with_who_wants_them(self) -> None:
        desk = Desk("w")
        desk.tell(QueuePaused("a", "operator: unpaid"))
        desk.submit("j", tenant="a")
        assert desk.explain("j") == 'waiting: the queue of tenant "a" is paused: operator: unpaid'
        desk.tell(QueuePaused("", "operator: maintenance"))
        assert desk.explain("j") == "waiting: the queue is paused: operator: maintenance"

    def test_what_no_worker_has_is_named(self) -> None:
        desk = Desk()
        desk.submit("j")
        assert desk.explain("j") == "waiting: there are no workers"
        desk = Desk("w1", "w2")
        (lease,) = desk.submit("j", tags=("bigmem",))
        desk.tell(PlanDone(lease.fence, plan("k")))
        assert desk.explain("j") == 'waiting: no worker has the tag "bigmem" (there are 2 workers)'

    def test_tags_that_no_single_worker_has_together_are_named(self) -> None:
        desk = Desk(WorkerFacts("w1", "n1", tags=("a",)), WorkerFacts("w2", "n2", tags=("b",)))
        (lease,) = desk.submit("j", tags=("a", "b"))
        desk.tell(PlanDone(lease.fence, plan("k")))
        assert desk.explain("j") == (
            'waiting: no worker has the encoder libx264 and the tags "a", "b" (there are 2 workers)'
        )

    def test_a_limit_is_named(self) -> None:
        desk = Desk("w1", "w2")
        desk.tell(TenantChanged(TenantShare("a", max_running=1)))
        desk.submit("first", tenant="a")
        desk.submit("j", tenant="a")
        assert desk.explain("j") == 'waiting: tenant "a" runs 1 segment, its limit'

    def test_closed_nodes_are_named_with_their_causes(self) -> None:
        desk = Desk("w1", "w2")
        desk.tell(NodeDraining("node-w1", None, "operator: new disk"), NodeReported("node-w2", 2**30))
        desk.submit("j")
        assert desk.explain("j") == (
            "waiting: no node that could do it gets leases: node-w1 (it is drained: operator: new disk); "
            "node-w2 (its disk is full: 1.0 GiB free on its disk, below the floor of 2.0 GiB)"
        )

    def test_failed_tries_are_told(self) -> None:
        desk = Desk("w")
        (lease,) = desk.planned("j", plan("k1"))
        desk.tell(NodeDraining("node-w", None, "operator"), TaskFailed(lease.fence, host("boom")))
        assert desk.explain("j").endswith("; 1 try failed so far, the last: w on node-w: boom")

    def test_a_job_that_ended_is_not_in_the_queue(self) -> None:
        desk = Desk("w")
        desk.submit("j")
        desk.tell(JobCancelled("j"))
        assert "no unfinished job is named j" in desk.explain("j")


def test_nodes_are_shown_with_what_they_do() -> None:
    desk = Desk("w")
    desk.submit("j")
    desk.tell(NodeReported("node-w", 5 * 2**30), NodeDraining("node-w", 99.0, "operator"))
    (view,) = desk.scheduler.nodes()
    assert (view.name, view.condition, view.cause, view.until_s) == (
        "node-w",
        NodeCondition.DRAINING,
        "operator",
        99.0,
    )
    assert (view.workers, view.running, view.faults, view.disk_free_bytes) == (1, 1, 0, 5 * 2**30)


def test_tenants_are_shown_with_what_they_use() -> None:
    desk = Desk("w1", "w2")
    desk.tell(TenantChanged(TenantShare("a", 2.0, 7)), QueuePaused("b", "operator"))
    (first,) = desk.submit("a1", tenant="a")
    desk.submit("c1", tenant="c")
    desk.submit("b1", tenant="b")
    desk.at(3.0, TaskFailed(first.fence, host()))
    desk.at(4.0, JobCancelled("nobody"))
    a, b, c = desk.scheduler.tenants()
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
    desk = Desk("w")
    assert desk.scheduler.demand() == Demand()
    desk.tell(TenantChanged(TenantShare("few", max_running=2)), QueuePaused("none", "operator"))
    (lease,) = desk.submit("j", tags=("b", "a"))
    for number in range(5):
        desk.submit(f"few {number}", tenant="few")
        desk.submit(f"none {number}", tenant="none")
    desk.tell(PlanDone(lease.fence, plan("k1", "k2", "k3")))
    demand = desk.scheduler.demand()
    assert demand.running == 1
    assert demand.waiting == ((ANY, 1), (Need("libx264", ("a", "b")), 3))
    assert demand.units == 5
