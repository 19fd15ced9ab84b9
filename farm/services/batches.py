"""Batches, on the journal."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Final

from farm.contract.batches import (
    Batch,
    BatchPage,
    BatchRowItem,
    BatchService,
    BatchSubmission,
    Resumed,
    RowPage,
    RowSubmission,
    batch_links,
)
from farm.contract.jobs import Accepted, Cancelled, job_links
from farm.contract.scope import Scope
from farm.errors import DocumentError, MissingError, Problem, did_you_mean
from farm.journal import batch as journalled
from farm.journal.journal import Journal
from farm.scheduling.job_state import JobState
from farm.services.intake import JobIntake, fresh_id
from farm.services.job_status import iso
from farm.services.media_access import MediaAccess, not_yours

STATES: Final = (*JobState, "waiting", "wrong", "left", "removed")
_ENDED: Final = ("done", "failed", "cancelled", "wrong", "left", "removed")


class JournalBatches(BatchService):
    """Batches as recorded in the journal."""

    def __init__(self, journal: Journal, intake: JobIntake, media: MediaAccess) -> None:
        self._batches = journal.batches
        self._intake = intake
        self._media = media

    def submit(self, scope: Scope, *, batch: BatchSubmission) -> Accepted:
        """See the contract."""
        named = sorted({sha256 for row in batch.rows for _, sha256 in row.media})
        foreign = set(self._media.foreign(scope, named)) if named else set()
        new = journalled.NewBatch(
            fresh_id(),
            batch.digest,
            batch.source,
            batch.template,
            scope.tenant,
            batch.idempotency_key,
            batch.priority,
            {"use_cache": batch.use_cache},
            batch.webhook,
        )
        rows = [_new_row(row, foreign) for row in batch.rows]
        batch_id = self._batches.accept(new, rows, time.time())
        return Accepted(id=batch_id, repeated=batch_id != new.batch_id, links=batch_links(batch_id))

    def newest(self, scope: Scope, *, limit: int = 20) -> BatchPage:
        """See the contract."""
        return BatchPage(batches=[_batch(one) for one in self._batches.newest(limit, scope.tenant_seen)])

    def show(self, scope: Scope, *, batch_id: str) -> Batch:
        """See the contract."""
        return _batch(self._get(scope, batch_id))

    def rows(
        self, scope: Scope, *, batch_id: str, after: int = 0, limit: int = 100, state: str = ""
    ) -> RowPage:
        """See the contract.

        Raises:
            DocumentError: there is no such state of a row.
        """
        if state and state not in STATES:
            message = f"`{state}` is not a state of a row{did_you_mean(state, STATES)}"
            raise DocumentError([Problem("state", message)], source="query")
        self._get(scope, batch_id)
        found = [_row(row) for row in self._batches.rows(batch_id, after, limit, state or None)]
        return RowPage(rows=found, next=found[-1].row if len(found) == limit else None)

    def resume(self, scope: Scope, *, batch_id: str) -> Resumed:
        """See the contract."""
        self._get(scope, batch_id)
        return Resumed(id=batch_id, resumed=self._batches.resume(batch_id), links=batch_links(batch_id))

    def cancel(self, scope: Scope, *, batch_id: str) -> Cancelled:
        """See the contract."""
        self._get(scope, batch_id)
        self._intake.cancel_batch(batch_id)
        return Cancelled(id=batch_id, links=batch_links(batch_id))

    def _get(self, scope: Scope, batch_id: str) -> journalled.Batch:
        batch = self._batches.get(batch_id)
        if batch is None or scope.tenant_seen not in (None, batch.tenant):
            raise MissingError("batch", batch_id)
        return batch


def _new_row(row: RowSubmission, foreign: set[str]) -> journalled.NewRow:
    problems = row.problems or tuple(not_yours(row.media, foreign))
    return journalled.NewRow(row.source, "" if problems else row.document, problems)


def _batch(batch: journalled.Batch) -> Batch:
    total = sum(batch.rows.values())
    ended = sum(number for state, number in batch.rows.items() if state in _ENDED)
    return Batch(
        id=batch.batch_id,
        tenant=batch.tenant,
        state="cancelled" if batch.cancelled else "done" if ended == total else "running",
        source=batch.source,
        template=batch.template,
        priority=batch.priority,
        submitted_at=iso(batch.accepted_s),
        rows={"total": total, "ended": ended, **batch.rows},
        links=batch_links(batch.batch_id),
    )


def _row(row: journalled.BatchRow) -> BatchRowItem:
    return BatchRowItem.model_validate(
        {
            "row": row.batch_row,
            "source": row.source,
            "state": row.state,
            "job": row.job_id,
            "message": row.message,
            "problems": [asdict(one) for one in row.problems],
            "production": row.summary.get("production"),
            "links": job_links(row.job_id, row.state) if row.job_id else {},
        }
    )
