"""Which assets are asked for, as SQL."""

from __future__ import annotations

from typing import Any, Final

from farm_catalog import bulk
from farm_catalog.asset_entry import Wanted

OPERATORS: Final = ("<=", ">=", "!=", "<", ">", "=")
OWN_FACTS: Final = ("width_px", "height_px", "duration_s", "size_bytes")
"""Facts that stand in the table of assets itself."""

_ORIENTATION: Final = """
    CASE WHEN a.width_px = 0 OR a.height_px = 0 THEN ''
         WHEN a.width_px / a.height_px BETWEEN 0.95 AND 1.05 THEN 'square'
         WHEN a.width_px > a.height_px THEN 'landscape' ELSE 'portrait' END
"""


def where(wanted: Wanted) -> tuple[str, list[Any]]:
    """Return a condition over ``assets a`` and ``holdings h``, and its parameters."""
    parts = ["true"]
    parameters: list[Any] = []

    def also(sql: str, *values: Any) -> None:
        parts.append(sql)
        parameters.extend(values)

    if wanted.owner is not None:
        also("h.owner IN (?, 'official')", wanted.owner)
    if wanted.sha256:
        also(f"a.sha256 IN {bulk.IN_LIST}", bulk.names(wanted.sha256))
    if wanted.kind:
        also("a.kind = ?", wanted.kind)
    if wanted.state:
        also("a.state = ?", wanted.state)
    if wanted.product:
        also("h.product = ?", wanted.product)
    if wanted.orientation:
        also(f"{_ORIENTATION} = ?", wanted.orientation)
    for tag in wanted.tags:
        also(
            "(list_contains(h.tags, ?) OR a.sha256 IN (SELECT sha256 FROM asset_tags WHERE tag = ?))",
            tag,
            tag,
        )
    for name, operator, value in wanted.limits:
        if operator not in OPERATORS:
            raise ValueError(f"`{operator}` is no comparison")
        sign = "<>" if operator == "!=" else operator
        if name in OWN_FACTS:
            also(f"a.{name} {sign} ?", value)
            continue
        column, given = ("word", value) if isinstance(value, str) else ("number", float(value))
        also(
            f"a.sha256 IN (SELECT sha256 FROM asset_facts WHERE name = ? AND {column} {sign} ?)", name, given
        )
    return " AND ".join(parts), parameters
