"""Watching: a clip decoded once, from beginning to end, and kept as small frames."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import IO, Final

import av
import av.error
import numpy as np
from av.video.reformatter import Interpolation
from numpy.typing import NDArray

from farm.errors import MediaError
from farm.media.damage import sentences
from farm.media.footage import POSTER_PX, even_size, open_reader
from farm.media.orientation import UPRIGHT, orientation_of
from farm.media.scaling import SCALING, Coding, Scalers, clear_frame, on_white, plane_of, upright
from farm.model.asset import Asset
from farm.render.convert import rgb_from_frame
from farm.render.frame import Frame

SMALL_PX: Final = 128
"""Longest side of the small frames."""
VIEW_PX: Final = 640
"""Longest side of the views."""
VIEWS_A_SECOND: Final = 3
"""How many frames a second are kept as views."""
MAX_VIEWS: Final = 2048
"""Approximate maximum number of views; in longer clips they are further apart."""
SPECIMENS: Final = 6
"""How many frames are kept at full size."""
_AREA: Final = Interpolation.AREA | Interpolation.ACCURATE_RND | Interpolation.BITEXACT
"""Mean of the covered pixels: right for small frames, and an eighth of the bicubic filter's time."""

Rgb = NDArray[np.uint8]
Plane = NDArray[np.uint8]


class SmallFrames:
    """Every frame of a clip as small upright BT.709 planes, in an unnamed temporary file."""

    def __init__(self, file: IO[bytes], count: int, height: int, width: int) -> None:
        self.height, self.width = height, width
        """Size of the luma in pixels; chroma has half of it in each direction."""
        size = height * width * 3 // 2
        self._rows: Plane = (
            np.memmap(file, np.uint8, "r", shape=(count, size)) if count else np.zeros((0, size), np.uint8)
        )

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, part: slice) -> tuple[Plane, Plane, Plane]:
        """Return Y, U and V of a run of frames, shapes (n, height, width) and (n, height / 2, width / 2)."""
        rows = self._rows[part]
        luma, chroma = self.height * self.width, self.height * self.width // 4
        half = len(rows), self.height // 2, self.width // 2
        y = rows[:, :luma].reshape(len(rows), self.height, self.width)
        return y, rows[:, luma : luma + chroma].reshape(half), rows[:, luma + chroma :].reshape(half)

    @classmethod
    def of(cls, frames: list[tuple[Plane, Plane, Plane]]) -> SmallFrames:
        """Return given frames, planes as :meth:`__getitem__` returns them, for tests and generators."""
        height, width = frames[0][0].shape
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the map keeps it
        for planes in frames:
            for plane in planes:
                file.write(np.ascontiguousarray(plane).data)
        file.flush()
        return cls(file, len(frames), height, width)


@dataclass(frozen=True, slots=True)
class View:
    """A frame at viewing size."""

    frame: int
    """Its index among the decoded frames."""
    at_s: Fraction
    """When it is shown."""
    planes: Frame
    """The picture, upright, longest side ``VIEW_PX`` at most."""

    @property
    def rgb(self) -> Rgb:
        """As sRGB (height, width, 3)."""
        return rgb_from_frame(self.planes)


@dataclass(frozen=True, slots=True)
class Specimen:
    """The full-size luma of a frame, for details visible only there."""

    at_s: Fraction
    """When it is shown."""
    luma: Plane
    """Upright, limited range."""


class Watched:
    """A clip that was decoded once."""

    def __init__(self, small: SmallFrames, times_s: list[Fraction], end_s: Fraction) -> None:
        self.small = small
        """Every frame, small."""
        self.times_s = times_s
        """Presentation time of each frame, relative to the first; increasing."""
        self.end_s = end_s
        """When the last frame ends."""
        self.views: list[View] = []
        """Some frames at viewing size, in order, including the first."""
        self.specimens: list[Specimen] = []
        """The full-size luma of a few frames, spread over the clip."""
        self.poster: Rgb = np.zeros((2, 2, 3), np.uint8)
        """What :func:`farm.media.footage.poster_rgb` returns at ``POSTER_PX``."""
        self.damage = ""
        """Which places could not be decoded; empty where all could."""

    @property
    def rate(self) -> float:
        """Mean frames a second."""
        return len(self.times_s) / float(self.end_s) if self.end_s else 0.0

    def time_s(self, frame: int) -> Fraction:
        """Return the start time of a frame; for the number after the last, the end of the clip."""
        return self.times_s[frame] if frame < len(self.times_s) else self.end_s


def watch(asset: Asset) -> Watched:
    """Decode a clip once.

    Damaged places are skipped and reported in ``damage``; frames with non-increasing times are dropped, as players do.
    Small frames and views are kept in unnamed temporary files, 14 kB per frame and 0.4 MB per view.

    Raises:
        MediaError: it cannot be opened, or no frame can be decoded.
    """
    watcher = _Watcher(asset)
    reader = open_reader(asset)
    try:
        for at_s, frame in reader.frames_from(Fraction(0)):
            watcher.see(at_s, frame)
    except av.error.FFmpegError as error:
        raise MediaError(f"{asset.path} cannot be decoded: {error}") from error
    finally:
        reader.close()
    if not watcher.count:
        raise MediaError(f"{asset.path} holds no frame that can be decoded")
    return watcher.finish(" ".join(sentences(reader.damage.places, asset.label)))


class _Watcher:
    def __init__(self, asset: Asset) -> None:
        self._asset = asset
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the map on it
        self._views = tempfile.TemporaryFile()  # noqa: SIM115
        self._seen: list[tuple[int, Fraction]] = []
        self._scalers = [Scalers() for _ in range(3)]
        self._small_size = _small_size(asset)
        self._view_size = even_size(asset, min(VIEW_PX, max(asset.width_px, asset.height_px)))
        self._poster_size = even_size(asset, POSTER_PX)
        self._times: list[Fraction] = []
        self._last: tuple[Fraction, av.VideoFrame] | None = None
        self._poster: Rgb | None = None
        self._next_view_s = Fraction(0)
        self._step_s = max(Fraction(1, VIEWS_A_SECOND), asset.duration_s / MAX_VIEWS)
        self._specimens: list[Specimen] = []

    @property
    def count(self) -> int:
        """How many frames were kept."""
        return len(self._times)

    def see(self, at_s: Fraction, frame: av.VideoFrame) -> None:
        if self._times and at_s <= self._times[-1]:
            return
        self._keep_poster(at_s)
        self._times.append(at_s)
        small = self._shown(frame, self._small_size, 0, _AREA)
        for plane in (small.y, small.u, small.v):
            self._file.write(plane.data)
        if at_s >= self._next_view_s:
            self._keep_view(at_s, frame)
        wanted_s = self._asset.duration_s * (2 * len(self._specimens) + 1) / (2 * SPECIMENS)
        if len(self._specimens) < SPECIMENS and at_s >= wanted_s:
            self._specimens.append(_specimen(at_s, frame))
        self._last = at_s, frame

    def _keep_view(self, at_s: Fraction, frame: av.VideoFrame) -> None:
        view = self._shown(frame, self._view_size, 1, _AREA)
        for plane in (view.y, view.u, view.v):
            self._views.write(plane.data)
        self._seen.append((len(self._times) - 1, at_s))
        self._next_view_s = at_s + self._step_s

    def _keep_poster(self, at_s: Fraction) -> None:
        """Keep the frame that is shown a third of the way in, once the next one has arrived."""
        if self._poster is None and self._last is not None and at_s > self._asset.duration_s / 3:
            self._poster = self._drawn(self._last[1])

    def _drawn(self, frame: av.VideoFrame) -> Rgb:
        return rgb_from_frame(self._shown(frame, self._poster_size, 2, SCALING))

    def _shown(
        self, frame: av.VideoFrame, size: tuple[int, int], scaler: int, interpolation: Interpolation
    ) -> Frame:
        """Return a frame upright, scaled, and composited on white where transparent."""
        coding = Coding.of(frame)
        if self._asset.has_alpha:
            return on_white(clear_frame(frame, *size, self._scalers[scaler], coding, size, None))
        return upright(frame, *size, self._scalers[scaler], interpolation, coding)

    def finish(self, damage: str) -> Watched:
        assert self._last is not None
        last_s, frame = self._last
        base = frame.time_base or Fraction(1)
        gaps = sorted(b - a for a, b in zip(self._times, self._times[1:], strict=False))
        length = Fraction(frame.duration or 0) * base or (
            gaps[len(gaps) // 2] if gaps else self._asset.duration_s
        )
        self._file.flush()
        small = SmallFrames(self._file, self.count, self._small_size[1], self._small_size[0])
        watched = Watched(small, self._times, last_s + (length or Fraction(1, 25)))
        watched.poster = self._poster if self._poster is not None else self._drawn(frame)
        if not self._specimens:
            self._specimens.append(_specimen(last_s, frame))
        watched.specimens = self._specimens
        watched.damage = damage
        watched.views = list(self._kept_views())
        return watched

    def _kept_views(self) -> Iterator[View]:
        width, height = self._view_size
        size = width * height * 3 // 2
        self._views.flush()
        # Copy on write, because kernels do not take read-only arrays.
        rows: Plane = np.asarray(np.memmap(self._views, np.uint8, "c", shape=(len(self._seen), size)))
        luma, chroma = width * height, width * height // 4
        for index in range(len(self._seen)):
            row = rows[index]
            half = height // 2, width // 2
            y = row[:luma].reshape(height, width)
            u, v = row[luma : luma + chroma].reshape(half), row[luma + chroma :].reshape(half)
            yield View(*self._seen[index], Frame(y, u, v))


def _specimen(at_s: Fraction, frame: av.VideoFrame) -> Specimen:
    orientation = orientation_of(frame)
    if frame.format.name not in ("yuv420p", "yuvj420p", "yuv422p", "yuv444p", "nv12", "gray"):
        frame = frame.reformat(format="gray")
    luma = plane_of(frame, 0)
    return Specimen(at_s, luma if orientation == UPRIGHT else orientation.applied(luma))


def _small_size(asset: Asset) -> tuple[int, int]:
    """Return (width, height) of the small frames: multiples of 4, so that chroma is even too."""
    scale = SMALL_PX / max(asset.width_px, asset.height_px)
    width, height = (max(16, 4 * round(side * scale / 4)) for side in (asset.width_px, asset.height_px))
    return width, height
