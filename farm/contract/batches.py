"""Batches: many rows with one template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, Literal, Protocol

from pydantic import Field

from farm.contract.jobs import Accepted, Cancelled, FinishedFile
from farm.contract.model import ProblemItem, Result
from farm.contract.operation import operation
from farm.contract.scope import Scope
from farm.errors import Problem
from farm.model.access import Role

ROWS_PAGE: Final = 500
BATCHES_SHOWN: Final = 100
"""Maximum number of batches in a list: each is counted row by row."""

BatchId = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9._-]+$")]


@dataclass(frozen=True, slots=True)
class RowSubmission:
    """A row of a batch."""

    source: str
    """How messages refer to it."""
    document: str
    """Its job document, JSON; empty if the row is invalid."""
    problems: tuple[Problem, ...] = ()
    """What is wrong with it."""
    media: tuple[tuple[str, str], ...] = ()
    """(document path, hash) of the stored media that it names."""


@dataclass(frozen=True, slots=True)
class BatchSubmission:
    """A table of rows and how they are to be rendered."""

    digest: str
    """Hash of the table, by which a repeat under the same key is recognised."""
    source: str
    """How messages refer to the table."""
    rows: tuple[RowSubmission, ...]
    """In order."""
    template: str = ""
    """Template of rows that name none themselves."""
    priority: int = 0
    """Higher goes first among the tenant's own jobs."""
    use_cache: bool = True
    """Whether stored segments may be used."""
    webhook: str = ""
    """URL to notify of each row's end; empty for none."""
    idempotency_key: str | None = None
    """A repeated request of the same tenant with the same key returns the same batch."""


class Batch(Result):
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

    @property
    def ended(self) -> bool:
        """Whether all rows have ended."""
        return self.rows["ended"] == self.rows["total"]


class BatchPage(Result):
    """Batches, newest first."""

    batches: list[Batch]


class BatchRowItem(Result):
    """The outcome of a row."""

    row: int
    source: str
    state: str
    job: str | None
    message: str
    problems: list[ProblemItem]
    production: FinishedFile | None
    links: dict[str, str]


class RowPage(Result):
    """Rows in order."""

    rows: list[BatchRowItem]
    next: int | None = Field(description="Send it as `after` for the next page; null on the last.")


class Resumed(Result):
    """A batch was resumed."""

    id: str
    resumed: int = Field(description="Number of rows that get a new job.")
    links: dict[str, str]


class BatchService(Protocol):
    """Batches of a tenant; another tenant's batch is treated as nonexistent.

    Methods about one batch raise MissingError if there is none with that id.
    """

    def submit(self, scope: Scope, *, batch: BatchSubmission) -> Accepted:
        """Accept a batch into the journal; rows that name media of other tenants are recorded as invalid.

        Raises:
            ConflictError: the idempotency key was used with other rows.
            QueueFullError: too many rows are waiting.
            MediaCondemnedError: media that a row names are being removed.
        """

    @operation("GET", "/v1/batches", tag="batches")
    def newest(self, scope: Scope, *, limit: Annotated[int, Field(ge=1, le=BATCHES_SHOWN)] = 20) -> BatchPage:
        """List batches, newest first."""

    @operation("GET", "/v1/batches/{batch_id}", tag="batches")
    def show(self, scope: Scope, *, batch_id: BatchId) -> Batch:
        """Show the progress of a batch."""

    @operation("GET", "/v1/batches/{batch_id}/rows", tag="batches")
    def rows(
        self,
        scope: Scope,
        *,
        batch_id: BatchId,
        after: Annotated[int, Field(ge=0, le=2**31)] = 0,
        limit: Annotated[int, Field(ge=1, le=ROWS_PAGE)] = 100,
        state: Annotated[str, Field(max_length=20, description="Only rows in this state.")] = "",
    ) -> RowPage:
        """List the rows with their outcomes, invalid ones with their problems."""

    @operation("POST", "/v1/batches/{batch_id}/resume", tag="batches", role=Role.SUBMIT, status=202)
    def resume(self, scope: Scope, *, batch_id: BatchId) -> Resumed:
        """Resume the rows that were left without a job, or whose jobs failed or were cancelled."""

    @operation("DELETE", "/v1/batches/{batch_id}", tag="batches", role=Role.SUBMIT, status=202)
    def cancel(self, scope: Scope, *, batch_id: BatchId) -> Cancelled:
        """Cancel the rows that have not ended."""


def batch_links(batch_id: str) -> dict[str, str]:
    """Return the links of a batch."""
    here = f"/v1/batches/{batch_id}"
    return {"self": here, "rows": f"{here}/rows", "manifest": f"{here}/manifest"}
