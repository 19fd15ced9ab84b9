"""The operator's standing orders, kept across restarts: paused queues, drained nodes, the number of workers."""

from __future__ import annotations

import json
from typing import Any

from farm.journal.database import Database


class Orders:
    """The table of named values."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str) -> Any:
        """Return an order's value, or None if it was not given."""
        rows = self._database.rows("SELECT value FROM orders WHERE name = ?", (name,))
        return json.loads(rows[0]["value"]) if rows else None

    def starting_with(self, prefix: str) -> dict[str, Any]:
        """Return all orders whose name has the prefix, keyed by the rest of the name."""
        rows = self._database.rows(
            "SELECT name, value FROM orders WHERE substr(name, 1, ?) = ? ORDER BY name", (len(prefix), prefix)
        )
        return {row["name"][len(prefix) :]: json.loads(row["value"]) for row in rows}

    def give(self, name: str, value: Any) -> None:
        """Set an order."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO orders (name, value) VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (name, json.dumps(value)),
            )

    def withdraw(self, name: str) -> bool:
        """Drop an order; returns False if there was none."""
        with self._database.transaction() as connection:
            return connection.execute("DELETE FROM orders WHERE name = ?", (name,)).rowcount > 0
