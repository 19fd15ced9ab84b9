"""The compositor's access to media files, with the time spent in it measured."""

from __future__ import annotations

import time
from fractions import Fraction

from farm.media.footage import Footage
from farm.media.nvdec import Decoder
from farm.media.still import Stills
from farm.model.asset import Asset
from farm.render.frame import Frame
from farm.render.part import Part


class MediaFiles:
    """Implements :class:`farm.render.picture.MediaSource` on files; close it after use."""

    def __init__(self, stills: Stills, decoder: Decoder = "software") -> None:
        self._stills = stills
        self._decoder = decoder
        self._open: list[_CountedFootage] = []
        self.decode_s = 0.0

    def still(self, asset: Asset, width: int, height: int) -> Frame:
        """Return a whole picture scaled to an even size."""
        started = time.process_time()
        try:
            return self._stills.scaled(asset, width, height)
        finally:
            self.decode_s += time.process_time() - started

    def footage(self, asset: Asset) -> _CountedFootage:
        """Return a reader of a clip."""
        reader = _CountedFootage(self, asset, self._decoder)
        self._open.append(reader)
        return reader

    @property
    def decoders(self) -> tuple[str, ...]:
        """The decoders of the open clips, sorted."""
        return tuple(sorted({reader.footage.decoder for reader in self._open}))

    @property
    def warnings(self) -> tuple[str, ...]:
        """Which open clips should have been decoded on the card but were not, and why."""
        return tuple(
            f"{reader.footage.asset.label} was decoded in software, not by NVDEC, with the same pixels: "
            f"{reader.footage.why_software}"
            for reader in self._open
            if reader.footage.why_software
        )

    @property
    def damaged(self) -> tuple[Asset, ...]:
        """The open clips that could not be decoded in places."""
        return tuple(reader.footage.asset for reader in self._open if reader.footage.damage)

    def close(self) -> None:
        """Close all readers."""
        for reader in self._open:
            reader.footage.close()
        self._open.clear()


class _CountedFootage:
    def __init__(self, files: MediaFiles, asset: Asset, decoder: Decoder) -> None:
        self._files = files
        self.footage = Footage(asset, decoder)

    def at(
        self, seconds: Fraction, width: int, height: int, part: Part | None = None
    ) -> tuple[Fraction, Frame]:
        started = time.process_time()
        try:
            return self.footage.at(seconds, width, height, part)
        finally:
            self._files.decode_s += time.process_time() - started
