"""The journal: every accepted job, on disk before it is acknowledged. SQLite, WAL, synchronous=FULL."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from farm.errors import DocumentError, Problem, StoreError

VERSION: Final = 1
BUSY_S: Final = 10.0
FINAL_STATES: Final = frozenset({"done", "failed", "cancelled"})

_UNFINISHED: Final = "state NOT IN ('done', 'failed', 'cancelled')"

_SCHEMA: Final = """
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
"""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A job as the journal has it."""

    job_id: str
    """Its name."""
    document: str
    """The job document as it was accepted."""
    source: str
    """What to call the document in messages."""
    priority: int
    """Higher goes first."""
    options: Mapping[str, Any]
    """What else was asked, e.g. ``use_cache``."""
    state: str
    """Where it stood last."""
    cause: str
    """What brought it there."""
    message: str
    """Why it failed; empty otherwise."""
    problems: tuple[Problem, ...]
    """What is wrong with its document, where that is why it failed."""
    video: str
    """Path of the published video; empty until then."""
    cover: str
    """Path of its cover."""
    report: str
    """Path of its report."""
    summary: Mapping[str, Any]
    """What was known about it at its end: segments, timings."""
    accepted_s: float
    """When it was accepted, seconds since the epoch."""
    changed_s: float
    """When its state changed last."""

    @property
    def final(self) -> bool:
        """Whether it has ended."""
        return self.state in FINAL_STATES


@dataclass(frozen=True, slots=True)
class JournalEvent:
    """A change of a job's state."""

    state: str
    """The new state."""
    cause: str
    """What made it change."""
    at_s: float
    """When, seconds since the epoch."""


class Journal:
    """The file of accepted jobs; may be used from several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._connection = sqlite3.connect(
                path, timeout=BUSY_S, isolation_level=None, check_same_thread=False
            )
            self._connection.row_factory = sqlite3.Row
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("PRAGMA foreign_keys = ON")
        except sqlite3.Error as error:
            raise self._broken(error) from error
        with self._transaction() as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version == 0:
                for statement in _SCHEMA.split(";"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {VERSION}")
            elif version != VERSION:
                raise StoreError(
                    f"the journal {path} has layout {version}, this farm reads layout {VERSION}; "
                    f"use the farm that wrote it, or another FARM_HOME"
                )

    def accept(
        self,
        job_id: str,
        *,
        document: str,
        source: str,
        at_s: float,
        idempotency_key: str | None = None,
        priority: int = 0,
        options: Mapping[str, Any] | None = None,
    ) -> JournalEntry:
        """Take a job in; it is on disk when this returns.

        A key that was used before gives the job of that time, whose id is then another than ``job_id``.

        Raises:
            DocumentError: the key was used before with another document.
            StoreError: the journal cannot be written.
        """
        with self._transaction() as connection:
            before = None
            if idempotency_key is not None:
                before = connection.execute(
                    "SELECT * FROM jobs WHERE idempotency_key = ?", (idempotency_key,)
                ).fetchone()
            if before is None:
                connection.execute(
                    "INSERT INTO jobs (job_id, idempotency_key, document, source, priority, options, state,"
                    " cause, accepted_s, changed_s) VALUES (?, ?, ?, ?, ?, ?, 'accepted', 'submitted', ?, ?)",
                    (
                        job_id,
                        idempotency_key,
                        document,
                        source,
                        priority,
                        json.dumps(dict(options or {})),
                        at_s,
                        at_s,
                    ),
                )
                self._add_event(connection, job_id, "accepted", "submitted", at_s)
                before = connection.execute("SELECT * FROM jobs WHERE job_id = ?", (job_id,)).fetchone()
        entry = _entry(before)
        if entry.document != document:
            said = f"the idempotency key was used before, for job {entry.job_id} with another document"
            raise DocumentError([Problem("", f"{said}; use a new key for a new document")], source=source)
        return entry

    def record(self, job_id: str, state: str, cause: str, at_s: float) -> None:
        """Note that a job came to a state; one that has ended stays as it is."""
        with self._transaction() as connection:
            self._move(connection, job_id, state, cause, at_s)

    def publish(
        self,
        job_id: str,
        *,
        video: str,
        cover: str,
        report: str,
        cause: str,
        at_s: float,
        summary: Mapping[str, Any],
    ) -> bool:
        """Note where a job's finished files are; returns False where it had ended before."""
        with self._transaction() as connection:
            if not self._move(connection, job_id, "done", cause, at_s):
                return False
            connection.execute(
                "UPDATE jobs SET video = ?, cover = ?, report = ?, summary = ? WHERE job_id = ?",
                (video, cover, report, json.dumps(dict(summary)), job_id),
            )
        return True

    def give_up(
        self,
        job_id: str,
        *,
        state: str,
        message: str,
        problems: tuple[Problem, ...],
        at_s: float,
        summary: Mapping[str, Any],
    ) -> bool:
        """Note why a job ended without files; returns False where it had ended before."""
        with self._transaction() as connection:
            if not self._move(connection, job_id, state, message, at_s):
                return False
            listed = json.dumps([{"path": one.path, "message": one.message} for one in problems])
            connection.execute(
                "UPDATE jobs SET message = ?, problems = ?, summary = ? WHERE job_id = ?",
                (message, listed, json.dumps(dict(summary)), job_id),
            )
        return True

    def get(self, job_id: str) -> JournalEntry | None:
        """Return a job, or None where there is none of that name."""
        rows = self._rows("SELECT * FROM jobs WHERE job_id = ?", (job_id,))
        return _entry(rows[0]) if rows else None

    def newest(self, limit: int, state: str | None = None) -> list[JournalEntry]:
        """Return the jobs accepted last, newest first, perhaps only those in a state."""
        where, values = ("WHERE state = ?", [state]) if state is not None else ("", [])
        rows = self._rows(f"SELECT * FROM jobs {where} ORDER BY serial DESC LIMIT ?", (*values, limit))
        return [_entry(row) for row in rows]

    def unfinished(self) -> list[JournalEntry]:
        """Return the jobs that have not ended, in order of arrival: what a new controller takes up."""
        rows = self._rows(f"SELECT * FROM jobs WHERE {_UNFINISHED} ORDER BY serial", ())
        return [_entry(row) for row in rows]

    def counts(self) -> dict[str, int]:
        """Return how many jobs are in each state."""
        rows = self._rows("SELECT state, count(*) AS jobs FROM jobs GROUP BY state", ())
        return {row["state"]: row["jobs"] for row in rows}

    def events(self, job_id: str) -> list[JournalEvent]:
        """Return a job's story in order."""
        rows = self._rows("SELECT state, cause, at_s FROM events WHERE job_id = ? ORDER BY serial", (job_id,))
        return [JournalEvent(row["state"], row["cause"], row["at_s"]) for row in rows]

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self._connection
                except BaseException:
                    self._connection.execute("ROLLBACK")
                    raise
                self._connection.execute("COMMIT")
            except sqlite3.Error as error:
                raise self._broken(error) from error

    def _rows(self, sql: str, values: tuple[Any, ...]) -> list[sqlite3.Row]:
        with self._lock:
            try:
                return self._connection.execute(sql, values).fetchall()
            except sqlite3.Error as error:
                raise self._broken(error) from error

    def _move(self, connection: sqlite3.Connection, job_id: str, state: str, cause: str, at_s: float) -> bool:
        changed = connection.execute(
            f"UPDATE jobs SET state = ?, cause = ?, changed_s = ? WHERE job_id = ? AND {_UNFINISHED}",
            (state, cause, at_s, job_id),
        ).rowcount
        if changed:
            self._add_event(connection, job_id, state, cause, at_s)
        return changed > 0

    @staticmethod
    def _add_event(connection: sqlite3.Connection, job_id: str, state: str, cause: str, at_s: float) -> None:
        connection.execute(
            "INSERT INTO events (job_id, state, cause, at_s) VALUES (?, ?, ?, ?)",
            (job_id, state, cause, at_s),
        )

    def _broken(self, error: sqlite3.Error) -> StoreError:
        return StoreError(
            f"the journal {self._path} cannot be used: {error}; "
            f"check that its disk has room and that the file is a farm's journal and writable"
        )


def _entry(row: sqlite3.Row) -> JournalEntry:
    return JournalEntry(
        job_id=row["job_id"],
        document=row["document"],
        source=row["source"],
        priority=row["priority"],
        options=json.loads(row["options"]),
        state=row["state"],
        cause=row["cause"],
        message=row["message"],
        problems=tuple(Problem(one["path"], one["message"]) for one in json.loads(row["problems"])),
        video=row["video"],
        cover=row["cover"],
        report=row["report"],
        summary=json.loads(row["summary"]),
        accepted_s=row["accepted_s"],
        changed_s=row["changed_s"],
    )
