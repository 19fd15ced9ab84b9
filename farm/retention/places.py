"""The storage locations of a farm: its store, the library beside it, productions and partial uploads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from farm.journal.retention import RetentionKind
from farm.settings import Settings
from farm.store.blobs import blob_name
from farm.store.open import production_store, shared_place
from farm.store.place import FolderPlace, PlacedFile, SharedPlace
from farm.store.productions import ProductionStore
from farm.store.uploads import Uploads

_HEX: Final = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class BlobFile:
    """A blob in a place."""

    key: str
    """Its hash, or the hash of its inputs if it is derived."""
    suffix: str
    """Empty for media."""
    size_bytes: int
    """Its size."""
    changed_s: float
    """When it was stored, or last used if the place records that; seconds since the epoch."""

    @property
    def name(self) -> str:
        """Its name in the place."""
        return blob_name(self.key, self.suffix)


@dataclass(frozen=True, slots=True)
class BlobPlace:
    """A place that holds blobs."""

    label: str
    """Its label: ``store``, ``library`` or ``shared``."""
    place: SharedPlace
    """Its files."""
    derived: RetentionKind
    """Kind of those derived blobs there that the catalog does not know."""

    def prefixes(self) -> set[str]:
        """Return the hash prefixes (two hex digits) that have a folder there."""
        return {one for one in self.place.folders() if len(one) == 2 and set(one) <= _HEX}

    def blobs(self, prefix: str) -> Iterator[BlobFile]:
        """Yield the blobs with a prefix, in no particular order."""
        for stored in self.place.walk(prefix):
            found = blob_of(stored)
            if found is not None:
                yield found


@dataclass(frozen=True, slots=True)
class Places:
    """All storage locations of a farm that the controller's machine can access."""

    blobs: tuple[BlobPlace, ...]
    """Permanent places of blobs, without the cache in front of a shared place."""
    cache: Path | None
    """This machine's cache in front of a shared place; None if there is none."""
    productions: ProductionStore
    """Finished videos."""
    uploads: Uploads
    """Partial uploads."""

    def prefixes(self) -> list[str]:
        """Return the hash prefixes of all places, sorted."""
        return sorted(set().union(*(one.prefixes() for one in self.blobs)))

    @staticmethod
    def of(settings: Settings) -> Places:
        """Return the places that the settings specify.

        Raises:
            MachineError: the shared place's URL or options are invalid, or the Python library for it is missing.
        """
        uploads = Uploads(settings.home / "uploads", 0)
        if settings.store_url:
            shared = BlobPlace("shared", shared_place(settings), RetentionKind.SEGMENTS)
            return Places((shared,), settings.store, production_store(settings), uploads)
        blobs = (
            BlobPlace("store", FolderPlace(settings.store), RetentionKind.SEGMENTS),
            BlobPlace("library", FolderPlace(settings.library), RetentionKind.LIBRARY),
        )
        return Places(blobs, None, production_store(settings), uploads)


def blob_of(stored: PlacedFile) -> BlobFile | None:
    """Return the blob that a file holds; None if it is something else, such as a temporary file."""
    folder, separator, rest = stored.name.partition("/")
    digits, dot, ending = rest.partition(".")
    key = folder + digits
    if not separator or len(folder) != 2 or not digits or "/" in rest or not set(key) <= _HEX:
        return None
    return BlobFile(key, f".{ending}" if dot else "", stored.size_bytes, stored.changed_s)
