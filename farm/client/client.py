"""A client of a farm: uploads the media of a document, submits it, waits, and downloads the files."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import httpx

from farm.client.address import quoted
from farm.client.connection import PATIENCE_S, BrokenOffError, Connection
from farm.client.upload import Uploader
from farm.draft.rows import RowJob, row_jobs
from farm.errors import DocumentError, MachineError, Problem, one_line
from farm.model.parse import load_document
from farm.plugins.difference import elsewhere
from farm.plugins.registry import Registry, load_registry
from farm.store.productions import FILES

POLL_FIRST_S: Final = 0.1
POLL_MOST_S: Final = 1.0

MAX_SOURCE: Final = 200
"""Longest document name that a farm accepts, characters."""
FINAL_STATES: Final = frozenset({"done", "failed", "cancelled"})

Progress = Callable[[dict[str, Any]], None]
"""Called with a job or batch as the API returns it, on every poll."""


@dataclass(frozen=True, slots=True)
class Downloaded:
    """The downloaded files of a job."""

    video: Path
    """The MP4."""
    cover: Path
    """The cover JPEG."""
    report: Path
    """The JSON report."""


class FarmClient:
    """Talks to the farm at a URL; failed requests are retried safely."""

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        registry: Registry | None = None,
        http: httpx.Client | None = None,
        sleep: Callable[[float], None] = time.sleep,
        patience_s: float = PATIENCE_S,
        say: Callable[[str], None] | None = None,
    ) -> None:
        self._connection = Connection(url, key=key, http=http, sleep=sleep, patience_s=patience_s, say=say)
        self._registry = registry
        self._uploads: Uploader | None = None
        self._sleep = sleep
        self.call = self._connection.call
        """Sends a request and returns the JSON of the response; see :meth:`Connection.call`."""

    @property
    def connection(self) -> Connection:
        """The connection that requests go through."""
        return self._connection

    @property
    def url(self) -> str:
        """The farm's URL."""
        return self._connection.url

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()

    def plugins_differ(self, used: Collection[str]) -> str:
        """Return how the farm's plugins differ from those that documents use here; empty if they do not.

        Args:
            used: The plugins' marks, such as ``acme 1.2 (3f2a91c04b7e)``.
        """
        if not used:
            return ""
        told: list[dict[str, Any]] = self.call("GET", "/v1/plugins")
        loaded = [
            # A farm without a ready worker lists its head's plugins.
            one.get("workers") or [f"{one['plugin']} {one['version']} ({one['identity']})"]
            for one in told
        ]
        return elsewhere(used, [mark for marks in loaded for mark in marks])

    def submit(
        self,
        document: str,
        source: str,
        folder: Path,
        *,
        priority: int = 0,
        use_cache: bool = True,
        tags: tuple[str, ...] = (),
        webhook: str = "",
    ) -> str:
        """Upload the media that a document refers to, submit it, and return the job's id.

        Submitting the same document again returns the same job, unless that one failed or was cancelled.

        Raises:
            DocumentError: the document or its media are wrong.
            QueueFullError: the farm accepts no more jobs.
            FarmUnreachableError: no farm answers, or it refused.
        """
        data = load_document(document, source=source)
        rewritten = json.dumps(self._uploader().send_media(data, source, folder), ensure_ascii=False)
        options: dict[str, Any] = {
            "source": one_line(source)[:MAX_SOURCE],
            "priority": priority,
            "use_cache": str(use_cache).lower(),
            "tag": list(tags),
            "webhook": webhook,
        }
        key = hashlib.sha256(f"{rewritten}\0{options}".encode()).hexdigest()
        while True:
            answer = self._post(
                f"/v1/jobs?{urlencode(options, doseq=True)}", rewritten, key, "application/json"
            )
            job_id: str = answer["id"]
            if not answer["repeated"] or self.job(job_id)["state"] not in ("failed", "cancelled"):
                return job_id
            key = hashlib.sha256(f"{key}\0{job_id}".encode()).hexdigest()

    def submit_rows(
        self,
        table: str,
        kind: str,
        source: str,
        folder: Path,
        *,
        template: str | None,
        priority: int = 0,
        use_cache: bool = True,
        webhook: str = "",
    ) -> tuple[str, list[RowJob]]:
        """Upload the media of a table of products and submit it as a batch.

        Returns the batch's id and the invalid rows, which keep their numbers and are not rendered. Submitting the same
        table again returns the same batch.

        Raises:
            DocumentError: the table cannot be read, or all its rows are invalid.
            FarmUnreachableError: no farm answers, or it refused.
        """
        rows = [
            self._with_media(row, source, folder)
            for row in row_jobs(table, kind, self._plugins(), template=template, source=source)
        ]
        wrong = [row for row in rows if row.problems]
        if len(wrong) == len(rows):
            raise DocumentError(
                [
                    Problem(f"row {row.number}: {one.path}", one.message)
                    for row in wrong
                    for one in row.problems
                ],
                source=source,
            )
        lines = [json.dumps(row.document, ensure_ascii=False) for row in rows]
        options = {
            "source": one_line(source)[:MAX_SOURCE],
            "priority": priority,
            "use_cache": str(use_cache).lower(),
            "webhook": webhook,
        }
        body = "\n".join(lines)
        key = hashlib.sha256(f"{body}\0{options}".encode()).hexdigest()
        answer = self._post(f"/v1/batches?{urlencode(options)}", body, key, "application/x-ndjson")
        batch_id: str = answer["id"]
        return batch_id, wrong

    def job(self, job_id: str) -> dict[str, Any]:
        """Return a job's state."""
        found: dict[str, Any] = self.call("GET", f"/v1/jobs/{quoted(job_id)}")
        return found

    def wait(self, job_id: str, on_progress: Progress | None = None) -> dict[str, Any]:
        """Wait until a job has ended, in whatever state, and return it."""
        return self._wait(lambda: self.job(job_id), lambda job: job["state"] in FINAL_STATES, on_progress)

    def wait_for_batch(self, batch_id: str, on_progress: Progress | None = None) -> dict[str, Any]:
        """Wait until all rows of a batch have ended, in whatever state, and return the batch."""
        return self._wait(
            lambda: self.call("GET", f"/v1/batches/{quoted(batch_id)}"),
            lambda batch: batch["rows"]["ended"] == batch["rows"]["total"],
            on_progress,
        )

    def rows(self, batch_id: str) -> Iterator[dict[str, Any]]:
        """Yield a batch's rows in order, with their outcomes."""
        after: int | None = 0
        while after is not None:
            page = self.call("GET", f"/v1/batches/{quoted(batch_id)}/rows", after=after, limit=500)
            yield from page["rows"]
            after = page["next"]

    def events(self, job_id: str | None = None, after: str | None = None) -> Iterator[dict[str, Any]]:
        """Yield events as they happen, without end; resumes where a broken connection broke off."""
        pause_s = POLL_MOST_S
        while True:
            query = {"job": job_id, "after": after}
            given = urlencode({name: value for name, value in query.items() if value is not None})
            try:
                with self._connection.stream(f"/v1/events/stream?{given}", {}) as response:
                    for line in response.iter_lines():
                        name, _, value = line.partition(": ")
                        if name == "id":
                            # Also sent at the beginning: nothing is missed if it breaks before an event.
                            after, pause_s = value, POLL_MOST_S
                        elif name == "data":
                            yield json.loads(value)
            except BrokenOffError:
                if pause_s > PATIENCE_S:
                    raise
            self._sleep(pause_s)
            pause_s *= 2.0

    def download(self, job_id: str, folder: Path, stem: str | None = None) -> Downloaded:
        """Download a finished job's files into a folder; each is replaced atomically.

        Raises:
            MachineError: the folder cannot be written.
        """
        paths: dict[str, Path] = {}
        for kind, suffix in FILES.items():
            paths[kind] = folder / f"{stem or job_id}{suffix}"
            self._fetch(f"/v1/jobs/{quoted(job_id)}/{kind}", paths[kind])
        return Downloaded(paths["video"], paths["cover"], paths["report"])

    def _wait(
        self,
        look: Callable[[], dict[str, Any]],
        ended: Callable[[dict[str, Any]], bool],
        on_progress: Progress | None,
    ) -> dict[str, Any]:
        pause_s = POLL_FIRST_S
        while True:
            told = look()
            if on_progress is not None:
                on_progress(told)
            if ended(told):
                return told
            self._sleep(pause_s)
            pause_s = min(POLL_MOST_S, pause_s * 1.2)

    def _with_media(self, row: RowJob, source: str, folder: Path) -> RowJob:
        """Return a row with its media uploaded, or with their problems."""
        if row.document is None:
            return row
        try:
            sent = self._uploader().send_media(dict(row.document), f"{source} row {row.number}", folder)
        except DocumentError as error:
            return RowJob(row.number, None, error.problems)
        return RowJob(row.number, sent, ())

    def _post(self, path: str, body: str, key: str, content_type: str) -> dict[str, Any]:
        headers = {"Idempotency-Key": key, "Content-Type": content_type}
        answer: dict[str, Any] = self._connection.ask(
            "POST", path, content=body.encode(), headers=headers
        ).json()
        return answer

    def post_text(self, path: str, text: str, content_type: str, **query: str | None) -> Any:
        """Send text that may safely be sent twice, and return the JSON of the response."""
        given = {name: value for name, value in query.items() if value is not None}
        headers = {"Content-Type": content_type}
        return self._connection.ask("POST", path, content=text.encode(), params=given, headers=headers).json()

    def _fetch(self, path: str, target: Path) -> None:
        fresh = target.with_name(f".{target.name}-{os.getpid()}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._connection.save(path, fresh)
                os.replace(fresh, target)
            finally:
                fresh.unlink(missing_ok=True)
        except OSError as error:
            raise MachineError(f"{target} cannot be written: {error.strerror}") from error

    def _plugins(self) -> Registry:
        self._registry = self._registry or load_registry()
        return self._registry

    def _uploader(self) -> Uploader:
        self._uploads = self._uploads or Uploader(self._connection, self._plugins())
        return self._uploads
