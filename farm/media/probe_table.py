"""Probing of colour tables."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from farm.errors import MediaError
from farm.model.asset import Asset, MediaKind
from farm.render.cube import is_cube, parse_cube

MAX_BYTES: Final = 96 * 2**20
"""Larger files are refused; a table of size 128 has some 60 MB."""
_HEAD_BYTES: Final = 4096


def probe_table(path: Path, digest: str) -> Asset | None:
    """Return the asset of a colour table (.cube), judged by its content; None if it is something else.

    Raises:
        MediaError: it is a colour table, but a wrong one.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if b"\0" in head or not is_cube(head.decode("utf-8", "ignore")):
        if path.suffix.lower() == ".cube":
            raise MediaError(
                f"{path.name} is no colour table: a .cube file states LUT_1D_SIZE or LUT_3D_SIZE"
            )
        return None
    if path.stat().st_size > MAX_BYTES:
        raise MediaError(f"{path.name} is larger than {MAX_BYTES // 2**20} MiB; use a smaller table")
    try:
        parse_cube(path.read_text(encoding="utf-8", errors="replace"))
    except ValueError as error:
        raise MediaError(f"the colour table {path.name} cannot be used: {error}") from error
    return Asset(digest, str(path), MediaKind.TABLE)
