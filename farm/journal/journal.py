"""The journal as a whole: all its tables in one file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from farm.journal.access import Access
from farm.journal.audit import Audit
from farm.journal.batches import Batches
from farm.journal.database import Database
from farm.journal.events import Events
from farm.journal.halts import Halts
from farm.journal.jobs import Jobs
from farm.journal.orders import Orders
from farm.journal.outbox import Outbox
from farm.journal.owners import Owners
from farm.journal.production_files import MadeProductions
from farm.journal.queue_room import MAX_UNFINISHED, QueueRoom
from farm.journal.quotas import Quotas
from farm.journal.rendered import RenderedSegments
from farm.journal.retention import Retention
from farm.journal.seal import KEY_FILE, Seal, load_seal

_SEAL: Final = "seal"
"""Name of the order that holds the fingerprint of the seal's key."""


@dataclass(frozen=True, slots=True)
class Journal:
    """An open journal; thread-safe."""

    database: Database
    """The database file."""
    jobs: Jobs
    """Accepted jobs."""
    events: Events
    """Events of jobs and nodes."""
    batches: Batches
    """Jobs submitted as rows."""
    outbox: Outbox
    """Pending webhook messages."""
    access: Access
    """Tenants and API keys."""
    orders: Orders
    """The operator's standing orders."""
    rendered: RenderedSegments
    """Which segments each tenant had in a video."""
    audit: Audit
    """The log of callers' actions."""
    seal: Seal
    """Encrypts secrets and obscures serials."""
    halts: Halts
    """Times when queues were paused or the farm was down."""
    owners: Owners
    """Who owns which uploaded media."""
    productions: MadeProductions
    """Finished videos on disk."""
    retention: Retention
    """How long data are kept."""
    quotas: Quotas
    """How much tenants may store."""

    @staticmethod
    def open(
        path: Path,
        *,
        max_unfinished: int = MAX_UNFINISHED,
        tenant_unfinished: int | None = None,
        new_seal: bool = False,
    ) -> Journal:
        """Open a journal, creating or migrating it as needed.

        Args:
            path: The file; the key of its seal is stored next to it.
            max_unfinished: How many unfinished jobs the farm holds at most.
            tenant_unfinished: The same for a tenant without its own limit; None for the farm's limit.
            new_seal: Whether the seal's key is lost and is to be replaced; every tenant gets a new webhook secret.

        Raises:
            StoreError: the file is not a journal, is from a newer farm or is not writable; or its seal's key is
                missing.
        """
        database = Database(path)
        orders = Orders(database)
        try:
            expected = "" if new_seal else orders.get(_SEAL) or ""
            seal = load_seal(path.with_name(KEY_FILE), expected)
            if seal.print() != expected:
                orders.give(_SEAL, seal.print())
            access = Access(database, seal)
            access.renew_secrets() if new_seal else access.seal_plain()
        except BaseException:
            database.close()
            raise
        room = QueueRoom(max_unfinished, tenant_unfinished)
        return Journal(
            database,
            Jobs(database, room),
            Events(database),
            Batches(database, room),
            Outbox(database),
            access,
            orders,
            RenderedSegments(database),
            Audit(database),
            seal,
            Halts(database),
            Owners(database),
            MadeProductions(database),
            Retention(database),
            Quotas(database),
        )

    def close(self) -> None:
        """Close the file."""
        self.database.close()
