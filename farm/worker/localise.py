"""Localising: a plan contains paths of the machine that made it; before work they are replaced by local ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from farm.errors import MachineError, MediaError, StoreError
from farm.media.probe import FileHashes
from farm.model.asset import Asset
from farm.model.contents import media_in, with_media
from farm.model.font_file import FontFile
from farm.model.sound import Sound
from farm.model.timeline import Timeline, Track
from farm.plan.key import seen_between
from farm.store.blobs import BlobStore
from farm.store.store import Store

T = TypeVar("T")


class Localiser:
    """Finds assets on this machine by content hash: at their path, or in the store or the library."""

    def __init__(self, store: Store, library: Iterable[Path], hashes: FileHashes | None = None) -> None:
        """Begin.

        Args:
            store: Where other machines' media come from.
            library: Media that ship with farm, whose path may differ between machines.
            hashes: Known hashes of files on this machine, shared with other users.
        """
        self._store = store
        self._library = tuple(library)
        self._hashes = hashes or FileHashes()

    def pictures(self, timeline: Timeline, start: int, stop: int) -> Timeline:
        """Return the timeline with the pictures and clips shown in the frames ``start`` to ``stop`` made local.

        Raises:
            MediaError: a file is in no place of the farm.
            MachineError: it cannot be obtained on this machine, or the store cannot be reached.
        """
        paths = self._paths(media_in(tuple(_seen(track, start, stop) for track in timeline.tracks)))
        return replace(timeline, tracks=_relocated(timeline.tracks, paths)) if paths else timeline

    def sound(self, sound: Sound) -> Sound:
        """Return the sound with all its media made local; raises as :meth:`pictures`."""
        paths = self._paths(media_in(sound))
        return _relocated(sound, paths) if paths else sound

    def share(self, timeline: Timeline) -> None:
        """Make all media of a timeline available to the farm's other machines.

        Raises:
            MediaError: a file changed while the job was planned.
            MachineError: the shared place cannot be reached or is full.
        """
        library = {str(path) for path in self._library}
        for asset in {asset.sha256: asset for asset in media_in(timeline)}.values():
            if asset.path not in library:
                self._store.share(asset.sha256, Path(asset.path))

    def _paths(self, assets: Iterable[Asset | FontFile]) -> Mapping[str, str]:
        """Return the local paths, by hash, of the assets that are not at the path they name."""
        paths = {asset.sha256: (asset, self._find(asset)) for asset in assets}
        return {sha256: path for sha256, (asset, path) in paths.items() if path != asset.path}

    def _find(self, asset: Asset | FontFile) -> str:
        name = Path(asset.path).name
        # A blob's path already states its content: checking it would cost a needless hash.
        stored = self._store.path_of(asset.sha256)
        if str(stored) != asset.path and self._holds(Path(asset.path), asset.sha256):
            return asset.path
        try:
            found = self._store.find(asset.sha256)
        except StoreError as error:
            raise MediaError(f"{name}: {error}") from error
        if found is not None:
            return str(found)
        for path in self._library:
            if self._holds(path, asset.sha256):
                return str(path)
        if isinstance(self._store, BlobStore):
            raise MachineError(
                f"{name} (sha256:{asset.sha256}) is not on this machine as it was planned ({asset.path}), and the "
                "farm has no shared store; set FARM_STORE_URL, or submit the job again if the file was changed"
            )
        raise MediaError(
            f"{name} (sha256:{asset.sha256}) is neither at {asset.path} nor in the shared store any more; submit the "
            "job again so that it is uploaded"
        )

    def _holds(self, path: Path, sha256: str) -> bool:
        """Whether the file has the expected content; hashed only once while it does not change."""
        try:
            return self._hashes.of(path) == sha256
        except OSError:
            return False


def _seen(track: Track, start: int, stop: int) -> tuple[object, ...]:
    """Return what is shown in the frames ``start`` to ``stop`` of a track: clips, effects and transitions."""
    passing, clips = seen_between(track, start, stop)
    return (*clips, *track.effects, *passing) if clips else ()


def _relocated(value: T, paths: Mapping[str, str]) -> T:
    """Return a part of a timeline with the paths of its media replaced, by hash."""

    def moved(media: Asset | FontFile) -> Asset | FontFile:
        path = paths.get(media.sha256)
        return media if path is None else replace(media, path=path)

    return with_media(value, moved)
