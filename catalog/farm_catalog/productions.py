"""Productions: finished videos of works, with everything needed to render them again."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from duckdb import DuckDBPyConnection

from farm_catalog import bulk
from farm_catalog.writer import CatalogWriter


@dataclass(frozen=True, slots=True)
class OrderedProduction:
    """A production that was ordered."""

    production: str
    """Its id: that of the job that renders it."""
    owner: str
    """Whose."""
    work_id: str
    """The work that it is rendered from."""
    version: int
    """Which version of the work."""
    name: str
    """Its name."""
    template: str
    """The template, as NAME@VERSION."""
    script: str
    """The script, as NAME@VERSION."""
    category: str
    """The kind of goods that it shows."""
    product: str
    """The product's name."""
    platform: str
    """The platform where it is to be shown."""
    document: str
    """The job document verbatim, from which it can be rendered again."""
    parts: tuple[tuple[str, str], ...]
    """(kind, name) of the assets and elements that it contains."""
    farm: str
    """The version of farm that will render it."""


@dataclass(frozen=True, slots=True)
class ProductionEnd:
    """The outcome of a production."""

    production: str
    """Which one."""
    state: str
    """``done``, ``failed`` or ``cancelled``."""
    ended_at_s: float
    """When, seconds since the epoch."""
    sha256: str = ""
    """Hash of the video."""
    cover: str = ""
    """Where its cover was written."""
    report: str = ""
    """The report as JSON; empty if there is none."""
    frames: int = 0
    """Frames in the video."""
    duration_s: float = 0.0
    """Its length."""
    size_bytes: int = 0
    """Its size."""
    message: str = ""
    """Why it failed."""


@dataclass(frozen=True, slots=True)
class ProductionEntry:
    """A production as stored in the catalog."""

    production: str
    """Its id: that of the job that rendered it."""
    owner: str
    """Whose."""
    work_id: str
    """Its work."""
    version: int
    """Which version of the work."""
    name: str
    """Its name."""
    template: str
    """NAME@VERSION."""
    script: str
    """NAME@VERSION."""
    category: str
    """The kind of goods."""
    product: str
    """The product's name."""
    platform: str
    """The platform where it is shown."""
    document: str
    """The job document; empty in lists."""
    state: str
    """``asked``, ``done``, ``failed`` or ``cancelled``."""
    asked_at_s: float
    """When it was ordered."""
    ended_at_s: float | None
    """When it ended."""
    sha256: str
    """Hash of the video."""
    cover: str
    """Where its cover was written."""
    frames: int
    """Frames."""
    duration_s: float
    """Length."""
    size_bytes: int
    """Size."""
    message: str
    """Why it failed."""
    farm: str
    """The version of farm that rendered it."""
    report: dict[str, Any] | None = None
    """Its report with the checks; only when a single production was requested."""
    parts: tuple[tuple[str, str], ...] = ()
    """(kind, name) of its parts; only when a single production was requested."""


_COLUMNS: Final = (
    "production, owner, work_id, version, name, template, script, category, product, platform, {document} AS document,"
    " state, asked_at_s, ended_at_s, sha256, cover, frames, duration_s, size_bytes, message, farm"
)


class Productions:
    """The catalog's productions."""

    def __init__(self, writer: CatalogWriter) -> None:
        self._writer = writer

    def order(self, orders: Iterable[OrderedProduction]) -> None:
        """Record ordered productions; known ones are left unchanged."""
        given = list(orders)
        self._writer.write(lambda connection: _order(connection, given))

    def end(self, made: Iterable[ProductionEnd]) -> None:
        """Record the outcomes of productions; those that were never ordered are ignored."""
        given = list(made)
        self._writer.write(lambda connection: _end(connection, given))

    def get(self, production: str, owner: str | None = None) -> ProductionEntry | None:
        """Return a production with its report and parts; None if the owner has no such production."""

        def work(connection: DuckDBPyConnection) -> ProductionEntry | None:
            rows = bulk.values(
                connection,
                f"SELECT {_COLUMNS.format(document='document')}, report FROM productions"
                " WHERE production = ? AND (?::VARCHAR IS NULL OR owner = ?)",
                [production, owner, owner],
            )
            if not rows:
                return None
            parts = connection.execute(
                "SELECT kind, name FROM production_parts WHERE production = ? ORDER BY kind, name",
                [production],
            ).fetchall()
            report = rows[0].pop("report")
            return ProductionEntry(
                **rows[0],
                report=json.loads(report) if report else None,
                parts=tuple((kind, name) for kind, name in parts),
            )

        return self._writer.read(work)

    def page(
        self,
        owner: str | None,
        limit: int,
        offset: int = 0,
        *,
        work_id: str | None = None,
        state: str | None = None,
    ) -> list[ProductionEntry]:
        """Return productions, newest first, without documents and reports."""
        return [
            ProductionEntry(**row)
            for row in self._writer.read(
                lambda connection: bulk.values(
                    connection,
                    f"SELECT {_COLUMNS.format(document=chr(39) * 2)} FROM productions"
                    " WHERE (?::VARCHAR IS NULL OR owner = ?) AND (?::VARCHAR IS NULL OR work_id = ?)"
                    " AND (?::VARCHAR IS NULL OR state = ?) ORDER BY asked_at_s DESC, production LIMIT ? OFFSET ?",
                    [owner, owner, work_id, work_id, state, state, limit, offset],
                )
            )
        ]

    def part_uses(self, owner: str | None) -> dict[str, dict[str, int]]:
        """Return how many finished productions of an owner have each part: counts by name, by kind of part."""
        rows = self._writer.read(
            lambda connection: connection.execute(
                "SELECT p.kind, p.name, count(*) FROM production_parts p JOIN productions USING (production)"
                " WHERE state = 'done' AND p.kind <> 'asset' AND (?::VARCHAR IS NULL OR owner = ?) GROUP BY 1, 2",
                [owner, owner],
            ).fetchall()
        )
        found: dict[str, dict[str, int]] = {}
        for kind, name, count in rows:
            found.setdefault(kind, {})[name] = int(count)
        return found

    def template_uses(self) -> dict[str, int]:
        """Return the number of finished productions of each template, by its name without the version."""
        rows = self._writer.read(
            lambda connection: connection.execute(
                "SELECT split_part(template, '@', 1), count(*) FROM productions WHERE state = 'done' GROUP BY 1"
            ).fetchall()
        )
        return {name: int(count) for name, count in rows}


def _order(connection: DuckDBPyConnection, orders: list[OrderedProduction]) -> None:
    known = {
        row[0]
        for row in connection.execute(
            f"SELECT production FROM productions WHERE production IN {bulk.IN_LIST}",
            [bulk.names([one.production for one in orders])],
        ).fetchall()
    }
    fresh = {one.production: one for one in orders if one.production not in known}
    columns = (
        "production", "owner", "work_id", "version", "name", "template", "script", "category", "product", "platform",
        "document", "farm",
    )  # fmt: skip
    ended = {"state": "asked", "asked_at_s": time.time(), "ended_at_s": None, "sha256": "", "cover": "", "report": None,
             "frames": 0, "duration_s": 0.0, "size_bytes": 0, "message": ""}  # fmt: skip
    bulk.insert(
        connection,
        "productions",
        [{name: getattr(one, name) for name in columns} | ended for one in fresh.values()],
    )
    bulk.insert(
        connection,
        "production_parts",
        [
            {"production": one.production, "kind": kind, "name": name}
            for one in fresh.values()
            for kind, name in dict.fromkeys(one.parts)
        ],
    )


def _end(connection: DuckDBPyConnection, made: list[ProductionEnd]) -> None:
    for one in made:
        connection.execute(
            "UPDATE productions SET state = ?, ended_at_s = ?, sha256 = ?, cover = ?, report = ?, frames = ?,"
            " duration_s = ?, size_bytes = ?, message = ? WHERE production = ? AND state <> 'done'",
            [
                one.state, one.ended_at_s, one.sha256, one.cover, one.report or None, one.frames, one.duration_s,
                one.size_bytes, one.message, one.production,
            ],
        )  # fmt: skip
