"""Statistics of events: the queries of the dashboard and of the choice of templates."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from farm_catalog import bulk
from farm_catalog.writer import CatalogWriter

DIMENSIONS: Final = (
    "template", "script", "category", "transition", "effect", "layout", "music", "owner",
)  # fmt: skip
"""The dimensions of comparisons of finished videos, besides assets."""
DAY_S: Final = 86_400.0
EVER: Final = "DATE '1970-01-01'"

_BY_DIMENSION: Final = """
SELECT * FROM performance_of(?::VARCHAR, {since})
WHERE dimension IN ({wanted})
QUALIFY row_number() OVER (PARTITION BY dimension ORDER BY plays DESC, views DESC, name) <= ?
ORDER BY dimension, plays DESC, views DESC, name
"""

_TOP_ASSETS: Final = """
SELECT part.name
FROM event_totals({since}) t JOIN production_parts part USING (production)
WHERE part.kind = 'asset'
  AND (?::VARCHAR IS NULL OR production IN (SELECT production FROM productions WHERE owner = ?))
GROUP BY part.name ORDER BY sum(t.plays) DESC, part.name LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Tally:
    """Plays, clicks and orders of a template's videos in one category."""

    template: str
    """The template, without its version."""
    category: str
    """What kind of goods they show; empty if unknown."""
    plays: int
    """Plays."""
    clicks: int
    """Clicks, never more than plays."""
    orders: int
    """Orders."""


class Learned:
    """Queries about finished videos; ``whose`` None means all owners."""

    def __init__(self, writer: CatalogWriter) -> None:
        self._writer = writer

    def dash(self, whose: str | None, days: int | None, most: int) -> dict[str, Any]:
        """Return the data of a dashboard.

        Args:
            whose: The owner of the videos.
            days: Only events of this many days; None for all.
            most: Maximum number of rows per comparison, those with most plays.
        """
        now_s = time.time()
        since = since_day(now_s, days)
        asked = [whose]

        def work(connection: Any) -> dict[str, Any]:
            by: dict[str, list[bulk.Row]] = {name: [] for name in (*DIMENSIONS, "asset")}
            # With constants, DuckDB does not aggregate dimensions that are filtered out.
            rows = bulk.values(
                connection, _BY_DIMENSION.format(since=since, wanted=_listed(DIMENSIONS)), [*asked, most]
            )
            # Find the most played of a million assets first, and aggregate only those.
            top = connection.execute(_TOP_ASSETS.format(since=since), [*asked, *asked, most]).fetchall()
            if top:
                names = _listed([name for (name,) in top])
                wanted = f"'asset') AND name IN ({names}"
                rows += bulk.values(
                    connection, _BY_DIMENSION.format(since=since, wanted=wanted), [*asked, most]
                )
            for row in rows:
                by[row.pop("dimension")].append(row)
            dashboard = {
                "made_at_s": now_s,
                "days": days,
                "funnel": bulk.values(connection, f"SELECT * FROM funnel_of(?::VARCHAR, {since})", asked),
                "by": by,
                "by_day": bulk.values(
                    connection, f"SELECT * FROM days_of(?::VARCHAR, {since}) ORDER BY day", asked
                ),
                "template_categories": bulk.values(
                    connection,
                    f"SELECT * FROM template_categories_of(?::VARCHAR, {since}) WHERE template IN"
                    " (SELECT unnest(?::VARCHAR[])) ORDER BY category, place",
                    [*asked, [row["name"] for row in by["template"]]],
                ),
            }
            if whose is None:
                # Figures about the machines are for operators.
                dashboard |= {
                    "target": bulk.values(
                        connection, f"SELECT * FROM target_days WHERE day >= {since} ORDER BY day"
                    ),
                    "nodes": bulk.values(connection, "SELECT * FROM nodes"),
                    "plugins": bulk.values(connection, "SELECT * FROM plugin_runs"),
                }
            return dashboard

        return self._writer.read(work)

    def tallies(self, whose: str | None) -> list[Tally]:
        """Return plays, clicks and orders by template and category."""
        rows = self._writer.read(
            lambda connection: connection.execute(
                "SELECT split_part(p.template, '@', 1), p.category, sum(t.plays)::BIGINT,"
                " least(sum(t.clicks), sum(t.plays))::BIGINT, sum(t.orders)::BIGINT"
                f" FROM event_totals({EVER}) t JOIN productions p USING (production)"
                " WHERE ?::VARCHAR IS NULL OR p.owner = ? GROUP BY ALL ORDER BY ALL",
                [whose, whose],
            ).fetchall()
        )
        return [Tally(*row) for row in rows]


def since_day(now_s: float, days: int | None) -> str:
    """Return the first of the last ``days`` days (UTC), including today, as an SQL literal."""
    if days is None:
        return EVER
    # A literal, not a bound parameter: DuckDB prunes by constants.
    return f"DATE '{datetime.fromtimestamp(now_s - (days - 1) * DAY_S, UTC):%Y-%m-%d}'"


def _listed(names: Sequence[str]) -> str:
    """Return names as SQL literals."""
    return ", ".join("'" + name.replace("'", "''") + "'" for name in names)
