"""The signature of a clip: what is stored of a clip so that its copies and parts can be recognised without it."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from farm.dedup.image_signature import ImageSignature, image_signature_of
from farm.errors import StoreError
from farm.media.watch import Watched

FRAME_PX: Final = 64
"""Longest side of the frames."""
FRAMES_A_SECOND: Final = 4
MOST_FRAMES: Final = 480
"""For clips longer than two minutes, frames are spaced farther apart."""
SKETCHES_A_SECOND: Final = 2
MOST_SKETCHES: Final = 32
POINTS: Final = 160
"""The most points of each frame's signature."""
_HEAD: Final = struct.Struct("<4sHHHH")
_MAGIC: Final = b"frl1"


@dataclass(frozen=True, slots=True)
class VideoSignature:
    """Small frames of a clip, and the signatures of some."""

    times_s: NDArray[np.float32]
    """Shape (n,): the time of each frame, ascending."""
    frames: NDArray[np.uint8]
    """Shape (n, height, width): luma."""
    image_signatures: tuple[tuple[float, ImageSignature], ...]
    """(seconds, signature), ascending."""

    @property
    def length_s(self) -> float:
        """The time of the last frame."""
        return float(self.times_s[-1]) if len(self.times_s) else 0.0

    def to_bytes(self) -> bytes:
        """Serialise it: about 10 kB per signature of a frame, and less for static frames."""
        count, height, width = self.frames.shape
        changes = np.diff(self.frames, axis=0, prepend=np.zeros((1, height, width), np.uint8))
        packed = zlib.compress(self.times_s.astype("<f4").tobytes() + changes.tobytes(), 6)
        parts = [
            _HEAD.pack(_MAGIC, count, height, width, len(self.image_signatures)),
            struct.pack("<I", len(packed)),
            packed,
        ]
        for at_s, image_signature in self.image_signatures:
            data = image_signature.to_bytes()
            parts += [struct.pack("<fI", at_s, len(data)), data]
        return b"".join(parts)

    @staticmethod
    def from_bytes(data: bytes) -> VideoSignature:
        """Deserialise what ``to_bytes`` wrote.

        Raises:
            StoreError: the data is not the signature of a clip.
        """
        try:
            magic, count, height, width, image_signatures = _HEAD.unpack_from(data)
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
            for _ in range(image_signatures):
                at_s, length = struct.unpack_from("<fI", data, place)
                place += 8
                found.append((at_s, ImageSignature.from_bytes(data[place : place + length])))
                place += length
            return VideoSignature(times, frames, tuple(found))
        except (struct.error, zlib.error, ValueError) as error:
            raise StoreError(f"this is not the signature of a clip ({error}); add the asset again") from error


def video_signature_of(clip: Watched) -> VideoSignature:
    """Return the signature of a clip."""
    end_s = float(clip.end_s)
    times = np.array([float(at_s) for at_s in clip.times_s], np.float32)
    wanted = np.arange(0, end_s, max(1 / FRAMES_A_SECOND, end_s / MOST_FRAMES))
    picked = np.unique(np.clip(np.searchsorted(times, wanted - 1e-3), 0, len(times) - 1))
    frames = np.concatenate([_smaller(clip.small[int(one) : int(one) + 1][0], FRAME_PX) for one in picked])
    step_s = max(1 / SKETCHES_A_SECOND, end_s / MOST_SKETCHES)
    image_signatures: list[tuple[float, ImageSignature]] = []
    next_s = 0.0
    for view in clip.views:
        if float(view.at_s) >= next_s - 1e-6:
            image_signatures.append((float(view.at_s), image_signature_of(view.rgb, POINTS)))
            next_s += step_s
    return VideoSignature(times[picked], frames, tuple(image_signatures))


def _smaller(luma: NDArray[np.uint8], longest_px: int) -> NDArray[np.uint8]:
    """Return frames (n, height, width) reduced by an integer factor by averaging, longer side about ``longest_px``."""
    count, height, width = luma.shape
    by = max(1, max(height, width) // longest_px)
    rows, columns = height // by, width // by
    cut = luma[:, : rows * by, : columns * by].reshape(count, rows, by, columns, by)
    means: NDArray[np.uint8] = (cut.sum(axis=(2, 4), dtype=np.uint32) // (by * by)).astype(np.uint8)
    return means
