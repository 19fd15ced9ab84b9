"""The clerk: feeds the catalog from the journal, opening it only as long as that takes."""

from __future__ import annotations

import threading
from dataclasses import asdict
from typing import Any, Final

from farm.journal.jobs import Jobs
from farm.work.settings import Settings
from farm_catalog.catalog import Catalog
from farm_catalog.run_record import RunRecord

PERIOD_S: Final = 30.0
"""Opening the catalog, taking in and closing it costs about 80 ms of CPU, however little there is."""
MEAL: Final = 500


class Clerk:
    """Feeds the catalog in a thread of its own; between two meals others may read the file."""

    def __init__(self, settings: Settings, jobs: Jobs) -> None:
        self._settings = settings
        self._jobs = jobs
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="clerk", daemon=True)
        self.trouble = ""
        """What went wrong the last time; empty where nothing did."""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Take in what is there and end."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def stats(self, since_s: float) -> dict[str, Any]:
        """Add up the runs that ended since then, those that were not taken in yet included."""
        with self._lock, Catalog.open(self._settings.catalog) as catalog:
            self._feed(catalog)
            stats = catalog.stats(since_s)
        return {
            **asdict(stats),
            "reuse_ratio": stats.reuse_ratio,
            "cores_for_target": stats.cores_for_target,
        }

    def _run(self) -> None:
        while True:
            last = self._stop.wait(PERIOD_S)
            try:
                self._take_in()
                self.trouble = ""
            except Exception as error:
                # The records wait in the journal; health tells of it, which a thread that ended could not.
                self.trouble = f"the catalog is not fed: {error}"
            if last:
                return

    def _take_in(self) -> None:
        if not self._jobs.unrecorded(1) and not any(self._settings.spool.glob("[!.]*.json")):
            return
        with self._lock, Catalog.open(self._settings.catalog) as catalog:
            self._feed(catalog)

    def _feed(self, catalog: Catalog) -> None:
        """Take in all that waits: in the journal, and in the spool of commands that ran without a farm."""
        feed(catalog, self._jobs)
        catalog.ingest(self._settings.spool)


def feed(catalog: Catalog, jobs: Jobs) -> int:
    """Take the journal's records that the catalog does not have into it; return how many.

    A record that was taken in twice, because the note of it was lost, is known by its job and time.
    """
    fed = 0
    while waiting := jobs.unrecorded(MEAL):
        catalog.add(
            RunRecord.from_json(text, f"the journal's record of {job_id}") for job_id, text in waiting
        )
        jobs.mark_recorded([job_id for job_id, _ in waiting])
        fed += len(waiting)
    return fed
