"""The desk that orders works' videos."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any, Final

from farm.errors import DocumentError, Problem
from farm.journal.entry import NewJob
from farm.journal.jobs import Jobs
from farm.services.library import Library
from farm.services.reuse import report_for_tenant
from farm.store.productions import FILES, Productions
from farm_catalog.run_record import RunRecord

SOURCE: Final = re.compile(r"^work ([0-9a-f]+)@(\d+)$")
"""Source of the documents of works' jobs, from which a production that was not recorded can be recorded later."""

Submit = Callable[[NewJob], tuple[str, bool]]


class StudioDesk:
    """Orders productions as jobs of the farm."""

    def __init__(self, library: Library, submit: Submit, fresh_id: Callable[[], str]) -> None:
        self._library = library
        self._submit = submit
        self._fresh_id = fresh_id

    def render(
        self, owner: str, works: Sequence[tuple[str, int | None]], priority: int = 0, key: str | None = None
    ) -> list[dict[str, Any]]:
        """Order works' videos; return the productions, which are named after their jobs.

        Raises:
            DocumentError: there is no such work, or it uses something that is gone.
            QueueFullError: there are too many unfinished jobs.
        """
        jobs = [self._library.works.job(owner, name, version) for name, version in works]
        made = []
        for index, job in enumerate(jobs):
            production, _ = self._submit(
                NewJob(
                    self._fresh_id(),
                    job["document"],
                    f"work {job['work']}@{job['version']}",
                    tenant=owner,
                    idempotency_key=f"{key}\n{index}" if key else None,
                    priority=priority,
                )
            )
            self._library.productions.order(owner, job["work"], job["version"], production)
            made.append(
                {
                    "production": production,
                    "work": job["work"],
                    "version": job["version"],
                    "name": job["name"],
                }
            )
        return made

    def again(self, owner: str, production: str) -> dict[str, Any] | None:
        """Order a production again from its stored document; None if there is no such production.

        Raises:
            DocumentError: its document was not kept.
            QueueFullError: there are too many unfinished jobs.
        """
        old = self._library.productions.show(owner, production)
        if old is None:
            return None
        if not old["document"]:
            said = "its document was not kept; render its work instead"
            raise DocumentError([Problem("production", said)], source=production)
        source = f"production {production}"
        fresh, _ = self._submit(NewJob(self._fresh_id(), old["document"], source, tenant=old["owner"]))
        self._library.productions.again(owner, production, fresh)
        return {"production": fresh, "of": production}


def note_ends(library: Library, jobs: Jobs, files: Productions, runs: Sequence[RunRecord]) -> None:
    """Record how works' videos ended; productions whose order was lost with a controller are recorded now."""
    for run in runs:
        match = SOURCE.match(run.source)
        if match is None and not run.source.startswith("production "):
            continue
        if match is not None and library.productions.show(None, run.job_id) is None:
            entry = jobs.get(run.job_id)
            if entry is None or library.works.show(entry.tenant, match[1], int(match[2])) is None:
                continue
            library.productions.order(entry.tenant, match[1], int(match[2]), run.job_id)
        library.productions.end(run, _report(files, run, jobs.hidden(run.job_id)))


def _report(files: Productions, run: RunRecord, hidden: Collection[int] | None) -> str:
    """Return the report as the production's owner may see it."""
    if not run.report:
        return ""
    path = files.file(run.job_id, FILES["report"]) or Path(run.report)
    try:
        return json.dumps(report_for_tenant(json.loads(path.read_text(encoding="utf-8")), hidden))
    except (OSError, ValueError):
        # It was on a machine that is gone; record the production without it.
        return ""
