"""The catalog ingester: feeds the catalog from the journal."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any, Final

from farm.controller.catalog_handle import CatalogHandle
from farm.controller.recurring import Recurring
from farm.journal.jobs import Jobs
from farm.settings import Settings
from farm_catalog.analysis_record import AnalysisRecord, is_analysis
from farm_catalog.catalog import Catalog
from farm_catalog.run_record import RunRecord

PERIOD_S: Final = 2.0
"""How long an ended job may be missing from the catalog; querying the journal for unrecorded jobs costs 0.1 ms."""
MEAL: Final = 500
REST: Final = 200.0
"""While jobs are unfinished, the pause after feeding the catalog is this multiple of the time that it took, at most
:data:`REST_S`: a commit takes 20 ms whether it holds one run or fifteen, a tenth of a short video's cost other than
rendering."""
REST_S: Final = 10.0

Note = Callable[[Sequence[RunRecord]], None]


def no_note(_runs: Sequence[RunRecord]) -> None:
    """Do nothing."""


class CatalogIngester:
    """Feeds the catalog in a separate thread."""

    def __init__(
        self,
        settings: Settings,
        jobs: Jobs,
        catalog_handle: CatalogHandle,
        note: Note,
        *,
        busy: Callable[[], bool],
    ) -> None:
        self._settings = settings
        self._jobs = jobs
        self._catalog_handle = catalog_handle
        self._note = note
        self._busy = busy
        self._rested_s = 0.0
        self._lock = threading.Lock()
        # The records stay in the journal until they are ingested.
        self._recurring = Recurring(
            "catalog-ingester",
            self._take_turn,
            "the catalog is not updated",
            every_s=PERIOD_S,
            last=self.take_in,
        )

    @property
    def trouble(self) -> str:
        """The error of the last feed; empty if it succeeded."""
        return self._recurring.trouble

    def start(self) -> None:
        """Start the thread."""
        self._recurring.start()

    def stop(self) -> None:
        """Ingest pending records and end the thread."""
        self._recurring.stop()

    def stats(self, since_s: float) -> dict[str, Any]:
        """Return statistics of the runs that ended since then, including those not yet ingested."""
        self.take_in()
        stats = self._catalog_handle.catalog().runs.stats(since_s)
        return {
            **asdict(stats),
            "reuse_ratio": stats.reuse_ratio,
            "cores_for_target": stats.cores_for_target,
        }

    def take_in(self) -> None:
        """Ingest all pending records: from the journal, and from the spool of commands that ran without a farm."""
        with self._lock:
            waits = self._jobs.unrecorded(1) or any(self._settings.spool.glob("[!.]*.json"))
            if waits:
                catalog = self._catalog_handle.catalog()
                feed(catalog, self._jobs, self._note)
                catalog.runs.ingest(self._settings.spool)

    def _take_turn(self) -> None:
        if self._rested():
            began_s = time.monotonic()
            self.take_in()
            ended_s = time.monotonic()
            self._rested_s = ended_s + min(REST_S, REST * (ended_s - began_s))

    def _rested(self) -> bool:
        """Whether to ingest pending records now; analyses of assets are never delayed, since users wait for them."""
        if time.monotonic() >= self._rested_s or not self._busy():
            return True
        return any(is_analysis(text) for _, text in self._jobs.unrecorded(MEAL))


def feed(catalog: Catalog, jobs: Jobs, note: Note = no_note, *, replace: bool = False) -> int:
    """Ingest the journal's unrecorded records into the catalog; return how many.

    With ``replace``, the catalog's rows of the same runs are replaced.

    ``note`` is called with the runs before the journal marks them as recorded.

    A record that is ingested twice, because the mark was lost, is identified by its job and time.
    """
    fed = 0
    while waiting := jobs.unrecorded(MEAL):
        runs = []
        for job_id, text in waiting:
            source = f"the journal's record of {job_id}"
            if is_analysis(text):
                catalog.assets.learn(AnalysisRecord.from_json(text, source))
            else:
                runs.append(RunRecord.from_json(text, source))
        if replace:
            catalog.runs.drop(runs)
        catalog.runs.add(runs)
        note(runs)
        jobs.mark_recorded([job_id for job_id, _ in waiting])
        fed += len(waiting)
    return fed
