"""The dashboard as one self-contained HTML page."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from importlib.resources import files
from typing import Any

from farm.contract.audience import Dashboard
from farm.dashboard.charts import band, bars, columns, heat, intervals
from farm.dashboard.tables import DashTable, elements, money, percent, rate, tables

LEADS = {
    "funnel": "Views, plays and completions are of all videos; clicks are counted against plays, carts and orders "
    "against clicks.",
    "template": "Click-through rate with its 95 % interval: where intervals lie apart, "
    "chance alone hardly explains it.",
    "category": "The best is the one whose interval begins highest: it is the safest choice, not the luckiest.",
    "element": "A video counts for each element in it; elements that always come together cannot be told apart.",
    "day": "Late events are counted for the day on which they happened.",
    "target": "Finished videos per day. The goal is 60,000.",
}


def page(dashboard: Dashboard) -> str:
    """Return the page for a dashboard's data."""
    made = tables(dashboard)
    data = dashboard.model_dump(mode="json")
    at = datetime.fromtimestamp(data["made_at_s"], UTC).strftime("%Y-%m-%d %H:%M UTC")
    span = f"the last {data['days']} days" if data["days"] else "all time"
    links = "".join(f'<a href="#{one.key}">{escape(one.title)}</a>' for one in made if one.rows)
    sections = "".join(_section(one, _chart(one.key, data)) for one in made)
    style = (files("farm.dashboard") / "data" / "dash.css").read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        # Whatever a name in the data contains, the page loads nothing and runs nothing.
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>farm: what was learned</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f"<header><h1>What was learned</h1><p>{escape(span)}, as of {escape(at)}</p></header>\n"
        f'{_tiles(data)}\n<nav aria-label="Sections">{links}</nav>\n<main>\n{sections}</main>\n</body>\n</html>\n'
    )


def _tiles(data: Mapping[str, Any]) -> str:
    step = {row["step"]: row for row in data["funnel"]}
    owners = data["by"]["owner"]
    currencies = sorted({name for row in owners for name in row["currencies"].split(", ") if name})
    total: dict[str, Any] = {"revenue": None, "currencies": ", ".join(currencies)}
    if len(currencies) <= 1:
        total["revenue"] = sum(row["revenue"] for row in owners)
    shown = [
        ("views", f"{step['views']['count']:,}"),
        ("plays", f"{step['plays']['count']:,}"),
        ("clicks of plays", percent(step["clicks"]["rate"])),
        ("orders", f"{step['orders']['count']:,}"),
        ("revenue", money(total)),
    ]
    tiles = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in shown)
    return f'<dl class="tiles">{tiles}</dl>'


def _section(table: DashTable, chart: str) -> str:
    head = f'<h2 id="{table.key}">{escape(table.title)}</h2>'
    lead = f"<p>{escape(LEADS[table.key])}</p>" if table.key in LEADS else ""
    if not table.rows:
        none = '<p class="none">No data yet.</p>'
        return f'<section aria-labelledby="{table.key}">{head}{none}</section>\n'
    written = _written(table)
    body = f"{chart}<details><summary>As a table</summary>{written}</details>" if chart else written
    return f'<section aria-labelledby="{table.key}">{head}{lead}{body}</section>\n'


def _written(table: DashTable) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in table.columns)
    rows = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in table.rows
    )
    # Wide tables scroll separately, including by keyboard.
    return (
        f'<div class="wide" role="region" tabindex="0" aria-label="{escape(table.title)}, table">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _chart(key: str, data: Mapping[str, Any]) -> str:
    by = data["by"]
    match key:
        case "funnel":
            steps = [
                (row["step"], float(row["count"]), f"{row['count']:,}" + _of(row)) for row in data["funnel"]
            ]
            return bars(steps, "How many views, plays, completions, clicks, carts and orders there were")
        case "template" | "script" | "asset" | "owner":
            return _rates([(str(row["name"]), row) for row in by[key]], f"Click-through rate by {key}")
        case "element":
            named = [(f"{row['name']} ({kind})", row) for kind, row in elements(by)[:16]]
            return _rates(named, "Click-through rate by element")
        case "category":
            inner = heat(data["template_categories"])
            label = "Click-through rate by category and template"
            return f'<div class="wide" role="region" tabindex="0" aria-label="{label}">{inner}</div>'
        case "day":
            days = data["by_day"][-90:]
            usual = statistics.median([row["plays"] for row in days]) if days else 0
            enough = [row for row in days if row["plays"] >= usual / 10]
            few = (
                f"; {len(days) - len(enough)} days with few plays left out" if len(enough) < len(days) else ""
            )
            plays = columns([(str(row["day"]), float(row["plays"])) for row in days], "Plays by day")
            rates = band(
                [(str(row["day"]), row["ctr"], row["ctr_low"], row["ctr_high"]) for row in enough],
                "Click-through rate by day with its 95 % interval",
            )
            return (
                f"<figure><figcaption>Plays</figcaption>{plays}</figure>"
                f"<figure><figcaption>Clicks of plays, with the 95 % interval{few}</figcaption>{rates}</figure>"
            )
        case "target":
            days = data["target"][-90:]
            made = columns(
                [(str(row["day"]), float(row["videos"])) for row in days], "Videos made by day", 60_000
            )
            last = days[-1] if days else None
            caption = f"{last['day']}: {percent(last['share'])} of 60,000" if last else ""
            return f"<figure><figcaption>{escape(caption)}</figcaption>{made}</figure>"
    return ""


def _rates(named: list[tuple[str, Mapping[str, Any]]], title: str) -> str:
    rows = [
        (name, row["ctr"], row["ctr_low"], row["ctr_high"], f"{rate(row, 'ctr')} · {row['plays']:,} plays")
        for name, row in named
    ]
    return intervals(rows, title)


def _of(row: Mapping[str, Any]) -> str:
    return "" if row["rate"] is None else f" · {percent(row['rate'])} of {row['after']}"
