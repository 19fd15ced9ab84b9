"""The journal: what was acknowledged is there, whatever happens to the process."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from farm.store.journal import Journal

from farm.errors import DocumentError, Problem, StoreError


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "home" / "journal.sqlite3")


def accept(journal: Journal, job_id: str, key: str | None = None, document: str = "a: 1") -> str:
    entry = journal.accept(
        job_id,
        document=document,
        source="a.yaml",
        at_s=5.0,
        idempotency_key=key,
        options={"use_cache": False},
    )
    return entry.job_id


def test_an_accepted_job_reads_as_it_was_written(journal: Journal) -> None:
    accept(journal, "j1")
    entry = journal.get("j1")
    assert entry is not None
    assert (entry.document, entry.source, entry.state, entry.accepted_s) == (
        "a: 1",
        "a.yaml",
        "accepted",
        5.0,
    )
    assert entry.options == {"use_cache": False}
    assert journal.get("j2") is None


def test_the_same_key_gives_the_same_job(journal: Journal) -> None:
    assert accept(journal, "j1", "k") == "j1"
    assert accept(journal, "j2", "k") == "j1"
    assert accept(journal, "j3", "other") == "j3"
    assert accept(journal, "j4") == "j4"
    assert accept(journal, "j5") == "j5"
    assert [entry.job_id for entry in journal.newest(10)] == ["j5", "j4", "j3", "j1"]


def test_the_same_key_with_another_document_is_refused(journal: Journal) -> None:
    accept(journal, "j1", "k")
    with pytest.raises(DocumentError, match="used before, for job j1 with another document"):
        accept(journal, "j2", "k", document="a: 2")


def test_the_same_key_from_many_threads_gives_one_job(journal: Journal) -> None:
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


def test_a_job_tells_its_story_and_ends_once(journal: Journal) -> None:
    accept(journal, "j1")
    journal.record("j1", "planning", "leased to w", 6.0)
    files = {"video": "j1.mp4", "cover": "j1.jpg", "report": "j1.json"}
    assert journal.publish("j1", **files, cause="made by w", at_s=7.0, summary={"segments": 3})
    assert not journal.publish("j1", **files, cause="again", at_s=8.0, summary={})
    assert not journal.give_up("j1", state="failed", message="late", problems=(), at_s=9.0, summary={})
    journal.record("j1", "planning", "late", 9.0)
    assert [event.state for event in journal.events("j1")] == ["accepted", "planning", "done"]
    entry = journal.get("j1")
    assert entry is not None
    assert (entry.video, entry.summary, entry.final) == ("j1.mp4", {"segments": 3}, True)


def test_a_failed_job_keeps_its_problems(journal: Journal) -> None:
    accept(journal, "j1")
    problem = Problem("slots.price", "missing")
    journal.give_up("j1", state="failed", message="1 problem", problems=(problem,), at_s=6.0, summary={})
    entry = journal.get("j1")
    assert entry is not None
    assert (entry.problems, entry.message) == ((problem,), "1 problem")


def test_unfinished_jobs_come_back_in_order_of_arrival(journal: Journal) -> None:
    for job_id in ("j3", "j1", "j2"):
        accept(journal, job_id)
    journal.record("j1", "rendering", "", 6.0)
    journal.give_up("j3", state="cancelled", message="", problems=(), at_s=6.0, summary={})
    assert [entry.job_id for entry in journal.unfinished()] == ["j1", "j2"]
    assert journal.counts() == {"rendering": 1, "accepted": 1, "cancelled": 1}
    assert [entry.job_id for entry in journal.newest(10, "accepted")] == ["j2"]


ACKNOWLEDGE = """
import sys
from pathlib import Path
from farm.store.journal import Journal
journal = Journal(Path(sys.argv[1]))
for number in range(10_000):
    entry = journal.accept(f"j{number}", document="d", source="s", at_s=1.0, idempotency_key=f"k{number}")
    print(entry.job_id, flush=True)
"""


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(
        [sys.executable, "-c", ACKNOWLEDGE, str(path)], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None
    acknowledged = [process.stdout.readline().strip() for _ in range(25)]
    process.send_signal(signal.SIGKILL)
    acknowledged += process.stdout.read().split()
    process.stdout.close()
    assert process.wait() == -signal.SIGKILL
    journal = Journal(path)
    known = {entry.job_id for entry in journal.unfinished()}
    assert acknowledged[0] == "j0"
    assert set(acknowledged) <= known
    assert len(known) <= len(acknowledged) + 1
    assert accept(journal, "new", "k3", document="d") == "j3"


def test_durability_is_set_as_promised(journal: Journal) -> None:
    (synchronous,) = journal._connection.execute("PRAGMA synchronous").fetchone()
    (mode,) = journal._connection.execute("PRAGMA journal_mode").fetchone()
    assert (synchronous, mode) == (2, "wal")


def test_a_file_that_is_no_journal_is_named(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    path.write_text("not a database at all, and long enough to be looked at " * 10)
    with pytest.raises(StoreError, match=r"journal\.sqlite3 cannot be used"):
        Journal(path)


def test_a_newer_layout_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    Journal(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 9")
    connection.close()
    with pytest.raises(StoreError, match="layout 9"):
        Journal(path)
