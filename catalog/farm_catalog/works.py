"""Works: users' projects, where each save is a version, and undo and redo move the head."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from duckdb import DuckDBPyConnection

from farm.errors import ConflictError
from farm_catalog import bulk
from farm_catalog.writer import CatalogWriter


@dataclass(frozen=True, slots=True)
class WorkEntry:
    """A work at one of its versions."""

    work_id: str
    """Its id in the catalog."""
    owner: str
    """Whose."""
    name: str
    """Its name."""
    head: int
    """The current version."""
    version: int
    """The version in this entry."""
    document: dict[str, Any]
    """Its contents; empty in lists."""
    note: str
    """What this version changed."""
    saved_at_s: float
    """When this version was saved, seconds since the epoch."""
    made_at_s: float
    """When the work was created, seconds since the epoch."""
    origin: str
    """The work that it is a remix of; empty if it is not a remix."""
    versions: int
    """Number of versions."""


@dataclass(frozen=True, slots=True)
class WorkVersion:
    """A version in a work's history."""

    version: int
    """Its number, from 1."""
    parent: int
    """The version that it was based on; 0 for the first."""
    note: str
    """What it changed."""
    saved_at_s: float
    """When it was saved, seconds since the epoch."""
    head: bool
    """Whether it is the current version."""


_ENTRY = """
    SELECT w.work_id, w.owner, w.name, w.head, v.version, {document} AS document, v.note, v.saved_at_s, w.made_at_s,
           w.origin, (SELECT count(*) FROM work_versions c WHERE c.work_id = w.work_id) AS versions
    FROM works w JOIN work_versions v USING (work_id)
"""


class Works:
    """The catalog's works."""

    def __init__(self, writer: CatalogWriter) -> None:
        self._writer = writer

    def make(
        self,
        work_id: str,
        owner: str,
        document: dict[str, Any],
        assets: Sequence[str],
        note: str,
        origin: str = "",
    ) -> None:
        """Create a work, with its first version.

        Raises:
            ConflictError: the id is taken.
        """

        def work(connection: DuckDBPyConnection) -> None:
            if connection.execute("SELECT 1 FROM works WHERE work_id = ?", [work_id]).fetchone():
                raise ConflictError(f"there is a work {work_id} already")
            now_s = time.time()
            connection.execute(
                "INSERT INTO works VALUES (?, ?, ?, 1, ?, ?)",
                [work_id, owner, document["name"], now_s, origin],
            )
            _version(connection, work_id, 1, 0, document, note, now_s)
            _uses(connection, work_id, assets)

        self._writer.write(work)

    def save(
        self, work_id: str, document: dict[str, Any], assets: Sequence[str], note: str, *, before: int
    ) -> int:
        """Save a new version and return its number; it becomes the current one.

        Raises:
            ConflictError: the work was removed, or its head is no longer ``before``: somebody else has saved meanwhile.
        """

        def work(connection: DuckDBPyConnection) -> int:
            row = connection.execute(
                "SELECT head, (SELECT max(version) FROM work_versions v WHERE v.work_id = w.work_id)"
                " FROM works w WHERE work_id = ?",
                [work_id],
            ).fetchone()
            if row is None:
                raise ConflictError(f"there is no work {work_id} any more")
            if row[0] != before:
                raise ConflictError(
                    f"work {work_id} is at version {row[0]} by now, the change was made to {before}; look at it and "
                    f"make the change again"
                )
            version = int(row[1]) + 1
            now_s = time.time()
            _version(connection, work_id, version, before, document, note, now_s)
            connection.execute(
                "UPDATE works SET head = ?, name = ? WHERE work_id = ?", [version, document["name"], work_id]
            )
            _uses(connection, work_id, assets)
            return version

        return self._writer.write(work)

    def get(self, work_id: str, owner: str | None = None, version: int | None = None) -> WorkEntry | None:
        """Return a work at a version, by default its head; None if the owner has no such work or version."""
        rows = self._writer.read(
            lambda connection: bulk.values(
                connection,
                _ENTRY.format(document="v.document")
                + " WHERE w.work_id = ? AND v.version = coalesce(?, w.head) AND (?::VARCHAR IS NULL OR w.owner = ?)",
                [work_id, version, owner, owner],
            )
        )
        return _entry(rows[0]) if rows else None

    def resolve(self, start: str, owner: str | None = None) -> list[str]:
        """Return the works with this id prefix or exact name, 20 at most."""
        return self._writer.read(
            lambda connection: [
                row[0]
                for row in connection.execute(
                    "SELECT work_id FROM works WHERE (starts_with(work_id, ?) OR name = ?)"
                    " AND (?::VARCHAR IS NULL OR owner = ?) ORDER BY made_at_s DESC LIMIT 20",
                    [start, start, owner, owner],
                ).fetchall()
            ]
        )

    def page(self, owner: str | None, limit: int, offset: int = 0) -> list[WorkEntry]:
        """Return works at their heads, newest first, without their documents."""
        return [
            _entry(row)
            for row in self._writer.read(
                lambda connection: bulk.values(
                    connection,
                    _ENTRY.format(document="'{}'")
                    + " WHERE v.version = w.head AND (?::VARCHAR IS NULL OR w.owner = ?)"
                    " ORDER BY w.made_at_s DESC, w.work_id LIMIT ? OFFSET ?",
                    [owner, owner, limit, offset],
                )
            )
        ]

    def history(self, work_id: str) -> list[WorkVersion]:
        """Return all versions of a work, newest first."""
        return [
            WorkVersion(**row)
            for row in self._writer.read(
                lambda connection: bulk.values(
                    connection,
                    "SELECT v.version, v.parent, v.note, v.saved_at_s, v.version = w.head AS head"
                    " FROM work_versions v JOIN works w USING (work_id) WHERE work_id = ? ORDER BY v.version DESC",
                    [work_id],
                )
            )
        ]

    def undo(self, work_id: str) -> int:
        """Go back to the version that the head was based on, and return it.

        Raises:
            ConflictError: there is no earlier version.
        """

        def work(connection: DuckDBPyConnection) -> int:
            row = connection.execute(
                "SELECT v.parent FROM works w JOIN work_versions v ON v.work_id = w.work_id AND v.version = w.head"
                " WHERE w.work_id = ?",
                [work_id],
            ).fetchone()
            if row is None or not row[0]:
                raise ConflictError(f"work {work_id} is at its first version; there is nothing to undo")
            return _go(connection, work_id, int(row[0]))

        return self._writer.write(work)

    def redo(self, work_id: str) -> int:
        """Go forward to the newest version that was based on the head, and return it.

        Raises:
            ConflictError: nothing was undone.
        """

        def work(connection: DuckDBPyConnection) -> int:
            row = connection.execute(
                "SELECT max(v.version) FROM works w JOIN work_versions v ON v.work_id = w.work_id AND v.parent = w.head"
                " WHERE w.work_id = ?",
                [work_id],
            ).fetchone()
            if row is None or row[0] is None:
                raise ConflictError(f"work {work_id} is at its last version; there is nothing to redo")
            return _go(connection, work_id, int(row[0]))

        return self._writer.write(work)

    def remove(self, work_id: str) -> bool:
        """Remove a work with its versions; its productions are kept. False if there is none."""

        def work(connection: DuckDBPyConnection) -> bool:
            gone = connection.execute("DELETE FROM works WHERE work_id = ? RETURNING 1", [work_id]).fetchall()
            for table in ("work_versions", "work_assets"):
                connection.execute(f"DELETE FROM {table} WHERE work_id = ?", [work_id])
            return bool(gone)

        return self._writer.write(work)


def _version(
    connection: DuckDBPyConnection,
    work_id: str,
    version: int,
    parent: int,
    document: dict[str, Any],
    note: str,
    at_s: float,
) -> None:
    text = json.dumps(document, ensure_ascii=False)
    connection.execute(
        "INSERT INTO work_versions VALUES (?, ?, ?, ?, ?, ?)", [work_id, version, parent, text, note, at_s]
    )


def _uses(connection: DuckDBPyConnection, work_id: str, assets: Sequence[str]) -> None:
    """Record the assets of a version in addition to those of earlier ones, which undo may still need."""
    connection.execute(
        f"INSERT INTO work_assets SELECT ?, one FROM {bulk.IN_LIST} ON CONFLICT DO NOTHING",
        [work_id, bulk.names(assets)],
    )


def _go(connection: DuckDBPyConnection, work_id: str, version: int) -> int:
    connection.execute(
        "UPDATE works SET head = ?, name = (SELECT document->>'$.name' FROM work_versions v"
        " WHERE v.work_id = works.work_id AND v.version = ?) WHERE work_id = ?",
        [version, version, work_id],
    )
    return version


def _entry(row: bulk.Row) -> WorkEntry:
    return WorkEntry(**row | {"document": json.loads(row["document"])})
