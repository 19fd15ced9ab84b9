"""Making the catalog anew from the journal."""

from __future__ import annotations

import os
import time
from typing import Any

from farm.journal.journal import Journal
from farm.service.clerk import feed
from farm.work.settings import Settings
from farm_catalog.catalog import Catalog


def rebuild_catalog(settings: Settings) -> dict[str, Any]:
    """Make the catalog anew from the journal; the old file is kept under another name.

    Raises:
        MachineError: another process keeps the old file.
        StoreError: the journal cannot be read.
    """
    kept = settings.catalog.with_name(f"{settings.catalog.name}.{time.strftime('%Y%m%dT%H%M%S')}")
    journal = Journal.open(settings.journal)
    try:
        if settings.catalog.exists():
            # Whoever writes it has it open: this waits for them, or says so.
            with Catalog.open(settings.catalog):
                pass
            os.replace(settings.catalog, kept)
        journal.jobs.forget_recorded()
        with Catalog.open(settings.catalog) as catalog:
            runs = feed(catalog, journal.jobs)
    finally:
        journal.close()
    return {"runs": runs, "kept": str(kept) if kept.exists() else ""}
