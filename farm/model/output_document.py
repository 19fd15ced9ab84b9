"""Output documents: which files a job makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from farm.model.amount import parse_bit_rate, parse_bytes
from farm.model.document import Document, TimeValue, no_switch
from farm.model.format import FACTS, Format, FormatFacts, gif_delay_ticks
from farm.model.timebase import parse_rate

MIN_SIDE_PX = 16
MAX_SIDE_PX = 4096

ASPECTS: dict[str, tuple[int, int]] = {"9:16": (9, 16), "1:1": (1, 1), "16:9": (16, 9), "4:5": (4, 5)}
"""Output presets, width to height."""


def _no_number(value: Any) -> Any:
    if isinstance(value, int | float):
        raise ValueError(f'`{value}` is not a size; write "720x1280" or [720, 1280]')
    return value


SOUND_RATES: Final = {Format.M4A: (32_000, 320_000), Format.MP3: (32_000, 320_000)}
"""The bit rates that formats of sound alone take."""
MAX_SPRITES: Final = 400
"""A sprite sheet has at most this many pictures."""
DEFAULT_OUTPUT: Final = "video"
"""The name of a job's only output; files of an output with this name are named like the job alone."""


class PosterDocument(Document):
    """A still picture of the video as a file of its own."""

    at: TimeValue = Field(default=0, description="Its time on the timeline.")
    format: Literal["jpg", "png", "webp"] = Field(default="jpg", description="Format of the picture.")


class SpritesDocument(Document):
    """Small pictures in one JPEG, and a WebVTT file that says when each is shown: previews in a player's seek bar."""

    every: float = Field(default=1.0, ge=0.1, le=60, description="Seconds between pictures.")
    width: int = Field(default=160, ge=16, le=640, description="Width of each picture in pixels.")
    columns: int = Field(default=5, ge=1, le=50, description="Pictures side by side.")


class OutputDocument(Document):
    """An output file."""

    format: Format = Field(
        default=Format.MP4,
        description="mp4 (H.264), hevc or av1 (in MP4), webm (VP9), prores (4444), gif, webp, png (a ZIP of pictures), "
        "hls (a folder), or the sound alone: m4a, wav, mp3. See docs/formats.md.",
    )

    aspect: Literal["9:16", "1:1", "16:9", "4:5"] | None = Field(
        default=None, description="Preset shape; 9:16 if neither this nor `size` is given."
    )
    short_side: int = Field(
        default=720, ge=MIN_SIDE_PX, le=2160, description="Pixels of the shorter side of a preset."
    )
    size: Annotated[str | list[int] | None, BeforeValidator(_no_number)] = Field(
        default=None, description='Exact size instead of a preset: "720x1280" or [720, 1280].'
    )
    fps: Annotated[int | float | str | None, BeforeValidator(no_switch)] = Field(
        default=None,
        description="Frames per second: 30, 29.97 or 30000/1001; decimals of a standard rate mean that rate. 30 if "
        "left out; 12.5 for a GIF, 20 for a WebP.",
    )
    quality: Literal["draft", "standard", "high"] = Field(
        default="standard", description="Encoder effort and fidelity."
    )
    encoder: Literal["x264", "nvenc"] = Field(
        default="x264",
        description="x264 on any CPU; nvenc on farm nodes with such a GPU, an error if there is none.",
    )
    device: Literal["cpu", "gpu"] = Field(
        default="cpu",
        description="Where clips are decoded and frames composed; gpu on farm nodes with an NVIDIA card, an error "
        "if there is none. The pixels are identical.",
    )
    max_size: str | None = Field(
        default=None,
        description='The largest size of the file, such as "20 MB" (20,000,000 bytes) or "20 MiB": video files only. '
        "If the file would be larger, it is encoded again at a lower bit rate, to 97 to 100 % of this.",
    )
    bitrate: str | None = Field(
        default=None,
        description='Bit rate instead of `quality`: "4 Mbit/s" for the picture of a video file, "128 kbit/s" for m4a '
        "and mp3.",
    )
    renditions: list[Annotated[int, Field(ge=MIN_SIDE_PX, le=2160)]] | None = Field(
        default=None,
        min_length=1,
        max_length=8,
        description="HLS: lengths of the shorter side, such as [720, 480, 360], of which players choose; one playlist "
        "each.",
    )
    poster: PosterDocument | None = Field(default=None, description="Also write a still picture.")
    sprites: SpritesDocument | None = Field(
        default=None, description="Also write a sprite sheet (JPEG) with its WebVTT file."
    )

    variants: int = Field(
        default=1,
        ge=1,
        le=1000,
        description="How many versions of this video are expected, edits included. With more than one, shots and"
        " transitions are encoded separately where that pays: a version then costs only its changes, and files grow by"
        " up to a fifth.",
    )

    @field_validator("size")
    @classmethod
    def _size(cls, value: str | list[int] | None) -> list[int] | None:
        if value is None:
            return None
        parts = value.lower().replace("×", "x").split("x") if isinstance(value, str) else value
        if len(parts) != 2 or not all(str(part).strip().isdigit() for part in parts):
            raise ValueError(f'`{value}` is not a size; write "720x1280" or [720, 1280]')
        width, height = (int(part) for part in parts)
        for side in (width, height):
            if not MIN_SIDE_PX <= side <= MAX_SIDE_PX or side % 2:
                raise ValueError(
                    f"{width}x{height} is not allowed; each side is an even number from {MIN_SIDE_PX} to {MAX_SIDE_PX}"
                )
        return [width, height]

    @model_validator(mode="after")
    def _one_size(self) -> Self:
        if self.size is not None and self.aspect is not None:
            raise ValueError("give `aspect` or `size`, not both")
        return self

    @field_validator("fps", "encoder", "max_size", "bitrate", "renditions", "poster", "sprites")
    @classmethod
    def _fits_format(cls, value: Any, info: ValidationInfo) -> Any:
        """Check a field by itself and against those before it, of which the format is the first."""
        name, format_ = str(info.field_name), info.data.get("format")
        if format_ is None and name in ("fps", "max_size", "bitrate"):
            format_ = Format.MP4  # the format itself is wrong, but these are checked all the same
        if value is not None and format_ is not None:
            _CHECKS[name](value, format_, info.data)
        return value

    @property
    def facts(self) -> FormatFacts:
        """What its format can hold."""
        return FACTS[self.format]

    @property
    def rate(self) -> Fraction:
        """Its frame rate."""
        return self.facts.rate if self.fps is None else parse_rate(self.fps)

    @property
    def limit_bytes(self) -> int | None:
        """The largest size of its file; None without limit."""
        return None if self.max_size is None else parse_bytes(self.max_size)

    @property
    def bits_a_s(self) -> int | None:
        """Its bit rate; None if its quality decides."""
        return None if self.bitrate is None else parse_bit_rate(self.bitrate)

    def pixels(self) -> tuple[int, int]:
        """Return (width, height); of the largest rendition, if there are several."""
        width, height = self._pixels()
        if self.renditions is None:
            return width, height
        short, largest = min(width, height), max(self.renditions)
        return 2 * round(width * largest / short / 2), 2 * round(height * largest / short / 2)

    def _pixels(self) -> tuple[int, int]:
        if isinstance(self.size, list):
            return self.size[0], self.size[1]
        across, down = ASPECTS[self.aspect or "9:16"]
        short = self.short_side - self.short_side % 2
        long = 2 * round(short * max(across, down) / min(across, down) / 2)
        return (long, short) if across > down else (short, long)


class NamedOutput(OutputDocument):
    """One of several output files of a job."""

    name: str = Field(
        max_length=40,
        pattern=r"^[a-z0-9][a-z0-9_-]*$",
        description="Its name: small letters, digits, - and _. Its files are named `job.name.mp4`.",
    )
    slots: dict[str, Any] | None = Field(
        default=None,
        description="Slots of the template that differ in this output, such as words in another language; mappings are "
        "merged, lists replaced.",
    )


def _check_rate(value: int | float | str, format_: Format, _: Mapping[str, Any]) -> None:
    rate = parse_rate(value)
    if format_ is Format.GIF:
        gif_delay_ticks(rate)


def _check_encoder(value: str, format_: Format, _: Mapping[str, Any]) -> None:
    if value == "nvenc" and format_ not in (Format.MP4, Format.HLS):
        raise ValueError(f"nvenc writes H.264, not {FACTS[format_].name}; leave it out")


def _check_max_size(value: str, format_: Format, before: Mapping[str, Any]) -> None:
    parse_bytes(value)
    if not FACTS[format_].sized:
        raise ValueError(f"{FACTS[format_].name} has no bit rate to set; it is for {_SIZED}")
    _check_software(before)


def _check_bit_rate(value: str, format_: Format, before: Mapping[str, Any]) -> None:
    rate, name = parse_bit_rate(value), FACTS[format_].name
    if before.get("max_size") is not None:
        raise ValueError("give `max_size` or `bitrate`, not both")
    _check_software(before)
    if format_ in SOUND_RATES:
        low, high = SOUND_RATES[format_]
        if not low <= rate <= high:
            raise ValueError(f"{name} takes {low // 1000} to {high // 1000} kbit/s")
    elif not FACTS[format_].sized:
        raise ValueError(f"{name} has no bit rate to set; it is for {_SIZED}, m4a and mp3")


def _check_software(before: Mapping[str, Any]) -> None:
    if before.get("encoder") == "nvenc":
        raise ValueError("sizes and bit rates are set with x264 only; leave `encoder: nvenc` out")


def _check_renditions(_: list[int], format_: Format, __: Mapping[str, Any]) -> None:
    if format_ is not Format.HLS:
        raise ValueError("only hls has several sizes in one output; write several `outputs`")


def _check_beside(_: Document, format_: Format, __: Mapping[str, Any]) -> None:
    if not FACTS[format_].picture:
        raise ValueError(f"{FACTS[format_].name} has no picture; write another of `outputs` for it")


_SIZED: Final = ", ".join(one.value for one, facts in FACTS.items() if facts.sized)
_CHECKS: Final[Mapping[str, Callable[[Any, Format, Mapping[str, Any]], None]]] = {
    "fps": _check_rate,
    "encoder": _check_encoder,
    "max_size": _check_max_size,
    "bitrate": _check_bit_rate,
    "renditions": _check_renditions,
    "poster": _check_beside,
    "sprites": _check_beside,
}


def unnamed(output: OutputDocument) -> OutputDocument:
    """Return an output as the only one of a job."""
    own = output.model_dump(exclude_unset=True, exclude={"name", "slots"})
    return OutputDocument.model_validate(own)
