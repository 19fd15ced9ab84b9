"""The scheduler's checks of its own records: sound ones pass, and violations are named."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from farm.scheduling.event import PlanDone, WorkerFacts
from farm.scheduling.invariants import InconsistentSchedulerError
from farm.scheduling.job_state import JobState
from farm.scheduling.scheduler import Scheduler
from tests.unit.scheduling.harness import SchedulerHarness, leases
from tests.unit.scheduling.plans import plan

Spoil = Callable[[Scheduler], None]


def busy() -> Scheduler:
    """Return a scheduler with a job whose segments are rendered and wait, and another that waits to be planned."""
    harness = SchedulerHarness(WorkerFacts("w1", "node"), WorkerFacts("w2", "node"))
    (lease,) = harness.submit("a")
    harness.send(PlanDone(lease.fence, plan("k1", "k2", "k3")))
    assert leases(harness.instructions)
    harness.submit("b", tenant="shop")
    return harness.scheduler


def first_lease(scheduler: Scheduler) -> int:
    return next(iter(scheduler._watch.held))


def lose_lease(scheduler: Scheduler) -> None:
    del scheduler._watch.held[first_lease(scheduler)]


def lose_worker(scheduler: Scheduler) -> None:
    held = scheduler._watch.held[first_lease(scheduler)]
    del scheduler._fleet.slots[held.slot.facts.worker_id]


def offer_busy_worker(scheduler: Scheduler) -> None:
    slot = scheduler._watch.held[first_lease(scheduler)].slot
    scheduler._fleet.idle(slot.pool)[slot.facts.worker_id] = slot


def miscount_node(scheduler: Scheduler) -> None:
    scheduler._fleet.nodes["node"].running += 1


def miscount_pool(scheduler: Scheduler) -> None:
    scheduler._fleet.pools[0].workers += 1


def miscount_encoders(scheduler: Scheduler) -> None:
    scheduler._fleet.encoders["libx264"] += 1


def miscount_job(scheduler: Scheduler) -> None:
    scheduler._book.jobs["a"].running += 1


def miscount_waiting(scheduler: Scheduler) -> None:
    scheduler._book.jobs["b"].waiting += 1


def miscount_needs(scheduler: Scheduler) -> None:
    scheduler._book.needs.clear()


def wrong_state(scheduler: Scheduler) -> None:
    scheduler._book.jobs["b"].state = JobState.QUEUED


def unlist_job(scheduler: Scheduler) -> None:
    scheduler._book.jobs["b"].listed.clear()


def forget_job(scheduler: Scheduler) -> None:
    job = scheduler._book.jobs["a"]
    next(iter(job.units.values())).segments["gone"] = None


def third_run(scheduler: Scheduler) -> None:
    unit = scheduler._watch.held[first_lease(scheduler)].unit
    assert unit is not None
    unit.fences += [901, 902]


def miscount_tenant(scheduler: Scheduler) -> None:
    scheduler._shares.tenants["default"].running += 1


def miscount_queue(scheduler: Scheduler) -> None:
    scheduler._shares.tenants["shop"].ready.waiting.clear()


def test_sound_records_pass() -> None:
    Scheduler().validate()
    busy().validate()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lose_lease, "w2 holds lease 2, which has ended; job a counts 2 leases and has 1"),
        (lose_worker, "lease 2 is held by w2, which is not a living worker"),
        (offer_busy_worker, "w2 is offered for leases, against its state"),
        (miscount_node, "node node counts 3 leases and has 2"),
        (miscount_pool, "a pool counts 3 workers and has 2"),
        (miscount_encoders, "the fleet counts encoders {'libx264': 3} and has {'libx264': 2}"),
        (miscount_job, "job a counts 3 leases and has 2"),
        (miscount_waiting, "job b counts 2 waiting units and has 1"),
        (miscount_needs, "the book counts needs {} and has"),
        (wrong_state, "job b is queued with units of"),
        (unlist_job, "job b has waiting units and is not listed"),
        (forget_job, "names a job that has ended"),
        (third_run, "segment 1 of 3 is under 3 leases; segment 1 of 3 is under lease 901, which has ended"),
        (miscount_tenant, "tenant default counts 3 leases and has 2"),
        (miscount_queue, "tenant shop counts {} waiting units and has"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_violations_are_named(spoil: Spoil, message: str) -> None:
    scheduler = busy()
    spoil(scheduler)
    with pytest.raises(InconsistentSchedulerError) as caught:
        scheduler.validate()
    assert message in str(caught.value)
