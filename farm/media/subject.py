"""A subject: one asset opened for analysis. What several analysers need is decoded once and shared."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from fractions import Fraction
from types import TracebackType

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from farm.errors import MediaError
from farm.media.audio_fifo import Samples
from farm.media.decode_audio import decode_sound
from farm.media.footage import POSTER_PX, Footage, even_size
from farm.media.scaling import on_white
from farm.media.still import open_picture, picture_rgb
from farm.media.watch import VIEW_PX, View, Watched, watch
from farm.model.asset import Asset, MediaKind

Rgb = NDArray[np.uint8]
Luma = NDArray[np.uint8]


class Subject:
    """An asset to be analysed; use it as a context manager. Not thread-safe.

    A clip is decoded on first use, in one pass for all analysers; a failure is remembered too.
    """

    def __init__(self, asset: Asset) -> None:
        self.asset = asset
        """The asset."""
        self._watched: Watched | None = None
        self._unwatchable: MediaError | None = None
        self._pictures: dict[int, Rgb] = {}

    def __enter__(self) -> Subject:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._watched = None
        self._pictures.clear()

    @property
    def clip(self) -> Watched:
        """The clip, decoded from beginning to end.

        Raises:
            MediaError: it is not a clip, or cannot be decoded.
        """
        if self.asset.kind is not MediaKind.VIDEO:
            raise MediaError(f"{self.asset.path} is no clip")
        if self._unwatchable is not None:
            raise self._unwatchable
        if self._watched is None:
            try:
                self._watched = watch(self.asset)
            except MediaError as error:
                self._unwatchable = error
                raise
        return self._watched

    def picture(self, longest_px: int) -> Rgb:
        """Return the picture, or the clip a third of the way in, upright, as sRGB (height, width, 3).

        A picture's alpha is composited on white. The longer side has ``longest_px`` pixels; smaller ones are kept.

        Raises:
            MediaError: it is a sound, or cannot be decoded.
        """
        if longest_px not in self._pictures:
            self._pictures[longest_px] = self._picture(longest_px)
        return self._pictures[longest_px]

    def _picture(self, longest_px: int) -> Rgb:
        asset = self.asset
        if not asset.kind.is_visible:
            raise MediaError(f"{asset.path} is {asset.kind.called}; there is nothing to see")
        if asset.kind is MediaKind.IMAGE:
            return picture_rgb(asset, longest_px)
        if longest_px == POSTER_PX:
            return self.clip.poster
        third_s = asset.duration_s / 3
        view = min(self.clip.views, key=lambda view: abs(view.at_s - third_s))
        return shrunk(view.rgb, longest_px)

    def view_at(self, at_s: Fraction) -> View:
        """Return a frame of the clip at ``VIEW_PX``, decoded again, for times between the kept views.

        Raises:
            MediaError: it is not a clip, or cannot be decoded there.
        """
        clip = self.clip
        footage = Footage(self.asset)
        try:
            longest_px = min(VIEW_PX, max(self.asset.width_px, self.asset.height_px))
            frame = on_white(footage.at(at_s, *even_size(self.asset, longest_px))[1])
        finally:
            footage.close()
        return View(max(0, bisect_right(clip.times_s, at_s) - 1), at_s, frame)

    def lumas(self) -> list[NDArray[np.float32]]:
        """Return full-size luma, 0 (black) to 255 (white), of the picture or of a few frames of the clip.

        Raises:
            MediaError: it is a sound, or cannot be decoded.
        """
        if self.asset.kind is MediaKind.IMAGE:
            picture = open_picture(self.asset)
            if picture.mode == "RGBA":
                ground = Image.new("RGBA", picture.size, (255, 255, 255, 255))
                picture = Image.alpha_composite(ground, picture)
            return [np.asarray(picture.convert("L"), np.float32)]
        return [
            np.clip((one.luma.astype(np.float32) - 16) * np.float32(255 / 219), 0, 255)
            for one in self.clip.specimens
        ]

    def sound(self) -> Iterator[Samples]:
        """Yield the sound from its beginning to its end, 48 kHz stereo, in pieces of any length.

        Raises:
            MediaError: there is none, or it cannot be decoded.
        """
        if not self.asset.has_sound:
            raise MediaError(f"{self.asset.path} has no sound")
        yield from decode_sound(self.asset)


def shrunk(rgb: Rgb, longest_px: int) -> Rgb:
    """Return a picture whose longer side has at most ``longest_px`` pixels."""
    height, width = rgb.shape[:2]
    scale = longest_px / max(height, width)
    if scale >= 1:
        return rgb
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BOX))
