"""Temporary files, named after their process so that leftovers of a killed one can be identified and removed."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from farm.errors import MachineError

OLD_S: Final = 24 * 3600
"""A temporary file not written to for this many seconds is removed, whichever process created it."""

_NAME = re.compile(r"^\.farm-(?P<host>.+)-(?P<pid>[0-9]+)-[0-9a-f]{12}(\.[0-9a-z]+)?$")


def make_private(folder: Path) -> None:
    """Create a folder and any missing parents, accessible only to this user.

    A farm's data includes tenants' files and their webhook secrets.
    """
    if not folder.is_dir():
        make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def temp_in(folder: Path, suffix: str = "") -> Path:
    """Return an unused path in ``folder``, creating the folder if it is missing but not the file."""
    make_private(folder)
    return folder / f".farm-{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(6)}{suffix}"


def settle(temp: Path, path: Path) -> None:
    """Move a written file to its destination atomically and durably, even in a power failure."""
    make_private(path.parent)
    _sync(temp)
    os.replace(temp, path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def writing(place: str) -> Iterator[None]:
    """Convert file system errors to a MachineError that names ``place``; its cause keeps the errno."""
    try:
        yield
    except OSError as error:
        raise MachineError(
            f"{place} cannot be written: {error.strerror or error}; free space or repair it"
        ) from error


def free_bytes(path: Path) -> int:
    """Return how many bytes an unprivileged process may still write to the file system of ``path``."""
    there = next(parent for parent in (path, *path.parents) if parent.exists())
    stat = os.statvfs(there)
    return stat.f_bavail * stat.f_frsize


def sweep(folder: Path) -> int:
    """Remove temporary files and folders in ``folder`` whose process is dead, and all old ones; return how many."""
    if not folder.is_dir():
        return 0
    removed = 0
    for path in folder.iterdir():
        if _abandoned(path):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
            removed += 1
    return removed


def _abandoned(path: Path) -> bool:
    match = _NAME.match(path.name)
    if match is None:
        return False
    if match["host"] == socket.gethostname() and not _lives(int(match["pid"])):
        return True
    try:
        return path.stat().st_mtime < time.time() - OLD_S
    except FileNotFoundError:
        return False


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
