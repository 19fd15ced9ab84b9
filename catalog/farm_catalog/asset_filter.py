"""Filters for assets, as SQL."""

from __future__ import annotations

from typing import Any, Final

from farm_catalog import bulk
from farm_catalog.asset_entry import Wanted

OPERATORS: Final = ("<=", ">=", "!=", "<", ">", "=")
OWN_FACTS: Final = ("width_px", "height_px", "duration_s", "size_bytes")
"""Facts that are columns of the table of assets."""

_ORIENTATION: Final = """
    CASE WHEN a.width_px = 0 OR a.height_px = 0 THEN ''
         WHEN a.width_px / a.height_px BETWEEN 0.95 AND 1.05 THEN 'square'
         WHEN a.width_px > a.height_px THEN 'landscape' ELSE 'portrait' END
"""


def where(wanted: Wanted) -> tuple[str, list[Any]]:
    """Return a condition over ``assets a`` and ``holdings h``, and its parameters."""
    held, held_parameters = where_held(wanted)
    found, found_parameters = where_found(wanted)
    return f"{held} AND {found}", [*held_parameters, *found_parameters]


def where_held(wanted: Wanted) -> tuple[str, list[Any]]:
    """Return the part of the condition that needs only ``holdings h``, and its parameters."""
    parts: list[tuple[str, list[Any]]] = []
    if wanted.owner is not None:
        parts.append(("h.owner IN (?, 'official')", [wanted.owner]))
    if wanted.sha256:
        parts.append((f"h.sha256 IN {bulk.IN_LIST}", [bulk.names(wanted.sha256)]))
    if wanted.product:
        parts.append(("h.product = ?", [wanted.product]))
    for tag in wanted.tags:
        parts.append(
            (
                "(list_contains(h.tags, ?) OR h.sha256 IN (SELECT sha256 FROM asset_tags WHERE tag = ?))",
                [tag, tag],
            )
        )
    return _joined(parts)


def where_found(wanted: Wanted) -> tuple[str, list[Any]]:
    """Return the part of the condition that needs ``assets a``, and its parameters."""
    parts: list[tuple[str, list[Any]]] = []
    if wanted.kind:
        parts.append(("a.kind = ?", [wanted.kind]))
    if wanted.state:
        parts.append(("a.state = ?", [wanted.state]))
    if wanted.orientation:
        parts.append((f"{_ORIENTATION} = ?", [wanted.orientation]))
    for name, operator, value in wanted.limits:
        if operator not in OPERATORS:
            raise ValueError(f"`{operator}` is not a comparison")
        sign = "<>" if operator == "!=" else operator
        if name in OWN_FACTS:
            parts.append((f"a.{name} {sign} ?", [value]))
            continue
        column, given = ("word", value) if isinstance(value, str) else ("number", float(value))
        parts.append(
            (
                f"a.sha256 IN (SELECT sha256 FROM asset_facts WHERE name = ? AND {column} {sign} ?)",
                [name, given],
            )
        )
    return _joined(parts)


def _joined(parts: list[tuple[str, list[Any]]]) -> tuple[str, list[Any]]:
    sql = " AND ".join(["true", *(part for part, _ in parts)])
    return sql, [value for _, values in parts for value in values]
