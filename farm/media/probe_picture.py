"""Probing pictures, still and animated."""

from __future__ import annotations

import warnings
from fractions import Fraction
from pathlib import Path
from typing import Final

from PIL import Image, UnidentifiedImageError

from farm.errors import MediaError
from farm.media.animation import is_animated, read_animation
from farm.media.formats import open_image
from farm.model.asset import Asset, MediaKind

MAX_PIXELS: Final = 120_000_000
"""Larger pictures are refused: 120 megapixels decode to 360 MB."""
MAX_SIDE_PX: Final = 20_000
"""Longer sides are refused."""
MAX_PICTURE_BYTES: Final = 256 * 2**20
"""Larger picture files are refused."""
MAX_SCANS: Final = 100
"""JPEGs with more scans are refused: each is a pass over the whole picture, and normal files have about ten."""
MAX_PICTURES: Final = 3000
"""Animations with more frames are refused: they should be clips, whose formats decode a hundred times as fast."""
MAX_ANIMATED_PIXELS: Final = 4_000_000_000
"""Animations with more pixels over all frames are refused: 2,000 frames of 1080p."""

Image.MAX_IMAGE_PIXELS = None  # farm checks the size itself, before decoding, and raises its own error

_ORIENTATION: Final = 0x0112
_SIDEWAYS: Final = (5, 6, 7, 8)
"""EXIF orientations that swap the sides."""


def probe_picture(path: Path, digest: str) -> Asset | None:
    """Return the asset of a picture; None if the file is not one.

    Raises:
        MediaError: it is damaged or too large.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with open_image(path) as image:
                check_size(*image.size, path.name)
                _check_passes(path, image)
                if is_animated(image):
                    return _animated(path, digest, image)
                return _still(path, digest, image)
    except UnidentifiedImageError:
        return None
    except MediaError:
        raise
    except Exception as error:  # Pillow's plugins raise all kinds of errors on damaged data
        what = "its end is missing" if "truncated" in str(error).lower() else "its data cannot be decoded"
        raise MediaError(f"{path.name} is a damaged picture: {what}; copy or save it again") from error


def _still(path: Path, digest: str, image: Image.Image) -> Asset:
    width, height = image.size
    if image.format in ("JPEG", "MPO"):
        image.draft("RGB", (64, 64))
    image.load()
    # Pillow rotates TIFFs itself, and reports their size after rotation.
    sideways = image.format != "TIFF" and image.getexif().get(_ORIENTATION, 1) in _SIDEWAYS
    size = (height, width) if sideways else (width, height)
    return Asset(digest, str(path), MediaKind.IMAGE, *size, has_alpha=image.has_transparency_data)


def _animated(path: Path, digest: str, image: Image.Image) -> Asset:
    width, height = image.size
    count = getattr(image, "n_frames", 1)
    if count > MAX_PICTURES or count * width * height > MAX_ANIMATED_PIXELS:
        raise MediaError(
            f"{path.name} is an animation of {count} frames of {width}x{height}; at most {MAX_PICTURES} frames and "
            f"{MAX_ANIMATED_PIXELS // 10**6} megapixels in all are read: save it as MP4 or WebM"
        )
    animation = read_animation(image)
    duration_s = sum(animation.lasts_s, Fraction(0))
    return Asset(
        digest,
        str(path),
        MediaKind.VIDEO,
        width,
        height,
        duration_s,
        Fraction(len(animation.lasts_s) / duration_s).limit_denominator(1001),
        has_alpha=animation.has_alpha,
        animated=True,
        plays=animation.plays,
    )


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
                f"{path.name} is a JPEG of {scans} scans; at most {MAX_SCANS} are read: save it again"
            )


def check_size(width: int, height: int, name: str) -> None:
    """Raise MediaError if a picture's size exceeds what farm decodes."""
    if width < 1 or height < 1:
        raise MediaError(f"{name} has no pixels ({width}x{height})")
    if max(width, height) > MAX_SIDE_PX or width * height > MAX_PIXELS:
        raise MediaError(
            f"{name} is {width}x{height}; at most {MAX_SIDE_PX} pixels a side and {MAX_PIXELS // 10**6} megapixels "
            "are read: scale it down"
        )
