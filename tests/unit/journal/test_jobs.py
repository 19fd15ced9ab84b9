"""Accepted jobs: once by key, bounded, ended once, listed, pruned."""

from __future__ import annotations

import json
import threading

import pytest

from farm.errors import ConflictError, Problem, QueueFullError, StoreError
from farm.journal.ending import JobEnding
from farm.journal.entry import NewJob
from farm.journal.events import Incident
from farm.journal.job_filter import Filter
from farm.journal.jobs import Step
from farm.journal.journal import Journal


def accept(
    journal: Journal, job_id: str, key: str | None = None, document: str = "a: 1", tenant: str = "default"
) -> str:
    job = NewJob(job_id, document, "a.yaml", tenant=tenant, idempotency_key=key, webhook="http://shop/hook")
    return journal.jobs.accept(job, 5.0).job_id


def end(journal: Journal, job_id: str, state: str = "done", at_s: float = 9.0) -> bool:
    ending = JobEnding(job_id, state, "made by w", at_s, {"id": job_id}, f"record of {job_id}", video="v.mp4")
    return job_id in journal.jobs.record([ending])


def test_an_accepted_job_reads_as_it_was_written(journal: Journal) -> None:
    job = NewJob(
        "j1",
        "name: 金色腕表\0",
        "a.yaml",
        tenant="shop",
        priority=-3,
        tags=("bigmem", "gpu"),
        options={"use_cache": False},
        webhook="http://shop/hook",
    )
    entry = journal.jobs.accept(job, 5.5)
    assert entry == journal.jobs.get("j1")
    for field in ("job_id", "document", "source", "tenant", "priority", "tags", "options", "webhook"):
        assert getattr(entry, field) == getattr(job, field)
    assert (entry.state, entry.accepted_s, entry.final, entry.withdrawn) == ("accepted", 5.5, False, False)
    assert journal.jobs.get("j2") is None


def test_a_priority_is_changed_while_a_job_has_not_ended(journal: Journal) -> None:
    accept(journal, "j1", tenant="shop")
    assert journal.jobs.reprioritise("j1", 7, "a customer waits", 6.0)
    assert journal.jobs.reprioritise("j1", 7, "a customer waits", 7.0)
    (entry,) = journal.jobs.unfinished()
    assert entry.priority == 7
    events = [one for one in journal.events.of("j1") if one.kind == "priority"]
    assert [(one.state, one.cause, one.at_s, one.tenant) for one in events] == [
        ("7", "priority 0 is now 7: a customer waits", 6.0, "shop")
    ]
    end(journal, "j1")
    assert not journal.jobs.reprioritise("j1", 8, "too late", 9.0)
    assert not journal.jobs.reprioritise("j2", 8, "there is none", 9.0)
    ended = journal.jobs.get("j1")
    assert ended is not None
    assert ended.priority == 7


def test_a_key_is_one_job_of_its_tenant(journal: Journal) -> None:
    assert accept(journal, "j1", "k") == "j1"
    assert accept(journal, "j2", "k") == "j1"
    assert accept(journal, "j3", "k", tenant="shop") == "j3"
    assert accept(journal, "j4", "k", tenant="shop", document="a: 1") == "j3"
    assert accept(journal, "j5") == "j5"
    assert accept(journal, "j6") == "j6"


def test_a_key_with_another_document_is_refused(journal: Journal) -> None:
    accept(journal, "j1", "k")
    with pytest.raises(ConflictError, match="used before, for job j1 with another document"):
        accept(journal, "j2", "k", document="a: 2")
    assert journal.jobs.get("j2") is None


def test_a_key_from_many_threads_is_one_job(journal: Journal) -> None:
    given: list[str] = []
    threads = [
        threading.Thread(target=lambda number=number: given.append(accept(journal, f"j{number}", "k")))
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(given) == 8
    assert len(set(given)) == 1


def test_a_job_named_twice_is_an_error_and_not_another_job(journal: Journal) -> None:
    accept(journal, "j1")
    with pytest.raises(StoreError, match="UNIQUE"):
        accept(journal, "j1")


def test_the_farms_queue_is_bounded(journal: Journal) -> None:
    for number in range(50):
        accept(journal, f"j{number}", f"k{number}")
    with pytest.raises(QueueFullError, match="the farm holds 50 unfinished jobs, its limit") as caught:
        accept(journal, "one", tenant="shop")
    assert caught.value.retry_after_s > 0
    # A repeat is no new job, and an end makes room.
    assert accept(journal, "again", "k7") == "j7"
    end(journal, "j0")
    assert accept(journal, "one", tenant="shop") == "one"


def test_a_tenants_queue_is_bounded_by_its_own_limit(journal: Journal) -> None:
    journal.access.set_tenant("shop", weight=1.0, max_running=None, max_unfinished=1)
    accept(journal, "j1", tenant="shop")
    with pytest.raises(QueueFullError, match='tenant "shop" has 1 unfinished jobs, its limit'):
        accept(journal, "j2", tenant="shop")
    accept(journal, "j3", tenant="other")


def test_a_job_ends_once_and_stays_as_it_ended(journal: Journal) -> None:
    accept(journal, "j1")
    assert journal.jobs.record([Step("j1", "planning", "leased", 6.0)]) == set()
    assert end(journal, "j1")
    before = journal.jobs.get("j1")
    assert not end(journal, "j1", "failed")
    journal.jobs.record([Step("j1", "planning", "late", 10.0)])
    journal.jobs.withdraw("j1")
    assert journal.jobs.get("j1") == before
    assert [one.state for one in journal.events.of("j1")] == ["accepted", "planning", "done"]
    assert len(journal.outbox.of("j1")) == 1


def test_an_end_and_its_webhook_come_together_or_not_at_all(journal: Journal) -> None:
    accept(journal, "j1")
    with journal.database.transaction() as connection:
        connection.execute(
            "CREATE TEMP TRIGGER no_room BEFORE INSERT ON outbox BEGIN SELECT RAISE(FAIL, 'no room'); END"
        )
    with pytest.raises(StoreError, match="no room"):
        end(journal, "j1")
    entry = journal.jobs.get("j1")
    assert entry is not None
    assert (entry.state, entry.video) == ("accepted", "")
    assert len(journal.events.of("j1")) == 1
    with journal.database.transaction() as connection:
        connection.execute("DROP TRIGGER no_room")
    assert end(journal, "j1")
    (message,) = journal.outbox.of("j1")
    body = json.loads(message.body)
    assert (body["type"], body["data"]["id"], body["data"]["batch"]) == ("job.done", "j1", None)
    assert body["timestamp"] == "1970-01-01T00:00:09.000Z"


def test_a_failed_job_keeps_its_problems(journal: Journal) -> None:
    accept(journal, "j1")
    problem = Problem("slots.price", "missing")
    journal.jobs.record([JobEnding("j1", "failed", "c", 6.0, {}, "", "1 problem", (problem,))])
    entry = journal.jobs.get("j1")
    assert entry is not None
    assert (entry.problems, entry.message, entry.changed_s) == ((problem,), "1 problem", 6.0)


def test_what_happened_is_noted_in_its_order(journal: Journal) -> None:
    accept(journal, "j1")
    journal.jobs.record(
        [
            Step("j1", "rendering", "a", 6.0),
            Incident("retry", "segment 1", "lost", 6.5, job_id="j1", tenant="default"),
            Step("j1", "assembling", "b", 7.0),
            Incident("node", "draining", "operator", 8.0, node="n1"),
        ]
    )
    events = [(one.kind, one.state, one.tenant) for one in journal.events.after(1, 10)]
    assert events == [
        ("state", "rendering", "default"),
        ("retry", "segment 1", "default"),
        ("state", "assembling", "default"),
        ("node", "draining", ""),
    ]
    assert [one.kind for one in journal.events.after(0, 10, tenant="default")] == ["state"] * 2 + [
        "retry",
        "state",
    ]
    assert journal.events.after(0, 10, tenant="shop") == []
    assert len(journal.events.after(0, 2, job_id="j1")) == 2


def test_unfinished_jobs_come_back_in_order_of_arrival(journal: Journal) -> None:
    for job_id in ("j3", "j1", "j2"):
        accept(journal, job_id)
    journal.jobs.record([Step("j1", "rendering", "", 6.0)])
    journal.jobs.withdraw("j2")
    end(journal, "j3")
    assert [(one.job_id, one.withdrawn, one.document) for one in journal.jobs.unfinished()] == [
        ("j1", False, "a: 1"),
        ("j2", True, "a: 1"),
    ]
    assert journal.jobs.counts() == {"default": {"rendering": 1, "accepted": 1, "done": 1}}
    assert journal.jobs.counts(unfinished=True) == {"default": {"rendering": 1, "accepted": 1}}


def test_lists_are_filtered_and_bring_no_documents(journal: Journal) -> None:
    for number in range(6):
        accept(journal, f"j{number}", tenant="shop" if number % 2 else "default")
    end(journal, "j0")

    def listed(only: Filter | None = None, limit: int = 10) -> list[str]:
        return [one.job_id for one in journal.jobs.newest(limit, only)]

    assert listed() == ["j5", "j4", "j3", "j2", "j1", "j0"]
    assert listed(Filter(tenant="shop")) == ["j5", "j3", "j1"]
    assert listed(Filter(state="done")) == ["j0"]
    assert listed(Filter(state="unfinished", tenant="default")) == ["j4", "j2"]
    assert listed(Filter(source="b.yaml")) == []
    assert listed(Filter(since_s=5.1)) == []
    assert listed(Filter(before=3), limit=1) == ["j1"]
    assert listed(Filter(batch_id="b")) == []
    assert {one.document for one in journal.jobs.newest(10)} == {""}


def test_ended_jobs_are_pruned_once_they_are_recorded_and_delivered(journal: Journal) -> None:
    for job_id in ("complete", "undelivered", "uncounted", "young", "running"):
        accept(journal, job_id)
    for job_id, at_s in (("complete", 10.0), ("undelivered", 10.0), ("uncounted", 10.0), ("young", 99.0)):
        end(journal, job_id, at_s=at_s)
    journal.jobs.mark_recorded(["complete", "undelivered", "young"])
    for job_id in ("complete", "uncounted", "young"):
        journal.outbox.delivered(f"evt_{job_id}_done", "HTTP 200", 11.0)
    journal.jobs.record(
        [Incident("node", "ready", "", 10.0, node="n"), Incident("node", "ready", "", 99.0, node="n")]
    )
    assert journal.jobs.prune(50.0, 10) == [], "its files are still there"
    journal.productions.gone(["complete", "undelivered", "uncounted"])
    assert [one.job_id for one in journal.jobs.prune(50.0, 10)] == ["complete"]
    assert journal.events.prune(50.0) == 1
    assert journal.jobs.get("complete") is None
    assert journal.events.of("complete") == []
    assert journal.outbox.of("complete") == []
    assert {one.job_id for one in journal.jobs.newest(9)} == {"undelivered", "uncounted", "young", "running"}
    # What comes later has numbers of its own: a reader that goes on misses nothing.
    last = journal.events.last()
    accept(journal, "later")
    assert [one.job_id for one in journal.events.after(last, 9)] == ["later"]


def test_the_catalog_is_fed_once_and_again_when_it_was_lost(journal: Journal) -> None:
    for job_id in ("j1", "j2"):
        accept(journal, job_id)
        end(journal, job_id)
    assert journal.jobs.unrecorded(1) == [("j1", "record of j1")]
    journal.jobs.mark_recorded(["j1", "j2"])
    assert journal.jobs.unrecorded(9) == []
    assert journal.jobs.forget_recorded() == 2
    assert [job_id for job_id, _ in journal.jobs.unrecorded(9)] == ["j1", "j2"]
