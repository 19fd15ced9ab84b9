"""What was learned: the questions that the dashboard and the choice of templates ask."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Final

from farm_catalog import bulk
from farm_catalog.writer import Writer

DIMENSIONS: Final = (
    "template", "script", "category", "transition", "effect", "layout", "music", "asset", "owner",
)  # fmt: skip
"""What finished videos are compared by."""
DAY_S: Final = 86_400.0

_BY_DIMENSION: Final = """
SELECT * FROM performance_of(?::VARCHAR, ?::DOUBLE)
WHERE dimension IN (SELECT unnest(?::VARCHAR[]))
QUALIFY row_number() OVER (PARTITION BY dimension ORDER BY plays DESC, views DESC, name) <= ?
ORDER BY dimension, plays DESC, views DESC, name
"""


@dataclass(frozen=True, slots=True)
class Tally:
    """How often videos of a template were played and clicked in one category."""

    template: str
    """The template, without its version."""
    category: str
    """What kind of goods they show; empty where that is not known."""
    plays: int
    """Plays."""
    clicks: int
    """Clicks, never more than plays."""
    orders: int
    """Orders."""


class Learned:
    """The catalog's answers about finished videos; ``whose`` None is everybody's."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def dash(self, whose: str | None, days: int | None, most: int) -> dict[str, Any]:
        """Return all that a dashboard shows.

        Args:
            whose: Whose videos.
            days: Only what happened within so many days; all if None.
            most: Rows of each comparison at the most, those with most plays.
        """
        now_s = time.time()
        since_s = now_s - days * DAY_S if days is not None else 0.0
        asked = [whose, since_s]

        def work(connection: Any) -> dict[str, Any]:
            by: dict[str, list[bulk.Row]] = {name: [] for name in DIMENSIONS}
            for row in bulk.values(connection, _BY_DIMENSION, [*asked, list(DIMENSIONS), most]):
                by[row.pop("dimension")].append(row)
            told = {
                "made_at_s": now_s,
                "days": days,
                "funnel": bulk.values(connection, "SELECT * FROM funnel_of(?::VARCHAR, ?::DOUBLE)", asked),
                "by": by,
                "by_day": bulk.values(
                    connection, "SELECT * FROM days_of(?::VARCHAR, ?::DOUBLE) ORDER BY day", asked
                ),
                "template_categories": bulk.values(
                    connection,
                    "SELECT * FROM template_categories_of(?::VARCHAR, ?::DOUBLE) WHERE template IN"
                    " (SELECT unnest(?::VARCHAR[])) ORDER BY category, place",
                    [*asked, [row["name"] for row in by["template"]]],
                ),
            }
            if whose is None:
                # What the machines do is the operator's.
                told |= {
                    "target": bulk.values(
                        connection,
                        "SELECT * FROM target_days"
                        " WHERE day >= make_timestamp((? * 1000000)::BIGINT)::DATE ORDER BY day",
                        [since_s],
                    ),
                    "nodes": bulk.values(connection, "SELECT * FROM nodes"),
                    "plugins": bulk.values(connection, "SELECT * FROM plugin_runs"),
                }
            return told

        return self._writer.read(work)

    def tallies(self, whose: str | None) -> list[Tally]:
        """Return plays, clicks and orders by template and category."""
        rows = self._writer.read(
            lambda connection: connection.execute(
                "SELECT split_part(p.template, '@', 1), p.category, sum(t.plays)::BIGINT,"
                " least(sum(t.clicks), sum(t.plays))::BIGINT, sum(t.orders)::BIGINT"
                " FROM event_totals(0) t JOIN productions p USING (production)"
                " WHERE ?::VARCHAR IS NULL OR p.owner = ? GROUP BY ALL ORDER BY ALL",
                [whose, whose],
            ).fetchall()
        )
        return [Tally(*row) for row in rows]
