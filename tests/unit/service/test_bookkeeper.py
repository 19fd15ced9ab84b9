"""What the journal, the spool and the API know of jobs that the conductor worked on."""

from __future__ import annotations

from pathlib import Path

from farm.cluster.bookkeeper import Bookkeeper
from farm.cluster.clerk import Clerk
from farm.cluster.job_status import status, status_of_entry
from farm.store.journal import Journal

from farm.work.conductor import Conductor
from farm.work.executor import InProcessExecutor
from farm.work.job_state import JobRequest
from farm.work.settings import Settings
from tests.contract.fake_worker import FakeWorker


class Office:
    """A farm in one process: journal, conductor and a fake worker."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings(home)
        self.journal = Journal(self.settings.journal)
        self.bookkeeper = Bookkeeper(
            self.journal, self.settings.spool, lambda job_id: self.conductor.job(job_id)
        )
        executor = InProcessExecutor(FakeWorker(self.settings))
        self.conductor = Conductor(executor, observer=self.bookkeeper, clock=lambda: 50.0)

    def accept(self, job_id: str, document: str) -> None:
        self.journal.accept(job_id, document=document, source="a.yaml", at_s=40.0)
        request = JobRequest(job_id, document, "a.yaml", None, str(self.settings.productions))
        self.conductor.submit(request, accepted_s=40.0)


def test_the_journal_knows_how_every_job_ended(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.accept("good", "k1 k2")
    office.accept("empty", "")
    office.conductor.run_until_done(["good", "empty"])
    good, empty = office.journal.get("good"), office.journal.get("empty")
    assert good is not None
    assert empty is not None
    assert good.video == str(office.settings.productions / "good.mp4")
    assert [event.state for event in office.journal.events("good")] == [
        "accepted",
        "planning",
        "queued",
        "rendering",
        "assembling",
        "checking",
        "done",
    ]
    assert [(one.path, one.message) for one in empty.problems] == [("", "empty")]
    assert sorted(office.bookkeeper.ended) == ["empty", "good"]


def test_the_api_tells_the_same_of_a_job_before_and_after_it_is_forgotten(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.accept("good", "k1 k2")
    (view,) = office.conductor.run_until_done(["good"])
    entry = office.journal.get("good")
    assert entry is not None
    told = status_of_entry(entry)
    assert told == status(view, 99.0)
    assert told["segments"] == {"total": 2, "done": 2, "reused": 0}
    assert (told["wait_s"], told["wall_s"]) == (10.0, 10.0)
    assert told["submitted_at"] == "1970-01-01T00:00:40.000Z"
    assert told["production"]["frames"] == 20


def test_an_unfinished_job_has_the_same_fields_from_the_journal_alone(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.accept("waiting", "k1")
    view, entry = office.conductor.job("waiting"), office.journal.get("waiting")
    assert view is not None
    assert entry is not None
    assert status_of_entry(entry).keys() == status(view, 50.0).keys()


def test_each_job_that_ended_is_in_the_catalog_once(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.accept("good", "k1 k2")
    office.accept("bad", "bad-1")
    office.conductor.run_until_done(["good", "bad"])
    clerk = Clerk(office.settings)
    clerk.start()
    clerk.stop()
    assert clerk.trouble == ""
    assert list(office.settings.spool.iterdir()) == []
    stats = clerk.stats(0.0)
    assert (stats["videos"], stats["failures"]) == (1, 1)
    assert stats["cores_for_target"] > 0
