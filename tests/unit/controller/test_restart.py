"""The controller after a restart: jobs, orders and events continue, and an earlier controller is fenced off."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from farm.contract.access import AccessService, TenantSettings
from farm.contract.batches import BatchService
from farm.contract.fleet import FleetService, Pause, Scale
from farm.contract.jobs import JobChange, JobService
from farm.controller.controller import FarmController
from farm.errors import ConflictError, DocumentError, MissingError, SupersededError
from farm.journal.batch import NewBatch, NewRow
from farm.scheduling.event import QueueResumed
from farm.scheduling.executor import InProcessExecutor
from farm.scheduling.instruction import Lease
from tests.contract.small_farm import ask, words
from tests.unit.controller.steps import controller, job, order, run, states


def test_a_changed_priority_holds_over_a_restart_and_decides_who_is_next(tmp_path: Path) -> None:
    made = controller(tmp_path)
    for number in range(3):
        made.intake.accept(job(f"j{number}", f"k{number}"))
    change = JobChange(priority=50)
    assert ask(made, JobService.change, "default", job_id="j2", change=change).priority == 50
    with pytest.raises(MissingError):
        ask(made, JobService.change, "shop", job_id="j2", change=change)
    made.close()

    again = controller(tmp_path)
    run(again, "j0", "j1", "j2")
    planned = [
        one.job_id
        for one in again.journal.events.after(0, 100)
        if one.kind == "state" and one.state == "planning"
    ]
    # The first that is taken up finds the worker idle; then the priorities count.
    assert planned == ["j0", "j2", "j1"]
    shown = ask(again, JobService.show, job_id="j2")
    assert shown.priority == 50
    with pytest.raises(ConflictError, match="job j2 is done; the priority of a job that has ended"):
        ask(again, JobService.change, job_id="j2", change=change)
    again.close()


def test_took_leaves_out_pauses_and_the_time_that_the_farm_was_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = {"s": 1_000_000.0}
    monkeypatch.setattr(time, "time", lambda: clock["s"])

    def later(seconds: float) -> None:
        clock["s"] += seconds

    def clocked() -> FarmController:
        made = controller(tmp_path)
        made.conductor._clock = lambda: clock["s"]
        return made

    made = clocked()
    order(made, FleetService.pause, order=Pause(tenant="default", cause="rack move"))
    made.intake.accept(job("j1", "k1"))
    later(100.0)
    shown = ask(made, JobService.show, job_id="j1")
    assert (shown.wall_s, shown.took_s) == (100.0, 0.0)
    # Not by the service, which asks the scheduler: nothing is rendered before the clock has gone on.
    made.journal.orders.withdraw("paused:default")
    made.journal.halts.resume("default", clock["s"])
    made.conductor.tell(QueueResumed("default"))
    later(5.0)
    made.step()
    made.journal.halts.live(clock["s"])
    made.close()
    later(1_000.0)

    again = clocked()
    later(2.0)
    run(again, "j1")
    for view in (ask(again, JobService.show, job_id="j1"), ask(again, JobService.page, limit=1).jobs[0]):
        assert view.state == "done"
        assert view.wall_s == pytest.approx(1_107.0)
        assert view.took_s == pytest.approx(7.0)
    again.close()


def test_unfinished_work_is_resumed_by_the_next_controller(tmp_path: Path) -> None:
    first = controller(tmp_path)
    first.intake.accept(job("j1", "k1", priority=3, tags=("gpu",), options={"use_cache": False}))
    first.intake.accept(job("j2", "k2"))
    first.intake.accept(job("gone", "k3"))
    ask(first, JobService.cancel, job_id="gone")
    first.journal.batches.accept(
        NewBatch("b", "d", "t.csv", "t"),
        [NewRow("row 1", words("r1")), NewRow("row 2", words("r2"))],
        time.time(),
    )
    accepted_s = {one.job_id: one.accepted_s for one in first.journal.jobs.unfinished()}
    # Its process ends here, whatever it was about to do.
    second = controller(tmp_path)
    view = second.conductor.job("j1")
    assert view is not None
    request = view.request
    assert (request.priority, request.tags, request.use_cache) == (3, ("gpu",), False)
    assert request.accepted_s == accepted_s["j1"]
    second.step()
    run(second, "j2", "gone", "b-1", "b-2")
    ends = {one.job_id: one.state for one in second.journal.jobs.newest(9)}
    assert ends == {"j1": "queued", "j2": "done", "gone": "cancelled", "b-1": "done", "b-2": "done"}
    assert {one.job_id: one.accepted_s for one in second.journal.jobs.newest(9)} | accepted_s == {
        one.job_id: one.accepted_s for one in second.journal.jobs.newest(9)
    }
    batch = ask(second, BatchService.show, batch_id="b")
    assert (batch.state, batch.rows["done"]) == ("done", 2)
    ask(second, JobService.cancel, job_id="j1")
    run(second, "j1")
    assert ask(second, JobService.why, job_id="j1").why == "cancelled: cancelled on request"
    second.close()


def test_a_superseded_controller_stops(tmp_path: Path) -> None:
    old = controller(tmp_path)
    old.intake.accept(job("j1", "k1"))
    new = controller(tmp_path)
    with pytest.raises(SupersededError):
        old.intake.accept(job("j2", "k2"))
    with pytest.raises(SupersededError):
        ask(old, JobService.cancel, job_id="j1")
    with pytest.raises(SupersededError):
        ask(old, FleetService.pause, order=Pause(cause="x"))
    with pytest.raises(SupersededError):
        run(old, "j1")
    run(new, "j1")
    assert states(new, "j1").count("done") == 1
    with pytest.raises(MissingError):
        ask(new, JobService.show, job_id="j2")
    # With nothing to do it notices too.
    idle = controller(tmp_path / "idle")
    idle.step()
    controller(tmp_path / "idle").close()
    idle._due_s[idle._stand] = 0.0
    with pytest.raises(SupersededError):
        idle.step()
    new.close()


def test_fences_rise_over_restarts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leased: list[int] = []
    start = InProcessExecutor.start

    def keep(self: InProcessExecutor, lease: Lease) -> None:
        leased.append(lease.fence)
        start(self, lease)

    monkeypatch.setattr(InProcessExecutor, "start", keep)
    for number in range(2):
        made = controller(tmp_path)
        made.intake.accept(job(f"j{number}", "k"))
        run(made, f"j{number}")
        made.close()
    assert leased == sorted(set(leased))
    assert leased[-1] >> 40 == 2


def test_orders_hold_over_restarts(tmp_path: Path) -> None:
    first = controller(tmp_path)
    order(first, FleetService.pause, order=Pause(cause="maintenance"))
    settings = TenantSettings(weight=2.0, max_running=3, max_unfinished=4)
    ask(first, AccessService.set_tenant, tenant="shop", settings=settings)
    ask(first, FleetService.scale, order=Scale(min=1, max=4))
    second = controller(tmp_path)
    second.intake.accept(job("j1", "k1"))
    for _ in range(4):
        second.step()
    assert second.journal.jobs.unfinished()[0].state == "accepted"
    order(second, FleetService.resume, order=Pause())
    run(second, "j1")
    with pytest.raises(SupersededError):
        order(first, FleetService.resume, order=Pause())
    second.close()


def test_events_continue_after_a_restart(tmp_path: Path) -> None:
    made = controller(tmp_path)
    made.intake.accept(job("a0", "k", tenant="a"))
    last = ask(made, JobService.events, "a").next
    made.close()
    again = controller(tmp_path)
    again.intake.accept(job("a1", "k", tenant="a"))
    assert "a1" in {one.job for one in ask(again, JobService.events, "a", after=last).events}
    for forged in ("1", "7", "A" * 22, ("A" if last[0] != "A" else "B") + last[1:], "-" * 22):
        with pytest.raises(DocumentError, match="not issued by this farm"):
            ask(again, JobService.events, "a", after=forged)
    again.close()
