"""The journal as a whole: its tables over one file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from farm.journal.access import Access
from farm.journal.batches import Batches
from farm.journal.database import Database
from farm.journal.events import Events
from farm.journal.jobs import MAX_UNFINISHED, Jobs
from farm.journal.orders import Orders
from farm.journal.outbox import Outbox
from farm.journal.owners import Owners
from farm.journal.production_files import MadeProductions
from farm.journal.quotas import Quotas
from farm.journal.retention import Retention


@dataclass(frozen=True, slots=True)
class Journal:
    """An open journal; may be used from several threads."""

    database: Database
    """The file."""
    jobs: Jobs
    """Accepted jobs."""
    events: Events
    """What happened to them, and to nodes."""
    batches: Batches
    """Jobs that came as rows."""
    outbox: Outbox
    """What webhooks are to be told."""
    access: Access
    """Tenants and API keys."""
    orders: Orders
    """What the operator ordered."""
    owners: Owners
    """Who owns which uploaded media."""
    productions: MadeProductions
    """Finished videos on disk."""
    retention: Retention
    """How long things are kept."""
    quotas: Quotas
    """How much tenants may have."""

    @staticmethod
    def open(path: Path, *, max_unfinished: int = MAX_UNFINISHED) -> Journal:
        """Open a journal, making or bringing up to date what is needed.

        Raises:
            StoreError: the file is no journal, of a newer farm, or cannot be written.
        """
        database = Database(path)
        jobs = Jobs(database, max_unfinished)
        return Journal(
            database,
            jobs,
            Events(database),
            Batches(database, jobs),
            Outbox(database),
            Access(database),
            Orders(database),
            Owners(database),
            MadeProductions(database),
            Retention(database),
            Quotas(database),
        )

    def close(self) -> None:
        """Close the file."""
        self.database.close()
