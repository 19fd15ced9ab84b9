"""Records of runs for the catalog."""

from __future__ import annotations

from collections.abc import Sequence

from farm.errors import FarmError
from farm.scheduling.job_view import JobView
from farm.settings import Settings


def keep_records(views: Sequence[JobView], settings: Settings) -> str:
    """Spool the jobs' records and ingest them into the catalog; return the error if it cannot be opened now.

    A catalog that another process has open for writing is left alone: the spooled records wait for the next writer.
    """
    from farm.scheduling.run_record import record
    from farm_catalog.catalog import Catalog
    from farm_catalog.run_record import spool

    try:
        for view in views:
            spool(record(view), settings.spool)
        with Catalog.open(settings.catalog, patience_s=0.5) as catalog:
            catalog.runs.ingest(settings.spool)
    except (FarmError, OSError) as error:
        return str(error)
    return ""
