"""Marks: what of the stores is needed, by journal, catalog, works and the jobs that run."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from farm.journal.journal import Journal
from farm.plan.segment import Plan
from farm_catalog.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Running:
    """What the plans of unfinished jobs use."""

    media: frozenset[str] = frozenset()
    """Hashes of their media, those fetched by URL and added fonts included."""
    derived: frozenset[str] = frozenset()
    """Keys of their segments and sound tracks, each with its suffix."""


def nothing_runs() -> Running:
    """Return what is used where no farm runs."""
    return Running()


@dataclass(frozen=True, slots=True)
class Marks:
    """Says what is needed, a part of all hashes at a time, so that memory does not grow with the stores."""

    journal: Journal
    """Owners, unfinished jobs, waiting rows of batches, productions."""
    catalog: Callable[[], Catalog]
    """Assets, files made of them, works."""
    running: Running
    """What the jobs use that run."""

    def media(self, prefix: str) -> set[str]:
        """Return the needed media whose hash begins so.

        The catalog is asked first: whatever comes to be needed by it later, an owner in the journal needs already.
        """
        held = self.catalog().needs.media(prefix)
        running = {one for one in self.running.media if one.startswith(prefix)}
        return held | running | self.journal.owners.needed_under(prefix)

    def derived(self, prefix: str) -> set[str]:
        """Return the needed derived blobs, hash and suffix, whose hash begins so."""
        running = {one for one in self.running.derived if one.startswith(prefix)}
        return running | self.catalog().needs.files(prefix)

    def productions(self, job_ids: Collection[str]) -> set[str]:
        """Return which of these productions have files by the journal, or will have."""
        return self.journal.productions.known(job_ids)

    def of_works(self, job_ids: Collection[str]) -> set[str]:
        """Return which of these productions are of works that exist."""
        return self.catalog().needs.of_works(job_ids)


def running_of(plans: Iterable[Plan]) -> Running:
    """Return what some plans use."""
    from farm.work.localise import media_of
    from farm.work.worker import SEGMENT_SUFFIX, SOUND_SUFFIX

    media: set[str] = set()
    derived: set[str] = set()
    for plan in plans:
        media.update(asset.sha256 for asset in media_of(plan.timeline))
        derived.update(segment.key + SEGMENT_SUFFIX for segment in plan.segments)
        if plan.sound_key:
            derived.update(plan.sound_key + suffix for suffix in (SOUND_SUFFIX, ".json"))
    return Running(frozenset(media), frozenset(derived))
