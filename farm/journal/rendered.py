"""Which segments each tenant has had in its own videos: cache hits are disclosed to it for these only.

The underlying store is shared: what one tenant rendered, another need not render again. Disclosing such a hit would
reveal to a tenant what another tenant's videos show.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from farm.journal.database import Database

KEPT_S: Final = 14 * 86_400.0
"""How long a mark is kept after the tenant's last video with the segment; after that, reuse is not disclosed."""
SLICES: Final = 144
"""Each pruning round handles one of this many slices, so that the journal is never locked for long."""
_MARKS: Final = 1 << 63
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Had:
    """The fact that a segment was rendered for a tenant."""

    tenant: str
    """The tenant."""
    key: str
    """The segment's key."""
    at_s: float
    """Time, in seconds since the epoch."""


class RenderedSegments:
    """The table of marks: 63 bits of a hash of tenant and segment key, and when each was last seen.

    With ten million marks, one in 10**12 pairs collides by chance; then a reuse is disclosed that should not be.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._slice = 0

    def known(self, tenant: str, keys: Collection[str]) -> frozenset[str]:
        """Return those of the given segments that the tenant has had in its own jobs."""
        by_mark = {mark(tenant, key): key for key in keys}
        marks = list(by_mark)
        found: set[str] = set()
        for start in range(0, len(marks), _AT_ONCE):
            some = marks[start : start + _AT_ONCE]
            holes = ", ".join("?" * len(some))
            rows = self._database.rows(f"SELECT mark FROM rendered WHERE mark IN ({holes})", tuple(some))
            found |= {by_mark[row["mark"]] for row in rows}
        return frozenset(found)

    def prune(self, before_s: float) -> int:
        """Remove marks last seen before then from the next slice of the table; return how many."""
        first = self._slice * _MARKS // SLICES
        stop = (self._slice + 1) * _MARKS // SLICES
        self._slice = (self._slice + 1) % SLICES
        with self._database.transaction() as connection:
            return connection.execute(
                "DELETE FROM rendered WHERE mark >= ? AND mark <= ? AND at_s < ?",
                (first, stop - 1, int(before_s)),
            ).rowcount


def mark(tenant: str, key: str) -> int:
    """Return the mark of a tenant's segment: 0 to 2**63 - 1."""
    digest = hashlib.sha256(f"{tenant}\0{key}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def note_rendered(connection: sqlite3.Connection, tenant: str, keys: Collection[str], at_s: float) -> None:
    """Record the segments of a tenant's job, in the transaction that ends it."""
    connection.executemany(
        "INSERT INTO rendered (mark, at_s) VALUES (?, ?) ON CONFLICT (mark) DO UPDATE SET at_s = excluded.at_s",
        [(mark(tenant, key), int(at_s)) for key in keys],
    )
