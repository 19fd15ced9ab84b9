"""Which jobs to list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from farm.journal.entry import UNFINISHED


@dataclass(frozen=True, slots=True)
class Filter:
    """Selects the jobs to list."""

    tenant: str | None = None
    """Only this tenant's."""
    state: str | None = None
    """Only jobs in this state; ``unfinished`` for all that have not ended."""
    batch_id: str | None = None
    """Only the rows of this batch."""
    source: str | None = None
    """Only jobs whose document has this source."""
    since_s: float | None = None
    """Only jobs accepted at this time or later."""
    but_tenant: str | None = None
    """Exclude this tenant's jobs."""
    before: int | None = None
    """Only jobs with a lower serial: where the previous page ended."""


def where(only: Filter) -> tuple[str, tuple[Any, ...]]:
    """Return the SQL condition on the table of jobs, and its values."""
    parts: list[str] = ["1"]
    values: list[Any] = []
    if only.state == "unfinished":
        parts.append(UNFINISHED)
    elif only.state is not None:
        parts.append("state = ?")
        values.append(only.state)
    for column, value in (("tenant", only.tenant), ("batch_id", only.batch_id), ("source", only.source)):
        if value is not None:
            parts.append(f"{column} = ?")
            values.append(value)
    if only.but_tenant is not None:
        parts.append("tenant <> ?")
        values.append(only.but_tenant)
    if only.since_s is not None:
        parts.append("accepted_s >= ?")
        values.append(only.since_s)
    if only.before is not None:
        parts.append("serial < ?")
        values.append(only.before)
    return " AND ".join(parts), tuple(values)
