"""A client of a farm: uploads the media of a document, submits it, waits, and downloads the files."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import quote, urlencode

import httpx
from pydantic import TypeAdapter

from farm.client.address import quoted
from farm.client.backend import HttpBackend
from farm.client.connection import PATIENCE_S, BrokenOffError, Connection
from farm.client.save import save_file
from farm.client.upload import Uploader
from farm.contract.audience import EventIntake, RefusedEvent
from farm.contract.batches import ROWS_PAGE, Batch, BatchRowItem, BatchService
from farm.contract.fleet import FarmStats
from farm.contract.jobs import Accepted, EventItem, FileItem, Job, JobService
from farm.contract.model import ProblemItem
from farm.contract.previews import PluginOffer
from farm.contract.services import Backend, Method, P, T
from farm.draft.rows import RowJob, row_jobs
from farm.errors import DocumentError, Problem, one_line
from farm.model.file_name import delivered_path
from farm.model.parse import load_document
from farm.plugins.difference import elsewhere
from farm.plugins.registry import Registry, load_registry
from farm.store.productions import FILES

POLL_FIRST_S: Final = 0.1
POLL_MOST_S: Final = 1.0

MAX_SOURCE: Final = 200
"""Longest document name that a farm accepts, characters."""
_PLUGINS: TypeAdapter[list[PluginOffer]] = TypeAdapter(list[PluginOffer])


class Endable(Protocol):
    """Something that ends: a job, a batch."""

    @property
    def ended(self) -> bool:
        """Whether it has ended, in whatever state."""


E = TypeVar("E", bound=Endable)


@dataclass(frozen=True, slots=True)
class Downloaded:
    """The downloaded files of a job."""

    video: Path
    """The main file."""
    cover: Path
    """The cover JPEG."""
    report: Path
    """The JSON report."""
    files: tuple[tuple[FileItem, Path], ...] = ()
    """All files besides cover and report, the main one first; none of farms older than this client."""


class FarmClient(Backend):
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
        self._backend = HttpBackend(self._connection)

    def ask(self, method: Method[P, T], /, *args: P.args, **arguments: P.kwargs) -> T:
        """Call a method of the contract, such as ``ask(JobService.show, job_id=…)``."""
        return self._backend.ask(method, *args, **arguments)

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

    def stats(self, since_s: float = 0.0) -> FarmStats:
        """Return what the farm has rendered since a time, seconds since the epoch, and what is waiting."""
        answer = self._connection.ask("GET", "/v1/stats", params={"since_s": since_s})
        return FarmStats.model_validate_json(answer.content)

    def plugins_differ(self, used: Collection[str]) -> str:
        """Return how the farm's plugins differ from those that documents use here; empty if they do not.

        Args:
            used: The plugins' marks, such as ``acme 1.2 (3f2a91c04b7e)``.
        """
        if not used:
            return ""
        answer = self._connection.ask("GET", "/v1/plugins")
        loaded = [
            # A farm without a ready worker lists its head's plugins.
            one.workers or [f"{one.plugin} {one.version} ({one.identity})"]
            for one in _PLUGINS.validate_json(answer.content)
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
            if not answer.repeated or self.job(answer.id).state not in ("failed", "cancelled"):
                return answer.id
            key = hashlib.sha256(f"{key}\0{answer.id}".encode()).hexdigest()

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
        return answer.id, wrong

    def job(self, job_id: str) -> Job:
        """Return a job's state."""
        return self.ask(JobService.show, job_id=job_id)

    def wait(
        self, job_id: str, on_progress: Callable[[Job], None] | None = None, timeout_s: float | None = None
    ) -> Job:
        """Wait until a job has ended, in whatever state, and return it.

        Args:
            job_id: The job.
            on_progress: Called with the job on every poll.
            timeout_s: How long to wait, seconds; without end if omitted.

        Raises:
            TimeoutError: it has not ended in time; it continues.
        """
        return self._wait(lambda: self.job(job_id), on_progress, timeout_s)

    def wait_for_batch(self, batch_id: str, on_progress: Callable[[Batch], None] | None = None) -> Batch:
        """Wait until all rows of a batch have ended, in whatever state, and return the batch."""
        return self._wait(lambda: self.ask(BatchService.show, batch_id=batch_id), on_progress)

    def rows(self, batch_id: str) -> Iterator[BatchRowItem]:
        """Yield a batch's rows in order, with their outcomes."""
        after: int | None = 0
        while after is not None:
            page = self.ask(BatchService.rows, batch_id=batch_id, after=after, limit=ROWS_PAGE)
            yield from page.rows
            after = page.next

    def events(self, job_id: str | None = None, after: str | None = None) -> Iterator[EventItem]:
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
                            yield EventItem.model_validate_json(value)
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
        made = self.job(job_id).production
        files = made.files if made is not None else []
        target = folder / f"{stem or job_id}{FILES['video']}"
        here = f"/v1/jobs/{quoted(job_id)}"
        paths = {kind: folder / f"{stem or job_id}{suffix}" for kind, suffix in FILES.items()}
        if files:
            paths["video"] = delivered_path(target, files[0].name)
        for kind, path in paths.items():
            save_file(self._connection, f"{here}/{kind}", path)
        found = [(one, delivered_path(target, one.name)) for one in files]
        for one, path in found[1:]:
            save_file(self._connection, f"{here}/files/{quote(one.name)}", path)
        return Downloaded(paths["video"], paths["cover"], paths["report"], tuple(found))

    def _wait(
        self, poll: Callable[[], E], on_progress: Callable[[E], None] | None, timeout_s: float | None = None
    ) -> E:
        until_s = None if timeout_s is None else time.monotonic() + timeout_s
        pause_s = POLL_FIRST_S
        while True:
            found = poll()
            if on_progress is not None:
                on_progress(found)
            if found.ended:
                return found
            if until_s is not None and time.monotonic() + pause_s > until_s:
                raise TimeoutError(f"not ended after {timeout_s:g} s; it continues on the farm")
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

    def _post(self, path: str, body: str, key: str, content_type: str) -> Accepted:
        headers = {"Idempotency-Key": key, "Content-Type": content_type}
        answer = self._connection.ask("POST", path, content=body.encode(), headers=headers)
        return Accepted.model_validate_json(answer.content)

    def send_events(self, rows: Sequence[Mapping[str, Any]], library: str = "") -> EventIntake:
        """Send events of productions; refused ones have their place in ``rows``, from 1, as their line."""
        lines = "\n".join(json.dumps(dict(row), ensure_ascii=False) for row in rows)
        try:
            answer = self._connection.ask(
                "POST",
                "/v1/audience-events",
                content=lines.encode(),
                params={"owner": library} if library else {},
                headers={"Content-Type": "application/x-ndjson"},
            )
        except DocumentError as error:
            return EventIntake(taken=0, repeated=0, refused=_refused(error))
        return EventIntake.model_validate_json(answer.content)

    def _plugins(self) -> Registry:
        self._registry = self._registry or load_registry()
        return self._registry

    def _uploader(self) -> Uploader:
        self._uploads = self._uploads or Uploader(self._connection, self._plugins())
        return self._uploads


def _refused(error: DocumentError) -> list[RefusedEvent]:
    """Return the refused events of a response in which all were refused.

    Raises:
        DocumentError: the problems are not those of single events.
    """
    refused = []
    for problem in error.problems:
        line, _, path = problem.path.removeprefix("line ").partition(": ")
        if not line.isdecimal():
            raise error
        found = [ProblemItem(path=path, message=problem.message)]
        refused.append(RefusedEvent(line=int(line), problems=found))
    return refused
