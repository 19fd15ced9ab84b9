"""A reel: what is kept of a clip so that its copies and parts are recognised without it."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from farm.alike.sketch import Sketch, sketch_of
from farm.errors import StoreError
from farm.media.watch import Watched

FRAME_PX: Final = 64
"""Longest side of the frames."""
FRAMES_A_SECOND: Final = 4
MOST_FRAMES: Final = 480
"""Of longer clips than two minutes frames are kept farther apart."""
SKETCHES_A_SECOND: Final = 2
MOST_SKETCHES: Final = 32
POINTS: Final = 160
"""Points of each sketch at the most."""
_HEAD: Final = struct.Struct("<4sHHHH")
_MAGIC: Final = b"frl1"


@dataclass(frozen=True, slots=True)
class Reel:
    """Small frames of a clip, and sketches of some."""

    times_s: NDArray[np.float32]
    """Shape (n,): when each frame is shown, rising."""
    frames: NDArray[np.uint8]
    """Shape (n, height, width): luma."""
    sketches: tuple[tuple[float, Sketch], ...]
    """(when it is shown, its sketch), rising."""

    @property
    def length_s(self) -> float:
        """From the first frame to the last."""
        return float(self.times_s[-1]) if len(self.times_s) else 0.0

    def to_bytes(self) -> bytes:
        """Write it: about 10 kB a frame's sketch, and less for what rests."""
        count, height, width = self.frames.shape
        changes = np.diff(self.frames, axis=0, prepend=np.zeros((1, height, width), np.uint8))
        packed = zlib.compress(self.times_s.astype("<f4").tobytes() + changes.tobytes(), 6)
        parts = [
            _HEAD.pack(_MAGIC, count, height, width, len(self.sketches)),
            struct.pack("<I", len(packed)),
            packed,
        ]
        for at_s, sketch in self.sketches:
            data = sketch.to_bytes()
            parts += [struct.pack("<fI", at_s, len(data)), data]
        return b"".join(parts)

    @staticmethod
    def from_bytes(data: bytes) -> Reel:
        """Read what ``to_bytes`` wrote.

        Raises:
            StoreError: it is something else.
        """
        try:
            magic, count, height, width, sketches = _HEAD.unpack_from(data)
            if magic != _MAGIC:
                raise ValueError("another form")
            place = _HEAD.size + 4
            (length,) = struct.unpack_from("<I", data, _HEAD.size)
            body = zlib.decompress(data[place : place + length])
            place += length
            times = np.frombuffer(body, "<f4", count)
            changes = np.frombuffer(body, np.uint8, count * height * width, count * 4)
            frames = np.cumsum(changes.reshape(count, height, width), axis=0, dtype=np.uint8)
            found = []
            for _ in range(sketches):
                at_s, length = struct.unpack_from("<fI", data, place)
                place += 8
                found.append((at_s, Sketch.from_bytes(data[place : place + length])))
                place += length
            return Reel(times, frames, tuple(found))
        except (struct.error, zlib.error, ValueError) as error:
            raise StoreError(f"this is no reel of a clip ({error}); look at the asset again") from error


def reel_of(clip: Watched) -> Reel:
    """Return the reel of a clip."""
    end_s = float(clip.end_s)
    times = np.array([float(at_s) for at_s in clip.times_s], np.float32)
    wanted = np.arange(0, end_s, max(1 / FRAMES_A_SECOND, end_s / MOST_FRAMES))
    picked = np.unique(np.clip(np.searchsorted(times, wanted - 1e-3), 0, len(times) - 1))
    frames = np.concatenate([_smaller(clip.small[int(one) : int(one) + 1][0], FRAME_PX) for one in picked])
    step_s = max(1 / SKETCHES_A_SECOND, end_s / MOST_SKETCHES)
    sketches: list[tuple[float, Sketch]] = []
    next_s = 0.0
    for view in clip.views:
        if float(view.at_s) >= next_s - 1e-6:
            sketches.append((float(view.at_s), sketch_of(view.rgb, POINTS)))
            next_s += step_s
    return Reel(times[picked], frames, tuple(sketches))


def _smaller(luma: NDArray[np.uint8], longest_px: int) -> NDArray[np.uint8]:
    """Return frames (n, height, width) by whole means of pixels, the longer side about ``longest_px``."""
    count, height, width = luma.shape
    by = max(1, max(height, width) // longest_px)
    rows, columns = height // by, width // by
    cut = luma[:, : rows * by, : columns * by].reshape(count, rows, by, columns, by)
    means: NDArray[np.uint8] = (cut.sum(axis=(2, 4), dtype=np.uint32) // (by * by)).astype(np.uint8)
    return means
