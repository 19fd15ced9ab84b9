"""Retention: old rows are removed from the catalog, whole days (UTC) at a time; their sums are kept."""

from __future__ import annotations

from typing import Final

from duckdb import DuckDBPyConnection

from farm_catalog.events import add_up
from farm_catalog.writer import CatalogWriter

_DAY: Final = "make_timestamp(CAST(finished_at_s * 1000000 AS BIGINT))::DATE"
_BEFORE: Final = "make_timestamp(CAST(?::DOUBLE * 1000000 AS BIGINT))::DATE"
"""The day of a time; rows of that day are kept, since it is not over."""
_DETAILS: Final = ("run_segments", "run_plugins", "run_warnings")


class Age:
    """Removes old rows, each kind in one commit."""

    def __init__(self, writer: CatalogWriter) -> None:
        self._writer = writer

    def runs(self, before_s: float) -> int:
        """Remove runs that ended on days before that of a time, with their details; return how many runs.

        The view ``days`` is unchanged for those days.
        """
        return self._writer.write(lambda connection: _runs(connection, before_s))

    def run_details(self, before_s: float) -> int:
        """Remove segments, plugins and warnings of such runs, but not the runs; return how many rows."""
        return self._writer.write(lambda connection: _details(connection, before_s))

    def productions(self, before_s: float) -> int:
        """Remove productions that ended before a time, whose work was removed and which have no events left.

        Their sums by video are removed with them, those by day are kept. Return how many.
        """
        return self._writer.write(lambda connection: _productions(connection, before_s))

    def events(self, before_s: float) -> int:
        """Remove events that happened on days before that of a time; return how many rows.

        Their sums by production and by day are kept. An event that is sent again after that counts again.
        """
        return self._writer.write(lambda connection: _events(connection, before_s))


def _runs(connection: DuckDBPyConnection, before_s: float) -> int:
    connection.execute(
        f"""
        INSERT INTO old_run_days
        SELECT {_DAY} AS day, count(*) FILTER (state = 'done'), count(*) FILTER (state = 'failed'), sum(frames),
               sum(cpu_s), quantile_cont(wait_s, 0.95), quantile_cont(wall_s, 0.95)
        FROM runs WHERE {_DAY} < {_BEFORE} GROUP BY day
        ON CONFLICT (day) DO UPDATE SET
            videos = old_run_days.videos + excluded.videos, failures = old_run_days.failures + excluded.failures,
            frames = old_run_days.frames + excluded.frames, cpu_s = old_run_days.cpu_s + excluded.cpu_s,
            wait_p95_s = greatest(old_run_days.wait_p95_s, excluded.wait_p95_s),
            wall_p95_s = greatest(old_run_days.wall_p95_s, excluded.wall_p95_s)
        """,
        [before_s],
    )
    _details(connection, before_s)
    return _delete(connection, f"runs WHERE {_DAY} < {_BEFORE}", before_s)


def _details(connection: DuckDBPyConnection, before_s: float) -> int:
    return sum(_delete(connection, f"{table} WHERE {_DAY} < {_BEFORE}", before_s) for table in _DETAILS)


def _productions(connection: DuckDBPyConnection, before_s: float) -> int:
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE leaving AS SELECT production FROM productions ANTI JOIN works USING (work_id)"
        " WHERE coalesce(ended_at_s, asked_at_s) < ? AND production NOT IN (SELECT production FROM events)",
        [before_s],
    )
    row = connection.execute("SELECT count(*) FROM leaving").fetchone()
    for table in ("production_parts", "event_sums", "old_event_sums", "productions"):
        connection.execute(f"DELETE FROM {table} WHERE production IN (SELECT production FROM leaving)")
    connection.execute("DROP TABLE leaving")
    return int(row[0]) if row is not None else 0


def _events(connection: DuckDBPyConnection, before_s: float) -> int:
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE leaving AS SELECT e.*, p.owner FROM events e"
        f" JOIN productions p USING (production) WHERE e.day < {_BEFORE}",
        [before_s],
    )
    add_up(connection, "leaving", old=True)
    connection.execute("DROP TABLE leaving")
    return _delete(connection, f"events WHERE day < {_BEFORE}", before_s)


def _delete(connection: DuckDBPyConnection, what: str, before_s: float) -> int:
    row = connection.execute(f"DELETE FROM {what}", [before_s]).fetchone()
    return int(row[0]) if row is not None else 0
