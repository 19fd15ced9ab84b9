"""Probing: what a media file is, without trusting its name."""

from __future__ import annotations

import hashlib
import warnings
from collections import OrderedDict
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import av.error

# Formats that Pillow opens only once registered: a name that it does not know yet makes it load all of its plugins.
from PIL import (
    AvifImagePlugin,  # noqa: F401
    Image,
    QoiImagePlugin,  # noqa: F401
    TiffImagePlugin,  # noqa: F401
    UnidentifiedImageError,
    WebPImagePlugin,  # noqa: F401
)

from farm.errors import MediaError
from farm.media.container import MAX_CLIP_PIXELS, open_media
from farm.model.asset import Asset, MediaKind

MAX_PIXELS: Final = 120_000_000
"""Larger pictures are refused: 120 megapixels decode to 360 MB."""
MAX_SIDE_PX: Final = 20_000
"""Longer sides are refused."""
MAX_DURATION_S: Final = 4 * 3600
"""Longer media are refused."""
MAX_PICTURE_BYTES: Final = 256 * 2**20
"""Larger picture files are refused."""
MAX_SCANS: Final = 100
"""JPEGs of more scans are refused: each is a pass over the whole picture, and good ones have about ten."""
MAX_CLIP_SIDE_PX: Final = 8192
"""Clips with a longer side are refused."""
MAX_FRAME_RATE: Final = 1000
"""Clips of more frames a second are refused: all frames up to the one shown are decoded."""
MAX_FRAMES: Final = MAX_DURATION_S * 120
"""Clips of more frames are refused."""
MAX_SAMPLE_RATE: Final = 384_000
"""Sounds of more samples a second are refused."""
MAX_CHANNELS: Final = 32
"""Sounds of more channels are refused."""

PICTURE_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "TIFF", "BMP", "DIB", "PPM", "QOI")
"""What is tried on a picture; Pillow knows more, some of which start other programs (EPS)."""

Image.MAX_IMAGE_PIXELS = None  # farm checks the size itself, before decoding, with an error of its own

_PICTURE_CODECS = {"mjpeg", "png", "webp", "gif", "bmp", "tiff"}


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def probe(path: Path, sha256: str | None = None) -> Asset:
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


class Prober:
    """Probes files, each once for as long as it does not change: a preview looks at the same ones again and again."""

    def __init__(self, limit: int = 4096) -> None:
        self._limit = limit
        self._known: OrderedDict[tuple[str, int, int, str | None], Asset] = OrderedDict()

    def probe(self, path: Path, sha256: str | None = None) -> Asset:
        """As :func:`probe`; a file of the same hash, else of the same size and time of change, is the same."""
        try:
            stat = path.stat()
        except OSError:
            return probe(path, sha256)
        # A store touches its blobs when they are used; what their hash says does not change.
        seen = (str(path), stat.st_size, 0 if sha256 else stat.st_mtime_ns, sha256)
        asset = self._known.get(seen)
        if asset is None:
            asset = self._known[seen] = probe(path, sha256)
            if len(self._known) > self._limit:
                self._known.popitem(last=False)
        self._known.move_to_end(seen)
        return asset


def _probe_picture(path: Path, digest: str) -> Asset | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=PICTURE_FORMATS) as image:
                width, height = image.size
                check_size(width, height, path.name)
                if image.format == "GIF" and getattr(image, "n_frames", 1) > 1:
                    return None
                _check_passes(path, image)
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


def _check_passes(path: Path, image: Image.Image) -> None:
    size = path.stat().st_size
    if size > MAX_PICTURE_BYTES:
        raise MediaError(
            f"{path.name} has {size // 2**20} MiB; at most {MAX_PICTURE_BYTES // 2**20} MiB of picture are read: "
            "save it with compression"
        )
    if image.format in ("JPEG", "MPO") and image.info.get("progressive"):
        scans = path.read_bytes().count(b"\xff\xda")
        if scans > MAX_SCANS:
            raise MediaError(
                f"{path.name} is a JPEG of {scans} scans; at most {MAX_SCANS} are read: save it anew"
            )


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
        with open_media(str(path)) as container:
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
            _check_sound(path, sound)
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
    if max(stream.width, stream.height) > MAX_CLIP_SIDE_PX or stream.width * stream.height > MAX_CLIP_PIXELS:
        raise MediaError(
            f"{path.name} is {stream.width}x{stream.height}; clips of at most {MAX_CLIP_SIDE_PX} pixels a side and "
            f"{MAX_CLIP_PIXELS // 10**6} megapixels are read: scale it down"
        )
    rate = Fraction(stream.average_rate or stream.guessed_rate or 0)
    duration = _duration(container, stream)
    if duration <= 0:
        raise MediaError(f"{path.name} does not say how long it is")
    frames = max(stream.frames, int(duration * rate))
    if rate > MAX_FRAME_RATE or frames > MAX_FRAMES:
        raise MediaError(
            f"{path.name} has {frames} frames at {float(rate):g} a second; at most {MAX_FRAMES} at {MAX_FRAME_RATE} "
            "are read: cut it, or lower its frame rate"
        )
    for sound in container.streams.audio[:1]:
        _check_sound(path, sound)
    frame = next(container.decode(stream), None)
    if frame is None:
        raise MediaError(f"{path.name} holds no picture that can be decoded")
    aspect = frame.sample_aspect_ratio if hasattr(frame, "sample_aspect_ratio") else None
    ratio = Fraction(aspect) if aspect else Fraction(stream.sample_aspect_ratio or 1)
    width, height = round(stream.width * (ratio or 1)), stream.height
    if frame.rotation % 180:
        width, height = height, width
    check_size(width, height, path.name)
    return Asset(digest, str(path), MediaKind.VIDEO, width, height, duration, rate, has_sound)


def _check_sound(path: Path, stream: av.AudioStream) -> None:
    if stream.rate > MAX_SAMPLE_RATE or stream.channels > MAX_CHANNELS:
        raise MediaError(
            f"{path.name} has {stream.channels} channels at {stream.rate} Hz; at most {MAX_CHANNELS} at "
            f"{MAX_SAMPLE_RATE} Hz are read: convert it to stereo at 48000 Hz"
        )


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
