"""A batch and its rows, as submitted and as recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from farm.errors import Problem


@dataclass(frozen=True, slots=True)
class NewRow:
    """A submitted row that is to become a job."""

    source: str
    """How messages refer to it."""
    document: str
    """Its job document as JSON; empty if it has problems."""
    problems: tuple[Problem, ...] = ()
    """Why it cannot become a job."""


@dataclass(frozen=True, slots=True)
class NewBatch:
    """A batch submitted for acceptance."""

    batch_id: str
    """Its name, unique within the farm."""
    digest: str
    """SHA-256 of what was sent, to distinguish a repeat from another batch."""
    source: str
    """How messages refer to it."""
    template: str
    """The template of its rows."""
    tenant: str = "default"
    """The owning tenant."""
    idempotency_key: str | None = None
    """A repeated request of the same tenant with the same key returns the same batch."""
    priority: int = 0
    """Priority of all its jobs."""
    options: Mapping[str, Any] | None = None
    """Options of all its jobs."""
    webhook: str = ""
    """URL to notify when each job ends."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as recorded in the journal."""

    batch_id: str
    """Its name."""
    tenant: str
    """The owning tenant."""
    source: str
    """How messages refer to it."""
    template: str
    """The template of its rows."""
    priority: int
    """Priority of its jobs."""
    options: Mapping[str, Any]
    """Options of its jobs."""
    webhook: str
    """URL notified when each job ends."""
    cancelled: bool
    """Whether it was cancelled, so that rows that are not yet jobs will not become any."""
    accepted_s: float
    """When it was accepted, in seconds since the epoch."""
    rows: Mapping[str, int]
    """How many rows are in each state; ``waiting`` rows are not yet jobs, ``wrong`` ones never will be."""


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A row and its outcome."""

    batch_row: int
    """Its number, from 1."""
    source: str
    """How messages refer to it."""
    problems: tuple[Problem, ...]
    """Why it cannot become a job."""
    job_id: str | None
    """Its job; the latest one if it was retried."""
    state: str
    """The job's state, ``waiting``, ``wrong`` or ``left``."""
    message: str
    """Why the job failed."""
    summary: Mapping[str, Any]
    """What was known about the job when it ended."""
