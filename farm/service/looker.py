"""The looker: sees to it that every asset of the library is looked at, and again when analysers know more."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from farm.errors import FarmError, MediaCondemnedError, QueueFullError
from farm.journal.entry import NewJob
from farm.service.librarian import Librarian
from farm.work.job_state import JobKind
from farm.work.look_job import look_document

TENANT: Final = "library"
"""In whose name assets are looked at: looks share the farm with videos as one more tenant."""
AT_ONCE: Final = 500
PERIOD_S: Final = 0.5
OUTDATED_S: Final = 3600.0
"""How often it is asked which analysers have new versions; a farm learns of them when it is started anew."""

MORE_S: Final = 60.0
"""How long the looks that were asked for are given before more are, where there are more."""

Submit = Callable[[NewJob], object]
Analysers = Callable[[], Mapping[str, tuple[int, Sequence[str]]]]
"""Returns (version, kinds) of the analysers, by name."""


class Looker:
    """Submits a job for each asset that waits, in a thread of its own: what it asks the catalog may take long.

    Each version of the analysers looks at each asset once.
    """

    def __init__(
        self, librarian: Librarian, submit: Submit, fresh_id: Callable[[], str], analysers: Analysers
    ) -> None:
        self._librarian = librarian
        self._submit = submit
        self._fresh_id = fresh_id
        self._analysers = analysers
        self._wanted = threading.Event()
        self._wanted.set()
        self._asked: set[str] = set()
        self._outdated_due_s = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="looker", daemon=True)
        self.trouble = ""
        """Why nothing is looked at; empty where all is well."""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; what waits, waits in the catalog."""
        self._stop.set()
        self._wanted.set()
        if self._thread.is_alive():
            self._thread.join()

    def arrived(self) -> None:
        """Take notice that assets came."""
        self._wanted.set()

    def step(self, now_s: float) -> None:
        """Submit what waits."""
        try:
            if now_s >= self._outdated_due_s:
                self._outdated_due_s = now_s + OUTDATED_S
                self._look_again()
            if self._wanted.is_set():
                self._wanted.clear()
                self._look()
            self.trouble = ""
        except FarmError as error:
            # The catalog may be another command's for a moment; what waits there stays there.
            self.trouble = f"assets are not looked at: {error}"
            self._wanted.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            self.step(time.monotonic())
            self._stop.wait(PERIOD_S)

    def _look(self) -> None:
        waiting = self._librarian.catalog().assets.arriving(AT_ONCE + len(self._asked))
        self._asked &= set(waiting)
        fresh = [sha256 for sha256 in waiting if sha256 not in self._asked]
        for sha256 in fresh[:AT_ONCE]:
            if not self._ask(sha256):
                return
            self._asked.add(sha256)
        if len(fresh) > AT_ONCE:
            self._wanted.set()

    def _look_again(self) -> None:
        old = self._librarian.catalog().assets.outdated(self._analysers(), AT_ONCE)
        if len(old) == AT_ONCE:
            self._outdated_due_s = time.monotonic() + MORE_S
        for sha256, _ in old:
            if not self._ask(sha256):
                return

    def _ask(self, sha256: str) -> bool:
        """Submit a look; False where the queue is full, which is tried again later."""
        versions = ",".join(f"{name}@{version}" for name, (version, _) in sorted(self._analysers().items()))
        known = hashlib.sha256(versions.encode()).hexdigest()[:16]
        job = NewJob(
            self._fresh_id(),
            look_document(sha256),
            f"asset {sha256[:12]}",
            tenant=TENANT,
            idempotency_key=f"look\n{sha256}\n{known}",
            options={"kind": JobKind.LOOK.value},
            media=(sha256,),
        )
        try:
            self._submit(job)
        except (QueueFullError, MediaCondemnedError):
            self._wanted.set()
            return False
        return True
