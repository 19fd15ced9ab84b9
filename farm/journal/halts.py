"""Halts: times when a queue was paused or the farm was down, which do not count towards a job's elapsed time."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from farm.journal.database import Database

EVERYBODY: Final = ""
"""Used in place of a tenant: the whole farm."""
_ALIVE: Final = "alive_s"


@dataclass(frozen=True, slots=True)
class QueueHalt:
    """A period during which no new work was started."""

    tenant: str
    """The tenant whose queue was paused; ``EVERYBODY`` if the whole farm was paused or down."""
    began_s: float
    """Start, in seconds since the epoch."""
    ended_s: float | None
    """End; None while it lasts."""


class Halts:
    """The table of halts. Thread-safe; only the controller writes to it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: tuple[QueueHalt, ...] | None = None

    def pause(self, tenant: str, at_s: float) -> None:
        """Record that a queue is paused from now on; does nothing if it already is."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO halts (tenant, began_s) SELECT ?, ? WHERE NOT EXISTS"
                " (SELECT 1 FROM halts WHERE tenant = ? AND ended_s IS NULL)",
                (tenant, at_s, tenant),
            )
        self._known = None

    def resume(self, tenant: str, at_s: float) -> None:
        """Record that a queue's pause has ended."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE halts SET ended_s = max(?, began_s) WHERE tenant = ? AND ended_s IS NULL",
                (at_s, tenant),
            )
        self._known = None

    def come_up(self, at_s: float) -> float:
        """Record that the farm is up, and as down since it was last known to be up; return the downtime in seconds."""
        with self._database.transaction() as connection:
            (last_s,) = connection.execute(
                "SELECT max(coalesce((SELECT CAST(value AS REAL) FROM orders WHERE name = ?), 0.0),"
                " coalesce((SELECT at_s FROM events ORDER BY serial DESC LIMIT 1), 0.0))",
                (_ALIVE,),
            ).fetchone()
            down_s = max(0.0, at_s - last_s) if last_s else 0.0
            if down_s:
                connection.execute(
                    "INSERT INTO halts (tenant, began_s, ended_s) VALUES (?, ?, ?)", (EVERYBODY, last_s, at_s)
                )
        self._known = None
        self.live(at_s)
        return down_s

    def live(self, at_s: float) -> None:
        """Record that the farm is up at this moment."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO orders (name, value) VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (_ALIVE, str(at_s)),
            )

    def halted_s(self, tenant: str, from_s: float, until_s: float, moved_s: Collection[float] = ()) -> float:
        """Return for how many seconds a tenant's job was halted between two times.

        Work already running when a queue is paused continues: a halt counts from the job's last progress during it.

        Args:
            tenant: The job's tenant.
            from_s: Start, in seconds since the epoch.
            until_s: End.
            moved_s: Times at which the job made progress.
        """
        own = ((halt.began_s, halt.ended_s) for halt in self._halts() if halt.tenant in (EVERYBODY, tenant))
        clipped = (
            (max(began_s, from_s), until_s if ended_s is None else min(ended_s, until_s))
            for began_s, ended_s in own
        )
        return sum(
            ended_s - max((at_s for at_s in moved_s if began_s <= at_s <= ended_s), default=began_s)
            for began_s, ended_s in _joined(clipped)
        )

    def prune(self, before_s: float) -> int:
        """Remove halts that ended before then; return how many."""
        with self._database.transaction() as connection:
            gone = connection.execute("DELETE FROM halts WHERE ended_s < ?", (before_s,)).rowcount
        self._known = None
        return gone

    def _halts(self) -> tuple[QueueHalt, ...]:
        known = self._known
        if known is None:
            rows = self._database.rows("SELECT tenant, began_s, ended_s FROM halts ORDER BY began_s")
            known = self._known = tuple(
                QueueHalt(row["tenant"], row["began_s"], row["ended_s"]) for row in rows
            )
        return known


def _joined(spans: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Merge overlapping spans, in order; empty spans are dropped."""
    joined: list[tuple[float, float]] = []
    for began_s, ended_s in sorted(span for span in spans if span[0] < span[1]):
        if joined and began_s <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ended_s))
        else:
            joined.append((began_s, ended_s))
    return joined
