"""Verification: finds damaged and missing items and their users, and repairs them.

Media are hashed and compared with their names, derived blobs with the checksum recorded when they were stored,
finished videos with the hash recorded by their jobs. Without a checksum, a structural check detects truncation.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from farm.journal.journal import Journal
from farm.journal.media import media_named
from farm.journal.production_files import ProductionFiles
from farm.retention.collector_lock import collecting
from farm.retention.places import BlobFile, BlobPlace, Places
from farm.retention.structure import structure_fault
from farm.settings import Settings
from farm.store.blobs import blob_name
from farm.store.checksum import sha256_of
from farm.store.place import FolderPlace, SharedPlace
from farm.store.productions import FILES
from farm_catalog.catalog import Catalog

PAGE: Final = 500

MakeAgain = Callable[[str], bool]
"""Re-runs a finished job, or the analysis of an asset, by its name; returns False if that is impossible."""


@dataclass(frozen=True, slots=True)
class StoreDamage:
    """A damaged or missing item."""

    kind: str
    """``media``, ``derived`` or ``production``."""
    name: str
    """The hash (and suffix), or the job."""
    place: str
    """Label of its place."""
    what: str
    """The damage."""
    users: tuple[str, ...]
    """Its users, in words; empty if there are none."""
    mended: str
    """How it was repaired; empty if nothing was done."""
    lost: bool
    """Whether the farm cannot repair it itself: it has to be uploaded again, or rendered again from other media."""


@dataclass(frozen=True, slots=True)
class Verification:
    """Result of verification."""

    took_s: float
    """How long it took."""
    items: int
    """Files that were read in full and compared."""
    size_bytes: int
    """Their bytes."""
    unchecked: int
    """Derived blobs without a recorded checksum: only their structure was checked."""
    damages: tuple[StoreDamage, ...]
    """The damage."""


def not_here(_name: str) -> bool:
    """Re-run nothing: no farm is running."""
    return False


class Verifier:
    """Reads everything that a farm stores; with ``repair`` it also repairs what it can."""

    def __init__(
        self,
        settings: Settings,
        journal: Journal,
        catalog: Callable[[], Catalog],
        *,
        render_again: MakeAgain,
        analyse_again: MakeAgain = not_here,
    ) -> None:
        """Create the verifier.

        Args:
            settings: Locations of the stores.
            journal: Owners, jobs and their productions.
            catalog: Returns the open catalog.
            render_again: Re-runs a finished job under its own name.
            analyse_again: Has an asset analysed again, which re-creates its derived files.
        """
        self._settings = settings
        self._journal = journal
        self._catalog = catalog
        self._render_again = render_again
        self._analyse_again = analyse_again
        self._places = Places.of(settings)
        self._items = self._bytes = self._unchecked = 0

    def verify(self, *, repair: bool = False) -> Verification:
        """Verify everything that is stored.

        Raises:
            ConflictError: the garbage collector is running.
            MachineError: the shared place cannot be reached.
        """
        began_s = time.monotonic()
        with collecting(self._settings.home):
            damages = list(self._blobs(repair))
            damages += [*self._missing({one.name for one in damages}), *self._productions(repair)]
        return Verification(
            time.monotonic() - began_s, self._items, self._bytes, self._unchecked, tuple(damages)
        )

    def _blobs(self, repair: bool) -> Iterator[StoreDamage]:
        for place in self._places.blobs:
            for prefix in sorted(place.prefixes()):
                for blob in place.blobs(prefix):
                    with self._read(place.place, blob.name) as path:
                        if path is None:
                            continue  # removed since it was listed, by a worker that trims
                        fault = self._fault(place, blob, path)
                    if fault and blob.suffix:
                        yield self._derived(place, blob, fault, repair)
                    elif fault:
                        yield self._media(place, blob, fault, repair)

    def _fault(self, place: BlobPlace, blob: BlobFile, path: Path) -> str:
        noted = blob.key if not blob.suffix else place.place.checksum(blob.name)
        if noted is None:
            self._unchecked += 1
            return structure_fault(path, blob.suffix)
        self._items += 1
        self._bytes += blob.size_bytes
        return "" if sha256_of(path) == noted else "its content differs from what was stored"

    def _derived(self, place: BlobPlace, blob: BlobFile, fault: str, repair: bool) -> StoreDamage:
        name = blob.key + blob.suffix
        assets = self._catalog().needs.makers_of(name)
        mended = ""
        if repair:
            place.place.remove(blob.name)
            self._uncache(blob.name)
            again = [one for one in assets if self._analyse_again(one)]
            mended = "removed; it is recreated when needed"
            if assets:
                mended = "removed; its assets are analysed again"
                if len(again) < len(assets):
                    mended = "removed; run `farm store repair` on a running farm to recreate it"
        return StoreDamage(
            "derived", name, place.label, fault, tuple(f"asset {one}" for one in assets), mended, False
        )

    def _media(self, place: BlobPlace, blob: BlobFile, fault: str, repair: bool) -> StoreDamage:
        good = self._another(place, blob)
        mended = ""
        if repair:
            if good is not None:
                with self._read(*good) as path:
                    assert path is not None
                    place.place.put(blob.name, path)
                mended = "copied from an intact copy"
            else:
                place.place.remove(blob.name)
                mended = "removed; upload the same file to replace it"
        users = self._users(blob.key)
        return StoreDamage("media", blob.key, place.label, fault, users, mended, good is None)

    def _another(self, damaged: BlobPlace, blob: BlobFile) -> tuple[SharedPlace, str] | None:
        """Return where an intact copy of the media is: another place, or this machine's cache; None if nowhere."""
        others = [one.place for one in self._places.blobs if one is not damaged]
        if self._places.cache is not None:
            others.append(FolderPlace(self._places.cache))
        for place in others:
            with self._read(place, blob.name) as path:
                if path is not None and sha256_of(path) == blob.key:
                    return place, blob.name
        return None

    def _missing(self, reported: set[str]) -> Iterator[StoreDamage]:
        """Yield needed media that are in no place, except for those already reported."""
        for number in range(256):
            prefix = f"{number:02x}"
            needed = self._journal.owners.needed_under(prefix) | self._catalog().needs.media(prefix)
            if not needed:
                continue
            there = {blob.key for one in self._places.blobs for blob in one.blobs(prefix) if not blob.suffix}
            for sha256 in sorted(needed - there - reported):
                # Check again: it may have been uploaded since the listing.
                if all(one.place.stat(blob_name(sha256)) is None for one in self._places.blobs):
                    yield StoreDamage(
                        "media", sha256, "", "it is missing everywhere", self._users(sha256), "", True
                    )

    def _productions(self, repair: bool) -> Iterator[StoreDamage]:
        made = self._journal.productions
        for tenant in made.tenants():
            after = (float("-inf"), "")
            while page := made.made_before(tenant, float("inf"), after, PAGE):
                after = page[-1].made_s, page[-1].job_id
                for one in page:
                    fault = self._production_fault(one)
                    if fault:
                        yield self._production(one, fault, repair)

    def _production_fault(self, one: ProductionFiles) -> str:
        entry = self._journal.jobs.get(one.job_id)
        recorded = (entry.summary.get("production") or {}) if entry is not None else {}
        files = self._places.productions
        # Read the permanent files: a copy on this machine may be intact when those are not.
        made = recorded.get("files") or []
        for number, file in enumerate(made):
            if number == 0 and file["name"].endswith(FILES["video"]):
                continue
            place, name = files.stored_made(one.job_id, file["name"])
            with self._read(place, name) as path:
                if path is None:
                    return f"its file {file['name']} is missing"
                self._items += 1
                self._bytes += path.stat().st_size
                if sha256_of(path) != file["sha256"]:
                    return f"the content of its file {file['name']} differs from what was made"
        for kind, suffix in FILES.items():
            if kind == "video" and made and not made[0]["name"].endswith(suffix):
                continue
            place, name = files.stored(one.job_id, suffix)
            with self._read(place, name) as path:
                if path is None:
                    return f"its {kind} is missing"
                self._items += 1
                self._bytes += path.stat().st_size
                if kind == "video" and recorded.get("sha256"):
                    if sha256_of(path) != recorded["sha256"]:
                        return "the content of its video differs from what was rendered"
                    continue
                fault = structure_fault(path, suffix)
                if fault:
                    return f"its {kind} {fault}"
        return ""

    def _production(self, one: ProductionFiles, fault: str, repair: bool) -> StoreDamage:
        entry = self._journal.jobs.get(one.job_id)
        media = media_named(entry.document) if entry is not None else []
        gone = [
            sha256
            for sha256 in media
            if all(place.place.stat(blob_name(sha256)) is None for place in self._places.blobs)
        ]
        lost, mended = entry is None or bool(gone), ""
        if repair and not lost:
            self._places.productions.remove(one.job_id)
            mended = "its job is rendered again" if self._render_again(one.job_id) else ""
        elif gone:
            fault += f"; it cannot be rendered again, the media sha256:{gone[0]} that it shows are gone"
        return StoreDamage("production", one.job_id, "", fault, (f"tenant {one.tenant}",), mended, lost)

    def _users(self, sha256: str) -> tuple[str, ...]:
        return (*self._journal.owners.users_of(sha256), *self._catalog().needs.users_of(sha256))

    def _uncache(self, name: str) -> None:
        if self._places.cache is not None:
            (self._places.cache / name).unlink(missing_ok=True)

    @contextmanager
    def _read(self, place: SharedPlace, name: str) -> Iterator[Path | None]:
        """Yield a consistent copy of a file; None if there is none."""
        with tempfile.TemporaryDirectory(dir=self._settings.home, prefix=".verify-") as folder:
            path = Path(folder) / "file"
            yield path if place.get(name, path) else None
