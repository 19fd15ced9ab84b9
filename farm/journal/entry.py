"""A job as recorded in the journal, and what is needed to accept one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from farm.errors import Problem

FINAL_STATES: Final = frozenset({"done", "failed", "cancelled"})

COLUMNS: Final = (
    "serial, job_id, tenant, source, priority, tags, options, webhook, batch_id, batch_row, retry_of, withdrawn,"
    " state, cause, message, problems, video, cover, report, summary, accepted_s, changed_s"
)
"""All columns of a job except its document and its record, which are large and not shown in lists."""

ENDED: Final = "state IN ('done', 'failed', 'cancelled')"
"""SQL that is true of a job that has ended; written so that SQLite finds its index."""

UNFINISHED: Final = "state NOT IN ('done', 'failed', 'cancelled')"
"""SQL that is true of a job that has not ended."""


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job submitted for acceptance."""

    job_id: str
    """Its name, unique within the farm."""
    document: str
    """The job document, YAML or JSON."""
    source: str
    """How messages refer to the document."""
    tenant: str = "default"
    """The owning tenant."""
    idempotency_key: str | None = None
    """A repeated request of the same tenant with the same key returns the same job."""
    priority: int = 0
    """Higher goes first among the tenant's own jobs."""
    tags: tuple[str, ...] = ()
    """Tags that its workers must have."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Other requested options, such as ``use_cache``."""
    webhook: str = ""
    """URL to notify when it ends; empty for none."""
    batch_id: str | None = None
    """The batch that it is a row of."""
    batch_row: int | None = None
    """Its row in the batch, from 1."""
    retry_of: str | None = None
    """The job that it retries."""
    media: tuple[str, ...] = ()
    """Hashes of stored media that it needs in addition to those named literally in its document."""


@dataclass(frozen=True, slots=True)
class JobEntry:
    """A job as recorded in the journal."""

    serial: int
    """Its position in the order of acceptance."""
    job_id: str
    """Its name."""
    tenant: str
    """The owning tenant."""
    document: str
    """The job document as it was accepted; empty in lists."""
    source: str
    """How messages refer to the document."""
    priority: int
    """Higher goes first."""
    tags: tuple[str, ...]
    """Tags that its workers must have."""
    options: Mapping[str, Any]
    """Other requested options, such as ``use_cache``."""
    webhook: str
    """URL to notify when it ends; empty for none."""
    batch_id: str | None
    """The batch that it is a row of."""
    batch_row: int | None
    """Its row in the batch, from 1."""
    retry_of: str | None
    """The job that it retries."""
    withdrawn: bool
    """Whether its owner has withdrawn it, in which case it ends soon."""
    state: str
    """Its latest state."""
    cause: str
    """The cause of its state."""
    message: str
    """Why it failed; empty otherwise."""
    problems: tuple[Problem, ...]
    """The problems of its document, if that is why it failed."""
    video: str
    """Path of the published video; empty until then."""
    cover: str
    """Path of its cover."""
    report: str
    """Path of its report."""
    summary: Mapping[str, Any]
    """Data about it from when it ended: segments, timings."""
    accepted_s: float
    """When it was accepted, in seconds since the epoch."""
    changed_s: float
    """When its state last changed."""

    @property
    def final(self) -> bool:
        """Whether it has ended."""
        return self.state in FINAL_STATES


def entry_of(row: sqlite3.Row) -> JobEntry:
    """Convert a row of the jobs table to an entry."""
    return JobEntry(
        serial=row["serial"],
        job_id=row["job_id"],
        tenant=row["tenant"],
        document=row["document"],
        source=row["source"],
        priority=row["priority"],
        tags=tuple(json.loads(row["tags"])),
        options=json.loads(row["options"]),
        webhook=row["webhook"],
        batch_id=row["batch_id"],
        batch_row=row["batch_row"],
        retry_of=row["retry_of"],
        withdrawn=bool(row["withdrawn"]),
        state=row["state"],
        cause=row["cause"],
        message=row["message"],
        problems=problems_of_text(row["problems"]),
        video=row["video"],
        cover=row["cover"],
        report=row["report"],
        summary=json.loads(row["summary"]),
        accepted_s=row["accepted_s"],
        changed_s=row["changed_s"],
    )


def text_of_problems(problems: Iterable[Problem]) -> str:
    """Serialise problems as JSON."""
    return json.dumps([asdict(one) for one in problems])


def problems_of_text(text: str) -> tuple[Problem, ...]:
    """Parse problems serialised as JSON."""
    return tuple(Problem(one["path"], one["message"]) for one in json.loads(text))
