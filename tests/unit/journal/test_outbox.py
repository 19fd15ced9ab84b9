"""The outbox: retries with growing pauses, gives up in the end, and lets no receiver hold up the others."""

from __future__ import annotations

from itertools import pairwise

from farm.journal.ending import JobEnding
from farm.journal.entry import NewJob
from farm.journal.journal import Journal
from farm.journal.outbox import PAUSES_S


def ended(journal: Journal, job_id: str, tenant: str = "default") -> None:
    journal.jobs.accept(NewJob(job_id, "d", "s", tenant=tenant, webhook=f"http://{tenant}/hook"), 1.0)
    journal.jobs.record([JobEnding(job_id, "done", "c", 2.0, {"id": job_id}, "")])


def test_a_refused_message_waits_longer_each_time_and_is_given_up_at_last(journal: Journal) -> None:
    ended(journal, "j1")
    now_s, pauses = 2.0, []
    for _ in PAUSES_S:
        (message,) = journal.outbox.due(now_s, 9)
        journal.outbox.refused(message, "HTTP 500", now_s)
        assert journal.outbox.due(now_s, 9) == []
        (later,) = journal.outbox.of("j1")
        assert (later.event_id, later.body) == (message.event_id, message.body)
        pauses.append(later.due_s - now_s)
        now_s = later.due_s
    assert tuple(pauses) == PAUSES_S
    assert all(first < second for first, second in pairwise(pauses))
    (message,) = journal.outbox.due(now_s, 9)
    journal.outbox.refused(message, "HTTP 410", now_s)
    assert journal.outbox.due(now_s + 1e9, 9) == []
    (given_up,) = journal.outbox.of("j1")
    assert (given_up.state, given_up.tries, given_up.response) == ("given up", len(PAUSES_S) + 1, "HTTP 410")
    assert journal.outbox.counts() == {"given up": 1}


def test_a_delivered_message_is_not_sent_again(journal: Journal) -> None:
    ended(journal, "j1")
    journal.outbox.delivered("evt_j1_done", "HTTP 204", 3.0)
    assert journal.outbox.due(1e9, 9) == []
    assert journal.outbox.counts() == {"delivered": 1}


def test_one_tenants_many_messages_do_not_stand_before_anothers(journal: Journal) -> None:
    for number in range(9):
        ended(journal, f"a{number}", "a")
    ended(journal, "b0", "b")
    assert [(one.tenant, one.job_id) for one in journal.outbox.due(5.0, 2)] == [
        ("a", "a0"),
        ("a", "a1"),
        ("b", "b0"),
    ]
