"""The desk: what the HTTP API asks of the farm behind it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol


class Desk(Protocol):
    """The controller, seen from the API."""

    async def submit(
        self, document: str, source: str, idempotency_key: str | None, priority: int, options: dict[str, Any]
    ) -> tuple[str, bool]:
        """Accept a job; return its id once it is in the journal, and whether the key gave an earlier job."""

    async def cancel(self, job_id: str) -> bool:
        """Withdraw a job; returns False where there is no such job."""

    async def job(self, job_id: str) -> dict[str, Any] | None:
        """Say where a job stands, or None where there is no such job."""

    async def files(self, job_id: str) -> dict[str, str] | None:
        """Return the paths of a job's files, empty until published; None where there is no such job."""

    async def jobs(self, limit: int, state: str | None) -> list[dict[str, Any]]:
        """Say where the newest jobs stand."""

    async def stats(self, since_s: float) -> dict[str, Any]:
        """Return the farm's numbers."""

    async def health(self) -> dict[str, Any]:
        """Say whether jobs are accepted and worked on."""


class Blobs(Protocol):
    """The part of the blob store that uploads need."""

    def path_of(self, key: str, suffix: str = "") -> Path:
        """Return where a blob lies, whether it is there or not."""

    def find(self, key: str, suffix: str = "") -> Path | None:
        """Return a blob's path and count it as used, or None where there is none."""

    def open_temp(self) -> Path:
        """Return a new empty file in the store's own file system."""

    def put_file(self, key: str, suffix: str, source: Path) -> Path:
        """Move a file into place and return where it is now."""
