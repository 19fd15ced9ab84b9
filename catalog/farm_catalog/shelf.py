"""A shelf: named, versioned documents of owners, who can see their own and the official ones."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any, Final, Literal

from duckdb import DuckDBPyConnection

from farm_catalog import bulk
from farm_catalog.asset_entry import OFFICIAL
from farm_catalog.writer import CatalogWriter

_COLUMNS: Final = "name, owner, version, document, author, saved_at_s"


@dataclass(frozen=True, slots=True)
class Kept:
    """A version of a document."""

    name: str
    """Its name."""
    owner: str
    """Whose."""
    version: int
    """Its number, from 1."""
    document: dict[str, Any]
    """Its contents."""
    author: str
    """Who saved it."""
    saved_at_s: float
    """When, seconds since the epoch."""


class Shelf:
    """Scripts or templates of owners."""

    def __init__(self, writer: CatalogWriter, table: Literal["script_versions", "template_versions"]) -> None:
        self._writer = writer
        self._table = table

    def save(self, name: str, owner: str, document: dict[str, Any], author: str = "") -> int:
        """Save a document under a name and return its version; one equal to the last creates no new version."""
        text = json.dumps(document, ensure_ascii=False, sort_keys=True)

        def work(connection: DuckDBPyConnection) -> int:
            last = connection.execute(
                f"SELECT version, document, removed FROM {self._table} WHERE name = ? AND owner = ?"
                " ORDER BY version DESC LIMIT 1",
                [name, owner],
            ).fetchone()
            if last is not None and not last[2] and json.loads(last[1]) == document:
                return int(last[0])
            version = 1 if last is None else int(last[0]) + 1
            connection.execute(
                f"INSERT INTO {self._table} VALUES (?, ?, ?, ?, ?, ?, false)",
                [name, owner, version, text, author, time.time()],
            )
            return version

        return self._writer.write(work)

    def get(self, name: str, owner: str | None, version: int | None = None) -> Kept | None:
        """Return a document as an owner sees it, their own before the official one; None if there is none."""

        def work(connection: DuckDBPyConnection) -> list[bulk.Row]:
            return bulk.values(
                connection,
                f"SELECT {_COLUMNS}, removed FROM {self._table} WHERE name = ? AND (? IS NULL OR version = ?)"
                " AND (?::VARCHAR IS NULL OR owner IN (?, 'official'))"
                " ORDER BY (owner = ?) DESC, (owner = 'official') DESC, owner, version DESC LIMIT 1",
                [name, version, version, owner, owner, owner or OFFICIAL],
            )

        rows = self._writer.read(work)
        if not rows or (rows[0].pop("removed") and version is None):
            return None
        return _kept(rows[0])

    def page(self, owner: str | None) -> list[Kept]:
        """Return the newest version of each document that an owner can see, by name."""
        return [
            _kept(row)
            for row in self._writer.read(
                lambda connection: bulk.values(
                    connection,
                    f"SELECT {_COLUMNS} FROM (SELECT *, row_number() OVER (PARTITION BY name, owner"
                    f" ORDER BY version DESC) AS place FROM {self._table}) WHERE place = 1 AND NOT removed"
                    " AND (?::VARCHAR IS NULL OR owner IN (?, 'official')) ORDER BY name, owner",
                    [owner, owner],
                )
            )
        ]

    def versions(self, name: str, owner: str) -> list[Kept]:
        """Return all versions of a document, newest first."""
        return [
            _kept(row)
            for row in self._writer.read(
                lambda connection: bulk.values(
                    connection,
                    f"SELECT {_COLUMNS} FROM {self._table} WHERE name = ? AND owner = ? ORDER BY version DESC",
                    [name, owner],
                )
            )
        ]

    def remove(self, name: str, owner: str) -> bool:
        """Remove a document from the shelf; its versions stay readable by number. False if there is none."""

        def work(connection: DuckDBPyConnection) -> bool:
            last = connection.execute(
                f"SELECT max(version) FROM {self._table} WHERE name = ? AND owner = ?", [name, owner]
            ).fetchone()
            if last is None or last[0] is None:
                return False
            changed = connection.execute(
                f"UPDATE {self._table} SET removed = true WHERE name = ? AND owner = ? AND version = ? AND NOT removed"
                " RETURNING 1",
                [name, owner, last[0]],
            ).fetchall()
            return bool(changed)

        return self._writer.write(work)


def _kept(row: bulk.Row) -> Kept:
    return Kept(**row | {"document": json.loads(row["document"])})
