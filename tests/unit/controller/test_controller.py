"""The controller: what is accepted is done once, told in order, taken up again, and one's own alone."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from farm.controller.controller import FarmController
from farm.controller.journal_writer import JournalWriter
from farm.controller.rebuild import rebuild_catalog
from farm.errors import ConflictError, DocumentError, QueueFullError, SupersededError
from farm.journal.batch import NewBatch, NewRow
from farm.journal.entry import NewJob
from farm.journal.job_filter import Filter
from farm.journal.journal import Journal
from farm.scheduling.executor import InProcessExecutor
from farm.scheduling.instruction import Lease
from farm.services.job_status import status
from farm.settings import Settings
from farm_catalog.catalog import Catalog
from tests.contract.fake_worker import FakeWorker
from tests.contract.small_farm import SmallFarm, words


def controller(home: Path) -> FarmController:
    settings = Settings(home)
    return FarmController(settings, InProcessExecutor(FakeWorker(settings)))


def job(job_id: str, *keys: str, tenant: str = "default", **more: object) -> NewJob:
    return NewJob(job_id, words(*keys), f"{job_id}.yaml", tenant=tenant, **more)  # type: ignore[arg-type]


def run(made: FarmController, *job_ids: str) -> None:
    """Step until jobs have ended."""
    for _ in range(1_000):
        told = [made.jobs.show(None, job_id) for job_id in job_ids]
        if all(one is not None and one["finished_at"] for one in told):
            return
        made.step()
    raise AssertionError(told)


def states(made: FarmController, job_id: str) -> list[str]:
    story = made.jobs.story(None, job_id)
    assert story is not None
    return [one["state"] for one in story if one["kind"] == "state"]


def test_the_journal_knows_how_every_job_ended(tmp_path: Path) -> None:
    made = controller(tmp_path)
    made.jobs.submit(job("good", "k1", "k2"))
    made.jobs.submit(job("bad", "bad-1"))
    made.jobs.submit(NewJob("empty", "", "empty.yaml"))
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
    assert made.jobs.file(None, "good", "cover") == str(made.settings.productions / "good.jpg")
    assert made.jobs.file(None, "bad", "video") == ""
    made.close()


def test_a_job_reads_the_same_before_and_after_it_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = {}

    def keep(self: JournalWriter) -> None:
        for view in made.conductor.jobs():
            if view.state.final:
                seen[view.request.job_id] = status(view, time.time(), made.journal.halts)
        flush(self)

    flush = JournalWriter.flush
    monkeypatch.setattr(JournalWriter, "flush", keep)
    made = controller(tmp_path)
    made.jobs.submit(job("j1", "k1", "k2"))
    before = made.jobs.show(None, "j1")
    run(made, "j1")
    after = made.jobs.show(None, "j1")
    assert before is not None
    assert after is not None
    assert before.keys() == after.keys()
    assert {name: after[name] for name in seen["j1"]} == seen["j1"]
    assert after["segments"] == {"total": 2, "done": 2, "reused": 0}
    assert before["submitted_at"] == after["submitted_at"]
    made.close()


def test_a_changed_priority_holds_over_a_restart_and_decides_who_is_next(tmp_path: Path) -> None:
    made = controller(tmp_path)
    for number in range(3):
        made.jobs.submit(job(f"j{number}", f"k{number}"))
    changed = made.jobs.reprioritise("default", "j2", 50, "a customer waits")
    assert changed is not None
    assert changed["priority"] == 50
    assert made.jobs.reprioritise("shop", "j2", 1, "not its own") is None
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
    shown = again.jobs.show(None, "j2")
    assert shown is not None
    assert shown["priority"] == 50
    with pytest.raises(ConflictError, match="job j2 is done; only jobs that have not ended"):
        again.jobs.reprioritise(None, "j2", 1, "too late")
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
    made.fleet.pause("default", "rack move")
    made.jobs.submit(job("j1", "k1"))
    later(100.0)
    shown = made.jobs.show(None, "j1")
    assert shown is not None
    assert (shown["wall_s"], shown["took_s"]) == (100.0, 0.0)
    made.fleet.resume("default")
    later(5.0)
    made.step()
    made.journal.halts.live(clock["s"])
    made.close()
    later(1_000.0)

    again = clocked()
    later(2.0)
    run(again, "j1")
    for told in (again.jobs.show(None, "j1"), again.jobs.page(Filter(), 1)[0][0]):
        assert told is not None
        assert told["state"] == "done"
        assert told["wall_s"] == pytest.approx(1_107.0)
        assert told["took_s"] == pytest.approx(7.0)
    again.close()


def test_a_job_that_is_cancelled_in_a_pause_did_not_come_on_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = {"s": 1_000_000.0}
    monkeypatch.setattr(time, "time", lambda: clock["s"])
    made = controller(tmp_path)
    made.conductor._clock = lambda: clock["s"]
    made.jobs.submit(job("j1", "k1", tags=("nobody-has-it",)))
    while states(made, "j1")[-1] != "queued":
        made.step()
    clock["s"] += 3.0
    made.fleet.pause("default", "rack move")
    made.jobs.cancel(None, "j1")
    clock["s"] += 50.0
    run(made, "j1")
    told = made.jobs.show(None, "j1")
    assert told is not None
    assert (told["state"], told["took_s"]) == ("cancelled", pytest.approx(3.0))
    made.close()


def test_nobody_is_told_of_an_end_before_it_is_on_disk(tmp_path: Path) -> None:
    made = controller(tmp_path)
    made.jobs.submit(job("j1", "k1"))
    while True:
        made.conductor.step()
        view = made.conductor.job("j1")
        assert view is not None
        if view.state.final:
            break
    told = made.jobs.show(None, "j1")
    assert told is not None
    assert (told["state"], told["finished_at"], told["production"]) == ("accepted", None, None)
    assert made.jobs.file(None, "j1", "video") == ""
    assert made.journal.outbox.counts() == {}
    made.step()
    told = made.jobs.show(None, "j1")
    assert told is not None
    assert told["state"] == "done"
    assert told["production"]["frames"] == 10
    made.close()


def test_unfinished_work_is_taken_up_by_the_next_office(tmp_path: Path) -> None:
    first = controller(tmp_path)
    first.jobs.submit(job("j1", "k1", priority=3, tags=("gpu",), options={"use_cache": False}))
    first.jobs.submit(job("j2", "k2"))
    first.jobs.submit(job("gone", "k3"))
    first.jobs.cancel(None, "gone")
    first.batches.submit(
        NewBatch("b", "d", "t.csv", "t"), [NewRow("row 1", words("r1")), NewRow("row 2", words("r2"))]
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
    batch = second.batches.show(None, "b")
    assert batch is not None
    assert (batch["state"], batch["rows"]["done"]) == ("done", 2)
    why = second.jobs.why
    second.jobs.cancel(None, "j1")
    run(second, "j1")
    assert why(None, "j1") == "cancelled: cancelled on request"
    second.close()


def test_an_office_that_was_superseded_stops(tmp_path: Path) -> None:
    old = controller(tmp_path)
    old.jobs.submit(job("j1", "k1"))
    new = controller(tmp_path)
    with pytest.raises(SupersededError):
        old.jobs.submit(job("j2", "k2"))
    with pytest.raises(SupersededError):
        old.jobs.cancel(None, "j1")
    with pytest.raises(SupersededError):
        old.fleet.pause("", "x")
    with pytest.raises(SupersededError):
        run(old, "j1")
    run(new, "j1")
    assert states(new, "j1").count("done") == 1
    assert new.jobs.show(None, "j2") is None
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
        made.jobs.submit(job(f"j{number}", "k"))
        run(made, f"j{number}")
        made.close()
    assert leased == sorted(set(leased))
    assert leased[-1] >> 40 == 2


def test_orders_hold_over_restarts(tmp_path: Path) -> None:
    first = controller(tmp_path)
    first.fleet.pause("", "maintenance")
    first.access.set_tenant("shop", 2.0, 3, 4)
    first.fleet.scale(1, 4)
    second = controller(tmp_path)
    second.jobs.submit(job("j1", "k1"))
    for _ in range(20):
        second.step()
    assert second.journal.jobs.unfinished()[0].state == "accepted"
    second.fleet.resume("")
    run(second, "j1")
    with pytest.raises(SupersededError):
        first.fleet.resume("")
    second.close()


def test_a_failed_job_is_tried_anew_once_however_often_that_is_asked(tmp_path: Path) -> None:
    made = controller(tmp_path)
    made.jobs.submit(job("j1", "bad-1", priority=7))
    with pytest.raises(ConflictError, match="job j1 is accepted"):
        made.jobs.retry(None, "j1", "again")
    run(made, "j1")
    assert made.jobs.retry(None, "j1", "again") == "again"
    assert made.jobs.retry(None, "j1", "other") == "again"
    run(made, "again")
    told = made.jobs.show(None, "again")
    assert told is not None
    assert (told["retry_of"], told["priority"], told["state"]) == ("j1", 7, "failed")
    # Nobody's own key is in its way.
    made.jobs.submit(job("own", "x", idempotency_key="retry of again"))
    assert made.jobs.retry(None, "again", "third") == "third"
    made.close()


def test_tenants_see_their_own_alone(tmp_path: Path) -> None:
    made = controller(tmp_path)
    made.jobs.submit(job("a1", "bad-1", tenant="a"))
    made.batches.submit(NewBatch("ab", "d", "s", "t", "a"), [NewRow("row 1", words("k"))])
    run(made, "a1")
    for desk, method, values in [
        (made.jobs, "show", ("a1",)),
        (made.jobs, "why", ("a1",)),
        (made.jobs, "story", ("a1",)),
        (made.jobs, "file", ("a1", "video")),
        (made.jobs, "webhooks", ("a1",)),
        (made.jobs, "retry", ("a1", "fresh")),
        (made.batches, "show", ("ab",)),
        (made.batches, "rows", ("ab", 0, 9, None)),
        (made.batches, "resume", ("ab",)),
    ]:
        assert getattr(desk, method)("b", *values) is None, method
        assert getattr(desk, method)("a", *values) is not None, method
    assert not made.jobs.cancel("b", "a1")
    assert not made.batches.cancel("b", "ab")
    assert made.batches.newest("b", 9) == []
    assert made.jobs.page(Filter(tenant="b"), 9) == ([], None)
    assert made.jobs.events("b", "0", 99)[0] == []
    assert made.jobs.events("b", "0", 99, "a1")[0] == []
    assert {one["tenant"] for one in made.jobs.events("a", "0", 99)[0]} == {"a"}
    made.close()


def test_a_reader_learns_nothing_of_others_events(tmp_path: Path) -> None:
    made = controller(tmp_path)
    made.jobs.submit(job("b0", "k", tenant="b"))
    before = made.jobs.events("b", "0", 100)
    assert made.jobs.events("b", None, 1) == ([], before[1])
    for number in range(5):
        made.jobs.submit(job(f"a{number}", "k", tenant="a"))
    assert made.jobs.events("b", "0", 100) == before
    assert made.jobs.events("b", None, 1) == ([], before[1])
    found, last = made.jobs.events("a", "0", 2)
    assert [one["job"] for one in found] == ["a0", "a1"]
    assert last == found[-1]["id"]
    assert [one["job"] for one in made.jobs.events("a", last, 9)[0]] == ["a2", "a3", "a4"]
    everything, end = made.jobs.events(None, "0", 100)
    assert len({one["id"] for one in everything}) == len(everything) == 6
    assert made.jobs.events(None, end, 10) == ([], end)
    made.close()


def test_events_are_gone_on_with_after_a_restart(tmp_path: Path) -> None:
    made = controller(tmp_path)
    made.jobs.submit(job("a0", "k", tenant="a"))
    _, last = made.jobs.events("a", "0", 9)
    made.close()
    again = controller(tmp_path)
    again.jobs.submit(job("a1", "k", tenant="a"))
    assert "a1" in {one["job"] for one in again.jobs.events("a", last, 9)[0]}
    for forged in ("1", "7", "A" * 22, ("A" if last[0] != "A" else "B") + last[1:], "-" * 22):
        with pytest.raises(DocumentError, match="none that this farm gave"):
            again.jobs.events("a", forged, 9)
    again.close()


def test_the_queue_is_bounded(tmp_path: Path) -> None:
    settings = Settings(tmp_path, max_unfinished=1)
    made = FarmController(settings, InProcessExecutor(FakeWorker(settings)))
    made.jobs.submit(job("j1", "k1"))
    with pytest.raises(QueueFullError):
        made.jobs.submit(job("j2", "k2"))
    run(made, "j1")
    made.jobs.submit(job("j2", "k2"))
    made.close()


def test_the_catalog_is_fed_from_the_journal_and_made_anew_from_it(tmp_path: Path) -> None:
    with SmallFarm(tmp_path) as farm:
        farm.controller.start()
        for name, key in (("good", "k1"), ("bad", "bad-1")):
            farm.controller.jobs.submit(job(name, key))
            farm.ended(name)
        stats = farm.controller.stats(0.0)
        assert (stats["videos"], stats["failures"], stats["jobs"]) == (1, 1, {"done": 1, "failed": 1})
    assert farm.controller.catalog_ingester.trouble == ""
    assert Journal.open(farm.settings.journal).jobs.unrecorded(9) == []
    told = rebuild_catalog(farm.settings)
    assert told["runs"] == 2
    assert Path(told["kept"]).exists()
    for path in (farm.settings.catalog, Path(told["kept"])):
        with Catalog.open(path) as catalog:
            assert catalog.runs.stats(0.0).videos == 1


def test_a_cancellation_never_overtakes_its_job(tmp_path: Path) -> None:
    with SmallFarm(tmp_path) as farm:
        rows = [NewRow(f"row {number}", words(f"k{number}")) for number in range(300)]
        farm.controller.batches.submit(NewBatch("b", "d", "s", "t"), rows)
        farm.controller.batches.cancel(None, "b")
        for entry in farm.controller.journal.jobs.newest(999):
            farm.ended(entry.job_id)
        told = farm.controller.batches.show(None, "b")
        assert told is not None
        assert told["rows"]["ended"] == told["rows"]["total"] == 300
