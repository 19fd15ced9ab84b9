"""Localising: a plan contains paths of the machine that made it; before work they are replaced by local ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from farm.errors import MachineError, MediaError, StoreError
from farm.media.probe import FileHashes
from farm.model.asset import Asset
from farm.model.elements import elements_in, elements_of, media_in
from farm.model.font_file import FontFile
from farm.model.timeline import (
    Clip,
    ElementRef,
    GroupSource,
    ImageSource,
    Sound,
    StickerSource,
    TextSource,
    Timeline,
    Track,
    VideoSource,
)
from farm.plan.key import seen_between
from farm.store.blobs import BlobStore
from farm.store.store import Store

_File = TypeVar("_File", Asset, FontFile)


class Localiser:
    """Finds assets on this machine by content hash: at their path, else in the store or the library."""

    def __init__(self, store: Store, library: Iterable[Path], hashes: FileHashes | None = None) -> None:
        """Begin.

        Args:
            store: Where other machines' media come from.
            library: Media that ship with farm, whose path may differ between machines.
            hashes: What is known of files on this machine, shared with others who ask for it.
        """
        self._store = store
        self._library = tuple(library)
        self._hashes = hashes or FileHashes()

    def pictures(self, timeline: Timeline, start: int, stop: int) -> Timeline:
        """Return the timeline with the pictures and clips shown in the frames ``start`` to ``stop`` made local.

        Raises:
            MediaError: a file is nowhere in the farm.
            MachineError: it cannot be obtained on this machine, or the store cannot be reached.
        """
        paths = self._paths(asset for track in timeline.tracks for asset in _seen_media(track, start, stop))
        return replace(timeline, tracks=_tracks(timeline.tracks, paths)) if paths else timeline

    def sound(self, sound: Sound) -> Sound:
        """Return the sound with all its media made local; raises as :meth:`pictures`."""
        paths = self._paths(clip.asset for clip in sound.clips)
        if not paths:
            return sound
        return replace(
            sound, clips=tuple(replace(clip, asset=_moved(clip.asset, paths)) for clip in sound.clips)
        )

    def share(self, timeline: Timeline) -> None:
        """Put all media of a timeline where the farm's other machines can find them.

        Raises:
            MediaError: a file changed while the job was planned.
            MachineError: the shared place cannot be reached or is full.
        """
        library = {str(path) for path in self._library}
        for asset in {asset.sha256: asset for asset in media_of(timeline)}.values():
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


def media_of(timeline: Timeline) -> Iterator[Asset | FontFile]:
    """Yield all media that a timeline shows and plays, including those of its elements."""
    for track in timeline.tracks:
        for clip in track.clips:
            yield from assets_of(clip)
    yield from media_in(elements_in(timeline.tracks))
    for sound in timeline.sound.clips:
        yield sound.asset


def _seen_media(track: Track, start: int, stop: int) -> Iterator[Asset | FontFile]:
    """Yield the media shown in the frames ``start`` to ``stop`` of a track, including those of its elements."""
    passing, clips = seen_between(track, start, stop)
    for clip in clips:
        yield from assets_of(clip)
        yield from media_in(elements_of(clip))
    if clips:
        yield from media_in((*track.effects, *(transition.element for transition in passing)))


def assets_of(clip: Clip) -> Iterator[Asset | FontFile]:
    """Yield the media that a clip shows and the added fonts that it uses, including those in groups."""
    match clip.source:
        case ImageSource(asset) | VideoSource(asset):
            yield asset
        case TextSource(_, look):
            yield from look.fonts
        case GroupSource(tracks):
            for track in tracks:
                for inner in track.clips:
                    yield from assets_of(inner)


def _tracks(tracks: tuple[Track, ...], paths: Mapping[str, str]) -> tuple[Track, ...]:
    return tuple(
        replace(
            track,
            clips=tuple(_clip(clip, paths) for clip in track.clips),
            transitions=tuple(
                replace(passing, element=_element(passing.element, paths)) for passing in track.transitions
            ),
            effects=tuple(_element(effect, paths) for effect in track.effects),
        )
        for track in tracks
    )


def _clip(clip: Clip, paths: Mapping[str, str]) -> Clip:
    clip = replace(clip, effects=tuple(_element(effect, paths) for effect in clip.effects))
    match clip.source:
        case ImageSource() | VideoSource() as source:
            return replace(clip, source=replace(source, asset=_moved(source.asset, paths)))
        case TextSource(text, look) if look.fonts:
            moved = replace(look, fonts=tuple(_moved(font, paths) for font in look.fonts))
            return replace(clip, source=TextSource(text, moved))
        case GroupSource(tracks):
            return replace(clip, source=GroupSource(_tracks(tracks, paths)))
        case StickerSource(element):
            return replace(clip, source=StickerSource(_element(element, paths)))
        case _:
            return clip


def _element(element: ElementRef, paths: Mapping[str, str]) -> ElementRef:
    if not any(media_in((element,))):
        return element
    params = (
        (name, _moved(value, paths) if isinstance(value, Asset) else value) for name, value in element.params
    )
    return replace(element, params=tuple(params))


def _moved(asset: _File, paths: Mapping[str, str]) -> _File:
    return replace(asset, path=paths.get(asset.sha256, asset.path))
