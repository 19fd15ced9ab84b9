"""Pages of the library's entries."""

from __future__ import annotations

import json
from fractions import Fraction
from operator import itemgetter
from typing import Final

from duckdb import DuckDBPyConnection

from farm.model.asset import MediaKind
from farm_catalog import bulk
from farm_catalog.asset_entry import AssetEntry, SliceFound, Wanted
from farm_catalog.asset_filter import where, where_found, where_held

_ENTRY: Final = """
    a.sha256, h.owner, a.kind, a.width_px, a.height_px, a.duration_s, a.rate, a.has_sound, a.has_alpha, a.size_bytes,
    a.state, a.problem, h.name, h.tags, h.licence, h.source, h.product, h.added_at_s
"""

_PARTS: Final = f"""
    WITH page AS MATERIALIZED {bulk.IN_LIST}
    SELECT sha256, 'fact' AS part, name, word, number, NULL AS suffix FROM asset_facts WHERE sha256 IN (FROM page)
    UNION ALL
    SELECT sha256, 'tag', tag, NULL, NULL, NULL FROM asset_tags WHERE sha256 IN (FROM page)
    UNION ALL
    SELECT sha256, 'file', name, blob, NULL, suffix FROM asset_files WHERE sha256 IN (FROM page)
"""


def count(connection: DuckDBPyConnection, wanted: Wanted) -> int:
    """Return how many entries there are."""
    condition, parameters = where(wanted)
    row = connection.execute(
        f"SELECT count(*) FROM holdings h JOIN assets a USING (sha256) WHERE {condition}", parameters
    ).fetchone()
    return int(row[0]) if row is not None else 0


def entries(
    connection: DuckDBPyConnection, wanted: Wanted, limit: int, offset: int, *, whole: bool = False
) -> list[AssetEntry]:
    """Return entries, newest first, with facts, tags, slices and files.

    Args:
        connection: The catalog.
        wanted: Which entries.
        limit: Maximum number of entries.
        offset: Number of entries to skip.
        whole: Whether the analysers' findings are read, too.
    """
    held, parameters = where_held(wanted)
    condition, found_parameters = where_found(wanted)
    order = "ORDER BY h.added_at_s DESC, h.sha256, h.owner"
    if found_parameters:
        source, page = (
            f"holdings h JOIN assets a USING (sha256) WHERE {held} AND {condition}",
            "LIMIT ? OFFSET ?",
        )
    else:
        # Select the page before the join, rather than join a million assets for fifty.
        source, page = f"(SELECT * FROM holdings h WHERE {held} {order} LIMIT ? OFFSET ?) h", ""
        source += " JOIN assets a USING (sha256)"
    rows = bulk.values(
        connection,
        f"SELECT {_ENTRY} FROM {source} {order} {page}",
        [*parameters, *found_parameters, limit, offset],
    )
    hashes = bulk.names([row["sha256"] for row in rows])

    def of(table: str, columns: str, order: str = "") -> dict[str, list[bulk.Row]]:
        found: dict[str, list[bulk.Row]] = {}
        sql = f"SELECT sha256, {columns} FROM {table} WHERE sha256 IN {bulk.IN_LIST} {order}"
        for row in bulk.values(connection, sql, [hashes]):
            found.setdefault(row["sha256"], []).append(row)
        return found

    # One query for three tables takes 1.1 ms, three take 2.2. A page of pictures has no slices.
    parts: dict[tuple[str, str], list[bulk.Row]] = {}
    for row in bulk.values(connection, _PARTS, [hashes]):
        parts.setdefault((row["sha256"], row["part"]), []).append(row)
    clips = any(row["kind"] == MediaKind.VIDEO for row in rows)
    slices = of("slices", "start, stop, keyframe, facts", "ORDER BY sha256, index") if clips else {}
    looks = (
        of("findings", "analyser, version, findings, problem, cpu_s", "ORDER BY analyser") if whole else {}
    )
    made = []
    for row in rows:
        sha256 = row["sha256"]
        cut = tuple(
            SliceFound(
                Fraction(one["start"]), Fraction(one["stop"]), one["keyframe"], json.loads(one["facts"])
            )
            for one in slices.get(sha256, [])
        )
        made.append(
            AssetEntry(
                **row | {"kind": MediaKind(row["kind"]) if row["kind"] else None, "tags": tuple(row["tags"])},
                seen=tuple(dict.fromkeys(one["name"] for one in parts.get((sha256, "tag"), []))),
                facts={
                    one["name"]: one["number"] if one["word"] is None else one["word"]
                    for one in parts.get((sha256, "fact"), [])
                },
                slices=cut,
                files={
                    one["name"]: (one["word"], one["suffix"])
                    for one in sorted(parts.get((sha256, "file"), []), key=itemgetter("name"))
                },
                findings={
                    one["analyser"]: {
                        "version": one["version"],
                        "findings": json.loads(one["findings"]),
                        "problem": one["problem"],
                        "cpu_s": one["cpu_s"],
                    }
                    for one in looks.get(sha256, [])
                },
            )
        )
    return made
