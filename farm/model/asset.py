"""Assets: immutable pictures, clips and sounds, named by their content."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from farm.errors import printable


class MediaKind(StrEnum):
    """What a media file holds."""

    IMAGE = "image"
    """One picture."""
    VIDEO = "video"
    """Moving pictures, with or without sound."""
    AUDIO = "audio"
    """Sound alone."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A media file that was hashed and probed."""

    sha256: str
    """The content's SHA-256 in hexadecimal: the asset's name everywhere."""
    path: str
    """Where this machine reads it; never part of a key."""
    kind: MediaKind
    """What it holds."""
    width_px: int = 0
    """Width as shown (after orientation); 0 for sound."""
    height_px: int = 0
    """Height as shown; 0 for sound."""
    duration_s: Fraction = Fraction(0)
    """Length; 0 for a picture."""
    rate: Fraction = Fraction(0)
    """Average frame rate of a clip; 0 otherwise."""
    has_sound: bool = False
    """Whether there is a sound stream."""
    has_alpha: bool = False
    """Whether pixels may be transparent."""
    origin_s: Fraction = Fraction(0)
    """The file's own time of the first frame, of a sound that of its first sample; times of the asset count from it."""
    sound_until_s: Fraction = Fraction(0)
    """When the sound ends, counted from the origin; 0 without sound."""
    steady: bool = False
    """Whether every frame of a clip stands on a multiple of 1 / ``rate``, but for the rounding of the container."""
    dense: bool = False
    """Whether nearly every frame of a clip stands one beat after the one before, so that a hole is a loss."""
    sequential: bool = False
    """Whether a clip's timestamps cannot be sought, so that it is decoded from its start."""
    animated: bool = False
    """Whether a clip is an animated picture (GIF, APNG, WebP, AVIF), which may stand wherever a picture may."""
    plays: int = 1
    """How often a clip is shown one after another; 0 for endlessly. Animated pictures say it, other clips play once."""
    cut_off_s: Fraction | None = None
    """Where the file breaks off though it says that it goes on; None where it is whole."""
    name: str = ""
    """What its owner calls the file, for messages; never part of a key."""

    @property
    def label(self) -> str:
        """What messages call it: its name, else that of the file it lies in."""
        return printable(self.name or self.path.rsplit("/", 1)[-1])
