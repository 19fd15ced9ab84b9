"""A job as the journal has it, and what is needed to take one in."""

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
"""All of a job but its document and its record, which are large and which lists do not show."""

ENDED: Final = "state IN ('done', 'failed', 'cancelled')"
"""SQL that is true of a job that has ended; written so that SQLite finds its index."""

UNFINISHED: Final = "state NOT IN ('done', 'failed', 'cancelled')"
"""SQL that is true of a job that has not ended."""


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job that asks to be taken in."""

    job_id: str
    """Its name, unique in the farm."""
    document: str
    """The job document, YAML or JSON."""
    source: str
    """What to call the document in messages."""
    tenant: str = "default"
    """Whose it is."""
    idempotency_key: str | None = None
    """A repeat under the same key of the same tenant is the same job."""
    priority: int = 0
    """Higher goes first among the tenant's own."""
    tags: tuple[str, ...] = ()
    """What its workers must have."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """What else was asked, as ``use_cache``."""
    webhook: str = ""
    """Where to tell of its end; empty for nowhere."""
    batch_id: str | None = None
    """The batch that it is a row of."""
    batch_row: int | None = None
    """Its row there, from 1."""
    retry_of: str | None = None
    """The job that it tries anew."""
    media: tuple[str, ...] = ()
    """Hashes of stored media that it needs beside those that stand plainly in its document."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A job as the journal has it."""

    serial: int
    """Its place in the order of acceptance."""
    job_id: str
    """Its name."""
    tenant: str
    """Whose it is."""
    document: str
    """The job document as it was accepted; empty in lists."""
    source: str
    """What to call the document in messages."""
    priority: int
    """Higher goes first."""
    tags: tuple[str, ...]
    """What its workers must have."""
    options: Mapping[str, Any]
    """What else was asked, e.g. ``use_cache``."""
    webhook: str
    """Where to tell of its end; empty for nowhere."""
    batch_id: str | None
    """The batch that it is a row of."""
    batch_row: int | None
    """Its row there, from 1."""
    retry_of: str | None
    """The job that it tries anew."""
    withdrawn: bool
    """Whether its owner wants it no more, which ends it soon."""
    state: str
    """Where it stood last."""
    cause: str
    """What brought it there."""
    message: str
    """Why it failed; empty otherwise."""
    problems: tuple[Problem, ...]
    """What is wrong with its document, where that is why it failed."""
    video: str
    """Path of the published video; empty until then."""
    cover: str
    """Path of its cover."""
    report: str
    """Path of its report."""
    summary: Mapping[str, Any]
    """What was known about it at its end: segments, timings."""
    accepted_s: float
    """When it was accepted, seconds since the epoch."""
    changed_s: float
    """When its state changed last."""

    @property
    def final(self) -> bool:
        """Whether it has ended."""
        return self.state in FINAL_STATES


def entry_of(row: sqlite3.Row) -> Entry:
    """Read a row of the table of jobs."""
    return Entry(
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
    """Write problems down as JSON."""
    return json.dumps([asdict(one) for one in problems])


def problems_of_text(text: str) -> tuple[Problem, ...]:
    """Read problems that were written down as JSON."""
    return tuple(Problem(one["path"], one["message"]) for one in json.loads(text))
