"""Migrating a catalog to this farm's schema: numbered SQL files, each run once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from duckdb import DuckDBPyConnection

from farm.errors import NewerLayoutError, StoreError

FOLDER: Final = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class Migration:
    """One migration."""

    number: int
    """Its place, from 1."""
    name: str
    """Its file's name."""
    sql: str
    """Its statements."""


def migrations() -> tuple[Migration, ...]:
    """Return all migrations in order."""
    found: list[Migration] = []
    for path in sorted(FOLDER.glob("*.sql")):
        match = re.fullmatch(r"(\d{4})_\w+", path.stem)
        if match is None or int(match[1]) != len(found) + 1:
            raise StoreError(f"the migration {path.name} is out of order; number {len(found) + 1} comes next")
        found.append(Migration(int(match[1]), path.name, path.read_text(encoding="utf-8")))
    return tuple(found)


def migrate(connection: DuckDBPyConnection, source: str) -> int:
    """Apply the pending migrations, all or none; return the resulting version."""
    connection.execute(
        "CREATE TABLE IF NOT EXISTS schema_version"
        " (number INTEGER PRIMARY KEY, name VARCHAR NOT NULL, applied_at TIMESTAMP DEFAULT now())"
    )
    steps = migrations()
    row = connection.execute("SELECT coalesce(max(number), 0) FROM schema_version").fetchone()
    version = int(row[0]) if row is not None else 0
    if version > len(steps):
        raise NewerLayoutError(
            f"the catalog {source} has layout {version}, this farm knows layouts up to {len(steps)}; "
            f"use the farm that wrote it"
        )
    connection.begin()
    try:
        for step in steps[version:]:
            connection.execute(step.sql)
            connection.execute(
                "INSERT INTO schema_version (number, name) VALUES (?, ?)", [step.number, step.name]
            )
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    return len(steps)
