"""The dashboard's charts: shapes are SVG without text, labels are HTML beside them, so that nothing is clipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import floor, log10
from typing import Any

from farm.dashboard.tables import percent

Row = Mapping[str, Any]


def bars(rows: Sequence[tuple[str, float, str]], title: str) -> str:
    """Return horizontal bars starting at 0; each row is (name, value, label)."""
    most = max((value for _, value, _ in rows), default=0.0) or 1.0
    lines = "".join(
        _line(name, f'<rect class="bar" x="0" y="5" width="{100 * value / most:.3f}" height="14"/>', label)
        for name, value, label in rows
    )
    return f'<div class="rows" role="img" aria-label="{escape(title)}">{lines}</div>'


def intervals(rows: Sequence[tuple[str, float | None, float | None, float | None, str]], title: str) -> str:
    """Return rates with their 95 % intervals on one axis; each row is (name, rate, low, high, label)."""
    most = _round_up(max((high for _, _, _, high, _ in rows if high is not None), default=0.0))
    lines = []
    for name, rate, low, high, label in rows:
        shape = ""
        if rate is not None and low is not None and high is not None:
            left, right, at = 100 * low / most, 100 * high / most, 100 * rate / most
            shape = (
                f'<rect class="span" x="{left:.3f}" y="8" width="{max(right - left, 0.4):.3f}" height="8"/>'
                f'<rect class="mark" x="{min(max(at - 0.45, 0.0), 99.1):.3f}" y="3" width="0.9" height="18"/>'
            )
        lines.append(_line(name, shape, label))
    ticks = "".join(f"<span>{percent(most * part / 4) if part else 0}</span>" for part in range(5))
    axis = f'<div class="row axis"><span></span><span class="ticks">{ticks}</span><span></span></div>'
    return f'<div class="rows" role="img" aria-label="{escape(title)}">{"".join(lines)}{axis}</div>'


def columns(rows: Sequence[tuple[str, float]], title: str, goal: float | None = None) -> str:
    """Return one column per day, starting at 0, with a line at the goal unless it is far above the columns."""
    most = _round_up(max([value for _, value in rows], default=0.0))
    shown_goal = goal is not None and goal <= 4 * most
    if goal is not None and shown_goal:
        most = max(most, _round_up(goal))
    step = 100 / max(len(rows), 1)
    shapes = "".join(
        f'<rect class="bar" x="{index * step + 0.12 * step:.3f}" y="{60 - 60 * value / most:.3f}" '
        f'width="{0.76 * step:.3f}" height="{60 * value / most:.3f}"/>'
        for index, (_, value) in enumerate(rows)
    )
    if goal is not None and shown_goal:
        y = 60 - 60 * goal / most
        shapes += f'<line class="goal" x1="0" x2="100" y1="{y:.3f}" y2="{y:.3f}"/>'
    return _over_days(shapes, [day for day, _ in rows], f"{most:,.0f}", "0", title)


def band(rows: Sequence[tuple[str, float | None, float | None, float | None]], title: str) -> str:
    """Return a rate over days with its 95 % interval; each row is (day, rate, low, high)."""
    most = _round_up(max((high for _, _, _, high in rows if high is not None), default=0.0))
    step = 100 / max(len(rows), 1)
    pieces: list[list[tuple[float, float, float, float]]] = [[]]
    for index, (_, rate, low, high) in enumerate(rows):
        if rate is None or low is None or high is None:
            pieces.append([])
            continue
        x = (index + 0.5) * step
        pieces[-1].append((x, 60 - 60 * rate / most, 60 - 60 * low / most, 60 - 60 * high / most))
    shapes = ""
    for piece in pieces:
        if not piece:
            continue
        if len(piece) == 1:
            # A single day does not make a line: widen it.
            x, rate_y, low_y, high_y = piece[0]
            piece = [(x - step / 4, rate_y, low_y, high_y), (x + step / 4, rate_y, low_y, high_y)]
        upper = " ".join(f"{x:.3f},{high:.3f}" for x, _, _, high in piece)
        lower = " ".join(f"{x:.3f},{low:.3f}" for x, _, low, _ in reversed(piece))
        line = " ".join(f"{x:.3f},{y:.3f}" for x, y, _, _ in piece)
        shapes += f'<polygon class="span" points="{upper} {lower}"/><polyline class="line" points="{line}"/>'
    return _over_days(shapes, [row[0] for row in rows], percent(most), "0", title)


def heat(rows: Sequence[Row]) -> str:
    """Return CTRs of templates by category as a table; the higher the CTR, the darker the cell."""
    templates = sorted({row["template"] for row in rows})
    categories = sorted({row["category"] for row in rows})
    cells = {(row["category"], row["template"]): row for row in rows}
    most = max((row["ctr"] or 0.0 for row in rows), default=0.0) or 1.0
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in templates)
    lines = []
    for category in categories:
        line = f'<th scope="row">{escape(category)}</th>'
        for template in templates:
            row = cells.get((category, template))
            if row is None or row["ctr"] is None:
                line += '<td class="none">–</td>'
                continue
            # Even the strongest tint leaves the text a contrast above 4.5 in both colour schemes.
            tint = round(45 * row["ctr"] / most)
            best = " <strong>best</strong>" if row["place"] == 1 else ""
            line += (
                f'<td style="--tint:{tint}%"><span class="big">{percent(row["ctr"])}</span>{best}'
                f"<small>{percent(row['ctr_low'], '')}–{percent(row['ctr_high'], '')} · {row['plays']:,} plays</small>"
                "</td>"
            )
        lines.append(f"<tr>{line}</tr>")
    top = f'<thead><tr><th scope="col">category</th>{head}</tr></thead>'
    return f'<table class="heat">{top}<tbody>{"".join(lines)}</tbody></table>'


def _line(name: str, shape: str, label: str) -> str:
    svg = f'<svg viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">{shape}</svg>'
    named = f'<span class="name">{escape(name)}</span>'
    return f'<div class="row">{named}{svg}<span class="value">{escape(label)}</span></div>'


def _over_days(shapes: str, days: Sequence[str], top: str, bottom: str, title: str) -> str:
    svg = f'<svg viewBox="0 0 100 60" preserveAspectRatio="none" aria-hidden="true">{shapes}</svg>'
    named = [days[0], days[len(days) // 2], days[-1]] if len(days) > 2 else list(days)
    ticks = "".join(f"<span>{escape(day)}</span>" for day in named)
    return (
        f'<div class="days" role="img" aria-label="{escape(title)}"><div class="scale"><span>{escape(top)}</span>'
        f'<span>{escape(bottom)}</span></div><div class="plot">{svg}</div><div class="ticks">{ticks}</div></div>'
    )


def _round_up(value: float) -> float:
    """Round up to 1, 2, 2.5 or 5 times a power of ten; 1 for values up to 0."""
    if value <= 0:
        return 1.0
    power = 10.0 ** floor(log10(value))
    # With a small tolerance: 0.05 is 5.000000000000001 hundredths.
    return next(step * power for step in (1.0, 2.0, 2.5, 5.0, 10.0) if value <= step * power * (1 + 1e-9))
