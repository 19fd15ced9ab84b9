"""Batches: many jobs submitted as rows, fed into the queue as it has room."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Final

from farm.errors import ConflictError, QueueFullError
from farm.journal.batch import Batch, BatchRow, NewBatch, NewRow
from farm.journal.database import Database
from farm.journal.entry import UNFINISHED, NewJob, problems_of_text, text_of_problems
from farm.journal.jobs import insert
from farm.journal.media import media_named
from farm.journal.owners import check_spared
from farm.journal.queue_room import RETRY_AFTER_S, QueueRoom
from farm.journal.quotas import check_productions

MAX_WAITING_ROWS: Final = 1_000_000
"""How many rows that are not yet jobs a farm holds at most."""


_STATE = (
    "CASE WHEN batch_rows.problems <> '[]' THEN 'wrong' WHEN jobs.state IS NOT NULL THEN jobs.state"
    " WHEN batch_rows.job_id IS NOT NULL THEN 'removed' WHEN batches.cancelled THEN 'left' ELSE 'waiting' END"
)
_WAITING = "job_id IS NULL AND problems = '[]'"
_HUNGRY = (
    "SELECT * FROM batches WHERE NOT cancelled AND EXISTS"
    f" (SELECT 1 FROM batch_rows WHERE batch_rows.batch_id = batches.batch_id AND {_WAITING}) ORDER BY serial"
)
_JOINED = (
    "batch_rows JOIN batches USING (batch_id) LEFT JOIN jobs ON jobs.job_id = batch_rows.job_id"
    " WHERE batch_rows.batch_id = ?"
)


class Batches:
    """The tables of batches and their rows."""

    def __init__(self, database: Database, room: QueueRoom) -> None:
        self._database = database
        self._room = room

    def accept(self, batch: NewBatch, rows: Sequence[NewRow], at_s: float) -> str:
        """Accept a batch with all its rows; it is on disk when this returns its id.

        If the tenant has used the idempotency key before, the id of that earlier batch is returned.

        Raises:
            ConflictError: the key was used before with a different batch.
            QueueFullError: too many rows are waiting.
            QuotaError: the tenant's finished videos fill its quota.
            MediaCondemnedError: the garbage collector is currently removing media that it names.
            StoreError: the journal cannot be written.
        """
        with self._database.transaction() as connection:
            if batch.idempotency_key is not None:
                before = connection.execute(
                    "SELECT batch_id, digest FROM batches WHERE tenant = ? AND idempotency_key = ?",
                    (batch.tenant, batch.idempotency_key),
                ).fetchone()
                if before is not None:
                    if before["digest"] != batch.digest:
                        message = f"the idempotency key was used before, for batch {before['batch_id']}"
                        raise ConflictError(f"{message} with other rows; use a new key for a new batch")
                    batch_id: str = before["batch_id"]
                    return batch_id
            check_productions(connection, batch.tenant)
            (waiting,) = connection.execute(f"SELECT count(*) FROM batch_rows WHERE {_WAITING}").fetchone()
            if waiting + len(rows) > MAX_WAITING_ROWS:
                message = f"{waiting:,} rows of batches are waiting; the limit is {MAX_WAITING_ROWS:,}"
                raise QueueFullError(
                    f"{message}; send the batch when some are done", retry_after_s=RETRY_AFTER_S
                )
            connection.execute(
                "INSERT INTO batches (batch_id, tenant, idempotency_key, digest, source, template, priority,"
                " options, webhook, accepted_s) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    batch.batch_id,
                    batch.tenant,
                    batch.idempotency_key,
                    batch.digest,
                    batch.source,
                    batch.template,
                    batch.priority,
                    json.dumps(dict(batch.options or {})),
                    batch.webhook,
                    at_s,
                ),
            )
            connection.executemany(
                "INSERT INTO batch_rows (batch_id, batch_row, source, document, problems) VALUES (?, ?, ?, ?, ?)",
                [
                    (batch.batch_id, number, row.source, row.document, text_of_problems(row.problems))
                    for number, row in enumerate(rows, 1)
                ],
            )
            media = {one for row in rows for one in media_named(row.document)}
            check_spared(connection, media)
            connection.executemany(
                "INSERT INTO batch_media (batch_id, sha256) VALUES (?, ?)",
                [(batch.batch_id, one) for one in media],
            )
        return batch.batch_id

    def feed(self, limit: int, at_s: float) -> list[NewJob]:
        """Turn the longest-waiting rows into jobs, as far as the queue has room; they are on disk when this returns.

        A row keeps its job's name permanently, so that it never becomes two jobs.
        """
        made: list[NewJob] = []
        if not self._database.rows(f"{_HUNGRY} LIMIT 1"):
            return made
        with self._database.transaction() as connection:
            for batch in connection.execute(_HUNGRY).fetchall():
                room, _ = self._room.left(connection, batch["tenant"], for_rows=True)
                rows = connection.execute(
                    f"SELECT * FROM batch_rows WHERE batch_id = ? AND {_WAITING} ORDER BY batch_row LIMIT ?",
                    (batch["batch_id"], max(0, min(limit - len(made), room))),
                ).fetchall()
                for row in rows:
                    job = _job(batch, row)
                    insert(connection, job, at_s)
                    _bind(connection, row["batch_id"], row["batch_row"], job.job_id)
                    made.append(job)
        return made

    def get(self, batch_id: str) -> Batch | None:
        """Return a batch, or None if there is none with that name."""
        rows = self._database.rows("SELECT * FROM batches WHERE batch_id = ?", (batch_id,))
        return self._batch(rows[0]) if rows else None

    def newest(self, limit: int, tenant: str | None = None) -> list[Batch]:
        """Return the most recently accepted batches, newest first, optionally only a tenant's."""
        where, values = ("WHERE tenant = ?", (tenant,)) if tenant is not None else ("", ())
        rows = self._database.rows(
            f"SELECT * FROM batches {where} ORDER BY serial DESC LIMIT ?", (*values, limit)
        )
        return [self._batch(row) for row in rows]

    def rows(self, batch_id: str, after: int, limit: int, state: str | None = None) -> list[BatchRow]:
        """Return rows with a number above ``after``, in order, optionally only those in a given state."""
        only, values = (f"AND {_STATE} = ?", (state,)) if state is not None else ("", ())
        found = self._database.rows(
            f"SELECT batch_rows.batch_row, batch_rows.source, batch_rows.problems, jobs.job_id, {_STATE} AS state,"
            f" coalesce(jobs.message, '') AS message, coalesce(jobs.summary, '{{}}') AS summary"
            f" FROM {_JOINED} AND batch_rows.batch_row > ? {only} ORDER BY batch_rows.batch_row LIMIT ?",
            (batch_id, after, *values, limit),
        )
        return [
            BatchRow(
                row["batch_row"],
                row["source"],
                problems_of_text(row["problems"]),
                row["job_id"],
                row["state"],
                row["message"],
                json.loads(row["summary"]),
            )
            for row in found
        ]

    def cancel(self, batch_id: str) -> list[str]:
        """Stop turning the batch's rows into jobs; return the jobs that have not ended, for the caller to cancel."""
        with self._database.transaction() as connection:
            connection.execute("UPDATE batches SET cancelled = 1 WHERE batch_id = ?", (batch_id,))
            unfinished = self._jobs_in(connection, batch_id, UNFINISHED)
            connection.executemany(
                "UPDATE jobs SET withdrawn = 1 WHERE job_id = ?", [(job_id,) for job_id in unfinished]
            )
        return unfinished

    def resume(self, batch_id: str) -> int:
        """Requeue rows that were left, or whose jobs failed or were cancelled; return how many.

        Raises:
            MediaCondemnedError: the garbage collector is currently removing media that the batch names.
        """
        with self._database.transaction() as connection:
            media = connection.execute(
                "SELECT sha256 FROM batch_media WHERE batch_id = ?", (batch_id,)
            ).fetchall()
            check_spared(connection, [row["sha256"] for row in media])
            left = 0
            if connection.execute(
                "UPDATE batches SET cancelled = 0 WHERE batch_id = ? AND cancelled", (batch_id,)
            ).rowcount:
                (left,) = connection.execute(
                    f"SELECT count(*) FROM batch_rows WHERE batch_id = ? AND {_WAITING}",
                    (batch_id,),
                ).fetchone()
            # A withdrawn job will end soon, but its row is to be retried nevertheless.
            ended = self._jobs_in(
                connection, batch_id, f"(state IN ('failed', 'cancelled') OR (withdrawn AND {UNFINISHED}))"
            )
            for job_id in ended:
                connection.execute(
                    "UPDATE batch_rows SET former = job_id, job_id = NULL WHERE batch_id = ? AND job_id = ?",
                    (batch_id, job_id),
                )
        return left + len(ended)

    def prune(self, before_s: float, limit: int) -> int:
        """Remove batches accepted before then that have no jobs left; return how many."""
        with self._database.transaction() as connection:
            gone = connection.execute(
                "SELECT batch_id FROM batches WHERE accepted_s < ? AND (cancelled OR NOT EXISTS"
                f" (SELECT 1 FROM batch_rows WHERE batch_rows.batch_id = batches.batch_id AND {_WAITING}))"
                " AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.batch_id = batches.batch_id) LIMIT ?",
                (before_s, limit),
            ).fetchall()
            for table in ("batch_media", "batch_rows", "batches"):
                connection.executemany(
                    f"DELETE FROM {table} WHERE batch_id = ?", [(one["batch_id"],) for one in gone]
                )
        return len(gone)

    @staticmethod
    def _jobs_in(connection: sqlite3.Connection, batch_id: str, condition: str) -> list[str]:
        rows = connection.execute(
            "SELECT jobs.job_id FROM batch_rows JOIN jobs ON jobs.job_id = batch_rows.job_id"
            f" WHERE batch_rows.batch_id = ? AND {condition} ORDER BY batch_rows.batch_row",
            (batch_id,),
        ).fetchall()
        return [row["job_id"] for row in rows]

    def _batch(self, row: sqlite3.Row) -> Batch:
        counts = self._database.rows(
            f"SELECT {_STATE} AS state, count(*) AS number FROM {_JOINED} GROUP BY 1", (row["batch_id"],)
        )
        return Batch(
            row["batch_id"],
            row["tenant"],
            row["source"],
            row["template"],
            row["priority"],
            json.loads(row["options"]),
            row["webhook"],
            bool(row["cancelled"]),
            row["accepted_s"],
            {one["state"]: one["number"] for one in counts},
        )


def _job(batch: sqlite3.Row, row: sqlite3.Row) -> NewJob:
    again = f"-{row['tries'] + 1}" if row["tries"] else ""
    return NewJob(
        f"{batch['batch_id']}-{row['batch_row']}{again}",
        row["document"],
        row["source"],
        tenant=batch["tenant"],
        priority=batch["priority"],
        options=json.loads(batch["options"]),
        webhook=batch["webhook"],
        batch_id=batch["batch_id"],
        batch_row=row["batch_row"],
        retry_of=row["former"],
    )


def _bind(connection: sqlite3.Connection, batch_id: str, batch_row: int, job_id: str) -> None:
    connection.execute(
        "UPDATE batch_rows SET job_id = ?, tries = tries + 1 WHERE batch_id = ? AND batch_row = ?",
        (job_id, batch_id, batch_row),
    )
