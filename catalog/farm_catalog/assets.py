"""Assets: the contents of the library, their holders, and the findings of analysers."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from duckdb import DuckDBPyConnection

from farm.errors import ConflictError
from farm_catalog import bulk, findings, words
from farm_catalog.analysis_record import AnalysisRecord
from farm_catalog.asset_entry import OFFICIAL, Arrival, AssetEntry, NamedFile, Wanted
from farm_catalog.asset_page import count, entries
from farm_catalog.nearness import Nearness
from farm_catalog.writer import CatalogWriter


class Assets:
    """The catalog's assets."""

    def __init__(self, writer: CatalogWriter) -> None:
        self._writer = writer

    def add(self, arrivals: Sequence[Arrival], at_s: float | None = None) -> list[bool]:
        """Add assets; return for each whether its content is new to the catalog.

        A holder that already has it keeps its entry, with the new tags added to the old ones.
        """
        at = time.time() if at_s is None else at_s
        return self._writer.write(lambda connection: _add(connection, arrivals, at))

    def change(
        self,
        sha256: str,
        owner: str,
        *,
        name: str | None = None,
        tags: Sequence[str] | None = None,
        licence: str | None = None,
        product: str | None = None,
    ) -> bool:
        """Change a holder's metadata of an asset; False if they do not hold it."""
        given = {"name": name, "tags": tags, "licence": licence, "product": product}
        return self._writer.write(lambda connection: _change(connection, sha256, owner, given))

    def learn(self, record: AnalysisRecord) -> None:
        """Store analysers' findings; their previous findings are replaced."""
        self._writer.write(lambda connection: findings.learn(connection, record))

    def arriving(self, limit: int) -> list[str]:
        """Return assets that have not been analysed yet, oldest first."""
        return self._writer.read(
            lambda connection: [
                row[0]
                for row in connection.execute(
                    "SELECT sha256 FROM assets WHERE state = 'arriving' ORDER BY added_at_s, sha256 LIMIT ?",
                    [limit],
                ).fetchall()
            ]
        )

    def get(self, sha256: str, owner: str | None = None) -> AssetEntry | None:
        """Return an entry with all its details: the owner's own, or an official one, or any other."""
        found = self._writer.read(
            lambda connection: entries(connection, Wanted(owner=owner, sha256=(sha256,)), 100, 0, whole=True)
        )
        found.sort(key=lambda one: (one.owner != owner, one.owner != OFFICIAL, one.owner))
        return found[0] if found else None

    def resolve(self, start: str, owner: str | None = None) -> list[str]:
        """Return the assets with this hash prefix or exact name that an owner can see, 20 at most."""
        return self._writer.read(
            lambda connection: [
                row[0]
                for row in connection.execute(
                    "SELECT DISTINCT sha256 FROM holdings WHERE (starts_with(sha256, ?) OR name = ?)"
                    " AND (?::VARCHAR IS NULL OR owner IN (?, 'official')) ORDER BY sha256 LIMIT 20",
                    [start.lower(), start, owner, owner],
                ).fetchall()
            ]
        )

    def files(self, start: str, file: str, owner: str | None = None) -> list[NamedFile]:
        """Return what :meth:`resolve` finds, with a file derived from each: its content if ``file`` is empty."""
        return self._writer.read(lambda connection: _files(connection, start, file, owner))

    def page(self, wanted: Wanted, limit: int, offset: int = 0) -> list[AssetEntry]:
        """Return entries, newest first, with facts, tags, slices and files."""
        return self._writer.read(lambda connection: entries(connection, wanted, limit, offset))

    def count(self, wanted: Wanted) -> int:
        """Return how many entries there are."""
        return self._writer.read(lambda connection: count(connection, wanted))

    def held(self, owner: str, hashes: Sequence[str]) -> set[str]:
        """Return which of these contents the owner holds or are official."""
        return self._writer.read(
            lambda connection: {
                row[0]
                for row in connection.execute(
                    f"SELECT DISTINCT sha256 FROM holdings WHERE owner IN (?, 'official') AND sha256 IN {bulk.IN_LIST}",
                    [owner, bulk.names(list(hashes))],
                ).fetchall()
            }
        )

    def held_counts(self) -> dict[str, int]:
        """Return how many assets each owner holds."""
        return self._writer.read(
            lambda connection: {
                row[0]: int(row[1])
                for row in connection.execute("SELECT owner, count(*) FROM holdings GROUP BY 1").fetchall()
            }
        )

    def held_count(self, owner: str) -> int:
        """Return how many assets an owner holds."""
        return self._writer.read(
            lambda connection: int(
                (
                    connection.execute("SELECT count(*) FROM holdings WHERE owner = ?", [owner]).fetchone()
                    or (0,)
                )[0]
            )
        )

    def drop(self, sha256: str, owner: str) -> bool:
        """Remove a holding; False if there is none.

        Raises:
            ConflictError: works of the holder use it; of an official one, any works.
        """
        return self._writer.write(lambda connection: _drop(connection, sha256, owner))

    def outdated(
        self, analysers: Mapping[str, tuple[int, Sequence[str]]], limit: int
    ) -> list[tuple[str, str]]:
        """Return (asset, kind) of assets without findings of these analysers, or with findings of older versions.

        Args:
            analysers: (version, kinds of media that it can analyse) by name.
            limit: Maximum number of results.
        """
        return self._writer.read(lambda connection: _outdated(connection, analysers, limit))

    def words(self) -> words.HoldingWords:
        """Return the full-text index."""
        return words.HoldingWords(self._writer)

    def nearness(self) -> Nearness:
        """Return the index of fingerprints."""
        return Nearness(self._writer)


def _add(connection: DuckDBPyConnection, arrivals: Sequence[Arrival], at_s: float) -> list[bool]:
    hashes = bulk.names([one.sha256 for one in arrivals])
    known = {
        row[0]
        for row in connection.execute(
            f"SELECT sha256 FROM assets WHERE sha256 IN {bulk.IN_LIST}", [hashes]
        ).fetchall()
    }
    held = {
        (row[0], row[1]): (list(row[2]), row[3], row[4])
        for row in connection.execute(
            f"SELECT sha256, owner, tags, licence, product FROM holdings WHERE sha256 IN {bulk.IN_LIST}",
            [hashes],
        ).fetchall()
    }
    fresh: list[bool] = []
    assets: list[bulk.Row] = []
    holdings: dict[tuple[str, str], bulk.Row] = {}
    for one in arrivals:
        key = one.sha256, one.owner
        fresh.append(one.sha256 not in known)
        if one.sha256 not in known:
            known.add(one.sha256)
            assets.append(_asset_row(one, at_s))
        if key in held:
            tags, licence, product = held[key]
            added = list(dict.fromkeys([*tags, *one.tags]))
            connection.execute(
                "UPDATE holdings SET tags = ?, licence = ?, product = ? WHERE sha256 = ? AND owner = ?",
                [added, one.licence or licence, one.product or product, *key],
            )
            held[key] = added, one.licence or licence, one.product or product
        elif key in holdings:
            holdings[key]["tags"] = list(dict.fromkeys([*holdings[key]["tags"], *one.tags]))
        else:
            holdings[key] = {
                "sha256": one.sha256, "owner": one.owner, "name": one.name, "tags": list(dict.fromkeys(one.tags)),
                "licence": one.licence, "source": one.source, "product": one.product, "added_at_s": at_s,
            }  # fmt: skip
    bulk.insert(connection, "assets", assets)
    bulk.insert(connection, "holdings", list(holdings.values()))
    words.put(connection, [(one.sha256, one.owner) for one in arrivals])
    return fresh


def _asset_row(one: Arrival, at_s: float) -> bulk.Row:
    return {
        "sha256": one.sha256,
        "kind": "",
        "width_px": 0,
        "height_px": 0,
        "duration_s": 0.0,
        "rate": "0",
        "has_sound": False,
        "has_alpha": False,
        "size_bytes": one.size_bytes,
        "state": "arriving",
        "problem": "",
        "added_at_s": at_s,
        "looked_at_s": None,
    }


def _change(connection: DuckDBPyConnection, sha256: str, owner: str, given: Mapping[str, Any]) -> bool:
    if not connection.execute(
        "SELECT 1 FROM holdings WHERE sha256 = ? AND owner = ?", [sha256, owner]
    ).fetchone():
        return False
    for column, value in given.items():
        if value is not None:
            cell = list(dict.fromkeys(value)) if column == "tags" else value
            connection.execute(
                f"UPDATE holdings SET {column} = ? WHERE sha256 = ? AND owner = ?", [cell, sha256, owner]
            )
    words.put(connection, [(sha256, owner)])
    return True


def _files(connection: DuckDBPyConnection, start: str, file: str, owner: str | None) -> list[NamedFile]:
    rows = connection.execute(
        "SELECT h.sha256, arg_min(h.name, (h.owner IS DISTINCT FROM ?, h.owner <> 'official', h.owner)),"
        " any_value(f.blob), any_value(f.suffix) FROM holdings h"
        " LEFT JOIN asset_files f ON f.sha256 = h.sha256 AND f.name = ?"
        " WHERE (starts_with(h.sha256, ?) OR h.name = ?) AND (?::VARCHAR IS NULL OR h.owner IN (?, 'official'))"
        " GROUP BY h.sha256 ORDER BY h.sha256 LIMIT 20",
        [owner, file, start.lower(), start, owner, owner],
    ).fetchall()
    return [
        NamedFile(sha256, name, blob if file else sha256, suffix if file else "")
        for sha256, name, blob, suffix in rows
    ]


def _drop(connection: DuckDBPyConnection, sha256: str, owner: str) -> bool:
    held = connection.execute(
        "SELECT name FROM holdings WHERE sha256 = ? AND owner = ?", [sha256, owner]
    ).fetchone()
    if held is None:
        return False
    used = connection.execute(
        "SELECT DISTINCT w.name, w.work_id FROM work_assets u JOIN works w USING (work_id)"
        " WHERE u.sha256 = ? AND (w.owner = ? OR ? = 'official') ORDER BY 1 LIMIT 5",
        [sha256, owner, owner],
    ).fetchall()
    if used:
        named = ", ".join(f"{name} ({work_id})" for name, work_id in used)
        raise ConflictError(
            f"the asset {held[0]} is used by the works {named}; replace it there first (`farm works edit`), "
            f"or remove the works"
        )
    connection.execute("DELETE FROM holdings WHERE sha256 = ? AND owner = ?", [sha256, owner])
    connection.execute("DELETE FROM words WHERE holding = ?", [f"{sha256}/{owner}"])
    connection.execute("INSERT INTO words_unindexed VALUES (?)", [f"{sha256}/{owner}"])
    if not connection.execute("SELECT 1 FROM holdings WHERE sha256 = ?", [sha256]).fetchone():
        for table in (*findings.TABLES, "assets"):
            connection.execute(f"DELETE FROM {table} WHERE sha256 = ?", [sha256])
    return True


def _outdated(
    connection: DuckDBPyConnection, analysers: Mapping[str, tuple[int, Sequence[str]]], limit: int
) -> list[tuple[str, str]]:
    wanted = [
        {"analyser": name, "version": version, "kind": kind}
        for name, (version, kinds) in analysers.items()
        for kind in kinds
    ]
    rows = connection.execute(
        """
        WITH wanted AS (SELECT unnest(from_json(?::JSON,
            '[{"analyser":"VARCHAR","version":"INTEGER","kind":"VARCHAR"}]'), max_depth := 2))
        SELECT DISTINCT a.sha256, a.kind FROM assets a JOIN wanted USING (kind)
        LEFT JOIN findings f ON f.sha256 = a.sha256 AND f.analyser = wanted.analyser
        WHERE a.state <> 'arriving' AND (f.version IS NULL OR f.version < wanted.version)
        ORDER BY a.sha256 LIMIT ?
        """,
        [json.dumps(wanted), limit],
    ).fetchall()
    return [(sha256, kind) for sha256, kind in rows]
