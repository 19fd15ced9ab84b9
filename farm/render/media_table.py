"""Colour tables as parameters of elements."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import ClassVar

from farm.errors import MediaError
from farm.model.asset import MediaKind
from farm.render.cube import Cube, parse_cube
from farm.render.media_parameter import MediaParameter


class MediaTable(MediaParameter):
    """A colour table that a document gives to an element: ``table: MediaTable | None = Field(None, description=…)``.

    Documents write a reference to a .cube file, which is found, checked, hashed and sent as pictures are.
    """

    __slots__ = ()

    kind: ClassVar[MediaKind] = MediaKind.TABLE

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MediaTable) and self._content == other._content

    def __hash__(self) -> int:
        return hash(self._content)

    @property
    def _content(self) -> str:
        return self._asset.sha256 if self._asset is not None else self.reference

    def cube(self) -> Cube:
        """Return the table; it is read once.

        Raises:
            MediaError: the file cannot be read any more.
        """
        if self._asset is None:
            raise RuntimeError(f"`{self.reference}` is read only where farm composes frames")
        return _read(self._asset.path, self._asset.sha256)


@lru_cache(maxsize=8)
def _read(path: str, sha256: str) -> Cube:
    del sha256  # the file at a path may change
    try:
        return parse_cube(Path(path).read_text(encoding="utf-8", errors="replace"))
    except (OSError, ValueError) as error:
        raise MediaError(f"{Path(path).name}: {error}") from error
