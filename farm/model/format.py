"""Formats: what kinds of file farm writes, and what each of them can hold."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final


class Format(StrEnum):
    """The format of an output."""

    MP4 = "mp4"
    """H.264 and AAC in MP4."""
    HEVC = "hevc"
    """HEVC and AAC in MP4."""
    AV1 = "av1"
    """AV1 and AAC in MP4."""
    WEBM = "webm"
    """VP9 and Opus in WebM."""
    PRORES = "prores"
    """ProRes 4444 and PCM in QuickTime."""
    GIF = "gif"
    """An animated GIF."""
    WEBP = "webp"
    """An animated WebP."""
    PNG = "png"
    """PNG pictures, one per frame, in a ZIP."""
    M4A = "m4a"
    """The sound alone: AAC in MP4."""
    WAV = "wav"
    """The sound alone: 16-bit PCM."""
    MP3 = "mp3"
    """The sound alone: MP3."""
    HLS = "hls"
    """H.264 and AAC in fragments of MP4, with playlists: a folder."""


class SoundCoding(StrEnum):
    """How the sound of a file is coded."""

    AAC = "aac"
    """AAC-LC."""
    OPUS = "opus"
    """Opus."""
    PCM = "pcm"
    """16-bit PCM."""
    MP3 = "mp3"
    """MPEG-1 audio layer III."""


@dataclass(frozen=True, slots=True)
class FormatFacts:
    """What a format can hold."""

    suffix: str
    """The suffix of its files; of its folder, for HLS."""
    media_type: str
    """Its media type (RFC 6838)."""
    picture: bool = True
    """Whether it has a picture."""
    alpha: bool = False
    """Whether its picture may be transparent."""
    sound: SoundCoding | None = None
    """How its sound is coded; None if it has none."""
    sized: bool = False
    """Whether the size and the bit rate of its picture can be set."""
    rate: Fraction = Fraction(30)
    """Frames per second if the document says nothing."""
    name: str = ""
    """What messages call it."""


FACTS: Final[dict[Format, FormatFacts]] = {
    Format.MP4: FormatFacts(".mp4", "video/mp4", sound=SoundCoding.AAC, sized=True, name="H.264 in MP4"),
    Format.HEVC: FormatFacts(".mp4", "video/mp4", sound=SoundCoding.AAC, sized=True, name="HEVC in MP4"),
    Format.AV1: FormatFacts(".mp4", "video/mp4", sound=SoundCoding.AAC, sized=True, name="AV1 in MP4"),
    Format.WEBM: FormatFacts(
        ".webm", "video/webm", alpha=True, sound=SoundCoding.OPUS, sized=True, name="WebM"
    ),
    Format.PRORES: FormatFacts(".mov", "video/quicktime", alpha=True, sound=SoundCoding.PCM, name="ProRes"),
    Format.GIF: FormatFacts(".gif", "image/gif", alpha=True, rate=Fraction(25, 2), name="GIF"),
    Format.WEBP: FormatFacts(".webp", "image/webp", alpha=True, rate=Fraction(20), name="WebP"),
    Format.PNG: FormatFacts(".zip", "application/zip", alpha=True, name="PNG pictures"),
    Format.M4A: FormatFacts(".m4a", "audio/mp4", picture=False, sound=SoundCoding.AAC, name="M4A"),
    Format.WAV: FormatFacts(".wav", "audio/wav", picture=False, sound=SoundCoding.PCM, name="WAV"),
    Format.MP3: FormatFacts(".mp3", "audio/mpeg", picture=False, sound=SoundCoding.MP3, name="MP3"),
    Format.HLS: FormatFacts(".hls", "application/vnd.apple.mpegurl", sound=SoundCoding.AAC, name="HLS"),
}
"""What each format can hold."""

GIF_TICKS: Final = 100
"""A GIF counts in hundredths of a second (GIF89a, 23: Graphic Control Extension)."""
GIF_SHORTEST_TICKS: Final = 2
"""Browsers show a picture with a shorter delay for a tenth of a second."""


def gif_delay_ticks(rate: Fraction) -> int:
    """Return how many hundredths of a second a GIF shows each picture.

    Raises:
        ValueError: not a whole number, or too short; names the nearest rates.
    """
    exact = GIF_TICKS / rate
    if exact.denominator == 1 and exact >= GIF_SHORTEST_TICKS:
        return int(exact)
    slow = max(GIF_SHORTEST_TICKS, -(-exact.numerator // exact.denominator))
    fast = max(GIF_SHORTEST_TICKS, slow - 1)
    near = " or ".join(str(Fraction(GIF_TICKS, ticks)) for ticks in sorted({slow, fast}, reverse=True))
    raise ValueError(
        f"a GIF shows each picture for a whole number of hundredths of a second, at least 2, so {rate} frames per "
        f"second are not possible; write {near}"
    )


def suffix_formats() -> dict[str, tuple[Format, ...]]:
    """Return the formats that write files of each suffix."""
    found: dict[str, tuple[Format, ...]] = {}
    for one, facts in FACTS.items():
        found[facts.suffix] = (*found.get(facts.suffix, ()), one)
    return found
