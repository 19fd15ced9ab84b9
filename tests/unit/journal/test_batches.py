"""Batches: each row becomes one job, as the queue has room, over cancelling, resuming and retrying."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from farm.errors import ConflictError, Problem, QueueFullError
from farm.journal import batches, queue_room
from farm.journal.batch import NewBatch, NewRow
from farm.journal.ending import JobEnding
from farm.journal.entry import NewJob
from farm.journal.journal import Journal

ROWS = [
    NewRow("row 1", "a: 1"),
    NewRow("row 2", "", (Problem("price", "is missing"),)),
    NewRow("row 3", "a: 3"),
]


def accept(journal: Journal, batch_id: str = "b", rows: list[NewRow] | None = None, **more: object) -> str:
    batch = NewBatch(batch_id, "digest", "shop.csv", "retail.sale", **more)  # type: ignore[arg-type]
    return journal.batches.accept(batch, ROWS if rows is None else rows, 5.0)


def many(count: int) -> list[NewRow]:
    return [NewRow(f"row {number}", f"a: {number}") for number in range(1, count + 1)]


def end(journal: Journal, job_id: str, state: str) -> None:
    journal.jobs.record([JobEnding(job_id, state, "c", 9.0, {}, "", message="m")])


def states(journal: Journal, batch_id: str = "b") -> list[str]:
    return [row.state for row in journal.batches.rows(batch_id, 0, 100)]


def test_good_rows_become_jobs_and_wrong_ones_keep_their_problems(journal: Journal) -> None:
    accept(journal, tenant="shop", priority=4, options={"use_cache": False}, webhook="http://shop/hook")
    assert states(journal) == ["waiting", "wrong", "waiting"]
    first, second = journal.batches.feed(10, 6.0)
    assert journal.batches.feed(10, 6.0) == []
    entry = journal.jobs.get(first.job_id)
    assert entry is not None
    assert (entry.document, entry.source, entry.tenant, entry.priority) == ("a: 1", "row 1", "shop", 4)
    assert (entry.options, entry.webhook, entry.batch_id, entry.batch_row) == (
        {"use_cache": False},
        "http://shop/hook",
        "b",
        1,
    )
    assert second.batch_row == 3
    end(journal, first.job_id, "done")
    assert states(journal) == ["done", "wrong", "accepted"]
    (wrong,) = journal.batches.rows("b", 0, 10, "wrong")
    assert (wrong.batch_row, wrong.problems) == (2, (Problem("price", "is missing"),))
    batch = journal.batches.get("b")
    assert batch is not None
    assert dict(batch.rows) == {"done": 1, "wrong": 1, "accepted": 1}
    assert [row.batch_row for row in journal.batches.rows("b", 1, 1)] == [2]


def test_a_key_is_one_batch_of_its_tenant(journal: Journal) -> None:
    assert accept(journal, "b1", idempotency_key="k") == "b1"
    assert accept(journal, "b2", idempotency_key="k") == "b1"
    assert accept(journal, "b3", idempotency_key="k", tenant="shop") == "b3"
    with pytest.raises(ConflictError, match="used before, for batch b1 with other rows"):
        journal.batches.accept(NewBatch("b4", "other", "s", "t", idempotency_key="k"), ROWS, 5.0)
    assert [one.batch_id for one in journal.batches.newest(9)] == ["b3", "b1"]
    assert [one.batch_id for one in journal.batches.newest(9, "shop")] == ["b3"]


def test_rows_leave_room_for_those_who_send_single_jobs(journal: Journal) -> None:
    accept(journal, rows=many(60))
    assert len(journal.batches.feed(100, 6.0)) == 45
    assert journal.batches.feed(100, 6.0) == []
    journal.jobs.accept(NewJob("single", "d", "s"), 6.0)
    for one in journal.jobs.unfinished()[:10]:
        end(journal, one.job_id, "done")
    assert len(journal.batches.feed(4, 7.0)) == 4
    assert len(journal.batches.feed(100, 7.0)) == 5


def test_a_long_table_of_one_tenant_does_not_block_anothers(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_room, "ROWS_AHEAD", 5)
    journal.access.set_tenant("small", weight=1.0, max_running=None, max_unfinished=2)
    accept(journal, "b1", many(30), tenant="first")
    accept(journal, "b2", many(30), tenant="second")
    accept(journal, "b3", many(30), tenant="small")
    fed = Counter(job.tenant for job in journal.batches.feed(100, 6.0))
    assert fed == {"first": 5, "second": 5, "small": 2}


def test_rows_that_wait_are_bounded(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MAX_WAITING_ROWS", 5)
    accept(journal, "b1", many(4))
    with pytest.raises(QueueFullError, match="4 rows of batches are waiting; the limit is 5"):
        accept(journal, "b2", many(2))
    assert journal.batches.get("b2") is None


def test_cancelling_keeps_rows_and_resuming_continues_with_them(journal: Journal) -> None:
    accept(journal, rows=many(4))
    first, second = journal.batches.feed(2, 6.0)
    end(journal, first.job_id, "done")
    assert journal.batches.cancel("b") == [second.job_id]
    withdrawn = journal.jobs.get(second.job_id)
    assert withdrawn is not None
    assert withdrawn.withdrawn
    assert journal.batches.feed(9, 6.0) == []
    assert states(journal) == ["done", "accepted", "left", "left"]
    assert journal.batches.cancel("b") == [second.job_id]
    # The withdrawn job has not ended yet; its row is made anew all the same.
    assert journal.batches.resume("b") == 3
    made = journal.batches.feed(9, 6.0)
    assert [(job.job_id, job.batch_row, job.retry_of) for job in made] == [
        ("b-2-2", 2, second.job_id),
        ("b-3", 3, None),
        ("b-4", 4, None),
    ]
    assert journal.batches.resume("b") == 0


def test_a_retried_row_refers_to_the_new_job_only(journal: Journal) -> None:
    accept(journal, rows=many(1))
    (job,) = journal.batches.feed(9, 6.0)
    end(journal, job.job_id, "failed")

    def retry(name: str, of: str) -> str:
        again = NewJob(name, job.document, "s", batch_id="b", batch_row=1, retry_of=of)
        return journal.jobs.accept(again, 7.0).job_id

    assert retry("again", job.job_id) == "again"
    assert [row.job_id for row in journal.batches.rows("b", 0, 9)] == ["again"]
    with pytest.raises(ConflictError, match="row 1 of batch b belongs to job again already"):
        retry("third", job.job_id)
    assert journal.jobs.get("third") is None
    end(journal, "again", "failed")
    assert journal.batches.resume("b") == 1
    with pytest.raises(ConflictError, match="row 1 of batch b is waiting to be retried already"):
        retry("fourth", "again")
    assert [made.job_id for made in journal.batches.feed(9, 8.0)] == ["b-1-3"]


def test_a_batch_is_pruned_after_its_jobs(journal: Journal) -> None:
    accept(journal, "old", many(1))
    accept(journal, "waiting", many(1), tenant="stopped")
    journal.access.set_tenant("stopped", weight=1.0, max_running=None, max_unfinished=0)
    (job,) = journal.batches.feed(9, 6.0)
    end(journal, job.job_id, "done")
    assert journal.batches.prune(50.0, 9) == 0
    assert [one.job_id for one in journal.jobs.prune(50.0, 9)] == [job.job_id]
    assert states(journal, "old") == ["removed"]
    assert journal.batches.prune(50.0, 9) == 1
    assert journal.batches.get("old") is None
    assert journal.batches.rows("old", 0, 9) == []
    assert states(journal, "waiting") == ["waiting"]


class RowsBecomeJobs(RuleBasedStateMachine):
    """Whatever is done in whatever order: a row has at most one job that is wanted."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.journal = Journal.open(Path(self.folder.name) / "j.sqlite3", max_unfinished=5)
        accept(self.journal, rows=many(6))
        self.retries = 0

    def teardown(self) -> None:
        self.journal.close()
        self.folder.cleanup()

    @rule(limit=st.integers(1, 4))
    def feed(self, limit: int) -> None:
        self.journal.batches.feed(limit, 1.0)

    @rule(which=st.integers(0, 9), state=st.sampled_from(["done", "failed", "cancelled"]))
    def end(self, which: int, state: str) -> None:
        unfinished = self.journal.jobs.unfinished()
        if unfinished:
            end(self.journal, unfinished[which % len(unfinished)].job_id, state)

    @rule()
    def cancel(self) -> None:
        self.journal.batches.cancel("b")

    @rule()
    def resume(self) -> None:
        self.journal.batches.resume("b")

    @rule(which=st.integers(0, 20))
    def retry(self, which: int) -> None:
        ended = [one for one in self.journal.jobs.newest(99) if one.state in ("failed", "cancelled")]
        if not ended:
            return
        one = ended[which % len(ended)]
        self.retries += 1
        job = NewJob(f"r{self.retries}", "d", "s", batch_id="b", batch_row=one.batch_row, retry_of=one.job_id)
        try:
            self.journal.jobs.accept(job, 1.0)
        except (ConflictError, QueueFullError):
            assert self.journal.jobs.get(job.job_id) is None

    @invariant()
    def a_row_has_one_wanted_job(self) -> None:
        wanted = [one for one in self.journal.jobs.unfinished() if not one.withdrawn]
        assert len({one.batch_row for one in wanted}) == len(wanted)
        bound = [row.job_id for row in self.journal.batches.rows("b", 0, 99) if row.job_id]
        assert len(bound) == len(set(bound))
        assert {one.job_id for one in wanted} <= set(bound)


TestRowsBecomeJobs = RowsBecomeJobs.TestCase
TestRowsBecomeJobs.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
