"""The controller: accepted jobs are done once, their events come in order, they resume, and belong to one tenant."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from farm.contract.batches import BatchService
from farm.contract.fleet import FleetService, Pause
from farm.contract.jobs import EventPage, JobPage, JobService
from farm.controller.controller import FarmController
from farm.controller.rebuild import rebuild_catalog
from farm.errors import ConflictError, MissingError, QueueFullError
from farm.journal.batch import NewBatch, NewRow
from farm.journal.entry import NewJob
from farm.journal.journal import Journal
from farm.scheduling.executor import InProcessExecutor
from farm.services.job_status import summary_of
from farm.settings import Settings
from farm_catalog.catalog import Catalog
from tests.contract.fake_worker import FakeWorker
from tests.contract.small_farm import SmallFarm, ask, words
from tests.unit.controller.steps import controller, job, order, run, states


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
    made = controller(tmp_path)
    seen = {}
    flush = made._journal_writer.flush

    def keep() -> None:
        for view in made.conductor.jobs():
            if view.state.final:
                seen[view.request.job_id] = summary_of(view, time.time(), made.journal.halts)
        flush()

    monkeypatch.setattr(made._journal_writer, "flush", keep)
    made.intake.accept(job("j1", "k1", "k2"))
    before = ask(made, JobService.show, job_id="j1")
    run(made, "j1")
    after = ask(made, JobService.show, job_id="j1")
    values = after.model_dump()
    assert {name: values[name] for name in seen["j1"]} == seen["j1"]
    assert (after.segments.total, after.segments.done, after.segments.reused) == (2, 2, 0)
    assert before.submitted_at == after.submitted_at
    made.close()


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
