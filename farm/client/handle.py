"""A farm from Python: jobs are submitted, and followed by their handles."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from farm.client.client import FarmClient
from farm.client.connection import PATIENCE_S
from farm.client.library import HttpLibrary
from farm.contract.jobs import EventItem, Job, JobService
from farm.contract.services import Backend, Method, P, T
from farm.contract.transfer import Library
from farm.draft.job_input import Job as JobInput
from farm.draft.job_input import job_text
from farm.errors import DocumentError, FarmUnreachableError, Problem, RenderError
from farm.model.production import ProducedFile, Production


class Client(Backend):
    """A farm that runs elsewhere, or on this machine; requests are retried while it does not answer.

    All services of the contract are reached by :meth:`ask`, such as ``client.ask(FleetService.queue)``.
    """

    def __init__(
        self, address: str | None = None, key: str | None = None, *, patience_s: float = PATIENCE_S
    ) -> None:
        """Initialize; nothing is sent yet.

        Args:
            address: The farm's address, such as ``http://10.0.0.10:8700``; ``FARM_ADDRESS`` if omitted.
            key: The API key; ``FARM_API_KEY`` if omitted. A farm that is open to its own machine needs none.
            patience_s: How long a request is retried while the farm does not answer, seconds.

        Raises:
            FarmUnreachableError: no address is given, or it is none.
        """
        found = address or os.environ.get("FARM_ADDRESS")
        if not found:
            raise FarmUnreachableError("name the farm's address, or set FARM_ADDRESS; `farm up` prints it")
        self._client = FarmClient(found, key=key or os.environ.get("FARM_API_KEY"), patience_s=patience_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def ask(self, method: Method[P, T], /, *args: P.args, **arguments: P.kwargs) -> T:
        """Call a method of a service.

        Raises:
            FarmError: whatever the method raises, or FarmUnreachableError if no farm answers.
        """
        return self._client.ask(method, *args, **arguments)

    def library(self, owner: str = "") -> Library:
        """Return the library of an owner; the key's own tenant's if omitted."""
        return HttpLibrary(self._client, owner)

    def submit(
        self,
        job: JobInput,
        *,
        priority: int = 0,
        tags: Sequence[str] = (),
        webhook: str = "",
        use_cache: bool = True,
    ) -> JobHandle:
        """Upload the media that a job names, submit it, and return its handle.

        The same job submitted again is the same job, unless that one failed or was cancelled.

        Args:
            job: The path of a document, its content as plain data, or a job made in code. Elements of the caller's own
                are not sent: they must be installed as plugins on the farm.
            priority: Higher goes first among the tenant's own jobs, -100 to 100.
            tags: Tags that its workers must have.
            webhook: A URL that is notified of its end by a signed POST.
            use_cache: Whether stored segments may be reused.

        Raises:
            DocumentError: the job or its media are wrong; with all problems.
            QueueFullError: the farm accepts no more jobs.
        """
        sent = job_text(job)
        job_id = self._client.submit(
            sent.text,
            sent.source,
            sent.folder,
            priority=priority,
            use_cache=use_cache,
            tags=tuple(tags),
            webhook=webhook,
        )
        return JobHandle(self._client, job_id)

    def job(self, job_id: str) -> JobHandle:
        """Return the handle of a job that was submitted before; nothing is sent."""
        return JobHandle(self._client, job_id)


class JobHandle:
    """A job on a farm. Its methods raise MissingError if the farm has no such job."""

    def __init__(self, client: FarmClient, job_id: str) -> None:
        self._client = client
        self.job_id: Final = job_id
        """The job's id."""

    def __repr__(self) -> str:
        return f"JobHandle({self.job_id!r})"

    def status(self) -> Job:
        """Return where the job stands."""
        return self._client.job(self.job_id)

    def done(self) -> bool:
        """Whether the job has ended, in whatever state."""
        return self.status().ended

    def why(self) -> str:
        """Return in a sentence what the job waits for, or why it ended."""
        return self._client.ask(JobService.why, job_id=self.job_id).why

    def events(self, after: str = "0") -> Iterator[EventItem]:
        """Yield the job's events as they happen, up to its end; a broken connection is resumed.

        Args:
            after: Only events after this one, by its id; ``0`` for all.
        """
        for event in self._client.events(self.job_id, after):
            yield event
            if event.kind == "state" and event.state in ("done", "failed", "cancelled"):
                return

    def wait(self, timeout_s: float | None = None, progress: Callable[[Job], None] | None = None) -> Job:
        """Wait until the job has ended, in whatever state, and return it.

        Args:
            timeout_s: How long to wait, seconds; without end if omitted.
            progress: Called with the job on every poll.

        Raises:
            TimeoutError: it has not ended in time; it continues.
        """
        return self._client.wait(self.job_id, progress, timeout_s)

    def result(
        self, out: str | os.PathLike[str] = ".", *, name: str = "", timeout_s: float | None = None
    ) -> Production:
        """Wait for the job, download its files, and return the finished video.

        Args:
            out: The folder of the files, or the main file's own path, with the suffix of its format.
            name: What the files in a folder are called, without a suffix; the job's id if omitted.
            timeout_s: How long to wait, seconds; without end if omitted.

        Raises:
            DocumentError: the job failed because its document is wrong; with all problems.
            RenderError: it failed or was cancelled; says why.
            TimeoutError: it has not ended in time; it continues.
            MachineError: the folder cannot be written.
        """
        job = self.wait(timeout_s)
        made = job.production
        if job.state != "done" or made is None:
            if job.problems:
                raise DocumentError(
                    [Problem(one.path, one.message) for one in job.problems], source=job.source
                )
            raise RenderError(f"job {self.job_id} is {job.state}: {job.message or job.cause}")
        path = Path(out)
        suffix = Path(made.files[0].name).suffix if made.files else ".mp4"
        if path.suffix == suffix and not path.is_dir():
            path, name = path.parent, path.stem
        files = self._client.download(self.job_id, path, name or self.job_id)
        return Production(
            files.video,
            files.cover,
            files.report,
            made.frames,
            made.duration_s,
            made.width_px,
            made.height_px,
            made.size_bytes,
            made.loudness_lufs,
            made.sha256,
            tuple(job.warnings),
            job.segments.total,
            job.segments.reused,
            tuple(ProducedFile.at(path, one) for one, path in files.files),
        )

    def cancel(self) -> None:
        """Cancel the job; one that has ended stays as it is."""
        self._client.ask(JobService.cancel, job_id=self.job_id)

    def retry(self) -> JobHandle:
        """Retry a failed or cancelled job as a new one, and return its handle.

        Raises:
            ConflictError: it has not ended, or is done.
        """
        return JobHandle(self._client, self._client.ask(JobService.retry, job_id=self.job_id).id)
