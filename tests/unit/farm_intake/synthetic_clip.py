"""Synthetic clips: short ones with known transitions, made of drawn scenes, for tests of shot detection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from farm.media.watch import SmallFrames

Rgb = NDArray[np.uint8]
HEIGHT, WIDTH = 72, 128
RATE = 25

Mix = Callable[[Rgb, Rgb, float], NDArray[np.float64]]


def scene(seed: int, *, wide: int = 1) -> Rgb:
    """Return a picture of coarse colours and fine texture, ``wide`` times as wide as a frame."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(20, 236, (5, 7 * wide, 3), np.uint8))
    ground = np.asarray(coarse.resize((WIDTH * wide, HEIGHT), Image.Resampling.BICUBIC), np.int16)
    fine = rng.integers(-40, 41, (HEIGHT // 3, WIDTH * wide // 3, 1), np.int16).repeat(3, 0).repeat(3, 1)
    fine = np.pad(fine, ((0, HEIGHT - fine.shape[0]), (0, WIDTH * wide - fine.shape[1]), (0, 0)))
    return np.clip(ground + fine, 0, 255).astype(np.uint8)


def drifting(seed: int, frames: int, *, pixels_a_frame: float = 0.0) -> list[Rgb]:
    """Return a shot over a wide scene, the camera drifting to the right."""
    wide = scene(seed, wide=3)
    offsets = [round(number * pixels_a_frame) for number in range(frames)]
    return [wide[:, offset : offset + WIDTH] for offset in offsets]


def dissolve(old: Rgb, new: Rgb, part: float) -> NDArray[np.float64]:
    return old * (1 - part) + new * part


def wipe(old: Rgb, new: Rgb, part: float) -> NDArray[np.float64]:
    edge = round(part * WIDTH)
    return np.concatenate([new[:, :edge], old[:, edge:]], axis=1).astype(float)


def push(old: Rgb, new: Rgb, part: float) -> NDArray[np.float64]:
    edge = round(part * WIDTH)
    return np.concatenate([old[:, edge:], new[:, :edge]], axis=1).astype(float)


def through_black(old: Rgb, new: Rgb, part: float) -> NDArray[np.float64]:
    return old * (1 - 2 * part) if part < 0.5 else new * (2 * part - 1)


@dataclass
class SyntheticClip:
    """Frames, and where in them something happens."""

    frames: list[Rgb] = field(default_factory=list)
    cuts: list[int] = field(default_factory=list)
    passages: list[tuple[int, int]] = field(default_factory=list)

    def cut_to(self, shot: list[Rgb]) -> SyntheticClip:
        if self.frames:
            self.cuts.append(len(self.frames))
        self.frames += shot
        return self

    def pass_to(self, shot: list[Rgb], mix: Mix, length: int) -> SyntheticClip:
        """Go over to a shot in ``length`` mixed frames, which are the last of this clip and the first of that."""
        first = len(self.frames) - length
        for index in range(length):
            mixed = mix(self.frames[first + index], shot[index], (index + 1) / (length + 1))
            self.frames[first + index] = np.clip(np.round(mixed), 0, 255).astype(np.uint8)
        self.passages.append((first, first + length - 1))
        self.frames += shot[length:]
        return self

    def small(self) -> SmallFrames:
        """Return the frames as a clip's small frames."""
        return SmallFrames.of([_planes(frame) for frame in self.frames])

    def write(self, path: Path, *, scale: int = 3) -> Path:
        """Write an H.264 clip of the frames, enlarged."""
        with av.open(str(path), "w") as container:
            stream = container.add_stream(
                "libx264", rate=Fraction(RATE), options={"crf": "16", "preset": "veryfast"}
            )
            assert isinstance(stream, av.VideoStream)
            stream.width, stream.height, stream.pix_fmt = WIDTH * scale, HEIGHT * scale, "yuv420p"
            stream.codec_context.thread_count = 1
            for frame in self.frames:
                large = np.ascontiguousarray(frame.repeat(scale, 0).repeat(scale, 1))
                container.mux(stream.encode(av.VideoFrame.from_ndarray(large, "rgb24")))
            container.mux(stream.encode(None))
        return path


def _planes(rgb: Rgb) -> tuple[Rgb, Rgb, Rgb]:
    ycc = np.asarray(Image.fromarray(np.ascontiguousarray(rgb)).convert("YCbCr"))
    halves = ycc.reshape(HEIGHT // 2, 2, WIDTH // 2, 2, 3).mean(axis=(1, 3)).astype(np.uint8)
    return ycc[..., 0], np.ascontiguousarray(halves[..., 1]), np.ascontiguousarray(halves[..., 2])
