"""Rebuilding the catalog: its runs from the journal, everything else from itself or from a backup."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from farm.controller.catalog_ingester import feed
from farm.errors import ConflictError, NewerLayoutError, StoreError
from farm.journal.entry import NewJob
from farm.journal.journal import Journal
from farm.plugins.registry import load_registry
from farm.services.catalog import backup_folder
from farm.services.intake import fresh_id
from farm.services.library import build_library
from farm.services.library_media import Media
from farm.services.production_ends import record_ends
from farm.settings import Settings
from farm.store.open import blob_store, library_store, production_store
from farm_catalog.backup import back_up, backups, put_back, set_aside, unused_name
from farm_catalog.catalog import Catalog

ONLY_THERE = "assets, scripts, templates, works, productions and events"
"""Data that is only in the catalog, not in the journal."""


def rebuild_catalog(settings: Settings) -> dict[str, Any]:
    """Rebuild the catalog's runs from the journal, and its word index; the old file is kept under another name.

    Data that only the catalog has is left unchanged, including runs that the journal no longer has. If the file is
    damaged, it is replaced by the newest backup that opens, or by an empty catalog if there is none.

    Returns:
        ``runs``: how many were rebuilt; ``entries``: how many were indexed; ``kept``: path of the old file;
        ``backup``: the one that was used; ``lost``: the lost data, in words; empty if there is none.

    Raises:
        MachineError: another process has the catalog open.
        StoreError: the journal cannot be read, or the catalog was written by a newer farm.
    """
    result: dict[str, Any] = {"kept": "", "backup": "", "lost": ""}
    with _journal(settings) as journal:
        if settings.catalog.exists():
            result |= _keep(settings.catalog)
        runs, entries = _feed(settings, journal)
    return result | {"runs": runs, "entries": entries}


def restore_catalog(settings: Settings, backup: Path) -> dict[str, Any]:
    """Replace the catalog with a backup; runs since then are restored from the journal.

    Raises:
        MachineError: another process has the catalog open.
        StoreError: the backup is not a catalog, is damaged, or was written by a newer farm; the catalog is unchanged.
    """
    with _journal(settings) as journal:
        restored = put_back(backup, settings.catalog)
        runs, _ = _feed(settings, journal, words=False)
    return {"layout": restored.layout, "kept": str(restored.kept or ""), "runs": runs}


def _keep(path: Path) -> dict[str, str]:
    try:
        with Catalog.open(path) as catalog:
            kept = unused_name(path)
            back_up(catalog, kept)
        return {"kept": str(kept)}
    except NewerLayoutError:
        raise
    except StoreError as error:
        damage = str(error)
    aside = set_aside(path)
    for backup in backups(backup_folder(path)):
        try:
            put_back(backup, path)
        except StoreError:
            continue
        lost = f"{ONLY_THERE} that came after the backup {backup.name}"
        return {"kept": str(aside), "backup": str(backup), "lost": lost, "damage": damage}
    return {"kept": str(aside), "lost": f"{ONLY_THERE}: there is no backup", "damage": damage}


def _feed(settings: Settings, journal: Journal, *, words: bool = True) -> tuple[int, int]:
    journal.jobs.forget_recorded()
    with Catalog.open(settings.catalog) as catalog:
        media = Media(library_store(settings), blob_store(settings))
        library = build_library(
            lambda: catalog,
            media,
            cache(load_registry),
            quotas=None,
            arrived=lambda: None,
            accept=_accept_nothing,
            fresh_id=fresh_id,
        )
        files = production_store(settings)
        runs = feed(
            catalog,
            journal.jobs,
            lambda ended: record_ends(library, journal.jobs, files, ended),
            replace=True,
        )
        if not words:
            return runs, 0
        catalog.events.sum_anew()
        return runs, catalog.assets.words().rebuild()


@contextmanager
def _journal(settings: Settings) -> Iterator[Journal]:
    journal = Journal.open(settings.journal)
    try:
        yield journal
    finally:
        journal.close()


def _accept_nothing(_job: NewJob) -> tuple[str, bool]:
    raise ConflictError("nothing is rendered while the catalog is rebuilt; try again when it has ended")
