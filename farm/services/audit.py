"""The audit log, on the journal: many entries per commit."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

from farm.contract.audit import AuditItem, AuditPage, AuditService
from farm.contract.scope import Scope
from farm.errors import one_line, shortened
from farm.journal.audit import AuditEntry, AuditFilter
from farm.services.job_status import iso

if TYPE_CHECKING:
    from farm.journal.journal import Journal

KEPT_S: Final = 90 * 86_400.0
"""How long entries are kept."""
KEPT_ENTRIES: Final = 1_000_000
"""Maximum number of entries; the oldest are removed first."""
PRUNED_AT_ONCE: Final = 10_000
_TOKEN: Final = "audit"
_LONGEST: Final = 300


class JournalAudit(AuditService):
    """Operators' entries are on disk before :meth:`note` returns, others within a second or so."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._lock = threading.Lock()
        self._waiting: list[AuditEntry] = []

    def note(self, scope: Scope, *, entry: AuditEntry, durable: bool) -> None:
        """See the contract."""
        shown = AuditEntry(
            at_s=entry.at_s or time.time(),
            key_id=entry.key_id,
            tenant=entry.tenant,
            role=entry.role,
            address=one_line(shortened(entry.address, _LONGEST)),
            action=one_line(shortened(entry.action, _LONGEST)),
            target=one_line(shortened(entry.target, _LONGEST)),
            status=entry.status,
        )
        with self._lock:
            self._waiting.append(shown)
        if durable:
            self.flush()

    def flush(self) -> None:
        """Write pending entries to disk, in order of arrival."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
            try:
                self._journal.audit.add(waiting)
            except BaseException:
                self._waiting = waiting + self._waiting
                raise

    def page(
        self,
        scope: Scope,
        *,
        since_s: float = 0.0,
        key: str = "",
        tenant: str = "",
        action: str = "",
        cursor: str = "",
        limit: int = 100,
    ) -> AuditPage:
        """See the contract.

        Raises:
            DocumentError: this farm did not issue the cursor.
        """
        self.flush()
        before = self._journal.seal.serial(cursor, _TOKEN, field="cursor") if cursor else 0
        found = self._journal.audit.page(AuditFilter(since_s, key, tenant, action, before), limit + 1)
        entries = [
            AuditItem(
                at=iso(entry.at_s),
                key_id=entry.key_id,
                tenant=entry.tenant,
                role=entry.role,
                address=entry.address,
                action=entry.action,
                target=entry.target,
                status=entry.status,
            )
            for entry in found[:limit]
        ]
        more = self._journal.seal.token(found[limit - 1].serial, _TOKEN) if len(found) > limit else None
        return AuditPage(entries=entries, next=more)

    def prune(self) -> None:
        """Remove entries that are too old or too many."""
        self._journal.audit.prune(time.time() - KEPT_S, KEPT_ENTRIES, PRUNED_AT_ONCE)
