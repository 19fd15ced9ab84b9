"""A desk that keeps its jobs in memory, for tests of the API and its client."""

from __future__ import annotations

from typing import Any

from farm.errors import DocumentError, FarmUnreachableError, Problem


class MemoryDesk:
    """A desk that keeps its jobs in a dict."""

    def __init__(self) -> None:
        self.jobs_by_id: dict[str, dict[str, Any]] = {}
        self.paths: dict[str, dict[str, str]] = {}
        self.keys: dict[str, str] = {}
        self.submitted: list[tuple[Any, ...]] = []
        self.reachable = True

    async def submit(
        self, document: str, source: str, idempotency_key: str | None, priority: int, options: dict[str, Any]
    ) -> tuple[str, bool]:
        if idempotency_key == "taken":
            raise DocumentError([Problem("", "the idempotency key was used before")], source=source)
        if not self.reachable:
            raise FarmUnreachableError("the controller is away")
        self.submitted.append((document, source, idempotency_key, priority, options))
        repeated = idempotency_key in self.keys
        job_id = self.keys.setdefault(idempotency_key or f"none-{len(self.keys)}", f"j{len(self.keys)}")
        self.jobs_by_id.setdefault(job_id, {"id": job_id, "state": "accepted"})
        self.paths.setdefault(job_id, {"video": "", "cover": "", "report": ""})
        return job_id, repeated

    async def cancel(self, job_id: str) -> bool:
        return job_id in self.jobs_by_id

    async def job(self, job_id: str) -> dict[str, Any] | None:
        return self.jobs_by_id.get(job_id)

    async def files(self, job_id: str) -> dict[str, str] | None:
        return self.paths.get(job_id)

    async def jobs(self, limit: int, state: str | None) -> list[dict[str, Any]]:
        found = [job for job in self.jobs_by_id.values() if state in (None, job["state"])]
        return found[:limit]

    async def stats(self, since_s: float) -> dict[str, Any]:
        return {"videos": 7, "since_s": since_s}

    async def health(self) -> dict[str, Any]:
        return {"ok": self.reachable}
