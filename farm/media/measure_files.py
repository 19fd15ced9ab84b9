"""Measuring finished files that are no videos: animations, ZIPs of pictures, and sound alone."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import av.error
from PIL import Image, UnidentifiedImageError

from farm.errors import MediaError
from farm.media.audio_fifo import SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class MeasuredPictures:
    """What an animation or a ZIP of pictures contains."""

    frames: int
    """Its pictures."""
    width_px: int
    """Width."""
    height_px: int
    """Height."""
    duration_s: Fraction | None
    """Its length; None if its pictures have no times."""
    alpha: bool
    """Whether a pixel of an animation is transparent, or the pixels of a ZIP's pictures may be."""


def measure_animation(path: Path) -> MeasuredPictures:
    """Return what a GIF or WebP contains; each picture is decoded.

    Raises:
        MediaError: it cannot be read.
    """
    try:
        with Image.open(path) as image:
            count = getattr(image, "n_frames", 1)
            total_ms, alpha = 0, False
            for number in range(count):
                image.seek(number)
                image.load()
                total_ms += int(image.info.get("duration", 0))
                alpha = alpha or _is_transparent(image)
            return MeasuredPictures(count, image.width, image.height, Fraction(total_ms, 1000), alpha)
    except (OSError, UnidentifiedImageError, EOFError) as error:
        raise MediaError(f"{path.name} cannot be read: {error}") from error


def _is_transparent(image: Image.Image) -> bool:
    return image.has_transparency_data and image.convert("RGBA").getchannel("A").getextrema()[0] != 255


def measure_zip(path: Path) -> MeasuredPictures:
    """Return what a ZIP of PNG pictures contains; their checksums are verified, the first is decoded.

    Raises:
        MediaError: it cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as file:
            if damaged := file.testzip():
                raise MediaError(f"{damaged} in {path.name} is damaged")
            names = file.namelist()
            with Image.open(io.BytesIO(file.read(names[0]))) as image:
                image.load()
                return MeasuredPictures(len(names), image.width, image.height, None, image.mode == "RGBA")
    except (OSError, zipfile.BadZipFile, UnidentifiedImageError, IndexError) as error:
        raise MediaError(f"{path.name} cannot be read: {error}") from error


def measure_samples(path: Path) -> int:
    """Return the samples of a file of sound: as its container states them, or else decoded.

    Raises:
        MediaError: it cannot be read.
    """
    try:
        with av.open(str(path)) as container:
            stream = container.streams.audio[0]
            if path.suffix == ".m4a" and stream.duration is not None and stream.time_base is not None:
                # A decoder also returns what fills AAC's last frame; players cut it off at the stated length.
                return int(stream.duration * stream.time_base * SAMPLE_RATE)
            return sum(frame.samples for frame in container.decode(stream))
    except (av.error.FFmpegError, IndexError) as error:
        raise MediaError(f"{path.name} cannot be read: {error}") from error
