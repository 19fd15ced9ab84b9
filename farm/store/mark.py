"""The mark: a small file that distinguishes one farm's store from another's."""

from __future__ import annotations

import secrets
import tempfile
from pathlib import Path
from typing import Final

from farm.errors import MachineError
from farm.store.place import SharedPlace

NAME: Final = "farm-id"


def mark(place: SharedPlace) -> str:
    """Return the id of the farm that the place belongs to, assigning one if there is none.

    Not safe for concurrent callers; called by the head when it starts.
    """
    known = read_mark(place)
    if known is not None:
        return known
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / NAME
        file.write_text(secrets.token_hex(16))
        place.put(NAME, file)
        return file.read_text()


def read_mark(place: SharedPlace) -> str | None:
    """Return the id of the farm that the place belongs to, or None if it has none."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / NAME
        return file.read_text().strip() if place.get(NAME, file) else None


def check_mark(place: SharedPlace, farm_id: str) -> None:
    """Check that the place is the one used by the farm ``farm_id``.

    Raises:
        MachineError: it is a different place, or not reachable.
    """
    found = read_mark(place)
    if found != farm_id:
        problem = "has no farm's mark" if found is None else "belongs to another farm"
        raise MachineError(
            f"{place.where} {problem}, so this machine would not see the farm's media and segments; set FARM_STORE_URL "
            "(and FARM_STORE_OPTIONS) here as on the farm's head"
        )
