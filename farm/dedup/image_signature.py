"""The signature of a picture: what is stored of a picture so that its copies can be recognised without it."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from farm.dedup.points import MOST, WIDTH, Points, points_of
from farm.errors import StoreError

VIEW_PX: Final = 640
"""Longest side of the picture from which a signature is made."""
SMALL_PX: Final = 96
"""Longest side of the small picture."""
_HEAD: Final = struct.Struct("<4sHHH")
_MAGIC: Final = b"fsk1"

Rgb = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class ImageSignature:
    """A picture's points and a small version of the picture."""

    small: NDArray[np.uint8]
    """Shape (height, width, 3): Y, Cb, Cr in full range."""
    points: Points
    """Its points."""

    @property
    def width(self) -> float:
        """Its width; the longer side is 1."""
        return float(self.small.shape[1] / max(self.small.shape[:2]))

    @property
    def height(self) -> float:
        """Its height; the longer side is 1."""
        return float(self.small.shape[0] / max(self.small.shape[:2]))

    def mirrored(self) -> ImageSignature:
        """Return the signature of the mirrored picture."""
        return ImageSignature(np.ascontiguousarray(self.small[:, ::-1]), self.points.mirrored(self.width))

    def to_bytes(self) -> bytes:
        """Serialise it: about 30 kB."""
        height, width = self.small.shape[:2]
        points = self.points
        places = np.rint(np.concatenate([points.places, points.sizes[:, None]], 1) * 65535).astype("<u2")
        body = self.small.tobytes() + places.tobytes() + points.descriptors.tobytes()
        return _HEAD.pack(_MAGIC, height, width, len(points)) + zlib.compress(body, 6)

    @staticmethod
    def from_bytes(data: bytes) -> ImageSignature:
        """Deserialise what ``to_bytes`` wrote.

        Raises:
            StoreError: the data is not the signature of a picture.
        """
        try:
            magic, height, width, count = _HEAD.unpack_from(data)
            body = zlib.decompress(data[_HEAD.size :])
            if magic != _MAGIC or len(body) != height * width * 3 + count * (6 + WIDTH):
                raise ValueError("another form")
        except (struct.error, zlib.error, ValueError) as error:
            raise StoreError(
                f"this is not the signature of a picture ({error}); add the asset again: `farm assets add`"
            ) from error
        edge = height * width * 3
        small = np.frombuffer(body, np.uint8, edge).reshape(height, width, 3)
        places = np.frombuffer(body, "<u2", count * 3, edge).reshape(count, 3) / np.float32(65535)
        descriptors = np.frombuffer(body, np.uint8, count * WIDTH, edge + count * 6).reshape(count, WIDTH)
        return ImageSignature(
            small, Points(places[:, :2].astype(np.float32), places[:, 2].astype(np.float32), descriptors)
        )


def image_signature_of(rgb: Rgb, most: int = MOST) -> ImageSignature:
    """Return the signature of a picture, sRGB (height, width, 3), with at most ``most`` points."""
    picture = Image.fromarray(rgb)
    luma = np.asarray(picture.convert("L"), np.float32)
    return ImageSignature(small_of(picture), points_of(luma, most))


def small_of(picture: Image.Image, longest_px: int = SMALL_PX) -> NDArray[np.uint8]:
    """Return a small version of a picture by area averaging, shape (height, width, 3): Y, Cb, Cr in full range."""
    scale = longest_px / max(picture.size)
    size = max(8, round(picture.width * scale)), max(8, round(picture.height * scale))
    return np.array(picture.convert("RGB").resize(size, Image.Resampling.BOX).convert("YCbCr"))
