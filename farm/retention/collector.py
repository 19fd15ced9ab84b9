"""The garbage collector: marks what is needed, and sweeps the rest according to the retention rules.

It may be killed at any moment. Nothing is removed while the journal could still come to need it; the next run finishes
what an interrupted one began; grace periods protect what a job may be about to use.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from farm.errors import ConflictError
from farm.journal.journal import Journal
from farm.journal.retention import EVERYBODY, Kind, Rule
from farm.retention.horizon import BUCKET_S, DAY_S, Ages, Horizon, horizon
from farm.retention.marks import Marks, Running, nothing_runs
from farm.retention.places import BlobFile, BlobPlace, Places
from farm.retention.rows import prune_jobs, prunings
from farm.settings import Settings
from farm.store.blobs import blob_name
from farm_catalog.catalog import Catalog

BATCH: Final = 200
"""Media condemned, or uploads released, per commit."""
_PRODUCTION: Final = "productions/"
"""Prefix of productions' names in the journal's notes of unknown files."""


@dataclass(frozen=True, slots=True)
class Graces:
    """Grace periods, which hold however short the rules are; tests and simulations use shorter ones."""

    blob_s: float = DAY_S
    """For blobs since they were stored or last used: a job may have found them without yet being known to use them."""
    upload_s: float = 3_600.0
    """For uploads and productions: their owner may be about to use them."""


@dataclass(frozen=True, slots=True)
class Freed:
    """Things that were removed, or would be, for one reason."""

    kind: str
    """What they are; see :class:`farm.journal.retention.Kind`."""
    reason: str
    """Why."""
    items: int
    """How many."""
    size_bytes: int
    """Their total size; 0 for rows, and for uploads that are released but not removed yet."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Result of a run of the collector, or of a dry run."""

    dry_run: bool
    """Whether nothing was removed."""
    began_s: float
    """When it began, seconds since the epoch."""
    took_s: float
    """How long it took."""
    freed: tuple[Freed, ...]
    """What was removed, by kind and reason."""

    @property
    def freed_bytes(self) -> int:
        """Bytes freed on disks and in buckets."""
        return sum(one.size_bytes for one in self.freed)


@dataclass(slots=True)
class _Tally:
    items: Counter[tuple[str, str]] = field(default_factory=Counter)
    size_bytes: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, kind: Kind, reason: str, items: int, size_bytes: int) -> None:
        if items:
            self.items[kind.value, reason] += items
            self.size_bytes[kind.value, reason] += size_bytes

    def freed(self) -> tuple[Freed, ...]:
        return tuple(
            Freed(kind, reason, number, self.size_bytes[kind, reason])
            for (kind, reason), number in sorted(self.items.items())
        )


def no_step(_what: str) -> None:
    """Do nothing."""


class Collector:
    """Allows one run at a time per FARM_HOME, in any process; runs only on the controller's machine."""

    def __init__(
        self,
        settings: Settings,
        journal: Journal,
        catalog: Callable[[], Catalog],
        running: Callable[[], Running] = nothing_runs,
        *,
        graces: Graces = Graces(),
        clock: Callable[[], float] = time.time,
        on_step: Callable[[str], None] = no_step,
    ) -> None:
        """Create the collector.

        Args:
            settings: Locations of the stores.
            journal: Owners, jobs, rules.
            catalog: Returns the open catalog.
            running: Returns what unfinished jobs use.
            graces: Grace periods.
            clock: Returns seconds since the epoch.
            on_step: Called with its name before each step; an exception that it raises ends the run there.
        """
        self._settings = settings
        self._journal = journal
        self._catalog = catalog
        self._running = running
        self._graces = graces
        self._clock = clock
        self._step = on_step
        self._places = Places.of(settings)

    def collect(self, *, dry_run: bool = False, free_bytes: int = 0) -> Outcome:
        """Sweep according to the rules.

        Args:
            dry_run: Remove and record nothing; report what would be removed.
            free_bytes: Bytes of segments to remove beyond what the rules say, because a disk is running full.

        Raises:
            ConflictError: another run is in progress.
            MachineError: the shared place cannot be reached.
            StoreError: the journal or the catalog cannot be used.
        """
        with collecting(self._settings.home):
            began_s, tally = self._clock(), _Tally()
            if not dry_run:
                self._finish_begun(tally)
            self._release_uploads(tally, began_s, dry_run)
            marks = Marks(self._journal, self._catalog, self._running())
            self._sweep_productions(tally, marks, began_s, dry_run)
            self._sweep_unknown_productions(tally, marks, began_s, dry_run)
            self._sweep_blobs(tally, marks, began_s, dry_run, free_bytes)
            self._sweep_partial(tally, began_s, dry_run)
            self._prune(tally, began_s, dry_run)
            return Outcome(dry_run, began_s, self._clock() - began_s, tally.freed())

    def _rule(self, kind: Kind, tenant: str = EVERYBODY) -> Rule:
        return self._journal.retention.rule(kind, tenant)

    def finish(self) -> None:
        """Remove media condemned by a killed run: until then they can be neither uploaded nor used.

        Raises the same errors as :meth:`collect`.
        """
        with collecting(self._settings.home):
            self._finish_begun(_Tally())

    def _finish_begun(self, tally: _Tally) -> None:
        """Remove media condemned by a killed run."""
        while left := self._journal.owners.condemned(BATCH):
            self._remove_media(left, tally, "condemned by a run that was cut off")

    def _release_uploads(self, tally: _Tally, now_s: float, dry_run: bool) -> None:
        owners = self._journal.owners
        for tenant in owners.tenants():
            line = horizon(
                Ages(owners.ages(tenant, BUCKET_S)),
                self._rule(Kind.UPLOADS, tenant),
                now_s,
                grace_s=self._graces.upload_s,
            )
            if dry_run:
                old, every = (owners.releasable(tenant, at_s) for at_s in (line.days_before_s, line.before_s))
                tally.add(Kind.UPLOADS, line.reason(float("-inf")), old, 0)
                tally.add(Kind.UPLOADS, line.reason(line.before_s), every - old, 0)
                continue
            while True:
                self._step("release uploads")
                gone = owners.release(tenant, line.before_s, BATCH)
                for one in gone:
                    tally.add(Kind.UPLOADS, line.reason(one.used_s), 1, 0)
                if len(gone) < BATCH:
                    break

    def _sweep_productions(self, tally: _Tally, marks: Marks, now_s: float, dry_run: bool) -> None:
        made = self._journal.productions
        for tenant in made.tenants():
            rule = self._rule(Kind.PRODUCTIONS, tenant)
            ages = Ages(made.ages(tenant, BUCKET_S))
            line = horizon(ages, rule, now_s, grace_s=self._graces.upload_s)
            bytes_before_s = float("-inf") if rule.bytes is None else ages.newest(rule.bytes)
            after = (float("-inf"), "")
            while due := made.made_before(tenant, line.before_s, after, BATCH):
                after = due[-1].made_s, due[-1].job_id
                used = marks.of_works([one.job_id for one in due]) if rule.keep_used else set()
                gone = [one for one in due if one.job_id not in used or one.made_s < bytes_before_s]
                for one in gone:
                    size_bytes = one.size_bytes
                    if not dry_run:
                        self._step(f"remove production {one.job_id}")
                        size_bytes = self._places.productions.remove(one.job_id)
                    tally.add(Kind.PRODUCTIONS, line.reason(one.made_s), 1, size_bytes)
                if gone and not dry_run:
                    self._step("note removed productions")
                    made.gone([one.job_id for one in gone])

    def _sweep_unknown_productions(self, tally: _Tally, marks: Marks, now_s: float, dry_run: bool) -> None:
        """Remove files of productions unknown to both the journal and works, once the unowned rule's days are over."""
        owners = self._journal.owners
        rule = self._rule(Kind.UNOWNED)
        noted = owners.unneeded_under(_PRODUCTION)
        pending: dict[str, int] = {}

        def judge() -> None:
            unknown = pending.keys() - marks.productions(pending)
            unknown -= marks.of_works(unknown)
            gone = [one for one in unknown if _over(noted.get(_PRODUCTION + one), rule, now_s)]
            for one in gone:
                if not dry_run:
                    self._step(f"remove unknown production {one}")
                    self._places.productions.remove(one)
                tally.add(Kind.PRODUCTIONS, "neither job nor work knows it", 1, pending[one])
            if not dry_run:
                owners.acquit([_PRODUCTION + one for one in gone])
                owners.mark_unneeded([_PRODUCTION + one for one in unknown.difference(gone)], now_s)
                owners.mark_needed([_PRODUCTION + one for one in pending.keys() - unknown])
            pending.clear()

        for job_id, stored in self._places.productions.walk():
            if now_s - stored.changed_s > self._graces.blob_s:
                pending[job_id] = pending.get(job_id, 0) + stored.size_bytes
            if len(pending) >= BATCH:
                judge()
        judge()

    def _sweep_blobs(self, tally: _Tally, marks: Marks, now_s: float, dry_run: bool, free_bytes: int) -> None:
        lines = {one.label: self._line(one, now_s, free_bytes) for one in self._places.blobs}
        for prefix in sorted({*self._places.prefixes(), *self._journal.owners.unneeded_prefixes()}):
            media: dict[str, int] = {}
            needed = marks.derived(prefix)
            for place in self._places.blobs:
                line = lines[place.label]
                for blob in place.blobs(prefix):
                    if not blob.suffix:
                        media[blob.key] = media.get(blob.key, 0) + blob.size_bytes
                    elif line.passed(blob.changed_s) and blob.key + blob.suffix not in needed:
                        self._remove_derived(place, blob, line, tally, dry_run)
            self._sweep_media(prefix, media, marks, tally, now_s, dry_run)

    def _line(self, place: BlobPlace, now_s: float, free_bytes: int) -> Horizon:
        rule = self._rule(place.derived)
        ages, wanted = Ages(), free_bytes if place.derived is Kind.SEGMENTS else 0
        if wanted or rule.bytes is not None:
            # Only then must all blobs be listed twice.
            for prefix in place.prefixes():
                for blob in place.blobs(prefix):
                    if blob.suffix:
                        ages.add(blob.changed_s, blob.size_bytes)
        return horizon(ages, rule, now_s, grace_s=self._graces.blob_s, free_bytes=wanted)

    def _remove_derived(
        self, place: BlobPlace, blob: BlobFile, line: Horizon, tally: _Tally, dry_run: bool
    ) -> None:
        if not dry_run:
            self._step(f"remove {blob.name} from {place.label}")
            # Check again: it may have been used since it was listed.
            found = place.place.stat(blob.name)
            if found is None or not line.passed(found.changed_s):
                return
            place.place.remove(blob.name)
            self._uncache(blob.name)
        tally.add(place.derived, line.reason(blob.changed_s), 1, blob.size_bytes)

    def _sweep_media(
        self, prefix: str, media: dict[str, int], marks: Marks, tally: _Tally, now_s: float, dry_run: bool
    ) -> None:
        owners = self._journal.owners
        needed = marks.media(prefix)
        noted, rule = owners.unneeded_under(prefix), self._rule(Kind.UNOWNED)
        unneeded = [one for one in media if one not in needed]
        due = sorted(one for one in unneeded if _over(noted.get(one), rule, now_s))
        reason = f"needed by nobody for {rule.days:g} days" if rule.days is not None else ""
        if dry_run:
            for one in due:
                tally.add(Kind.UNOWNED, reason, 1, media[one])
            return
        # If media are needed again, their time restarts once they no longer are; those that are gone are dropped.
        found_again = [one for one in noted if one not in media or one in needed]
        if found_again:
            owners.mark_needed(found_again)
        fresh = [one for one in unneeded if one not in noted]
        if fresh:
            self._step("note unneeded media")
            owners.mark_unneeded(fresh, now_s)
        for first in range(0, len(due), BATCH):
            self._step("condemn media")
            self._remove_media(owners.condemn(due[first : first + BATCH], now_s), tally, reason)

    def _remove_media(self, condemned: list[str], tally: _Tally, reason: str) -> None:
        """Remove condemned media everywhere, then allow them to be uploaded and used again."""
        young_s = self._clock() - self._graces.blob_s
        for sha256 in condemned:
            name = blob_name(sha256)
            found = [(one.place, one.place.stat(name)) for one in self._places.blobs]
            # Stored or used since it was listed, by a job that got it other than by an upload: keep it this time.
            if any(stored is not None and stored.changed_s > young_s for _, stored in found):
                continue
            for place, stored in found:
                if stored is not None:
                    self._step(f"remove media {sha256}")
                    place.remove(name)
            self._uncache(name)
            size_bytes = sum(stored.size_bytes for _, stored in found if stored is not None)
            tally.add(Kind.UNOWNED, reason, 1, size_bytes)
        self._step("acquit media")
        self._journal.owners.acquit(condemned)

    def _uncache(self, name: str) -> None:
        if self._places.cache is not None:
            (self._places.cache / name).unlink(missing_ok=True)

    def _sweep_partial(self, tally: _Tally, now_s: float, dry_run: bool) -> None:
        days = self._rule(Kind.PARTIAL).days
        if days is None:
            return
        reason = f"its rest has not come for {days:g} days"
        if dry_run:
            old = [
                size for _, size, changed_s in self._places.uploads.walk() if now_s - changed_s > days * DAY_S
            ]
            tally.add(Kind.PARTIAL, reason, len(old), sum(old))
        else:
            tally.add(Kind.PARTIAL, reason, *self._places.uploads.sweep(now_s, days * DAY_S))

    def _prune(self, tally: _Tally, now_s: float, dry_run: bool) -> None:
        """Remove old rows: jobs of the journal, runs and events of the catalog."""
        if dry_run:
            return
        days = self._rule(Kind.JOBS).days
        if days is not None:
            tally.add(
                Kind.JOBS, f"ended {days:g} days ago", prune_jobs(self._journal, now_s - days * DAY_S), 0
            )
        for kind, prune in prunings(self._catalog().age):
            days = self._rule(kind).days
            if days is not None:
                self._step(f"prune {kind}")
                tally.add(kind, f"older than {days:g} days", prune(now_s - days * DAY_S), 0)


@contextmanager
def collecting(home: Path) -> Iterator[None]:
    """Hold the lock that allows one collector at a time per FARM_HOME; it is released when its process ends.

    Raises:
        ConflictError: another process or thread holds it.
    """
    home.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(home / "collector.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConflictError(
                "the garbage collector is at work already; ask again when it has ended"
            ) from None
        yield
    finally:
        os.close(descriptor)


def _over(since_s: float | None, rule: Rule, now_s: float) -> bool:
    return since_s is not None and rule.days is not None and now_s - since_s >= rule.days * DAY_S
