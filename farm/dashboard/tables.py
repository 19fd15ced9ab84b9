"""The dashboard's figures as text tables: for printing, and as the data behind each chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from farm.contract.audience import Dashboard

Row = Mapping[str, Any]

ELEMENTS: Final = ("transition", "effect", "layout", "music")
DAYS_SHOWN: Final = 31
PLACES_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class DashTable:
    """A table."""

    key: str
    """Its identifier."""
    title: str
    """Its heading."""
    columns: tuple[str, ...]
    """Column headings; the first column names the row."""
    rows: tuple[tuple[str, ...], ...]
    """Its cells."""


def tables(dashboard: Dashboard) -> list[DashTable]:
    """Return all tables of a dashboard; those about machines only if it has data on them."""
    data = dashboard.model_dump(mode="json")
    by = data["by"]
    made = [
        _funnel(data["funnel"]),
        _compared("template", "Templates", by["template"]),
        _matrix(data["template_categories"]),
        _compared("script", "Scripts", by["script"]),
        _elements(by),
        _compared("asset", "Assets", by["asset"]),
        _compared("owner", "Owners", by["owner"]),
        _days(data["by_day"]),
    ]
    if dashboard.target is not None:
        made += [_target(data["target"]), _nodes(data["nodes"]), _plugins(data["plugins"])]
    return made


def elements(by: Mapping[str, Sequence[Row]]) -> list[tuple[str, Row]]:
    """Return (kind, row) of all elements, most plays first."""
    found = [(kind, row) for kind in ELEMENTS for row in by[kind]]
    return sorted(found, key=lambda one: -one[1]["plays"])


def rate(row: Row, name: str) -> str:
    """Return a rate with its interval, in percent."""
    if row[name] is None:
        return "–"
    return f"{percent(row[name])} ({percent(row[f'{name}_low'], '')}–{percent(row[f'{name}_high'], '')})"


def percent(share: float | None, sign: str = " %") -> str:
    """Return a share in percent, with more decimals for small values."""
    if share is None:
        return "–"
    decimals = 1 if share >= 0.0995 else 2
    return f"{100 * share:.{decimals}f}{sign}"


def money(row: Row) -> str:
    """Return the revenue, or the currencies if there are several."""
    if row["revenue"] is None:
        return f"in {row['currencies']}"
    return f"{row['revenue']:,.0f} {row['currencies']}".strip() if row["revenue"] else "–"


def _funnel(rows: Sequence[Row]) -> DashTable:
    cells = [
        (
            row["step"],
            f"{row['count']:,}",
            f"of {row['after']}" if row["after"] else "",
            rate({"rate": row["rate"], "rate_low": row["low"], "rate_high": row["high"]}, "rate")
            if row["after"]
            else "",
        )
        for row in rows
    ]
    return DashTable("funnel", "From shown to sold", ("step", "how many", "", "rate (95 %)"), tuple(cells))


def _compared(key: str, title: str, rows: Sequence[Row]) -> DashTable:
    columns = (
        key,
        "videos",
        "plays",
        "CTR (95 %)",
        "completion (95 %)",
        "orders of clicks (95 %)",
        "revenue",
    )
    return DashTable(key, title, columns, tuple((str(row["name"]), *_figures(row)) for row in rows))


def _elements(by: Mapping[str, Sequence[Row]]) -> DashTable:
    columns = (
        "element", "kind", "videos", "plays", "CTR (95 %)", "completion (95 %)", "orders of clicks (95 %)", "revenue",
    )  # fmt: skip
    rows = tuple((str(row["name"]), kind, *_figures(row)) for kind, row in elements(by))
    return DashTable("element", "Elements", columns, rows)


def _figures(row: Row) -> tuple[str, ...]:
    return (
        f"{row['productions']:,}",
        f"{row['plays']:,}",
        rate(row, "ctr"),
        rate(row, "completion_rate"),
        rate(row, "order_rate"),
        money(row),
    )


def _matrix(rows: Sequence[Row]) -> DashTable:
    cells = [
        (row["category"], str(row["place"]), row["template"], f"{row['plays']:,}", rate(row, "ctr"))
        for row in rows
        if row["place"] <= PLACES_SHOWN
    ]
    columns = ("category", "place", "template", "plays", "CTR (95 %)")
    return DashTable("category", "Which template works for which category", columns, tuple(cells))


def _days(rows: Sequence[Row]) -> DashTable:
    cells = [
        (
            str(row["day"]),
            f"{row['views']:,}",
            f"{row['plays']:,}",
            rate(row, "ctr"),
            f"{row['orders']:,}",
            money(row),
        )
        for row in rows[-DAYS_SHOWN:]
    ]
    columns = ("day (UTC)", "views", "plays", "CTR (95 %)", "orders", "revenue")
    return DashTable("day", "Day by day", columns, tuple(cells))


def _target(rows: Sequence[Row]) -> DashTable:
    cells = [
        (
            str(row["day"]),
            f"{row['videos']:,}",
            f"{row['failures']:,}",
            percent(row["share"]),
            _number(row["cpu_s_per_video"], " s"),
            _number(row["cores_for_target"]),
        )
        for row in rows[-DAYS_SHOWN:]
    ]
    columns = ("day (UTC)", "videos made", "failed", "of 60,000", "CPU a video", "cores for 60,000")
    return DashTable("target", "The day against 60,000 videos", columns, tuple(cells))


def _nodes(rows: Sequence[Row]) -> DashTable:
    cells = [
        (
            row["node"],
            f"{row['segments'] or 0:,}",
            f"{int(row['frames'] or 0):,}",
            _number(row["cpu_s"], " s"),
            _number(row["frames_per_core_s"]),
        )
        for row in rows
    ]
    columns = ("node", "segments", "frames", "CPU", "frames a core and second")
    return DashTable("node", "Machines", columns, tuple(cells))


def _plugins(rows: Sequence[Row]) -> DashTable:
    cells = [
        (
            f"{row['plugin']} {row['version']}",
            f"{row['videos']:,}",
            f"{row['failures']:,}",
            _number(row["cpu_s_per_video"], " s"),
            _number(row["wall_s_per_video"], " s"),
        )
        for row in rows
    ]
    columns = ("plugin", "videos", "failed", "CPU a video", "wall a video")
    return DashTable("plugin", "Plugins", columns, tuple(cells))


def _number(value: float | None, unit: str = "") -> str:
    return "–" if value is None else f"{value:,.1f}{unit}"
