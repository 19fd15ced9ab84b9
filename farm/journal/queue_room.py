"""Room in the queue: how many more unfinished jobs a tenant may have."""

from __future__ import annotations

import sqlite3
from typing import Final

from farm.errors import QueueFullError
from farm.journal.entry import UNFINISHED

MAX_UNFINISHED: Final = 100_000
"""How many unfinished jobs a farm holds at most; a tenant's own limit may be lower."""
RETRY_AFTER_S: Final = 30
ROWS_AHEAD: Final = 5_000
"""How many unfinished jobs a tenant may have before further batch rows wait in the batch instead of becoming jobs."""


class QueueRoom:
    """The limits on unfinished jobs, of the farm and of each tenant."""

    def __init__(self, max_unfinished: int = MAX_UNFINISHED, tenant_unfinished: int | None = None) -> None:
        """Set the limits.

        Args:
            max_unfinished: Of the farm.
            tenant_unfinished: Of each tenant without a limit of its own; None for no such limit.
        """
        self._max_unfinished = max_unfinished
        self._tenant_unfinished = tenant_unfinished

    def left(self, connection: sqlite3.Connection, tenant: str, *, for_rows: bool = False) -> tuple[int, str]:
        """Return how many jobs the tenant may add, and which limit determines that.

        Batch rows get less room, so that a long table does not shut out single submissions.
        """
        unfinished = connection.execute(
            f"SELECT count(*) AS everyone, coalesce(sum(tenant = ?), 0) AS own FROM jobs WHERE {UNFINISHED}",
            (tenant,),
        ).fetchone()
        limit = connection.execute(
            "SELECT max_unfinished FROM tenants WHERE tenant = ?", (tenant,)
        ).fetchone()
        room = self._max_unfinished - unfinished["everyone"]
        whose = f"the farm holds {unfinished['everyone']} unfinished jobs, its limit"
        if for_rows:
            room = min(room - self._max_unfinished // 10, ROWS_AHEAD - unfinished["own"])
        own = limit[0] if limit is not None and limit[0] is not None else self._tenant_unfinished
        if own is not None and own - unfinished["own"] < room:
            room = own - unfinished["own"]
            whose = f'tenant "{tenant}" has {unfinished["own"]} unfinished jobs, its limit'
        return room, whose

    def check(self, connection: sqlite3.Connection, tenant: str) -> None:
        """Check that the tenant may add a job.

        Raises:
            QueueFullError: the tenant or the farm has too many unfinished jobs.
        """
        room, whose = self.left(connection, tenant)
        if room < 1:
            raise QueueFullError(
                f"{whose}; wait until some of them are done, or cancel some", retry_after_s=RETRY_AFTER_S
            )
