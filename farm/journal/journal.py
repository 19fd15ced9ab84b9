"""The journal as a whole: its tables over one file."""

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
from farm.journal.jobs import MAX_UNFINISHED, Jobs
from farm.journal.orders import Orders
from farm.journal.outbox import Outbox
from farm.journal.owners import Owners
from farm.journal.production_files import MadeProductions
from farm.journal.quotas import Quotas
from farm.journal.rendered import RenderedSegments
from farm.journal.retention import Retention
from farm.journal.seal import KEY_FILE, Seal, load_seal

_SEAL: Final = "seal"
"""The order that keeps the print of the seal's key."""


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
    rendered: RenderedSegments
    """Which segments each tenant had in a video."""
    audit: Audit
    """What callers had the farm do."""
    seal: Seal
    """What secrets are sealed with, and serials hidden."""
    halts: Halts
    """When queues were paused and the farm was down."""
    owners: Owners
    """Who owns which uploaded media."""
    productions: MadeProductions
    """Finished videos on disk."""
    retention: Retention
    """How long things are kept."""
    quotas: Quotas
    """How much tenants may have."""

    @staticmethod
    def open(
        path: Path,
        *,
        max_unfinished: int = MAX_UNFINISHED,
        tenant_unfinished: int | None = None,
        new_seal: bool = False,
    ) -> Journal:
        """Open a journal, making or bringing up to date what is needed.

        Args:
            path: The file; the key of its seal lies beside it.
            max_unfinished: Jobs that the farm holds unfinished.
            tenant_unfinished: Those of a tenant without a limit of its own; None for as many as the farm's.
            new_seal: Whether the key of the seal is lost, and another one is to be used; every tenant gets a new
                webhook secret.

        Raises:
            StoreError: the file is no journal, of a newer farm, or cannot be written; or its seal's key is not there.
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
        jobs = Jobs(database, max_unfinished, tenant_unfinished)
        return Journal(
            database,
            jobs,
            Events(database),
            Batches(database, jobs),
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
