"""Opens the configured storage: this machine's stores, the place that machines share, fonts and productions."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from farm.errors import MachineError
from farm.settings import Settings
from farm.store.blobs import GRACE_S, BlobStore
from farm.store.fonts import FontShelf
from farm.store.layered import LayeredStore
from farm.store.objects import ObjectPlace
from farm.store.patience import PatientPlace
from farm.store.place import FolderPlace, SharedPlace
from farm.store.productions import ProductionStore
from farm.store.store import Store


def blob_store(settings: Settings) -> Store:
    """Return the store of blobs: segments, sound tracks, fetched and uploaded media.

    Raises:
        MachineError: the shared place's URL or options are invalid, or its library is missing.
    """
    return open_store(
        settings.store, settings.store_limit_bytes, url=settings.store_url, options=settings.store_options
    )


def library_store(settings: Settings) -> Store:
    """Return the library's store, from which nothing is dropped to meet a size limit.

    If machines share a place, it is that place. The garbage collector removes unreferenced blobs.

    Raises:
        MachineError: as of `blob_store`.
    """
    return blob_store(settings) if settings.store_url else open_store(settings.library, sys.maxsize)


def shared_place(settings: Settings) -> SharedPlace:
    """Return the place that all machines of the farm share; without one, the store's own folder.

    Raises:
        MachineError: as of `blob_store`.
    """
    return open_place(settings.store_url, settings.store_options) or FolderPlace(settings.store)


def font_shelf(settings: Settings) -> FontShelf:
    """Return the fonts that the operator added.

    Raises:
        MachineError: as of `blob_store`.
    """
    return FontShelf(shared_place(settings), settings.home / "fonts")


def production_store(settings: Settings) -> ProductionStore:
    """Return the finished files of jobs that came over HTTP.

    Raises:
        MachineError: as of `blob_store`.
    """
    return ProductionStore(settings.productions, open_place(settings.store_url, settings.store_options))


def open_store(folder: Path, limit_bytes: int, *, url: str = "", options: str = "") -> Store:
    """Return the store: ``folder`` alone, or ``folder`` as a cache of the shared place at ``url``.

    Raises:
        MachineError: the URL or the options are invalid, or a library is missing.
    """
    place = open_place(url, options)
    if place is None:
        return BlobStore(folder, limit_bytes)
    return LayeredStore(BlobStore(folder, limit_bytes, media_grace_s=GRACE_S), place)


def open_place(url: str, options: str = "") -> SharedPlace | None:
    """Return the shared place at ``url``, or None if ``url`` is empty; the place is not accessed yet.

    Args:
        url: A path, ``file:///…``, ``s3://bucket/prefix``, or any other URL that fsspec supports.
        options: JSON options that fsspec passes on to the library.

    Raises:
        MachineError: the URL or the options are invalid, or a library is missing.
    """
    if not url:
        return None
    scheme, separator, rest = url.partition("://")
    if separator and scheme != "file":
        return PatientPlace(ObjectPlace(url, _options(options)))
    folder = Path(unquote(rest) if separator else url).expanduser()
    if not folder.is_absolute():
        raise MachineError(
            f"FARM_STORE_URL `{url}` is not absolute; write /path, file:///path or s3://bucket/prefix"
        )
    return PatientPlace(FolderPlace(folder))


def _options(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text) if text else {}
    except ValueError as error:
        raise MachineError(f"FARM_STORE_OPTIONS is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise MachineError(
            'FARM_STORE_OPTIONS is not a mapping; write e.g. {"endpoint_url": "http://minio:9000"}'
        )
    return value
