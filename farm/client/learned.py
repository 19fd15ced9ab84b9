"""Events of productions, the dashboard, and the catalog that stores them, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from farm.client.client import FarmClient
from farm.errors import DocumentError


class RemoteLearned:
    """Events and dashboard of a running farm, with the interface of :class:`farm.services.audience.LearnedDesk`."""

    def __init__(self, client: FarmClient, owner: str) -> None:
        self._client = client
        self._owner = owner or None

    def take(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Send events; return how many were taken and repeated, and the problems of refused rows, numbered from 0."""
        lines = "\n".join(json.dumps(dict(row), ensure_ascii=False) for row in rows)
        try:
            told = self._client.post_text("/v1/events", lines, "application/x-ndjson", owner=self._owner)
        except DocumentError as error:
            refused = []
            for problem in error.problems:
                line, _, path = problem.path.removeprefix("line ").partition(": ")
                if not line.isdecimal():
                    raise
                said = {"path": path, "message": problem.message}
                refused.append({"row": int(line) - 1, "problems": [said]})
            return {"taken": 0, "repeated": 0, "refused": refused}
        refused = [{"row": one["line"] - 1, "problems": one["problems"]} for one in told["refused"]]
        return {**told, "refused": refused}

    def dash(self, days: int | None, most: int) -> dict[str, Any]:
        """Return the data of a dashboard."""
        told: dict[str, Any] = self._client.call("GET", "/v1/dash", days=days, most=most, owner=self._owner)
        return told


class RemoteCatalog:
    """The catalog of a running farm, for operators."""

    def __init__(self, client: FarmClient) -> None:
        self._client = client

    def query(self, sql: str, rows: int) -> dict[str, Any]:
        """Run one SQL query."""
        told: dict[str, Any] = self._client.call("POST", "/v1/catalog/query", {"sql": sql, "rows": rows})
        return told

    def check(self, files: bool) -> dict[str, Any]:
        """Check it for inconsistencies."""
        told: dict[str, Any] = self._client.call("POST", "/v1/catalog/check", files=str(files).lower())
        return told

    def backup(self) -> dict[str, Any]:
        """Copy it into its backup folder."""
        told: dict[str, Any] = self._client.call("POST", "/v1/catalog/backup")
        return told

    def export(self) -> dict[str, Any]:
        """Write its tables as Parquet."""
        told: dict[str, Any] = self._client.call("POST", "/v1/catalog/export")
        return told
