"""Productions: a farm's finished files, produced on any machine and readable on any other."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from farm.errors import StoreError
from farm.store.place import FolderPlace, PlacedFile, SharedPlace
from farm.store.temp import settle, sweep, temp_in, writing

FILES: Final = {"cover": ".jpg", "report": ".json", "video": ".mp4"}
"""The files of a production; the video is published last, so that its presence implies that of the others."""
SUFFIXES: Final = tuple(FILES.values())
KEEP_S: Final = 3600
"""How many seconds a machine keeps its copy of a shared production after the last use."""
ALONE_S: Final = 2 * 24 * 3600
"""A file not in the shared place after this many seconds never will be: its job ended elsewhere, or it was removed."""

FOLDER: Final = ".files"
"""The suffix of the folder of a production's other files: other formats, posters, sprite sheets, streams."""

_MADE = re.compile(r"^[a-z0-9][a-z0-9_-]*\.[A-Za-z0-9._-]+(/[A-Za-z0-9][A-Za-z0-9._-]*)?$")
_JOB_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,199}$")


@dataclass(frozen=True, slots=True)
class ProductionStore:
    """The finished files of jobs: a folder on this machine, and a shared place if the farm has one."""

    folder: Path
    """This machine's folder."""
    place: SharedPlace | None = None
    """The place shared by all machines."""

    def publish(self, job_id: str, folder: Path, names: Sequence[str] = ()) -> None:
        """Copy a job's files from ``folder`` to the shared place, the video last; idempotent.

        ``names`` are those of its files besides MP4, cover and report; one without a file of its own is passed over.

        Raises:
            MachineError: the shared place cannot be reached or has no space left.
        """
        if self.place is None:
            return
        for name in names:
            path = folder / f"{job_id}{FOLDER}" / name
            if path.is_file():
                self.place.put(_made_name(job_id, name), path)
        for suffix in SUFFIXES:
            path = folder / f"{job_id}{suffix}"
            if suffix != FILES["video"] or path.is_file():
                self.place.put(_name(job_id, suffix), path)

    def made(self, job_id: str, name: str) -> Path | None:
        """Return the path of one of a job's other files on this machine, fetching it if necessary.

        ``name`` is as in :class:`farm.worker.task.MadeFile`. Returns None if there is no such file in the farm.

        Raises:
            StoreError: not the name of a production's file.
            MachineError: the shared place cannot be reached, or this machine's disk is full.
        """
        return self._found(_made_name(job_id, name), self.folder / f"{job_id}{FOLDER}" / name)

    def file(self, job_id: str, suffix: str) -> Path | None:
        """Return the path of a job's ``.mp4``, ``.jpg`` or ``.json`` on this machine, fetching it if necessary.

        Returns None if there is no such file in the farm.

        Raises:
            StoreError: not the name of a production.
            MachineError: the shared place cannot be reached, or this machine's disk is full.
        """
        return self._found(_name(job_id, suffix), self.folder / f"{job_id}{suffix}")

    def _found(self, name: str, path: Path) -> Path | None:
        if path.is_file():
            if self.place is not None:
                os.utime(path)
            return path
        if self.place is None:
            return None
        with writing(f"the folder {self.folder}"):
            temp = temp_in(self.folder, path.suffix)
            try:
                if not self.place.get(name, temp):
                    return None
                settle(temp, path)
            finally:
                temp.unlink(missing_ok=True)
        return path

    def trim(self) -> int:
        """Remove this machine's copies that are not recently used and are in the shared place, or no longer in it.

        Returns the bytes freed. A file that is only here is kept for :data:`ALONE_S`; without a shared place, all are
        kept.
        """
        dropped = 0
        for path in self._files() if self.place is not None else ():
            try:
                stat = path.stat()
            except FileNotFoundError:
                continue
            if time.time() - stat.st_mtime < KEEP_S:
                continue
            name = f"productions/{path.relative_to(self.folder).as_posix()}"
            shared = self.place.stat(name) if self.place is not None else None
            whole = shared is not None and shared.size_bytes == stat.st_size
            if whole or (shared is None and time.time() - stat.st_mtime > ALONE_S):
                path.unlink(missing_ok=True)
                dropped += stat.st_size
        return dropped

    def _files(self) -> Iterator[Path]:
        """Yield this machine's files of productions."""
        for path in sorted(self.folder.glob("[!.]*")):
            if path.is_file() and path.suffix in SUFFIXES:
                yield path
            elif path.is_dir() and path.suffix == FOLDER:
                yield from (one for one in sorted(path.rglob("[!.]*")) if one.is_file())

    def remove(self, job_id: str) -> int:
        """Remove a job's files, locally and from the shared place, video first; return the bytes removed.

        Raises:
            StoreError: not the name of a production.
            MachineError: the shared place cannot be reached.
        """
        removed = 0
        for suffix in reversed(SUFFIXES):
            name, path = _name(job_id, suffix), self.folder / f"{job_id}{suffix}"
            if self.place is not None:
                shared = self.place.stat(name)
                if shared is not None:
                    self.place.remove(name)
                    removed += shared.size_bytes
            with suppress(FileNotFoundError):
                removed += path.stat().st_size if self.place is None else 0
                path.unlink()
        return removed + self._remove_made(job_id)

    def _remove_made(self, job_id: str) -> int:
        removed = 0
        if self.place is not None:
            for shared in list(self.place.walk(f"productions/{job_id}{FOLDER}")):
                self.place.remove(shared.name)
                removed += shared.size_bytes
        folder = self.folder / f"{job_id}{FOLDER}"
        if folder.is_dir():
            if self.place is None:
                removed += sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
            shutil.rmtree(folder)
        return removed

    def stored(self, job_id: str, suffix: str) -> tuple[SharedPlace, str]:
        """Return the place where a job's file is stored permanently, and its name there.

        Raises:
            StoreError: not the name of a production.
        """
        name = _name(job_id, suffix)
        if self.place is not None:
            return self.place, name
        return FolderPlace(self.folder), f"{job_id}{suffix}"

    def stored_made(self, job_id: str, name: str) -> tuple[SharedPlace, str]:
        """Return the place where one of a job's other files is stored permanently, and its name there.

        Raises:
            StoreError: not the name of a production's file.
        """
        stored = _made_name(job_id, name)
        if self.place is not None:
            return self.place, stored
        return FolderPlace(self.folder), stored.removeprefix("productions/")

    def walk(self) -> Iterator[tuple[str, PlacedFile]]:
        """Yield (job, file) for all production files of the farm, in no particular order."""
        if self.place is not None:
            for shared in self.place.walk("productions"):
                yield Path(shared.name.split("/")[1]).stem, shared
            return
        for stored in FolderPlace(self.folder).walk():
            first = Path(stored.name.split("/")[0])
            if not first.name.startswith(".") and first.suffix in (*SUFFIXES, FOLDER):
                yield first.stem, stored

    def sweep(self) -> int:
        """Remove temporary files left by dead processes; return how many."""
        return sweep(self.folder)


def _name(job_id: str, suffix: str) -> str:
    if not _JOB_ID.match(job_id) or suffix not in SUFFIXES:
        raise StoreError(
            f"`{job_id[:80]}{suffix}` does not name a production; suffixes are {', '.join(SUFFIXES)}"
        )
    return f"productions/{job_id}{suffix}"


def path_of(folder: Path, job_id: str, name: str, *, main: bool = False) -> Path:
    """Return where one of a job's files is written; its main one is ``<job_id>.mp4`` if it is an MP4.

    Raises:
        StoreError: not the name of a production's file.
    """
    if main and name.endswith(FILES["video"]):
        return folder / f"{job_id}{FILES['video']}"
    return folder / _made_name(job_id, name).removeprefix("productions/")


def _made_name(job_id: str, name: str) -> str:
    if not _JOB_ID.match(job_id) or not _MADE.match(name):
        raise StoreError(f"`{job_id[:80]}` has no file `{name[:80]}`")
    return f"productions/{job_id}{FOLDER}/{name}"
