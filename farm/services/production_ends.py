"""The outcomes of productions, recorded from the run records of their jobs."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

from farm.contract.scope import local
from farm.errors import MissingError
from farm.journal.jobs import Jobs
from farm.services.library import LibraryServices
from farm.services.reuse import report_for_tenant
from farm.store.productions import FILES, ProductionStore
from farm_catalog.run_record import RunRecord

_OF_WORK: Final = re.compile(r"^work ([0-9a-f]+)@(\d+)$")
"""Source of the documents of works' jobs, from which a production that was not recorded can be recorded later."""


def record_ends(
    library: LibraryServices, jobs: Jobs, files: ProductionStore, runs: Sequence[RunRecord]
) -> None:
    """Record the outcomes of works' videos; productions whose order was lost with a controller are recorded now."""
    for run in runs:
        match = _OF_WORK.match(run.source)
        if match is None and not run.source.startswith("production "):
            continue
        if match is not None and not library.productions.known(run.job_id):
            entry = jobs.get(run.job_id)
            if entry is None or not _has_work(library, entry.tenant, match[1], int(match[2])):
                continue
            library.productions.record_order(entry.tenant, match[1], int(match[2]), run.job_id)
        library.productions.record_end(run, _report(files, run, jobs.hidden(run.job_id)))


def _has_work(library: LibraryServices, owner: str, work_id: str, version: int) -> bool:
    try:
        library.works.show(local(owner), name=work_id, version=version)
    except MissingError:
        return False
    return True


def _report(files: ProductionStore, run: RunRecord, hidden: Collection[int] | None) -> str:
    """Return the report as the production's owner may see it."""
    if not run.report:
        return ""
    path = files.file(run.job_id, FILES["report"]) or Path(run.report)
    try:
        return json.dumps(report_for_tenant(json.loads(path.read_text(encoding="utf-8")), hidden))
    except (OSError, ValueError):
        # It was on a machine that is gone; record the production without it.
        return ""
