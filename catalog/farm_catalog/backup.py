"""Backups: copying the catalog's file while there are no writes, and restoring it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from duckdb import DuckDBPyConnection

from farm.errors import ConflictError, MachineError, StoreError
from farm_catalog.catalog import Catalog

KEEP: Final = 7
DAY_S: Final = 86_400.0
_COPY: Final = "import shutil, sys; shutil.copyfile(*sys.argv[1:])"
_NAME: Final = re.compile(r"^catalog-\d{8}T\d{6}Z\.duckdb$")


@dataclass(frozen=True, slots=True)
class Restored:
    """The result of a restore."""

    layout: int
    """The schema version that the catalog has now."""
    kept: Path | None
    """Where the previous catalog was moved; None if there was none."""


def back_up(catalog: Catalog, target: Path) -> int:
    """Copy an open catalog to a separate file, and return its size in bytes.

    Writers wait meanwhile, readers do not. The copy appears atomically.

    Raises:
        ConflictError: the checkpoint left a write-ahead log, since an old snapshot is still being read.
        MachineError: the copy cannot be written.
    """
    fresh = target.with_name(f".{target.name}.part")

    def work(connection: DuckDBPyConnection) -> int:
        connection.execute("CHECKPOINT")
        log = catalog.path.with_name(f"{catalog.path.name}.wal")
        if log.exists() and log.stat().st_size:
            raise ConflictError(
                "the catalog cannot be backed up while an older snapshot is being read; try again"
            )
        _copy_elsewhere(catalog.path, fresh)
        return fresh.stat().st_size

    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            size_bytes = catalog.writer.alone(work)
            _settle(fresh)
            fresh.replace(target)
            _settle(target.parent)
        finally:
            fresh.unlink(missing_ok=True)
    except OSError as error:
        raise MachineError(f"the backup {target} cannot be written: {error.strerror}") from error
    return size_bytes


def _copy_elsewhere(path: Path, target: Path) -> None:
    """Copy a file in another process.

    POSIX releases all locks that a process holds on a file as soon as it closes any descriptor of it: copying an open
    catalog in this process would unlock it.
    """
    copied = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _COPY, str(path), str(target)], capture_output=True, check=False
    )
    if copied.returncode:
        raise MachineError(
            f"the backup {target} cannot be written: {copied.stderr.decode(errors='replace').strip()[-200:]}"
        )


def copy(backup: Path, target: Path) -> None:
    """Copy a backup to another file, atomically.

    Raises:
        MachineError: the copy cannot be written.
    """
    fresh = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(backup, fresh)
        _settle(fresh)
        fresh.replace(target)
        _settle(target.parent)
    except OSError as error:
        raise MachineError(f"the backup {target} cannot be written: {error.strerror}") from error
    finally:
        fresh.unlink(missing_ok=True)


def fresh_name(folder: Path) -> Path:
    """Return the path of a backup made at this moment."""
    return folder / f"catalog-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}.duckdb"


def backups(folder: Path) -> list[Path]:
    """Return the backups in a folder, newest first."""
    return sorted((path for path in folder.glob("catalog-*.duckdb") if _NAME.match(path.name)), reverse=True)


def is_due(folder: Path, every_s: float = DAY_S) -> bool:
    """Return whether there is no backup, or the newest is at least this old."""
    kept = backups(folder)
    return not kept or time.time() - kept[0].stat().st_mtime >= every_s


def prune(folder: Path, keep: int = KEEP) -> list[Path]:
    """Remove all but the newest ``keep`` backups; return the removed ones."""
    old = backups(folder)[keep:]
    for path in old:
        path.unlink(missing_ok=True)
    return old


def put_back(backup: Path, path: Path) -> Restored:
    """Replace the catalog with a backup, after opening and migrating a copy of it in the same folder.

    Raises:
        MachineError: another process has the catalog open, or the disk is full.
        StoreError: the backup is not a catalog, damaged, or of a newer farm; the catalog is unchanged.
    """
    if not backup.is_file():
        raise StoreError(f"there is no backup {backup}; `farm catalog backup` makes one")
    fresh = path.with_name(f".{path.name}.restored")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(backup, fresh)
        with Catalog.open(fresh) as catalog:
            layout = catalog.writer.read(
                lambda connection: int(
                    (connection.execute("SELECT max(number) FROM schema_version").fetchone() or (0,))[0]
                )
            )
            catalog.writer.alone(lambda connection: connection.execute("CHECKPOINT"))
        _settle(fresh)
        kept = set_aside(path)
        fresh.replace(path)
        _settle(path.parent)
    except OSError as error:
        raise MachineError(f"the catalog {path} cannot be written: {error.strerror}") from error
    finally:
        for left in (fresh, fresh.with_name(f"{fresh.name}.wal")):
            left.unlink(missing_ok=True)
    return Restored(layout, kept)


def set_aside(path: Path) -> Path | None:
    """Rename a catalog's files and return the new path; None if there is no catalog.

    Raises:
        MachineError: another process has it open.
    """
    if not path.exists():
        return None
    # A writer has it open: this waits for it, or raises. A damaged catalog cannot be open.
    with suppress(StoreError), Catalog.open(path):
        pass
    kept = unused_name(path)
    log = path.with_name(f"{path.name}.wal")
    if log.exists():
        log.replace(kept.with_name(f"{kept.name}.wal"))
    path.replace(kept)
    return kept


def unused_name(path: Path) -> Path:
    """Return an unused path next to a catalog, with a timestamp."""
    stamp = time.strftime("%Y%m%dT%H%M%S")
    names = [f"{path.name}.{stamp}", *(f"{path.name}.{stamp}-{number}" for number in range(1, 1000))]
    return next(one for name in names if not (one := path.with_name(name)).exists())


def _settle(path: Path) -> None:
    """Sync a file, or a folder's entries, to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
