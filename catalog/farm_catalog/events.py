"""Events: viewers' actions on finished videos, each counted once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from duckdb import DuckDBPyConnection

from farm_catalog import bulk
from farm_catalog.writer import CatalogWriter

KINDS: Final = ("view", "play", "complete", "click", "cart", "order")
"""The kinds of events of a video, in their usual order."""

_SUMMED: Final = ("views", "plays", "completions", "clicks", "carts", "orders", "watched_s", "value")
_SUMS: Final = {"event_sums": ("production",), "event_days": ("day", "owner")}
"""Tables of sums, and their keys."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event of a finished video, which stands for ``count`` occurrences."""

    event_id: str
    """The sender's id: the same id of the same owner is the same event, whenever it arrives."""
    production: str
    """The finished video."""
    kind: str
    """One of :data:`KINDS`."""
    at_s: float
    """When it happened, seconds since the epoch: it counts for that day (UTC), however late it arrives."""
    platform: str = ""
    """The platform where it happened."""
    viewer: str = ""
    """The viewer's id at the sender; only a hash is stored."""
    count: int = 1
    """How many occurrences this stands for."""
    watched_s: float | None = None
    """How long each was watched."""
    share: float | None = None
    """Fraction of the video that each watched, 0 to 1."""
    value: float = 0.0
    """Their total value, in ``currency``."""
    currency: str = ""
    """ISO 4217; empty without a value."""


@dataclass(frozen=True, slots=True)
class EventIntake:
    """The outcome of sending events."""

    taken: int
    """Events that were added to the catalog."""
    repeated: int
    """Events that were known, or sent twice; they count once."""
    unknown: tuple[int, ...]
    """Indices, from 0, of events whose production the owner does not have; they were left out."""


class AudienceEvents:
    """The catalog's table of events."""

    def __init__(self, writer: CatalogWriter) -> None:
        self._writer = writer

    def add(self, events: Sequence[Event], owner: str | None = None) -> EventIntake:
        """Add events, in one commit, of productions that the owner has; ``owner`` None has everybody's."""
        if not events:
            return EventIntake(0, 0, ())
        return self._writer.write(lambda connection: _add(connection, events, owner))

    def sum_anew(self) -> None:
        """Rebuild the sums by production and by day from the events themselves."""
        self._writer.write(sum_anew)

    def count(self) -> int:
        """Return how many rows there are."""
        return self._writer.read(
            lambda connection: int((connection.execute("SELECT count(*) FROM events").fetchone() or (0,))[0])
        )


def _add(connection: DuckDBPyConnection, events: Sequence[Event], owner: str | None) -> EventIntake:
    connection.execute("CREATE OR REPLACE TEMP TABLE sent AS SELECT 0::BIGINT AS place, '' AS id, '' AS seen_by, *"
                       " EXCLUDE (key, day, viewer) FROM events LIMIT 0")  # fmt: skip
    bulk.insert(
        connection,
        "sent",
        [
            {
                "place": place, "id": one.event_id, "seen_by": one.viewer, "production": one.production,
                "kind": one.kind, "at_s": one.at_s, "platform": one.platform, "count": one.count,
                "watched_s": one.watched_s, "share": one.share, "value": one.value, "currency": one.currency,
            }
            for place, one in enumerate(events)
        ],
    )  # fmt: skip
    # Ids of different owners are different events. Of events sent twice, the first one counts.
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE known AS
        SELECT min_by(sent, place) AS one, md5_number_lower(p.owner || chr(0) || sent.id) AS key,
               any_value(p.owner) AS owner, count(*) AS times
        FROM sent JOIN productions p USING (production)
        WHERE ?::VARCHAR IS NULL OR p.owner = ?
        GROUP BY key
        """,
        [owner, owner],
    )
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE fresh AS
        SELECT key, owner, one.production AS production, one.kind AS kind, one.at_s AS at_s,
               make_timestamp(CAST(one.at_s * 1000000 AS BIGINT))::DATE AS day, one.platform AS platform,
               CASE WHEN one.seen_by <> '' THEN md5_number_lower(owner || chr(0) || one.seen_by) END AS viewer,
               one.count AS count, one.watched_s AS watched_s, one.share AS share, one.value AS value,
               one.currency AS currency
        FROM known ANTI JOIN (SELECT key FROM events SEMI JOIN known USING (key)) USING (key)
        ORDER BY one.place
        """
    )
    taken = connection.execute("INSERT INTO events SELECT * EXCLUDE (owner) FROM fresh").fetchone()
    add_up(connection, "fresh")
    unknown = connection.execute(
        """
        SELECT place FROM sent ANTI JOIN
        (SELECT production FROM productions WHERE ?::VARCHAR IS NULL OR owner = ?) USING (production) ORDER BY place
        """,
        [owner, owner],
    ).fetchall()
    fresh = int(taken[0]) if taken is not None else 0
    for table in ("sent", "known", "fresh"):
        connection.execute(f"DROP TABLE {table}")
    return EventIntake(fresh, len(events) - len(unknown) - fresh, tuple(int(row[0]) for row in unknown))


def add_up(connection: DuckDBPyConnection, table: str, *, old: bool = False) -> None:
    """Add the events of a table, which has the columns of ``events`` and ``owner``, to the sums.

    With ``old``, to the sums of removed events, which are part of the sums of all events and also kept separately.
    """
    for name, by in _SUMS.items():
        sums = f"old_{name}" if old else name
        added = ", ".join(f"{name} = {sums}.{name} + excluded.{name}" for name in _SUMMED)
        keys = ", ".join(by)
        connection.execute(
            f"""
            INSERT INTO {sums}
            SELECT {keys},
                   coalesce(sum(count) FILTER (kind = 'view'), 0), coalesce(sum(count) FILTER (kind = 'play'), 0),
                   coalesce(sum(count) FILTER (kind = 'complete'), 0),
                   coalesce(sum(count) FILTER (kind = 'click'), 0), coalesce(sum(count) FILTER (kind = 'cart'), 0),
                   coalesce(sum(count) FILTER (kind = 'order'), 0), coalesce(sum(watched_s * count), 0), sum(value),
                   min(nullif(currency, '')), max(nullif(currency, ''))
            FROM {table} GROUP BY {keys}
            ON CONFLICT ({keys}) DO UPDATE SET {added},
                first_currency = least({sums}.first_currency, excluded.first_currency),
                last_currency = greatest({sums}.last_currency, excluded.last_currency)
            """
        )


def sum_anew(connection: DuckDBPyConnection) -> None:
    """Rebuild the sums from all events, and from the sums of removed events."""
    for sums in _SUMS:
        connection.execute(f"DELETE FROM {sums}")
        connection.execute(f"INSERT INTO {sums} FROM old_{sums}")
    add_up(connection, "(SELECT e.*, p.owner FROM events e JOIN productions p USING (production))")
