"""Assets: immutable pictures, clips and sounds, identified by their content."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from farm.errors import printable


class MediaKind(StrEnum):
    """The kind of a media file."""

    IMAGE = "image"
    """One picture."""
    VIDEO = "video"
    """Moving pictures, with or without sound."""
    AUDIO = "audio"
    """Sound only."""
    TABLE = "table"
    """A colour table (.cube): a parameter of effects, which is never shown itself."""
    FONT = "font"
    """A font file, in which texts of one video are set."""

    @property
    def called(self) -> str:
        """The kind in messages, with its article."""
        return _CALLED[self]

    @property
    def is_visible(self) -> bool:
        """Whether it has pictures of its own."""
        return self in (MediaKind.IMAGE, MediaKind.VIDEO)


_CALLED: Final = {
    MediaKind.IMAGE: "a picture",
    MediaKind.VIDEO: "a clip",
    MediaKind.AUDIO: "a sound",
    MediaKind.TABLE: "a colour table",
    MediaKind.FONT: "a font file",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A media file that has been hashed and probed."""

    sha256: str
    """The content's SHA-256 in hexadecimal, which identifies the asset everywhere."""
    path: str
    """The file on this machine; never part of a key."""
    kind: MediaKind
    """Its kind."""
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
    """The file's timestamp of the first frame (for a sound, the first sample); times in the asset count from it."""
    sound_until_s: Fraction = Fraction(0)
    """When the sound ends, measured from the origin; 0 without sound."""
    steady: bool = False
    """Whether every frame of a clip lies on a multiple of 1 / ``rate``, apart from the container's rounding."""
    dense: bool = False
    """Whether nearly every frame of a clip follows the previous one at its frame interval, so that a gap is a loss."""
    sequential: bool = False
    """Whether a clip's timestamps do not allow seeking, so that it must be decoded from the start."""
    animated: bool = False
    """Whether a clip is an animated picture (GIF, APNG, WebP, AVIF), allowed wherever a picture is."""
    plays: int = 1
    """How often a clip plays in a row; 0 for endlessly. Given by animated pictures; other clips play once."""
    cut_off_s: Fraction | None = None
    """Where a truncated file ends, short of its declared duration; None if it is complete."""
    drawn_by: str = ""
    """The library, with its version, that draws a vector graphic; empty for pixels."""
    name: str = ""
    """The owner's name for the file, for messages; never part of a key."""

    @property
    def label(self) -> str:
        """Its name in messages: the owner's, else that of the file."""
        return printable(self.name or self.path.rsplit("/", 1)[-1])
