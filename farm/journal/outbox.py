"""The outbox: what is to be told to webhooks, kept until it was taken or given up."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from farm.journal.database import Database

PAUSES_S: Final = (5, 30, 120, 600, 1800, 3600, 4 * 3600, 8 * 3600, 24 * 3600)
"""How long to wait after each refusal; after the last one a message is given up. About 40 hours in all."""


@dataclass(frozen=True, slots=True)
class Message:
    """Something to tell a webhook."""

    event_id: str
    """The same each time it is told, so that a receiver can drop repeats."""
    job_id: str
    """The job it tells of."""
    tenant: str
    """Whose job."""
    url: str
    """Whom to tell."""
    body: str
    """What, as JSON."""
    state: str
    """``waiting``, ``delivered`` or ``given up``."""
    tries: int
    """How often it was told."""
    due_s: float
    """When to tell it next, seconds since the epoch."""
    said: str
    """What the receiver said last."""
    changed_s: float
    """When any of this changed last."""


class Outbox:
    """The table of messages."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, now_s: float, each: int) -> list[Message]:
        """Return the messages whose time has come, the longest overdue first, so many of each tenant.

        One whose receivers do not answer has many overdue; they are not to stand before all others'.
        """
        rows = self._database.rows(
            "SELECT event_id, job_id, tenant, url, body, state, tries, due_s, said, changed_s FROM ("
            "SELECT *, row_number() OVER (PARTITION BY tenant ORDER BY due_s) AS place"
            " FROM outbox WHERE state = 'waiting' AND due_s <= ?) WHERE place <= ? ORDER BY due_s",
            (now_s, each),
        )
        return [Message(**dict(row)) for row in rows]

    def of(self, job_id: str) -> list[Message]:
        """Return the messages that tell of a job."""
        rows = self._database.rows("SELECT * FROM outbox WHERE job_id = ?", (job_id,))
        return [Message(**dict(row)) for row in rows]

    def counts(self) -> dict[str, int]:
        """Return how many messages are in each state."""
        rows = self._database.rows("SELECT state, count(*) AS messages FROM outbox GROUP BY state")
        return {row["state"]: row["messages"] for row in rows}

    def delivered(self, event_id: str, said: str, now_s: float) -> None:
        """Note that a message was taken."""
        self._change(event_id, "delivered", said, now_s, now_s)

    def refused(self, message: Message, said: str, now_s: float) -> None:
        """Note that a message was not taken: it is told again later, or given up."""
        last = message.tries >= len(PAUSES_S)
        due_s = now_s if last else now_s + PAUSES_S[message.tries]
        self._change(message.event_id, "given up" if last else "waiting", said, due_s, now_s)

    def _change(self, event_id: str, state: str, said: str, due_s: float, now_s: float) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE outbox SET state = ?, said = ?, due_s = ?, changed_s = ?, tries = tries + 1"
                " WHERE event_id = ?",
                (state, said[:500], due_s, now_s, event_id),
            )


def post(
    connection: sqlite3.Connection,
    job_id: str,
    tenant: str,
    url: str,
    state: str,
    summary: Mapping[str, Any],
    at_s: float,
) -> None:
    """Put a message into the outbox in the transaction that ends its job: neither is there without the other.

    The end of a job that was made again is told no second time.
    """
    told_at = datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    body = {"type": f"job.{state}", "timestamp": told_at, "data": dict(summary)}
    connection.execute(
        "INSERT INTO outbox (event_id, job_id, tenant, url, body, state, due_s, changed_s)"
        " VALUES (?, ?, ?, ?, ?, 'waiting', ?, ?) ON CONFLICT DO NOTHING",
        (f"evt_{job_id}_{state}", job_id, tenant, url, json.dumps(body, ensure_ascii=False), at_s, at_s),
    )
