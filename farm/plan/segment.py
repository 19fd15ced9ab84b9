"""Segments and plans: the units of work, of caching and of retry."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from farm.model.format import FACTS, Format, FormatFacts
from farm.model.timeline import Timeline

Encoder = Literal["libx264", "h264_nvenc", "libx265", "libsvtav1", "libvpx-vp9", "prores_ks", "png"]
"""The encoder of segments; a file never mixes encoders, because their streams cannot be joined."""


Device = Literal["cpu", "gpu"]
"""What frames are composed on; it does not affect pixels and is not part of any key."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Encoder settings; the same for all segments of a file.

    Fields that are None are not part of keys.
    """

    encoder: Encoder
    """Which encoder."""
    preset: str
    """Its preset."""
    crf: int
    """Constant rate factor or constant quality, on the encoder's own scale; 0 is lossless (x264)."""
    options: str = ""
    """The encoder's own options beyond the preset's, as ``name=value:name=value``."""
    alpha: bool | None = None
    """Whether the frames have alpha; None if not."""
    size_px: tuple[int, int] | None = None
    """(width, height) that frames are scaled down to; None for that of the canvas."""

    @property
    def lossless(self) -> bool:
        """Whether the encoded frames are exactly those composed."""
        return self.encoder == "libx264" and self.crf == 0


@dataclass(frozen=True, slots=True)
class Picture:
    """A timeline whose frames are composed once, however many encodings they go into."""

    timeline: Timeline
    """What is rendered."""
    codings: tuple[Quality, ...]
    """How its frames are encoded, each for one or several files; empty if only its sound is wanted."""
    sound_key: str
    """SHA-256 of everything that determines the sound track; empty for a silent video."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of frames that is rendered and encoded as one closed GOP."""

    index: int
    """Its place in the plan, from 0."""
    start: int
    """First frame on the timeline."""
    stop: int
    """The frame after its last one."""
    key: str
    """SHA-256 of everything that determines its bytes."""
    cost_s: float
    """Estimated CPU seconds to render it."""
    picture: int = 0
    """Which of the plan's pictures it is part of."""
    also: tuple[str, ...] = ()
    """The keys of the same frames in the other codings of the picture, from the second."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Its key in each coding of its picture."""
        return self.key, *self.also


@dataclass(frozen=True, slots=True)
class Sprites:
    """A sprite sheet to make."""

    every_s: Fraction
    """Seconds between its pictures."""
    width_px: int
    """Width of each."""
    columns: int
    """Pictures side by side."""


@dataclass(frozen=True, slots=True)
class Poster:
    """A still picture to make."""

    frame: int
    """The frame on the timeline."""
    format: Literal["jpg", "png", "webp"]
    """Its format."""


@dataclass(frozen=True, slots=True)
class Output:
    """A file to make from a picture's segments and its sound."""

    name: str
    """Its name, by which its files are called."""
    format: Format
    """Its format."""
    picture: int
    """Which of the plan's pictures it shows."""
    level: str = "standard"
    """Its quality by name, where that is not a coding's."""
    codings: tuple[int, ...] = ()
    """The codings of the picture that it is made of; one, except for HLS with several renditions."""
    whole: Quality | None = None
    """How it is encoded as a whole, from lossless segments; None if the segments are joined."""
    lossless: int | None = None
    """The picture's lossless coding, where the file is, or may have to be, encoded as a whole."""
    limit_bytes: int | None = None
    """Its largest size."""
    bits_a_s: int | None = None
    """Bit rate of its picture, or of its sound if it has none."""
    sprites: Sprites | None = None
    """A sprite sheet to make beside it."""
    poster: Poster | None = None
    """A still picture to make beside it."""
    cost_s: float = 0.0
    """Estimated CPU seconds of encoding it as a whole; 0 if its segments are joined."""

    @property
    def facts(self) -> FormatFacts:
        """What its format can hold."""
        return FACTS[self.format]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to make: pictures cut into segments, and the files that they become."""

    pictures: tuple[Picture, ...]
    """What is composed; the first is that of the main file."""
    segments: tuple[Segment, ...]
    """In order; together they cover every frame of each picture once."""
    outputs: tuple[Output, ...] = (Output("video", Format.MP4, 0, codings=(0,)),)
    """The files to make; the first is the main one."""
    warnings: tuple[str, ...] = ()
    """What could not be done exactly as requested, for the report."""
    name: str = ""
    """The job's name, for file names."""
    template: str = ""
    """The template's name, or empty for a timeline job."""
    plugins: tuple[tuple[str, str], ...] = ()
    """(plugin, version and file hash) of the plugins that took part."""
    device: Device = "cpu"
    """What its frames are composed on."""
    drawn_by: tuple[str, ...] = ()
    """The plugins whose elements are drawn, in the exact builds that workers must have: ``acme 1.2 (3f2a91c04b7e)``."""

    @property
    def timeline(self) -> Timeline:
        """The timeline of the main file."""
        return self.pictures[0].timeline

    @property
    def sound_key(self) -> str:
        """SHA-256 of everything that determines the main file's sound track; empty if it is silent."""
        return self.pictures[0].sound_key

    @property
    def quality(self) -> Quality:
        """The first coding of the main file's picture; there is none if only sound is wanted."""
        return self.pictures[0].codings[0]

    @property
    def encoder(self) -> str:
        """The first encoder of the main file's frames; empty if nothing is encoded but sound."""
        codings = self.pictures[0].codings
        return codings[0].encoder if codings else ""

    @property
    def needed_encoder(self) -> str:
        """The encoder that workers must have: that of a card if any coding needs one, else the first."""
        encoders = [coding.encoder for picture in self.pictures for coding in picture.codings]
        return next((one for one in encoders if one.endswith("_nvenc")), self.encoder)

    @property
    def frames(self) -> int:
        """Frames of the main file; 0 if it has no picture."""
        return self.timeline.duration if self.outputs[0].facts.picture else 0

    @property
    def cost_s(self) -> float:
        """Estimated CPU seconds to render all segments."""
        return sum(segment.cost_s for segment in self.segments)

    @property
    def whole_cost_s(self) -> float:
        """Estimated CPU seconds of what is encoded as a whole, when the files are assembled."""
        return sum(output.cost_s for output in self.outputs)

    def segments_of(self, picture: int) -> tuple[Segment, ...]:
        """Return the segments of a picture, in order."""
        return tuple(segment for segment in self.segments if segment.picture == picture)
