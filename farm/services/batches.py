"""The desk for batches: many rows with one template."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from farm.journal.batch import Batch, BatchRow, NewBatch, NewRow
from farm.services.job_status import iso

if TYPE_CHECKING:
    from farm.controller.controller import FarmController

FINAL = ("done", "failed", "cancelled", "wrong", "left", "removed")


class BatchDesk:
    """A ``tenant`` of None means all tenants; another tenant's batch is treated as nonexistent."""

    def __init__(self, controller: FarmController) -> None:
        self._controller = controller
        self._batches = controller.journal.batches

    def submit(self, batch: NewBatch, rows: Sequence[NewRow]) -> tuple[str, bool]:
        """Accept a batch into the journal; return its id, and whether the idempotency key matched an earlier batch.

        Raises:
            ConflictError: the idempotency key was used with other rows.
            QueueFullError: too many rows are waiting.
        """
        batch_id = self._batches.accept(batch, rows, time.time())
        return batch_id, batch_id != batch.batch_id

    def show(self, tenant: str | None, batch_id: str) -> dict[str, Any] | None:
        """Return a batch's status; None if there is no such batch."""
        batch = self._get(tenant, batch_id)
        return None if batch is None else _told(batch)

    def newest(self, tenant: str | None, limit: int) -> list[dict[str, Any]]:
        """Return the status of the newest batches."""
        return [_told(batch) for batch in self._batches.newest(limit, tenant)]

    def rows(
        self, tenant: str | None, batch_id: str, after: int, limit: int, state: str | None
    ) -> list[dict[str, Any]] | None:
        """Return the status of a batch's rows, in order; None if there is no such batch."""
        if self._get(tenant, batch_id) is None:
            return None
        return [_row(row) for row in self._batches.rows(batch_id, after, limit, state)]

    def cancel(self, tenant: str | None, batch_id: str) -> bool:
        """Cancel all rows of a batch that have not ended; returns False if there is no such batch."""
        if self._get(tenant, batch_id) is None:
            return False
        with self._controller.handing_over:
            for job_id in self._batches.cancel(batch_id):
                self._controller.conductor.cancel(job_id)
        return True

    def resume(self, tenant: str | None, batch_id: str) -> int | None:
        """Resume rows that were left, failed or cancelled; return how many, or None if there is no such batch."""
        return None if self._get(tenant, batch_id) is None else self._batches.resume(batch_id)

    def _get(self, tenant: str | None, batch_id: str) -> Batch | None:
        batch = self._batches.get(batch_id)
        return batch if batch is not None and tenant in (None, batch.tenant) else None


def _told(batch: Batch) -> dict[str, Any]:
    total = sum(batch.rows.values())
    ended = sum(number for state, number in batch.rows.items() if state in FINAL)
    return {
        "id": batch.batch_id,
        "tenant": batch.tenant,
        "state": "cancelled" if batch.cancelled else "done" if ended == total else "running",
        "source": batch.source,
        "template": batch.template,
        "priority": batch.priority,
        "submitted_at": iso(batch.accepted_s),
        "rows": {"total": total, "ended": ended, **batch.rows},
    }


def _row(row: BatchRow) -> dict[str, Any]:
    return {
        "row": row.batch_row,
        "source": row.source,
        "state": row.state,
        "job": row.job_id,
        "message": row.message,
        "problems": [asdict(one) for one in row.problems],
        "production": row.summary.get("production"),
    }
