"""The clerk: feeds the catalog from the journal."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any, Final

from farm.journal.jobs import Jobs
from farm.service.librarian import Librarian
from farm.work.settings import Settings
from farm_catalog.catalog import Catalog
from farm_catalog.look_record import LookRecord, is_look
from farm_catalog.run_record import RunRecord

PERIOD_S: Final = 2.0
"""How long an ended job is unknown to the catalog: a look at the journal for what is not recorded costs 0.1 ms."""
MEAL: Final = 500
REST: Final = 200.0
"""While jobs are unfinished the catalog is fed again after so many times as long as it took, at most :data:`REST_S`:
a commit takes 20 ms whether it holds one run or fifteen, a tenth of what short videos cost beside rendering them."""
REST_S: Final = 10.0

Note = Callable[[Sequence[RunRecord]], None]


def no_note(_runs: Sequence[RunRecord]) -> None:
    """Tell nobody."""


class Clerk:
    """Feeds the catalog in a thread of its own."""

    def __init__(
        self,
        settings: Settings,
        jobs: Jobs,
        librarian: Librarian,
        note: Note,
        *,
        busy: Callable[[], bool],
    ) -> None:
        self._settings = settings
        self._jobs = jobs
        self._librarian = librarian
        self._note = note
        self._busy = busy
        self._rested_s = 0.0
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
        self.take_in()
        stats = self._librarian.catalog().runs.stats(since_s)
        return {
            **asdict(stats),
            "reuse_ratio": stats.reuse_ratio,
            "cores_for_target": stats.cores_for_target,
        }

    def take_in(self) -> None:
        """Take in all that waits: in the journal, and in the spool of commands that ran without a farm."""
        with self._lock:
            waits = self._jobs.unrecorded(1) or any(self._settings.spool.glob("[!.]*.json"))
            if waits:
                catalog = self._librarian.catalog()
                feed(catalog, self._jobs, self._note)
                catalog.runs.ingest(self._settings.spool)

    def _run(self) -> None:
        while True:
            last = self._stop.wait(PERIOD_S)
            try:
                if last or self._rested():
                    began_s = time.monotonic()
                    self.take_in()
                    ended_s = time.monotonic()
                    self._rested_s = ended_s + min(REST_S, REST * (ended_s - began_s))
                self.trouble = ""
            except Exception as error:
                # The records wait in the journal; health tells of it, which a thread that ended could not.
                self.trouble = f"the catalog is not fed: {error}"
            if last:
                return

    def _rested(self) -> bool:
        """Whether to take in what waits; what was learned of an asset is never put off, since people wait for it."""
        if time.monotonic() >= self._rested_s or not self._busy():
            return True
        return any(is_look(text) for _, text in self._jobs.unrecorded(MEAL))


def feed(catalog: Catalog, jobs: Jobs, note: Note = no_note, *, anew: bool = False) -> int:
    """Take the journal's records that the catalog does not have into it; return how many.

    With ``anew`` what the catalog has of the same runs is replaced.

    ``note`` is told of runs before the journal forgets that they are new.

    A record that was taken in twice, because the note of it was lost, is known by its job and time.
    """
    fed = 0
    while waiting := jobs.unrecorded(MEAL):
        runs = []
        for job_id, text in waiting:
            source = f"the journal's record of {job_id}"
            if is_look(text):
                catalog.assets.learn(LookRecord.from_json(text, source))
            else:
                runs.append(RunRecord.from_json(text, source))
        if anew:
            catalog.runs.drop(runs)
        catalog.runs.add(runs)
        note(runs)
        jobs.mark_recorded([job_id for job_id, _ in waiting])
        fed += len(waiting)
    return fed
