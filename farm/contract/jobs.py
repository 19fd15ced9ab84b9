"""Jobs: submit, list, show, change, cancel, retry, explain, events, logs, webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal, Protocol

from pydantic import Field

from farm.contract.model import Order, ProblemItem, Result
from farm.contract.operation import operation
from farm.contract.scope import Scope
from farm.model.access import Role

PRIORITY_LIMIT: Final = 100
"""Priorities of jobs range from minus this to this."""
NEWEST_LINES: Final = 1_000
"""Maximum number of log lines read per machine."""
EVENTS_PAGE: Final = 500
"""Maximum number of events in a page."""

JobId = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9._-]+$")]
FileKind = Literal["video", "cover", "report"]
JobStateWord = Literal[
    "accepted", "planning", "queued", "rendering", "assembling", "checking", "looking", "done", "failed", "cancelled"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class JobSubmission:
    """A job document and how it is to be rendered."""

    document: str
    """The job document, YAML or JSON."""
    source: str
    """How messages refer to it."""
    media: tuple[tuple[str, str], ...] = ()
    """(document path, hash) of the stored media that it names."""
    priority: int = 0
    """Higher goes first among the tenant's own jobs."""
    use_cache: bool = True
    """Whether stored segments may be used."""
    tags: tuple[str, ...] = ()
    """Tags that its workers must have."""
    webhook: str = ""
    """URL to notify when it ends; empty for none."""
    idempotency_key: str | None = None
    """A repeated request of the same tenant with the same key returns the same job."""


@dataclass(frozen=True, slots=True)
class JobFile:
    """Where a job's file was written, and which parts its owner may see."""

    path: str
    """Its path on the machine that wrote it; empty until it is published."""
    hidden: tuple[int, ...] | None = ()
    """Indexes of the segments whose reuse is hidden from the job's tenant; None for all."""
    name: str = ""
    """Its name among the job's files; empty for cover and report, and for jobs of before there were several files."""
    media_type: str = "video/mp4"
    """Its media type."""


class Accepted(Result):
    """A job or batch was accepted; it is on disk."""

    id: str
    repeated: bool = Field(description="Whether the idempotency key matched an earlier one.")
    links: dict[str, str]


class Cancelled(Result):
    """A job or batch is being cancelled."""

    id: str
    links: dict[str, str]


class SegmentCounts(Result):
    """Progress of a job's segments."""

    total: int
    done: int
    reused: int


class SegmentPart(Result):
    """One segment of a job in progress."""

    index: int
    start: int = Field(description="First frame.")
    frames: int
    state: Literal["waiting", "running", "done", "reused"]
    node: str
    cpu_s: float


class FileItem(Result):
    """One of the files of a finished job; it is sent by `/v1/jobs/{job_id}/files/{name}`."""

    name: str = Field(
        description="It begins with its output's name: `video.mp4`, `square.gif`, `stream.hls/index.m3u8`."
    )
    output: str = Field(description="The output that it belongs to.")
    kind: Literal["main", "poster", "sprites", "cues", "piece"]
    media_type: str
    size_bytes: int
    sha256: str
    frames: int
    duration_s: float
    width_px: int
    height_px: int


class FinishedFile(Result):
    """A finished job's main file, and all of its files besides cover and report."""

    frames: int
    duration_s: float
    width_px: int
    height_px: int
    size_bytes: int
    loudness_lufs: float | None
    sha256: str
    files: list[FileItem] = Field(default_factory=list, description="The main file is the first.")


class Job(Result):
    """The state of a job."""

    id: str
    tenant: str
    state: JobStateWord
    cause: str = Field(description="The cause of the state.")
    name: str
    source: str
    priority: int
    tags: list[str]
    template: str
    encoder: str
    batch: str | None
    row: int | None
    retry_of: str | None
    webhook: str
    submitted_at: str | None
    started_at: str | None
    finished_at: str | None
    wait_s: float = Field(description="Time from its acceptance to its first lease.")
    wall_s: float = Field(description="Time from its acceptance to its end, or until now.")
    took_s: float = Field(
        description="`wall_s` without the time in which its queue was paused and nothing of it ran, or the farm was "
        "down."
    )
    segments: SegmentCounts
    parts: list[SegmentPart] = Field(
        default_factory=list, description="While it is in progress; not in lists."
    )
    warnings: list[str]
    retries: list[str]
    message: str
    problems: list[ProblemItem]
    production: FinishedFile | None
    links: dict[str, str]

    @property
    def ended(self) -> bool:
        """Whether it is done, failed or cancelled."""
        return self.state in ("done", "failed", "cancelled")


class JobChange(Order):
    """Changes to a job that has not ended."""

    priority: int = Field(
        ge=-PRIORITY_LIMIT, le=PRIORITY_LIMIT, description="Higher goes first among the tenant's own jobs."
    )


class JobPage(Result):
    """Jobs, newest first."""

    jobs: list[Job]
    next: str | None = Field(description="Send it as `cursor` for the next page; null on the last.")


class EventItem(Result):
    """One event."""

    id: str = Field(
        description="Its position in the order of events: send it as `after` to continue after it."
    )
    kind: Literal["state", "retry", "priority", "node"]
    job: str | None
    tenant: str
    node: str
    state: str
    cause: str
    at: str


class EventPage(Result):
    """Events in order."""

    events: list[EventItem]
    next: str = Field(description="Send it as `after` to continue.")


class Why(Result):
    """What a job waits for, or why it ended."""

    id: str
    why: str


class LogItem(Result):
    """A line of the farm's logs about a job."""

    at: str
    level: Literal["debug", "info", "warning", "error", "critical"]
    process: str = Field(description="The kind of process that logged it, such as `worker`.")
    says: str
    task: str = Field(description="`plan`, `segment`, `assemble`, `look`, or empty.")
    segment: int | None = Field(description="Index of the segment, from 0.")
    took_s: float | None
    blame: str = Field(
        description="`job` or `farm`; for operators `job`, `host`, `store` or `disk`; or empty."
    )
    node: str = Field(description="For operators; otherwise empty.")
    worker: str = Field(description="For operators; otherwise empty.")
    fence: int | None = Field(description="The lease, for operators; otherwise null.")
    cpu_s: float | None = Field(description="For operators; otherwise null.")
    trace: str = Field(description="A traceback, for operators; otherwise empty.")


class JobLogs(Result):
    """Log lines of the farm's machines about a job."""

    lines: list[LogItem] = Field(description="The newest lines, oldest first.")
    nodes: int = Field(description="Number of machines that were read.")
    silent: int = Field(description="Number of machines that could not be read.")
    silent_nodes: list[str] = Field(description="Their names, for operators; otherwise empty.")


class WebhookItem(Result):
    """A webhook message and its delivery."""

    id: str
    url: str
    state: Literal["waiting", "delivered", "given up"]
    tries: int
    said: str
    next_try_at: str | None


class JobService(Protocol):
    """Jobs of a tenant; another tenant's job is treated as nonexistent.

    Methods about one job raise MissingError if there is none with that id.
    """

    def submit(self, scope: Scope, *, job: JobSubmission) -> Accepted:
        """Accept a job into the journal.

        Raises:
            DocumentError: it names media that are not the tenant's.
            ConflictError: the idempotency key was used with another document.
            QueueFullError: there are too many unfinished jobs.
            MediaCondemnedError: media that it names are being removed.
        """

    @operation("GET", "/v1/jobs", tag="jobs")
    def page(
        self,
        scope: Scope,
        *,
        limit: Annotated[int, Field(ge=1, le=1000)] = 100,
        cursor: Annotated[str, Field(max_length=100)] = "",
        state: Annotated[str, Field(max_length=20, description="A state, or `unfinished`.")] = "",
        tenant: Annotated[str, Field(max_length=63, description="For operators.")] = "",
        batch: Annotated[str | None, Field(max_length=80)] = None,
        source: Annotated[str | None, Field(max_length=200)] = None,
        since_s: Annotated[
            float | None,
            Field(ge=0.0, le=1e11, description="Accepted since this time, seconds since the epoch."),
        ] = None,
    ) -> JobPage:
        """List jobs, newest first; jobs that analyse assets belong to the tenant `library`."""

    @operation("GET", "/v1/jobs/{job_id}", tag="jobs")
    def show(self, scope: Scope, *, job_id: JobId) -> Job:
        """Show the state of a job, segment by segment while it is in progress."""

    @operation("PATCH", "/v1/jobs/{job_id}", tag="jobs", role=Role.SUBMIT)
    def change(self, scope: Scope, *, job_id: JobId, change: JobChange) -> Job:
        """Change the priority of a job that has not ended; its queued work is reordered at once."""

    @operation("DELETE", "/v1/jobs/{job_id}", tag="jobs", role=Role.SUBMIT, status=202)
    def cancel(self, scope: Scope, *, job_id: JobId) -> Cancelled:
        """Cancel a job; one that has ended stays as it is."""

    @operation("POST", "/v1/jobs/{job_id}/retry", tag="jobs", role=Role.SUBMIT, status=202)
    def retry(self, scope: Scope, *, job_id: JobId) -> Accepted:
        """Retry a failed or cancelled job, as a new job; retrying it twice creates one new job."""

    @operation("GET", "/v1/jobs/{job_id}/why", tag="jobs")
    def why(self, scope: Scope, *, job_id: JobId) -> Why:
        """Return in one sentence what a job is waiting for, or why it ended."""

    @operation("GET", "/v1/jobs/{job_id}/events", tag="jobs")
    def history(self, scope: Scope, *, job_id: JobId) -> list[EventItem]:
        """List all events of a job."""

    @operation("GET", "/v1/jobs/{job_id}/logs", tag="jobs")
    def logs(
        self,
        scope: Scope,
        *,
        job_id: JobId,
        limit: Annotated[
            int, Field(ge=1, le=NEWEST_LINES, description="Maximum number of lines; the newest are returned.")
        ] = 200,
    ) -> JobLogs:
        """Return the log lines of the farm's machines about a job; operators also see machines and tracebacks."""

    @operation("GET", "/v1/jobs/{job_id}/webhooks", tag="jobs")
    def webhooks(self, scope: Scope, *, job_id: JobId) -> list[WebhookItem]:
        """List a job's webhook messages and their delivery."""

    @operation("GET", "/v1/events", tag="events")
    def events(
        self,
        scope: Scope,
        *,
        after: Annotated[
            str, Field(pattern=r"^(0|[A-Za-z0-9_-]{22})$", description="Events after this id; 0 for all.")
        ] = "0",
        job: Annotated[str | None, Field(max_length=80, description="Only this job's.")] = None,
        limit: Annotated[int, Field(ge=1, le=EVENTS_PAGE)] = 100,
    ) -> EventPage:
        """List events, in order.

        A tenant's token refers to the last of its own events: any other would reveal when others' jobs progress.
        """

    def newest_event(self, scope: Scope) -> str:
        """Return the id of the newest event, from which a stream begins."""

    def file(self, scope: Scope, *, job_id: str, kind: FileKind) -> JobFile:
        """Return where a job's main file, cover or report was written."""

    def made(self, scope: Scope, *, job_id: str, name: str) -> JobFile:
        """Return where one of a job's files was written.

        Raises:
            MissingError: the job has no file of that name, or has not ended.
        """

    def rendered_before(self, scope: Scope, *, keys: Sequence[str]) -> list[str]:
        """Return which of these segments have been part of one of the tenant's own jobs."""


def job_links(job_id: str, state: str = "") -> dict[str, str]:
    """Return the links of a job and, once it is done, of its files."""
    here = f"/v1/jobs/{job_id}"
    files = {kind: f"{here}/{kind}" for kind in ("video", "cover", "report")} if state == "done" else {}
    return {"self": here, "why": f"{here}/why", "events": f"{here}/events", **files}
