"""Object stores (S3, OSS, …) as a shared place, through fsspec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from farm.errors import MachineError
from farm.store.checksum import noted_checksum
from farm.store.place import PlacedFile

_EXTRAS: Final = {"s3": "s3", "s3a": "s3", "oss": "oss"}
"""The extra of farm's package that installs a protocol's library."""


_CHECKSUM: Final = "farm-sha256"
"""The metadata key of an S3 object that holds the SHA-256 of its content."""


class ObjectPlace:
    """A prefix in a bucket. In object stores an object becomes visible only once complete, so a put is atomic."""

    def __init__(self, url: str, options: Mapping[str, Any]) -> None:
        """Connect lazily: no request is made yet.

        Args:
            url: A URL such as ``s3://bucket/prefix``.
            options: Options that fsspec passes on to the protocol's library.

        Raises:
            MachineError: the protocol is unknown, its library is not installed, or the options are invalid.
        """
        import fsspec

        protocol, _, path = url.partition("://")
        path = path.strip("/")
        if not path:
            raise MachineError(f"`{url}` names no bucket; write {protocol}://bucket/prefix")
        self.where = f"{protocol}://{path}"
        self._path = path
        self._has_metadata = protocol in ("s3", "s3a")
        try:
            # Listings must include other machines' writes, so they must not come from a local cache.
            self._files = fsspec.filesystem(
                protocol, skip_instance_cache=True, use_listings_cache=False, **options
            )
        except ImportError as error:
            extra = _EXTRAS.get(protocol)
            remedy = (
                f"pip install 'farm-video[{extra}]'"
                if extra
                else f"install fsspec's library for {protocol}://"
            )
            raise MachineError(f"{self.where} needs a library that is not installed: {remedy}") from error
        except (ValueError, TypeError) as error:
            raise MachineError(
                f"{self.where} cannot be opened: {error}; check FARM_STORE_URL and FARM_STORE_OPTIONS"
            ) from error

    def stat(self, name: str) -> PlacedFile | None:
        """Return an object's metadata, or None if there is none."""
        try:
            return self._stored(name, self._files.info(self._full(name)))
        except FileNotFoundError:
            return None

    def get(self, name: str, target: Path) -> bool:
        """Copy an object to ``target``; return False if there is none."""
        try:
            self._files.get_file(self._full(name), str(target))
        except FileNotFoundError:
            return False
        return True

    def put(self, name: str, source: Path) -> None:
        """Copy ``source`` into an object."""
        sha256 = noted_checksum(source) if self._has_metadata else None
        more = {"Metadata": {_CHECKSUM: sha256}} if sha256 is not None else {}
        self._files.put_file(str(source), self._full(name), **more)

    def remove(self, name: str) -> None:
        """Remove an object; does nothing if there is none."""
        try:
            self._files.rm_file(self._full(name))
        except FileNotFoundError:
            return

    def folders(self) -> list[str]:
        """Return the names of the top-level folders that contain objects."""
        try:
            found = self._files.ls(self._path, detail=True)
        except FileNotFoundError:
            return []
        return sorted(
            str(one["name"]).rstrip("/").rsplit("/", 1)[-1] for one in found if one["type"] == "directory"
        )

    def checksum(self, name: str) -> str | None:
        """Return the SHA-256 recorded when an object was put; None if there is none; supported on S3 only."""
        if not self._has_metadata:
            return None
        try:
            found = self._files.metadata(self._full(name)).get(_CHECKSUM)
        except FileNotFoundError:
            return None
        return None if found is None else str(found)

    def walk(self, under: str = "") -> Iterator[PlacedFile]:
        """Yield every object in a folder, recursively and in no particular order; none if there is no such folder."""
        folder = f"{self._path}/{under}" if under else self._path
        for path, info in self._files.find(folder, detail=True).items():
            yield self._stored(path.strip("/").removeprefix(self._path).strip("/"), info)

    def sweep(self) -> int:
        """Remove nothing: an interrupted upload is never visible (a bucket lifecycle rule frees its parts)."""
        return 0

    def _full(self, name: str) -> str:
        return f"{self._path}/{name}"

    def _stored(self, name: str, info: Mapping[str, Any]) -> PlacedFile:
        changed = info.get("LastModified") or info.get("mtime") or info.get("created")
        if isinstance(changed, datetime):
            changed = changed.timestamp()
        if not isinstance(changed, int | float):
            raise MachineError(
                f"{self.where} does not say when {name} was written; its library is not supported"
            )
        return PlacedFile(name, int(info["size"]), float(changed))
