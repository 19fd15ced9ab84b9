"""Probing: what a media file is, without trusting its name."""

from __future__ import annotations

import hashlib
import warnings
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import av.error
from PIL import Image, UnidentifiedImageError

from farm.errors import MediaError
from farm.model.asset import Asset, MediaKind

MAX_PIXELS: Final = 120_000_000
"""Larger pictures are refused: 120 megapixels decode to 360 MB."""
MAX_SIDE_PX: Final = 20_000
"""Longer sides are refused."""
MAX_DURATION_S: Final = 4 * 3600
"""Longer media are refused."""

Image.MAX_IMAGE_PIXELS = None  # farm checks the size itself, before decoding, with an error of its own

_PICTURE_CODECS = {"mjpeg", "png", "webp", "gif", "bmp", "tiff"}


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def probe(path: Path, *, sha256: str | None = None) -> Asset:
    """Return what ``path`` holds.

    Args:
        path: The file.
        sha256: Its hash, where known already.

    Raises:
        MediaError: missing, empty, not a picture, clip or sound, damaged, or too large.
    """
    if not path.exists():
        raise MediaError(f"no such file: {path}")
    if not path.is_file():
        raise MediaError(f"not a file: {path}")
    if path.stat().st_size == 0:
        raise MediaError(f"the file is empty: {path.name}")
    digest = sha256 or hash_file(path)
    return _probe_picture(path, digest) or _probe_stream(path, digest)


def _probe_picture(path: Path, digest: str) -> Asset | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as image:
                if getattr(image, "n_frames", 1) > 1 and image.format == "GIF":
                    return None
                width, height = image.size
                check_size(width, height, path.name)
                turned = image.getexif().get(0x0112, 1) in (
                    5,
                    6,
                    7,
                    8,
                )  # EXIF orientations that swap the sides
                alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
                image.load() if image.format != "JPEG" else image.draft("RGB", (64, 64))
                image.load()
    except UnidentifiedImageError:
        return None
    except (OSError, SyntaxError, ValueError) as error:
        raise MediaError(f"{path.name} is a damaged picture: {error}") from error
    size = (height, width) if turned else (width, height)
    return Asset(digest, str(path), MediaKind.IMAGE, *size, has_alpha=alpha)


def check_size(width: int, height: int, name: str) -> None:
    """Raise MediaError where a picture's size is beyond what farm decodes."""
    if width < 1 or height < 1:
        raise MediaError(f"{name} has no pixels ({width}x{height})")
    if max(width, height) > MAX_SIDE_PX or width * height > MAX_PIXELS:
        raise MediaError(
            f"{name} is {width}x{height}; at most {MAX_SIDE_PX} pixels a side and {MAX_PIXELS // 10**6} megapixels "
            "are read: scale it down"
        )


def _probe_stream(path: Path, digest: str) -> Asset:
    try:
        with av.open(str(path)) as container:
            video = next((s for s in container.streams.video if not _is_cover(s)), None)
            sound = next(iter(container.streams.audio), None)
            if video is None and sound is None:
                raise MediaError(f"{path.name} holds neither picture nor sound")
            if video is not None and video.width == 0:
                raise MediaError(f"{path.name} is not a picture, clip or sound, whatever its name says")
            if video is not None:
                return _probe_video(path, digest, container, video, sound is not None)
            assert sound is not None
            duration = _duration(container, sound)
            frame = next(container.decode(sound), None)
            if frame is None:
                raise MediaError(f"{path.name} holds no sound that can be decoded")
            return Asset(digest, str(path), MediaKind.AUDIO, duration_s=duration, has_sound=True)
    except av.error.FFmpegError as error:
        raise MediaError(
            f"{path.name} is not a picture, clip or sound that can be read, or it is damaged ({error.strerror})"
        ) from error


def _is_cover(stream: av.VideoStream) -> bool:
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _probe_video(
    path: Path, digest: str, container: av.container.InputContainer, stream: av.VideoStream, has_sound: bool
) -> Asset:
    check_size(stream.width, stream.height, path.name)
    frame = next(container.decode(stream), None)
    if frame is None:
        raise MediaError(f"{path.name} holds no picture that can be decoded")
    rate = stream.average_rate or stream.guessed_rate or Fraction(0)
    duration = _duration(container, stream)
    if duration <= 0:
        raise MediaError(f"{path.name} does not say how long it is")
    aspect = frame.sample_aspect_ratio if hasattr(frame, "sample_aspect_ratio") else None
    ratio = Fraction(aspect) if aspect else Fraction(stream.sample_aspect_ratio or 1)
    width, height = round(stream.width * (ratio or 1)), stream.height
    if frame.rotation % 180:
        width, height = height, width
    return Asset(digest, str(path), MediaKind.VIDEO, width, height, duration, Fraction(rate), has_sound)


def _duration(container: av.container.InputContainer, stream: av.VideoStream | av.AudioStream) -> Fraction:
    if stream.duration and stream.time_base:
        duration = stream.duration * stream.time_base
    elif container.duration:
        duration = Fraction(container.duration, av.time_base)
    else:
        duration = Fraction(0)
    if duration > MAX_DURATION_S:
        raise MediaError(f"media longer than {MAX_DURATION_S // 3600} hours is not read")
    return duration
