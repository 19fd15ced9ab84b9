"""The desk for the audit log: accepts entries, writes many of them per commit, and shows them to operators."""

from __future__ import annotations

import threading
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

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


class AuditDesk:
    """Operators' entries are on disk before :meth:`note` returns, others within a second or so."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._lock = threading.Lock()
        self._waiting: list[AuditEntry] = []

    def note(self, entry: AuditEntry, durable: bool) -> None:
        """Accept an entry; a ``durable`` one is on disk when this returns.

        Raises:
            StoreError: the journal cannot be written.
        """
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
        self, since_s: float, key_id: str, tenant: str, action: str, cursor: str, limit: int
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Return entries, newest first, and the cursor of the next page; None if this is the last.

        Raises:
            DocumentError: this farm did not issue the cursor.
        """
        self.flush()
        before = self._journal.seal.serial(cursor, _TOKEN, field="cursor") if cursor else 0
        found = self._journal.audit.page(AuditFilter(since_s, key_id, tenant, action, before), limit + 1)
        told = []
        for entry in found[:limit]:
            given = asdict(entry)
            del given["serial"], given["at_s"]
            told.append({"at": iso(entry.at_s), **given})
        more = self._journal.seal.token(found[limit - 1].serial, _TOKEN) if len(found) > limit else None
        return told, more

    def prune(self) -> None:
        """Remove entries that are too old or too many."""
        self._journal.audit.prune(time.time() - KEPT_S, KEPT_ENTRIES, PRUNED_AT_ONCE)
