"""A consistency check of the whole catalog: inconsistencies, and how to repair them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from duckdb import DuckDBPyConnection

from farm_catalog.migration import migrations

SHOWN: Final = 5
"""Examples shown per finding."""


@dataclass(frozen=True, slots=True)
class Inconsistency:
    """An inconsistency."""

    what: str
    """The inconsistency."""
    count: int
    """Number of rows affected."""
    examples: tuple[str, ...]
    """Examples."""
    remedy: str
    """How to repair it."""


@dataclass(frozen=True, slots=True)
class Checkup:
    """The result of a consistency check."""

    layout: int
    """Number of the last migration."""
    rows: dict[str, int]
    """How many rows each table has."""
    size_bytes: int
    """Size of the file."""
    findings: tuple[Inconsistency, ...]
    """Inconsistencies; empty if there are none."""


_REBUILD: Final = "`farm catalog rebuild`"
_RESTORE: Final = "`farm catalog restore` of a backup from before"
_AGAIN: Final = "`farm assets add` the file again"

# Each query returns one example per row; left anti joins, because sets of a million strings are expensive.
_QUESTIONS: Final[tuple[tuple[str, str, str], ...]] = (
    ("entries of owners whose asset is gone", "SELECT sha256 || ' of ' || owner FROM holdings ANTI JOIN assets"
     " USING (sha256)", f"{_RESTORE}, or {_AGAIN}"),
    ("assets without owner that no work uses", "SELECT sha256 FROM assets ANTI JOIN holdings USING (sha256)"
     " ANTI JOIN work_assets USING (sha256)", "harmless; `farm assets add` gives the file an owner"),
    ("works that use assets which are gone", "SELECT u.work_id || ' uses ' || u.sha256 FROM work_assets u"
     " ANTI JOIN assets USING (sha256)", f"`farm works edit` replaces them; or {_AGAIN}"),
    ("works whose current version is missing", "SELECT work_id FROM works w ANTI JOIN work_versions v"
     " ON v.work_id = w.work_id AND v.version = w.head", _RESTORE),
    ("versions of works that are gone", "SELECT DISTINCT work_id FROM work_versions ANTI JOIN works USING (work_id)",
     "harmless; they can no longer be reached"),
    ("findings on assets that are gone", "SELECT sha256 || ' by ' || analyser FROM findings ANTI JOIN assets"
     " USING (sha256)", "harmless leftovers"),
    ("assets with two findings of one analyser", "SELECT sha256 || ' by ' || analyser || ': ' || name FROM asset_facts"
     " GROUP BY sha256, analyser, name HAVING count(*) > 1", "`farm assets look` them again"),
    ("entries missing from the word index", "SELECT sha256 || ' of ' || owner FROM holdings"
     " ANTI JOIN words USING (sha256, owner)", _REBUILD),
    ("words of removed entries", "SELECT holding FROM words ANTI JOIN holdings USING (sha256, owner)", _REBUILD),
    ("parts of productions that are gone", "SELECT DISTINCT production FROM production_parts ANTI JOIN productions"
     " USING (production)", _RESTORE),
    ("events of productions that are gone", "SELECT DISTINCT production FROM events ANTI JOIN productions"
     " USING (production)", _RESTORE),
    ("events counted twice", "SELECT key::VARCHAR FROM events GROUP BY key HAVING count(*) > 1", _RESTORE),
    ("videos with wrong sums of events", "SELECT coalesce(s.production, e.production) FROM event_sums s FULL JOIN"
     " (SELECT production, sum(n) AS n FROM (SELECT production, count AS n FROM events UNION ALL SELECT production,"
     " views + plays + completions + clicks + carts + orders FROM old_event_sums) GROUP BY production) e"
     " USING (production)"
     " WHERE s.views + s.plays + s.completions + s.clicks + s.carts + s.orders IS DISTINCT FROM e.n", _REBUILD),
    ("segments of runs that are gone", "SELECT DISTINCT job_id FROM run_segments ANTI JOIN runs"
     " USING (job_id, finished_at_s)", _REBUILD),
    ("segments counted twice", "SELECT job_id || ' ' || index FROM run_segments GROUP BY job_id, finished_at_s, index"
     " HAVING count(*) > 1", _REBUILD),
)  # fmt: skip


def look_over(connection: DuckDBPyConnection, size_bytes: int) -> Checkup:
    """Check a catalog's tables against each other; read-only."""
    row = connection.execute("SELECT coalesce(max(number), 0) FROM schema_version").fetchone()
    layout = int(row[0]) if row is not None else 0
    tables = [
        name
        for (name,) in connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main' AND NOT temporary ORDER BY table_name"
        ).fetchall()
    ]
    rows = {name: _number(connection, f'SELECT count(*) FROM "{name}"') for name in tables}
    findings = []
    if layout != len(migrations()):
        summary = f"the layout is {layout}, this farm's is {len(migrations())}"
        findings.append(
            Inconsistency(summary, 1, (), "any command of this farm that writes brings it up to date")
        )
    for what, sql, remedy in _QUESTIONS:
        found = connection.execute(
            f"SELECT one, count(*) OVER () FROM ({sql}) AS found(one) LIMIT {SHOWN}"
        ).fetchall()
        if found:
            findings.append(
                Inconsistency(what, int(found[0][1]), tuple(sorted(str(one) for one, _ in found)), remedy)
            )
    return Checkup(layout, rows, size_bytes, tuple(findings))


def library_files(connection: DuckDBPyConnection) -> list[tuple[str, str, str]]:
    """Return (asset, blob, suffix) of all files that the library should have."""
    found: list[tuple[str, str, str]] = connection.execute(
        "SELECT sha256, sha256, '' FROM assets UNION ALL SELECT sha256, blob, suffix FROM asset_files"
    ).fetchall()
    return found


def _number(connection: DuckDBPyConnection, sql: str, parameters: list[Any] | None = None) -> int:
    row = connection.execute(sql, parameters or []).fetchone()
    return int(row[0]) if row is not None else 0
