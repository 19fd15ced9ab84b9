"""The journal's file: layouts, durability, several processes, epochs."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from farm.errors import StoreError, SupersededError
from farm.journal.database import Database, add_functions
from farm.journal.entry import NewJob
from farm.journal.journal import Journal
from farm.journal.migrations import MIGRATIONS

# As farm wrote it before there were tenants.
LAYOUT_1 = """
CREATE TABLE jobs (
    serial          INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id          TEXT NOT NULL UNIQUE,
    idempotency_key TEXT UNIQUE,
    document        TEXT NOT NULL,
    source          TEXT NOT NULL,
    priority        INTEGER NOT NULL,
    options         TEXT NOT NULL,
    state           TEXT NOT NULL,
    cause           TEXT NOT NULL,
    message         TEXT NOT NULL DEFAULT '',
    problems        TEXT NOT NULL DEFAULT '[]',
    video           TEXT NOT NULL DEFAULT '',
    cover           TEXT NOT NULL DEFAULT '',
    report          TEXT NOT NULL DEFAULT '',
    summary         TEXT NOT NULL DEFAULT '{}',
    accepted_s      REAL NOT NULL,
    changed_s       REAL NOT NULL
);
CREATE INDEX jobs_state ON jobs (state, serial);
CREATE TABLE events (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id TEXT NOT NULL REFERENCES jobs (job_id),
    state  TEXT NOT NULL,
    cause  TEXT NOT NULL,
    at_s   REAL NOT NULL
);
CREATE INDEX events_job ON events (job_id, serial);
PRAGMA user_version = 1;
INSERT INTO jobs (job_id, idempotency_key, document, source, priority, options, state, cause, message, problems,
                  video, summary, accepted_s, changed_s)
    VALUES ('old-1', 'k1', 'a: 1', 'a.yaml', 3, '{"use_cache": false}', 'done', 'made by w', '', '[]',
            '/p/old-1.mp4', '{"id": "old-1"}', 5.0, 9.0),
           ('old-2', NULL, 'a: 2', 'b.yaml', 0, '{}', 'failed', 'bad', 'bad', '[{"path": "x", "message": "y"}]',
            '', '{}', 6.0, 7.0),
           ('old-3', 'k3', 'a: 3', 'c.yaml', 0, '{}', 'rendering', 'leased', '', '[]', '', '{}', 8.0, 8.0);
INSERT INTO events (job_id, state, cause, at_s)
    VALUES ('old-1', 'accepted', 'submitted', 5.0), ('old-1', 'done', 'made by w', 9.0),
           ('old-3', 'accepted', 'submitted', 8.0);
"""


def run(code: str, *args: object) -> subprocess.Popen[str]:
    """Start Python with the journal at hand."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, args)], stdout=subprocess.PIPE, text=True, env=environment
    )


def test_nothing_is_lost_from_the_first_layout(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.executescript(LAYOUT_1)
    connection.close()
    journal = Journal.open(path)
    done, failed, running = (journal.jobs.get(name) for name in ("old-1", "old-2", "old-3"))
    assert done is not None
    assert failed is not None
    assert running is not None
    assert (done.serial, done.tenant, done.document, done.source, done.priority, done.options) == (
        1,
        "default",
        "a: 1",
        "a.yaml",
        3,
        {"use_cache": False},
    )
    assert (done.state, done.video, done.summary, done.accepted_s, done.changed_s) == (
        "done",
        "/p/old-1.mp4",
        {"id": "old-1"},
        5.0,
        9.0,
    )
    assert (failed.message, failed.problems[0].path) == ("bad", "x")
    assert [(e.serial, e.kind, e.state, e.tenant) for e in journal.events.of("old-1")] == [
        (1, "state", "accepted", "default"),
        (2, "state", "done", "default"),
    ]
    assert [one.job_id for one in journal.jobs.unfinished()] == ["old-3"]
    assert not running.withdrawn
    # Old keys hold, new serials follow on the old ones.
    assert journal.jobs.accept(NewJob("n", "a: 3", "c.yaml", idempotency_key="k3"), 9.0).job_id == "old-3"
    assert journal.jobs.accept(NewJob("n", "a: 4", "d.yaml"), 9.0).serial == 4
    assert journal.jobs.unrecorded(9) == []
    journal.close()
    Journal.open(path).close()


def test_a_layout_can_be_made_step_by_step(tmp_path: Path) -> None:
    layouts = []
    for versions in (range(1), range(len(MIGRATIONS))):
        connection = sqlite3.connect(tmp_path / f"{len(versions)}.sqlite3", isolation_level=None)
        add_functions(connection)
        for version in versions:
            connection.executescript(MIGRATIONS[version])
            connection.execute(f"PRAGMA user_version = {version + 1}")
        connection.close()
        Database(tmp_path / f"{len(versions)}.sqlite3").close()
        connection = sqlite3.connect(tmp_path / f"{len(versions)}.sqlite3")
        layouts.append(
            sorted(connection.execute("SELECT type, name, tbl_name FROM sqlite_schema").fetchall())
        )
        connection.close()
    assert layouts[0] == layouts[1]


def test_a_newer_layout_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    Journal.open(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="layout 99"):
        Journal.open(path)


def test_a_file_that_is_no_journal_is_named(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    path.write_text("not a database at all, and long enough to be looked at " * 10)
    with pytest.raises(StoreError, match=r"journal\.sqlite3 cannot be used"):
        Journal.open(path)


def test_a_commit_is_on_disk_before_it_returns(journal: Journal) -> None:
    with journal.database.transaction() as connection:
        (synchronous,) = connection.execute("PRAGMA synchronous").fetchone()
        (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    assert (synchronous, mode) == (2, "wal")


def give_and_run(journal: Journal, sql: str) -> None:
    with journal.database.transaction() as connection:
        connection.execute("INSERT INTO orders VALUES ('a', '1')")
        assert not connection.execute(sql).fetchall(), "as it is to be"


def test_a_failed_transaction_is_rolled_back(journal: Journal) -> None:
    with pytest.raises(AssertionError, match="as it is to be"):
        give_and_run(journal, "SELECT 1")
    assert journal.orders.get("a") is None
    with pytest.raises(StoreError, match="no such table"):
        give_and_run(journal, "SELECT * FROM nowhere")
    assert journal.orders.get("a") is None
    journal.orders.give("a", 2)
    assert journal.orders.get("a") == 2


def test_a_long_read_blocks_nobody(journal: Journal) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def wait() -> int:
        inside.set()
        return int(go_on.wait(30))

    reader = journal.database._free_reader()
    reader.create_function("wait", 0, wait)
    journal.database._readers.put(reader)
    slow = threading.Thread(target=lambda: journal.database.rows("SELECT wait()"))
    slow.start()
    assert inside.wait(30)
    journal.orders.give("a", 1)
    assert journal.orders.get("a") == 1
    go_on.set()
    slow.join()


ACKNOWLEDGE = """
import sys
from pathlib import Path
from farm.journal.entry import NewJob
from farm.journal.journal import Journal
journal = Journal.open(Path(sys.argv[1]))
name, count = sys.argv[2], int(sys.argv[3])
for number in range(count):
    job = NewJob(f"{name}{number}", "d", "s", idempotency_key=f"{name}{number}")
    print(journal.jobs.accept(job, 1.0).job_id, flush=True)
"""


def test_acknowledged_writes_survive_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    process = run(ACKNOWLEDGE, path, "j", 10_000)
    assert process.stdout is not None
    acknowledged = [process.stdout.readline().strip() for _ in range(25)]
    process.send_signal(signal.SIGKILL)
    acknowledged += process.stdout.read().split()
    process.stdout.close()
    assert process.wait() == -signal.SIGKILL
    journal = Journal.open(path)
    known = {entry.job_id for entry in journal.jobs.unfinished()}
    assert acknowledged[0] == "j0"
    assert set(acknowledged) <= known
    assert len(known) <= len(acknowledged) + 1
    assert journal.jobs.accept(NewJob("new", "d", "s", idempotency_key="j3"), 2.0).job_id == "j3"


def test_two_processes_open_and_write_one_new_file(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    processes = [run(ACKNOWLEDGE, path, name, 40) for name in ("a", "b")]
    outputs = [process.communicate()[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    entries = Journal.open(path).jobs.unfinished()
    assert {entry.job_id for entry in entries} == {*outputs[0], *outputs[1]}
    assert [entry.serial for entry in entries] == list(range(1, 81))


def test_a_superseded_epoch_cannot_write(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    old, new, command = (Journal.open(path) for _ in range(3))
    assert old.database.take_epoch() == 1
    old.jobs.accept(NewJob("j1", "d", "s"), 1.0)
    old.database.check_epoch()
    assert new.database.take_epoch() == 2
    with pytest.raises(SupersededError, match="epoch 2, this one's is 1"):
        old.jobs.accept(NewJob("j2", "d", "s"), 1.0)
    with pytest.raises(SupersededError):
        old.orders.give("paused:", "x")
    with pytest.raises(SupersededError):
        old.database.check_epoch()
    new.jobs.accept(NewJob("j3", "d", "s"), 1.0)
    command.access.create_key("shop", "submit", "", 1.0)
    assert [one.job_id for one in old.jobs.unfinished()] == ["j1", "j3"]
    assert old.orders.get("paused:") is None


def test_no_epoch_is_given_twice(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    databases = [Database(path) for _ in range(8)]
    taken: list[int] = []
    threads = [threading.Thread(target=lambda one=one: taken.append(one.take_epoch())) for one in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(1, 9))
