"""The controller: accepted jobs are done once, their events come in order, they resume, and belong to one tenant."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from farm.contract.access import AccessService, TenantSettings
from farm.contract.batches import BatchService
from farm.contract.fleet import FleetService, Pause, Scale
from farm.contract.jobs import EventPage, JobChange, JobPage, JobService
from farm.contract.services import Method, P, T
from farm.controller.controller import FarmController
from farm.controller.journal_writer import JournalWriter
from farm.controller.rebuild import rebuild_catalog
from farm.errors import ConflictError, DocumentError, MissingError, QueueFullError, SupersededError
from farm.journal.batch import NewBatch, NewRow
from farm.journal.entry import NewJob
from farm.journal.journal import Journal
from farm.scheduling.event import QueueResumed
from farm.scheduling.executor import InProcessExecutor
from farm.scheduling.instruction import Lease
from farm.services.job_status import summary_of
from farm.settings import Settings
from farm_catalog.catalog import Catalog
from tests.contract.fake_worker import FakeWorker
from tests.contract.small_farm import SmallFarm, ask, words


def controller(home: Path) -> FarmController:
    settings = Settings(home)
    return FarmController(settings, InProcessExecutor(FakeWorker(settings)))


def job(job_id: str, *keys: str, tenant: str = "default", **more: object) -> NewJob:
    return NewJob(job_id, words(*keys), f"{job_id}.yaml", tenant=tenant, **more)  # type: ignore[arg-type]


def run(made: FarmController, *job_ids: str) -> None:
    """Step until jobs have ended."""
    for _ in range(1_000):
        views = [ask(made, JobService.show, job_id=job_id) for job_id in job_ids]
        if all(one.finished_at for one in views):
            return
        made.step()
    raise AssertionError(views)


def order(made: FarmController, method: Method[P, T], *_: P.args, **arguments: P.kwargs) -> T:
    """Call a service that asks the scheduler, while the conductor steps in this thread."""
    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(ask, made, method, **arguments)
        while not answer.done():
            made.conductor.step(0.01)
    return answer.result()


def states(made: FarmController, job_id: str) -> list[str]:
    history = ask(made, JobService.history, job_id=job_id)
    return [one.state for one in history if one.kind == "state"]


def test_the_journal_knows_how_every_job_ended(tmp_path: Path) -> None:
    made = controller(tmp_path)
    made.intake.accept(job("good", "k1", "k2"))
    made.intake.accept(job("bad", "bad-1"))
    made.intake.accept(NewJob("empty", "", "empty.yaml"))
    run(made, "good", "bad", "empty")
    assert states(made, "good") == [
        "accepted",
        "planning",
        "queued",
        "rendering",
        "assembling",
        "checking",
        "done",
    ]
    bad, empty = made.journal.jobs.get("bad"), made.journal.jobs.get("empty")
    assert bad is not None
    assert empty is not None
    assert (bad.state, bad.video) == ("failed", "")
    assert "bad-1 cannot be decoded" in bad.message
    assert [(one.path, one.message) for one in empty.problems] == [("", "empty")]
    assert made.conductor.jobs() == ()
    assert ask(made, JobService.file, job_id="good", kind="cover").path == str(
        made.settings.productions / "good.jpg"
    )
    assert ask(made, JobService.file, job_id="bad", kind="video").path == ""
    made.close()


def test_a_job_reads_the_same_before_and_after_it_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = {}

    def keep(self: JournalWriter) -> None:
        for view in made.conductor.jobs():
            if view.state.final:
                seen[view.request.job_id] = summary_of(view, time.time(), made.journal.halts)
        flush(self)

    flush = JournalWriter.flush
    monkeypatch.setattr(JournalWriter, "flush", keep)
    made = controller(tmp_path)
    made.intake.accept(job("j1", "k1", "k2"))
    before = ask(made, JobService.show, job_id="j1")
    run(made, "j1")
    after = ask(made, JobService.show, job_id="j1")
    values = after.model_dump()
    assert {name: values[name] for name in seen["j1"]} == seen["j1"]
    assert (after.segments.total, after.segments.done, after.segments.reused) == (2, 2, 0)
    assert before.submitted_at == after.submitted_at
    made.close()


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


def test_a_job_cancelled_in_a_pause_counts_no_time_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = {"s": 1_000_000.0}
    monkeypatch.setattr(time, "time", lambda: clock["s"])
    made = controller(tmp_path)
    made.conductor._clock = lambda: clock["s"]
    made.intake.accept(job("j1", "k1", tags=("nobody-has-it",)))
    while states(made, "j1")[-1] != "queued":
        made.step()
    clock["s"] += 3.0
    order(made, FleetService.pause, order=Pause(tenant="default", cause="rack move"))
    ask(made, JobService.cancel, job_id="j1")
    clock["s"] += 50.0
    run(made, "j1")
    view = ask(made, JobService.show, job_id="j1")
    assert (view.state, view.took_s) == ("cancelled", pytest.approx(3.0))
    made.close()


def test_an_end_is_not_published_before_it_is_on_disk(tmp_path: Path) -> None:
    made = controller(tmp_path)
    made.intake.accept(job("j1", "k1"))
    while True:
        made.conductor.step()
        view = made.conductor.job("j1")
        assert view is not None
        if view.state.final:
            break
    view = ask(made, JobService.show, job_id="j1")
    assert (view.state, view.finished_at, view.production) == ("accepted", None, None)
    assert ask(made, JobService.file, job_id="j1", kind="video").path == ""
    assert made.journal.outbox.counts() == {}
    made.step()
    view = ask(made, JobService.show, job_id="j1")
    assert view.state == "done"
    assert view.production is not None
    assert view.production.frames == 10
    made.close()


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
    for _ in range(20):
        second.step()
    assert second.journal.jobs.unfinished()[0].state == "accepted"
    order(second, FleetService.resume, order=Pause())
    run(second, "j1")
    with pytest.raises(SupersededError):
        order(first, FleetService.resume, order=Pause())
    second.close()


def test_a_failed_job_is_retried_once_however_often_requested(tmp_path: Path) -> None:
    made = controller(tmp_path)
    made.intake.accept(job("j1", "bad-1", priority=7))
    with pytest.raises(ConflictError, match="job j1 is accepted"):
        ask(made, JobService.retry, job_id="j1")
    run(made, "j1")
    again = ask(made, JobService.retry, job_id="j1")
    repeated = ask(made, JobService.retry, job_id="j1")
    assert (again.repeated, repeated.repeated, repeated.id) == (False, True, again.id)
    run(made, again.id)
    view = ask(made, JobService.show, job_id=again.id)
    assert (view.retry_of, view.priority, view.state) == ("j1", 7, "failed")
    # Nobody's own key is in its way.
    made.intake.accept(job("own", "x", idempotency_key=f"retry of {again.id}"))
    assert not ask(made, JobService.retry, job_id=again.id).repeated
    made.close()


def test_tenants_see_their_own_alone(tmp_path: Path) -> None:
    made = controller(tmp_path)
    made.intake.accept(job("a1", "bad-1", tenant="a"))
    made.journal.batches.accept(
        NewBatch("ab", "d", "s", "t", "a"), [NewRow("row 1", words("k"))], time.time()
    )
    run(made, "a1")
    methods: list[tuple[Callable[..., object], dict[str, object]]] = [
        (JobService.show, {"job_id": "a1"}),
        (JobService.why, {"job_id": "a1"}),
        (JobService.history, {"job_id": "a1"}),
        (JobService.file, {"job_id": "a1", "kind": "video"}),
        (JobService.webhooks, {"job_id": "a1"}),
        (JobService.retry, {"job_id": "a1"}),
        (JobService.cancel, {"job_id": "a1"}),
        (BatchService.show, {"batch_id": "ab"}),
        (BatchService.rows, {"batch_id": "ab"}),
        (BatchService.resume, {"batch_id": "ab"}),
        (BatchService.cancel, {"batch_id": "ab"}),
    ]
    for method, arguments in methods:
        with pytest.raises(MissingError, match=r"there is no (job|batch) `a"):
            ask(made, method, "b", **arguments)
        assert ask(made, method, "a", **arguments) is not None, method
    assert ask(made, BatchService.newest, "b").batches == []
    assert ask(made, JobService.page, "b") == JobPage(jobs=[], next=None)
    assert ask(made, JobService.events, "b").events == []
    assert ask(made, JobService.events, "b", job="a1").events == []
    assert {one.tenant for one in ask(made, JobService.events, "a").events} == {"a"}
    made.close()


def test_a_reader_sees_no_events_of_others(tmp_path: Path) -> None:
    made = controller(tmp_path)
    made.intake.accept(job("b0", "k", tenant="b"))
    before = ask(made, JobService.events, "b")
    assert ask(made, JobService.newest_event, "b") == before.next
    for number in range(5):
        made.intake.accept(job(f"a{number}", "k", tenant="a"))
    assert ask(made, JobService.events, "b") == before
    assert ask(made, JobService.newest_event, "b") == before.next
    page = ask(made, JobService.events, "a", limit=2)
    assert [one.job for one in page.events] == ["a0", "a1"]
    assert page.next == page.events[-1].id
    rest = ask(made, JobService.events, "a", after=page.next, limit=9)
    assert [one.job for one in rest.events] == ["a2", "a3", "a4"]
    everything = ask(made, JobService.events)
    assert len({one.id for one in everything.events}) == len(everything.events) == 6
    after = ask(made, JobService.events, after=everything.next, limit=10)
    assert after == EventPage(events=[], next=everything.next)
    made.close()


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


def test_the_queue_is_bounded(tmp_path: Path) -> None:
    settings = Settings(tmp_path, max_unfinished=1)
    made = FarmController(settings, InProcessExecutor(FakeWorker(settings)))
    made.intake.accept(job("j1", "k1"))
    with pytest.raises(QueueFullError):
        made.intake.accept(job("j2", "k2"))
    run(made, "j1")
    made.intake.accept(job("j2", "k2"))
    made.close()


def test_the_catalog_is_fed_from_the_journal_and_made_anew_from_it(tmp_path: Path) -> None:
    with SmallFarm(tmp_path) as farm:
        farm.controller.start()
        for name, key in (("good", "k1"), ("bad", "bad-1")):
            farm.controller.intake.accept(job(name, key))
            farm.ended(name)
        stats = farm.ask(FleetService.stats, since_s=0.0)
        assert (stats.videos, stats.failures, stats.jobs) == (1, 1, {"done": 1, "failed": 1})
    assert farm.controller.catalog_ingester.trouble == ""
    assert Journal.open(farm.settings.journal).jobs.unrecorded(9) == []
    rebuilt = rebuild_catalog(farm.settings)
    assert rebuilt["runs"] == 2
    assert Path(rebuilt["kept"]).exists()
    for path in (farm.settings.catalog, Path(rebuilt["kept"])):
        with Catalog.open(path) as catalog:
            assert catalog.runs.stats(0.0).videos == 1


def test_a_cancellation_never_overtakes_its_job(tmp_path: Path) -> None:
    with SmallFarm(tmp_path) as farm:
        rows = [NewRow(f"row {number}", words(f"k{number}")) for number in range(300)]
        farm.controller.journal.batches.accept(NewBatch("b", "d", "s", "t"), rows, time.time())
        farm.ask(BatchService.cancel, batch_id="b")
        for entry in farm.controller.journal.jobs.newest(999):
            farm.ended(entry.job_id)
        batch = farm.ask(BatchService.show, batch_id="b")
        assert batch.rows["ended"] == batch.rows["total"] == 300
