"""Probing: what a media file is, without trusting its name."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from pathlib import Path

from farm.errors import MediaError
from farm.media.lottie import probe_lottie
from farm.media.probe_font import probe_font
from farm.media.probe_picture import probe_picture
from farm.media.probe_stream import probe_stream
from farm.media.probe_table import probe_table
from farm.media.svg import is_svg, probe_svg
from farm.model.asset import Asset


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def probe(path: Path, sha256: str | None = None) -> Asset:
    """Return the asset in ``path``.

    Args:
        path: The file.
        sha256: Its hash, if already known.

    Raises:
        MediaError: the file is missing, empty, not a picture, clip, sound, colour table or font, damaged, or too large.
    """
    if not path.exists():
        raise MediaError(f"no such file: {path}")
    if not path.is_file():
        raise MediaError(f"not a file: {path}")
    if path.stat().st_size == 0:
        raise MediaError(f"the file is empty: {path.name}")
    digest = sha256 or hash_file(path)
    if is_svg(path):
        return probe_svg(path, digest)
    table = probe_table(path, digest)
    if table is not None:
        return table
    font = probe_font(path, digest)
    if font is not None:
        return font
    return probe_lottie(path, digest) or probe_picture(path, digest) or probe_stream(path, digest)


class FileHashes:
    """The SHA-256 of files, each computed once until the file's size or modification time changes."""

    def __init__(self, limit: int = 4096) -> None:
        self._limit = limit
        self._known: OrderedDict[tuple[str, int, int], str] = OrderedDict()

    def of(self, path: Path) -> str:
        """Return a file's hash; raises OSError."""
        stat = path.stat()
        seen = (str(path), stat.st_size, stat.st_mtime_ns)
        digest = self._known.get(seen)
        if digest is None:
            digest = self._known[seen] = hash_file(path)
            if len(self._known) > self._limit:
                self._known.popitem(last=False)
        self._known.move_to_end(seen)
        return digest


class Prober:
    """Probes each file only once until it changes: a preview uses the same files repeatedly."""

    def __init__(self, limit: int = 4096, hashes: FileHashes | None = None) -> None:
        self._limit = limit
        self._hashes = hashes or FileHashes(limit)
        self._known: OrderedDict[tuple[str, int, int, str | None], Asset] = OrderedDict()

    def probe(self, path: Path, sha256: str | None = None) -> Asset:
        """As :func:`probe`; a file is unchanged if its hash or, without one, its size and modification time are."""
        try:
            stat = path.stat()
        except OSError:
            return probe(path, sha256)
        # A store touches its blobs on use; their content, given by the hash, does not change.
        seen = (str(path), stat.st_size, 0 if sha256 else stat.st_mtime_ns, sha256)
        asset = self._known.get(seen)
        if asset is None:
            there = stat.st_size > 0 and path.is_file()
            asset = self._known[seen] = probe(path, sha256 or (self._hashes.of(path) if there else None))
            if len(self._known) > self._limit:
                self._known.popitem(last=False)
        self._known.move_to_end(seen)
        return asset
