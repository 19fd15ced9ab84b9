"""Binding: resolves the media references of a document to assets, probing each only once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from farm.draft.spelling import spelled_on_disk
from farm.errors import MediaError, Problem
from farm.media.probe import probe
from farm.model.asset import Asset

STORED: Final = "sha256:"
"""Prefix of references to stored media."""
MAX_NAME: Final = 200
"""Maximum length of a file's name in references and messages, in characters."""

_SHA256 = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(slots=True)
class Binder:
    """Finds and probes media, and caches the results."""

    folder: Path | None
    """Base of relative paths; None where paths are not allowed at all (jobs over HTTP)."""
    fetch: Callable[[str], Path]
    """Downloads an http(s) URL and returns the file; raises MediaError."""
    blob: Callable[[str], Path | None]
    """Returns the stored blob of a SHA-256, or None."""
    library: Mapping[str, Path]
    """Media that can be referenced by name, such as the starter tracks ``calm`` and ``happy``."""
    probe: Callable[[Path, str | None], Asset] = probe
    """Probes a file, given its SHA-256 or None if that is unknown; raises MediaError."""
    assets: dict[str, Asset] = field(default_factory=dict)
    """Assets bound so far, by reference."""

    def bind(self, path: str, reference: str) -> Problem | None:
        """Bind one reference; return the problem with it, if any."""
        if reference in self.assets:
            return None
        try:
            self.assets[reference] = self._probed(reference)
        except MediaError as error:
            return Problem(path, str(error))
        return None

    def locate(self, reference: str) -> Path:
        """Return the file that a reference refers to.

        Raises:
            MediaError: there is no such file, or the reference is invalid or not allowed here.
        """
        text = reference.strip()
        if text.startswith(STORED):
            digest = _digest(text)
            if not _SHA256.match(digest):
                raise MediaError(
                    f"`{text[:80]}` is not a media reference; write sha256:, 64 hexadecimal digits and optionally #name"
                )
            file = self.blob(digest)
            if file is None:
                raise MediaError(f"there is no stored media {text}; upload it first")
            return file
        if "://" in text:
            scheme = text.split("://", 1)[0].lower()
            if scheme not in ("http", "https"):
                raise MediaError(f"`{scheme}://` is not allowed; write a path, or an http(s) URL")
            return self.fetch(text)
        if text in self.library and (self.folder is None or not (self.folder / text).exists()):
            return self.library[text]
        if self.folder is None:
            raise MediaError(
                f"`{text}` is a path, but jobs over HTTP have no files; upload it (PUT /v1/blobs/…) or give a URL"
            )
        return existing_file(text, self.folder)

    def _probed(self, reference: str) -> Asset:
        text, file = reference.strip(), self.locate(reference)
        name = name_in(text) or file.name
        try:
            asset = self.probe(file, _digest(text) if text.startswith("sha256:") else None)
        except MediaError as error:
            raise MediaError(str(error).replace(file.name, name)) from error
        return replace(asset, name=name)


def reference_to(sha256: str, name: str) -> str:
    """Return the reference to a stored blob whose owner calls the file ``name``."""
    shown = "".join(letter for letter in name if letter.isprintable())
    return f"sha256:{sha256}#{shown[-MAX_NAME:]}"


def stored_in(reference: str) -> str | None:
    """Return the hash of the stored media that a reference refers to; None if it refers to none.

    This is exactly the hash that :meth:`Binder.locate` would look up.
    """
    text = reference.strip()
    digest = _digest(text) if text.startswith(STORED) else ""
    return digest if _SHA256.match(digest) else None


def name_in(reference: str) -> str:
    """Return the file name given in a reference; empty if it has none."""
    if reference.startswith("sha256:"):
        name = reference.partition("#")[2]
    elif "://" in reference:
        name = unquote(urlsplit(reference).path).rsplit("/", 1)[-1]
    else:
        name = ""
    return "".join(letter for letter in name if letter.isprintable())[-MAX_NAME:]


def _digest(reference: str) -> str:
    return reference.removeprefix("sha256:").partition("#")[0].lower()


def existing_file(text: str, folder: Path) -> Path:
    """Return the file of a path, relative to a folder or absolute.

    Raises:
        MediaError: there is none, or the path is invalid.
    """
    if "\x00" in text:
        raise MediaError("a path cannot contain a NUL character")
    try:
        file = Path(text).expanduser()
    except RuntimeError:
        raise MediaError(f"`{text[:80]}` refers to the home of an unknown user") from None
    file = file if file.is_absolute() else folder / file
    try:
        file = spelled_on_disk(file)
        if file.is_file():
            return file
        if file.is_dir():
            raise MediaError(f"`{text}` is a folder; specify a file in it")
        near = _alike(file)
    except OSError as error:
        raise MediaError(f"`{text[:80]}` is not a usable path ({error.strerror})") from error
    hint = f"; did you mean `{Path(text).with_name(near)}`?" if near else ""
    raise MediaError(f"no such file: {text} (looked in {folder}){hint}")


def _alike(file: Path) -> str | None:
    """Return the name of a similarly spelled file in the same folder, with at least the same stem or suffix."""
    names = [other.name for other in file.parent.iterdir()] if file.parent.is_dir() else []
    kin = [
        Path(n) for n in names if Path(n).stem == file.stem or Path(n).suffix.lower() == file.suffix.lower()
    ]
    stems = {other.stem: other.name for other in kin}
    close = get_close_matches(file.stem, stems, n=1, cutoff=0.6)
    return stems[close[0]] if close else None
