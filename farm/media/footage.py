"""Footage: a clip opened for reading at exact times, scaled to frames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import av
import av.error
import numpy as np
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from farm.errors import MediaError
from farm.media.animation import AnimationReader
from farm.media.colour import colours_of
from farm.media.crop import croppable, cropped
from farm.media.damage import DamageLog
from farm.media.lottie import LottieReader
from farm.media.nvdec import Decoder
from farm.media.orientation import Orientation
from farm.media.reader import Reader, StreamReader, Timed
from farm.media.scaling import SCALING, Coding, Scalers, clear_frame, on_white, upright
from farm.model.asset import Asset
from farm.render.convert import rgb_from_frame
from farm.render.frame import Frame
from farm.render.part import Part

POSTER_PX: Final = 256
"""Longest side of the picture of an asset that briefs and analysers use."""
_FAR_S: Final = 4
"""Decoding forward to a time nearer than this costs about as much as seeking."""
_EARLY_S: Final = Fraction(1, 120)
"""In clips of variable frame rate a frame is shown up to this much early, but at most a quarter of a frame: timestamps
of cameras at a nominal 30 fps are a few milliseconds off, which would show one frame twice and skip the next."""


_RUN_S: Final = Fraction(1)
"""Length of the runs in which a clip is read backwards; 45 MB at 720x1280 and 30 frames a second."""


@dataclass(frozen=True, slots=True)
class Run:
    """Frames in a row, kept while a clip is read backwards."""

    size: tuple[int, int, Part | None]
    """Their size, and which part of the picture they are."""
    frames: list[tuple[Fraction, Frame]]
    """Each with its own time, in order."""


def open_reader(asset: Asset, decoder: Decoder = "software", *, unseen: bool = False) -> Reader:
    """Return a reader of a clip or an animated picture; arguments as for :class:`StreamReader`."""
    if asset.drawn_by:
        return LottieReader(asset)
    return AnimationReader(asset) if asset.animated else StreamReader(asset, decoder, unseen=unseen)


class Footage:
    """A decoder that reads a clip forward from its current position; it seeks for earlier or distant times.

    Not thread-safe; each compositor opens its own. If NVDEC is requested but fails, decoding continues in software,
    whose pixels are identical, and :attr:`why_software` says why.
    """

    def __init__(self, asset: Asset, decoder: Decoder = "software") -> None:
        self.asset = asset
        """The clip."""
        self.decoder = decoder
        """The decoder in use."""
        self.why_software = ""
        """Why this is not the requested decoder; empty if it is."""
        self._reader = open_reader(asset, decoder)
        self._frames: Iterator[Timed] | None = None
        self._current: Timed | None = None
        self._next: Timed | None = None
        self._ended = False
        self._first_s: Fraction | None = None
        even = asset.steady or asset.animated or not asset.rate
        self._early_s = Fraction(0) if even else min(_EARLY_S, 1 / (4 * asset.rate))
        self._scaled: dict[tuple[int, int, Part | None], tuple[Fraction, Frame]] = {}
        self._asked_s: Fraction | None = None
        self._steps_back = 0
        self._run: Run | None = None
        self._scalers = Scalers()
        self._whole = VideoReformatter()

    @property
    def damage(self) -> DamageLog:
        """Places that could not be decoded, among those read so far."""
        return self._reader.damage

    def at(
        self, seconds: Fraction, width: int, height: int, part: Part | None = None
    ) -> tuple[Fraction, Frame]:
        """Return the frame shown at ``seconds``, or a part of it, and its own time.

        Before the first frame the first is shown, after the last the last; animations repeat as often as they state.

        Args:
            seconds: The time.
            width: Width to scale to; even.
            height: Height to scale to; even.
            part: Part of the upright picture to scale; None for all.

        Raises:
            MediaError: the clip cannot be decoded at all.
        """
        seconds = self._within(max(Fraction(0), seconds))
        behind = self._backwards(seconds, width, height, part)
        if behind is not None:
            return behind
        at_s, frame = self._decoded(seconds)
        kept = self._scaled.get((width, height, part))
        if kept is not None and kept[0] == at_s:
            return kept
        result = (at_s, self._scale(frame, width, height, part))
        self._scaled[width, height, part] = result
        return result

    def _backwards(
        self, seconds: Fraction, width: int, height: int, part: Part | None
    ) -> tuple[Fraction, Frame] | None:
        """Return the frame at ``seconds`` if the clip is being read backwards, else None.

        Each step back would otherwise decode everything from the last key frame on. The frames of a second are decoded
        and kept together, so that a reversed clip costs about two passes.
        """
        backwards = self._asked_s is not None and seconds < self._asked_s
        self._steps_back = self._steps_back + 1 if backwards else 0
        self._asked_s = seconds
        if self._steps_back < 2:
            self._run = None
            return None
        run = self._run
        if run is None or run.size != (width, height, part) or seconds < run.frames[0][0] - self._early_s:
            run = self._run = Run((width, height, part), self._frames_until(seconds, width, height, part))
        return [one for one in run.frames if one[0] - self._early_s <= seconds or one is run.frames[0]][-1]

    def _frames_until(
        self, seconds: Fraction, width: int, height: int, part: Part | None
    ) -> list[tuple[Fraction, Frame]]:
        """Return the frames of the second that ends with the one shown at ``seconds``."""
        at_s, frame = self._decoded(max(Fraction(0), seconds - _RUN_S))
        frames = [(at_s, self._scale(frame, width, height, part))]
        while self._next is not None and self._next[0] - self._early_s <= seconds:
            at_s, frame = self._decoded(self._next[0])
            frames.append((at_s, self._scale(frame, width, height, part)))
        return frames

    def close(self) -> None:
        """Close the file."""
        self._reader.close()
        self._run = None
        self._frames = self._current = self._next = None

    def _within(self, seconds: Fraction) -> Fraction:
        """Return the time within one play of an animation that ``seconds`` falls on."""
        asset = self.asset
        if not asset.animated or (asset.plays and seconds >= asset.plays * asset.duration_s):
            return seconds
        return seconds % asset.duration_s

    def _decoded(self, seconds: Fraction) -> Timed:
        if self.decoder == "nvdec":
            try:
                return self._shown(seconds)
            except (av.error.FFmpegError, RuntimeError, ValueError) as error:
                self.close()
                self.decoder = "software"
                self._reader = open_reader(self.asset)
                self.why_software = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        try:
            return self._shown(seconds)
        except av.error.FFmpegError as error:
            raise MediaError(
                f"{self.asset.path} cannot be decoded at {float(seconds):.3f} s: {error}"
            ) from error

    def _shown(self, seconds: Fraction) -> Timed:
        current = self._current
        if current is None:
            current = self._restart(seconds)
        behind = seconds < current[0] - self._early_s and current[0] != self._first_s
        if behind or (seconds > current[0] + _FAR_S and not self._ended):
            current = self._restart(seconds)
        assert self._frames is not None
        while not self._ended:
            if self._next is None:
                self._next = next(self._frames, None)
                self._ended = self._next is None
            if self._next is None or self._next[0] - self._early_s > seconds:
                break
            if self._next[0] > current[0]:  # players drop frames with non-increasing timestamps
                current = self._next
            self._next = None
        self._current = current
        return current

    def _restart(self, seconds: Fraction) -> Timed:
        self._next = None
        self._ended = False
        self._frames = self._reader.frames_from(seconds)
        self._current = next(self._frames, None)
        if self._current is None:
            raise MediaError(f"{self.asset.path} cannot be decoded: no frame of it can be shown")
        if self._current[0] > seconds:
            self._first_s = self._current[0]  # the clip begins this late
        return self._current

    def _scale(self, frame: av.VideoFrame, width: int, height: int, part: Part | None) -> Frame:
        coding, asset = Coding.of(frame), self.asset
        if asset.has_alpha:
            whole = asset.width_px, asset.height_px
            return clear_frame(frame, width, height, self._scalers, coding, whole, part)
        if part is not None:
            frame = self._cut(frame, coding.orientation, part)
        return upright(frame, width, height, self._scalers, SCALING, coding)

    def _cut(self, frame: av.VideoFrame, orientation: Orientation, part: Part) -> av.VideoFrame:
        """Return a part of a frame; one of another size than the clip, or not croppable, is converted first."""
        coded = orientation.size(self.asset.width_px, self.asset.height_px)
        if (frame.width, frame.height) != coded or not croppable(frame):
            form = "yuv420p10le" if colours_of(frame) else "yuv420p"
            frame = self._whole.reformat(frame, *coded, format=form, interpolation=SCALING, threads=1)
        return cropped(frame, orientation.as_coded(part, *coded))


def even_size(asset: Asset, longest_px: int) -> tuple[int, int]:
    """Return the even (width, height) at which a clip's longer side is ``longest_px``."""
    scale = longest_px / max(asset.width_px, asset.height_px)
    width, height = (max(2, 2 * round(side * scale / 2)) for side in (asset.width_px, asset.height_px))
    return width, height


def poster_rgb(asset: Asset, longest_px: int) -> NDArray[np.uint8]:
    """Return a small sRGB picture (height, width, 3) of a clip, a third of the way in, for palettes and sheets.

    Transparent areas are white.
    """
    footage = Footage(asset)
    try:
        return rgb_from_frame(on_white(footage.at(asset.duration_s / 3, *even_size(asset, longest_px))[1]))
    finally:
        footage.close()
