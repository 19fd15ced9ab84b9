"""The outbox: webhook messages, kept until delivered or given up."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from farm.journal.database import Database

PAUSES_S: Final = (5, 30, 120, 600, 1800, 3600, 4 * 3600, 8 * 3600, 24 * 3600)
"""How long to wait after each failed delivery, in seconds; then a message is given up. About 40 hours in all."""

_COLUMNS: Final = "event_id, job_id, tenant, url, body, state, tries, due_s, said AS response, changed_s"


@dataclass(frozen=True, slots=True)
class Message:
    """A webhook message."""

    event_id: str
    """The same for each attempt, so that a receiver can drop duplicates."""
    job_id: str
    """The job it is about."""
    tenant: str
    """The job's tenant."""
    url: str
    """The webhook's URL."""
    body: str
    """The payload, as JSON."""
    state: str
    """``waiting``, ``delivered`` or ``given up``."""
    tries: int
    """How many delivery attempts were made."""
    due_s: float
    """When to attempt delivery next, in seconds since the epoch."""
    response: str
    """The receiver's latest response."""
    changed_s: float
    """When the message last changed."""


class Outbox:
    """The table of messages."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, now_s: float, each: int) -> list[Message]:
        """Return the messages that are due, the longest overdue first, at most ``each`` per tenant.

        This keeps a tenant whose receivers do not respond, and whose messages pile up, from blocking other tenants.
        """
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM ("
            "SELECT *, row_number() OVER (PARTITION BY tenant ORDER BY due_s) AS place"
            " FROM outbox WHERE state = 'waiting' AND due_s <= ?) WHERE place <= ? ORDER BY due_s",
            (now_s, each),
        )
        return [Message(**dict(row)) for row in rows]

    def of(self, job_id: str) -> list[Message]:
        """Return the messages about a job."""
        rows = self._database.rows(f"SELECT {_COLUMNS} FROM outbox WHERE job_id = ?", (job_id,))
        return [Message(**dict(row)) for row in rows]

    def counts(self) -> dict[str, int]:
        """Return how many messages are in each state."""
        rows = self._database.rows("SELECT state, count(*) AS messages FROM outbox GROUP BY state")
        return {row["state"]: row["messages"] for row in rows}

    def delivered(self, event_id: str, response: str, now_s: float) -> None:
        """Record that a message was delivered."""
        self._change(event_id, "delivered", response, now_s, now_s)

    def refused(self, message: Message, response: str, now_s: float) -> None:
        """Record that a message was not accepted: it is retried later, or given up."""
        last = message.tries >= len(PAUSES_S)
        due_s = now_s if last else now_s + PAUSES_S[message.tries]
        self._change(message.event_id, "given up" if last else "waiting", response, due_s, now_s)

    def _change(self, event_id: str, state: str, response: str, due_s: float, now_s: float) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE outbox SET state = ?, said = ?, due_s = ?, changed_s = ?, tries = tries + 1"
                " WHERE event_id = ?",
                (state, response[:500], due_s, now_s, event_id),
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
    """Put a message into the outbox in the transaction that ends its job, so that neither exists without the other.

    The end of a reopened job is not reported a second time.
    """
    timestamp = datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    body = {"type": f"job.{state}", "timestamp": timestamp, "data": dict(summary)}
    connection.execute(
        "INSERT INTO outbox (event_id, job_id, tenant, url, body, state, due_s, changed_s)"
        " VALUES (?, ?, ?, ?, ?, 'waiting', ?, ?) ON CONFLICT DO NOTHING",
        (f"evt_{job_id}_{state}", job_id, tenant, url, json.dumps(body, ensure_ascii=False), at_s, at_s),
    )
