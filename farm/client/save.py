"""Downloading files of a farm."""

from __future__ import annotations

import os
from pathlib import Path

from farm.client.connection import Connection
from farm.errors import MachineError


def save_file(connection: Connection, address: str, target: Path) -> None:
    """Download a file; ``target`` is replaced atomically.

    Raises:
        MachineError: the target cannot be written.
        MissingError: there is no such file.
        FarmUnreachableError: no farm answers, or it refused.
    """
    fresh = target.with_name(f".{target.name}-{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            connection.save(address, fresh)
            os.replace(fresh, target)
        finally:
            fresh.unlink(missing_ok=True)
    except OSError as error:
        raise MachineError(f"{target} cannot be written: {error.strerror}") from error
