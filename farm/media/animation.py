"""Animated pictures: GIF, APNG, WebP and AVIF with their own timing, transparency and number of plays."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import av
import numpy as np
from PIL import Image

from farm.errors import MediaError
from farm.media.container import open_media
from farm.media.damage import DamageLog
from farm.media.formats import open_image
from farm.media.reader import HELD, Timed
from farm.model.asset import Asset

FORMATS: Final = frozenset({"GIF", "PNG", "WEBP", "AVIF"})
"""Formats whose additional pictures are animation frames; in TIFF they are pages, in MPO views."""
_SHORTEST_S: Final = Fraction(1, 100)
_HURRIED_S: Final = Fraction(1, 10)
"""Browsers show frames of 10 ms or less for 100 ms: old GIFs state 0, meaning "as fast as possible"."""


@dataclass(frozen=True, slots=True)
class Animation:
    """Timing and transparency of an animated picture."""

    lasts_s: tuple[Fraction, ...]
    """Duration of each frame."""
    plays: int
    """Number of plays; 0 for endless."""
    has_alpha: bool
    """Whether any pixel may be transparent."""


def is_animated(image: Image.Image) -> bool:
    """Return whether an opened picture has several animation frames."""
    return image.format in FORMATS and getattr(image, "n_frames", 1) > 1


def read_animation(image: Image.Image) -> Animation:
    """Return the animation of an opened picture. Decodes every frame: durations cannot be read otherwise."""
    lasts, alpha = [], False
    for index in _frames(image):
        image.seek(index)
        image.load()
        lasts.append(_lasts_s(image))
        alpha = alpha or image.has_transparency_data
    return Animation(tuple(lasts), _plays(image), alpha)


def _frames(image: Image.Image) -> range:
    # An APNG may start with a fallback picture for viewers without animation.
    first = 1 if image.info.get("default_image") else 0
    return range(first, image.n_frames)  # type: ignore[attr-defined]


def _lasts_s(image: Image.Image) -> Fraction:
    milliseconds = image.info.get("duration") or 0
    lasts_s = Fraction(milliseconds).limit_denominator(100_000) / 1000
    return lasts_s if lasts_s > _SHORTEST_S else _HURRIED_S


def _plays(image: Image.Image) -> int:
    loop = image.info.get("loop")
    if image.format == "GIF":
        # The loop extension states the number of repeats; without it, one play.
        return 1 if loop is None else loop + 1 if loop else 0
    return int(loop or 0)


class AnimationReader:
    """Reads one play of an animated picture."""

    def __init__(self, asset: Asset) -> None:
        self.damage = DamageLog()
        self._asset = asset
        self._image: Image.Image | None = None

    def frames_from(self, seconds: Fraction) -> Iterator[Timed]:  # noqa: ARG002 - each frame builds on the one before
        """Yield all frames of one play."""
        self.close()
        try:
            image = self._image = open_image(self._asset.path)
        except (OSError, SyntaxError, ValueError) as error:
            raise MediaError(f"{self._asset.path} cannot be decoded: {error}") from error
        blends = image.format == "PNG" and not image.info.get("default_image")
        pictures = self._decoded() if blends else self._composed(image)
        at_s = Fraction(0)
        try:
            for index, picture in zip(_frames(image), pictures, strict=False):
                image.seek(index)
                yield at_s, picture
                at_s += _lasts_s(image)
        except Exception:  # Pillow's plugins raise all kinds of errors on damaged data
            self.damage.add(at_s, HELD)

    def _composed(self, image: Image.Image) -> Iterator[av.VideoFrame]:
        """Yield the frames as Pillow composes them."""
        mode, form = ("RGBA", "rgba") if self._asset.has_alpha else ("RGB", "rgb24")
        for index in _frames(image):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                image.seek(index)
                image.load()
                pixels = np.asarray(image.convert(mode))
            yield av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format=form)

    def _decoded(self) -> Iterator[av.VideoFrame]:
        """Yield the frames of an APNG, decoded by FFmpeg: Pillow blends semi-transparent pixels too faintly."""
        with open_media(self._asset.path) as container:
            for frame in container.decode(video=0):
                yield frame if frame.format.name == "rgba" else frame.reformat(format="rgba")

    def close(self) -> None:
        """Close the file."""
        if self._image is not None:
            self._image.close()
        self._image = None
