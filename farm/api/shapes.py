"""Request and response models of the API, as published in its OpenAPI document."""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import BaseModel, Field

PRINTABLE: Final = r"^[^\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]*$"
"""Names and labels: no control characters, and no marks that change the direction of adjacent text."""
PRIORITY_LIMIT: Final = 100
"""Priorities of jobs range from minus this to this."""

JobStateWord = Literal[
    "accepted",
    "planning",
    "queued",
    "rendering",
    "assembling",
    "checking",
    "looking",
    "done",
    "failed",
    "cancelled",
]


class ProblemItem(BaseModel):
    """One problem."""

    path: str = Field(description="Where, as `slots.photos[1]`; empty for the whole.")
    message: str = Field(description="What is wrong, what is allowed, and the remedy.")


class ProblemDocument(BaseModel):
    """An error, as in RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    problems: list[ProblemItem] | None = None
    more: int | None = Field(None, description="How many more problems there are than are listed.")


class Accepted(BaseModel):
    """A job or batch was accepted; it is on disk."""

    id: str
    repeated: bool = Field(description="Whether the idempotency key gave an earlier one.")
    links: dict[str, str]


class SegmentCounts(BaseModel):
    """Progress of a job's segments."""

    total: int
    done: int
    reused: int


class SegmentPart(BaseModel):
    """One segment of a job in progress."""

    index: int
    start: int = Field(description="First frame.")
    frames: int
    state: Literal["waiting", "running", "done", "reused"]
    node: str
    cpu_s: float


class ProductionShape(BaseModel):
    """A finished file."""

    frames: int
    duration_s: float
    width_px: int
    height_px: int
    size_bytes: int
    loudness_lufs: float | None
    sha256: str


class Job(BaseModel):
    """The state of a job."""

    id: str
    tenant: str
    state: JobStateWord
    cause: str = Field(description="What brought it there.")
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
    wait_s: float = Field(description="From its acceptance to its first lease.")
    wall_s: float = Field(description="From its acceptance to its end, or to this moment.")
    took_s: float = Field(
        description="`wall_s` without the time in which its queue was paused and nothing of it ran, or the farm was "
        "down."
    )
    segments: SegmentCounts
    parts: list[SegmentPart] = Field(default_factory=list, description="While it is made; not in lists.")
    warnings: list[str]
    retries: list[str]
    message: str
    problems: list[ProblemItem]
    production: ProductionShape | None
    links: dict[str, str]


class JobChange(BaseModel):
    """What can be changed of a job that has not ended."""

    model_config = {"extra": "forbid"}

    priority: int = Field(
        ge=-PRIORITY_LIMIT, le=PRIORITY_LIMIT, description="Higher goes first among the tenant's own."
    )


class JobPage(BaseModel):
    """Jobs, newest first."""

    jobs: list[Job]
    next: str | None = Field(description="Send it as `cursor` for the next page; null on the last.")


class EventItem(BaseModel):
    """One event."""

    id: str = Field(description="Its place in the order of events: send it as `after` to go on behind it.")
    kind: Literal["state", "retry", "priority", "node"]
    job: str | None
    tenant: str
    node: str
    state: str
    cause: str
    at: str


class EventPage(BaseModel):
    """Events in order."""

    events: list[EventItem]
    next: str = Field(description="Send it as `after` to go on.")


class Why(BaseModel):
    """What a job waits for, or why it ended."""

    id: str
    why: str


class Batch(BaseModel):
    """The state of a batch."""

    id: str
    tenant: str
    state: Literal["running", "done", "cancelled"]
    source: str
    template: str
    priority: int
    submitted_at: str
    rows: dict[str, int] = Field(description="Rows by state, with `total` and `ended`.")
    links: dict[str, str]


class BatchPage(BaseModel):
    """Batches, newest first."""

    batches: list[Batch]


class BatchRowItem(BaseModel):
    """The outcome of a row."""

    row: int
    source: str
    state: str
    job: str | None
    message: str
    problems: list[ProblemItem]
    production: ProductionShape | None
    links: dict[str, str]


class RowPage(BaseModel):
    """Rows in order."""

    rows: list[BatchRowItem]
    next: int | None = Field(description="Send it as `after` for the next page; null on the last.")


class NodeItem(BaseModel):
    """A node of the cluster."""

    node: str
    address: str
    alive: bool
    condition: str
    cause: str
    until: str | None
    workers: int
    running: int
    faults: int
    disk_free_bytes: int | None
    cpus: float | None
    load: float | None
    memory_free_bytes: int | None
    version: str
    plugins: list[str]
    """Plugins that its workers loaded, with version and the first digits of their files' hash."""
    differs: str
    """Plugins that its workers loaded in more than one variant; empty if none."""


class Health(BaseModel):
    """Whether the farm accepts jobs and works on them."""

    ok: bool
    ready: bool
    workers: int
    workers_wanted: int
    unfinished: int | None = Field(
        description="Jobs; null for those who bring no operator's key where one is needed."
    )
    since_s: float
    trouble: list[str]
    pid: int | None = Field(description="The controller's process; null as above.")


class NodeRemoval(BaseModel):
    """A node that is being removed from the farm."""

    node: str = Field(description="Its full name.")
    gone: bool = Field(
        description="Whether it is gone already; otherwise it leaves when nothing runs there any more."
    )


class Pause(BaseModel):
    """Which queue to pause or resume."""

    model_config = {"extra": "forbid"}

    tenant: str = Field(
        "",
        pattern=r"^([a-z0-9][a-z0-9._-]{0,62})?$",
        description="Whose queue; empty for the whole farm's.",
    )
    cause: str = Field(
        "by operator",
        max_length=200,
        pattern=PRINTABLE,
        description="Why; told to whoever asks why a job waits.",
    )


class Drain(BaseModel):
    """How to drain a node."""

    model_config = {"extra": "forbid"}

    within_s: float | None = Field(
        None, ge=0.0, le=86_400.0 * 30, description="What runs longer is moved; null: never."
    )
    cause: str = Field("by operator", max_length=200, pattern=PRINTABLE)


class Scale(BaseModel):
    """Bounds of the number of workers."""

    model_config = {"extra": "forbid"}

    min: int = Field(ge=0, le=10_000)
    max: int = Field(ge=1, le=10_000)


class Queue(BaseModel):
    """What is queued and running."""

    paused: dict[str, str] = Field(description="Causes by tenant; an empty name is the whole farm.")
    unfinished: int
    running: int
    waiting: int
    pace: float = Field(description="Measured CPU seconds over estimated ones.")
    measured_segments: int
    workers: int


class LogItem(BaseModel):
    """A line of the farm's logs about a job."""

    at: str
    level: Literal["debug", "info", "warning", "error", "critical"]
    process: str = Field(description="What kind of process says so, as `worker`.")
    says: str
    task: str = Field(description="`plan`, `segment`, `assemble`, `look`, or empty.")
    segment: int | None = Field(description="Which segment, from 0.")
    took_s: float | None
    blame: str = Field(
        description="`job` or `farm`; for operators `job`, `host`, `store` or `disk`; or empty."
    )
    node: str = Field(description="For operators; else empty.")
    worker: str = Field(description="For operators; else empty.")
    fence: int | None = Field(description="The lease, for operators; else null.")
    cpu_s: float | None = Field(description="For operators; else null.")
    trace: str = Field(description="A traceback, for operators; else empty.")


class JobLogs(BaseModel):
    """Log lines of the farm's machines about a job."""

    lines: list[LogItem] = Field(description="The newest lines, oldest first.")
    nodes: int = Field(description="How many machines were read.")
    silent: int = Field(description="How many machines could not be read.")
    silent_nodes: list[str] = Field(description="Which, for operators; else empty.")


class WebhookItem(BaseModel):
    """The delivery of a webhook message."""

    id: str
    url: str
    state: Literal["waiting", "delivered", "given up"]
    tries: int
    said: str
    next_try_at: str | None


Loose = dict[str, Any]
"""An object whose fields are described elsewhere."""
