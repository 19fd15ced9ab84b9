"""Marks: which stored files are needed by the journal, the catalog, works and unfinished jobs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from farm.journal.journal import Journal
from farm.plan.segment import Plan
from farm_catalog.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Running:
    """The files used by the plans of unfinished jobs."""

    media: frozenset[str] = frozenset()
    """Hashes of their media, those fetched by URL and added fonts included."""
    derived: frozenset[str] = frozenset()
    """Keys of their segments and sound tracks, with suffixes."""


def nothing_runs() -> Running:
    """Return the files that jobs use when no farm is running: none."""
    return Running()


@dataclass(frozen=True, slots=True)
class Marks:
    """Determines the needed files, one hash prefix at a time, so that memory does not grow with the stores."""

    journal: Journal
    """Owners, unfinished jobs, waiting rows of batches, productions."""
    catalog: Callable[[], Catalog]
    """Assets, files derived from them, works."""
    running: Running
    """The files that unfinished jobs use."""

    def media(self, prefix: str) -> set[str]:
        """Return the needed media whose hash has this prefix.

        The catalog is queried first: media that it needs later already have an owner in the journal.
        """
        held = self.catalog().needs.media(prefix)
        running = {one for one in self.running.media if one.startswith(prefix)}
        return held | running | self.journal.owners.needed_under(prefix)

    def derived(self, prefix: str) -> set[str]:
        """Return the needed derived blobs (hash and suffix) whose hash has this prefix."""
        running = {one for one in self.running.derived if one.startswith(prefix)}
        return running | self.catalog().needs.files(prefix)

    def productions(self, job_ids: Collection[str]) -> set[str]:
        """Return which of these productions have files according to the journal, or will have."""
        return self.journal.productions.known(job_ids)

    def of_works(self, job_ids: Collection[str]) -> set[str]:
        """Return which of these productions belong to existing works."""
        return self.catalog().needs.of_works(job_ids)


def running_of(plans: Iterable[Plan]) -> Running:
    """Return the files that the plans use."""
    from farm.model.contents import media_in
    from farm.worker.material import sound_files
    from farm.worker.worker import segment_files

    media: set[str] = set()
    derived: set[str] = set()
    for plan in plans:
        derived.update(key + suffix for key, suffix in segment_files(plan))
        derived.update(key + suffix for key, suffix in sound_files(plan))
        for picture in plan.pictures:
            media.update(asset.sha256 for asset in media_in(picture.timeline))
    return Running(frozenset(media), frozenset(derived))
