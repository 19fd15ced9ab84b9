"""Job documents: a template with its slots, or a timeline, and the output file to produce."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import BeforeValidator, Field, field_validator, model_validator

from farm.model.document import Document, PlainName, no_switch
from farm.model.timebase import parse_rate
from farm.model.timeline_document import TimelineDocument

MIN_SIDE_PX = 16
MAX_SIDE_PX = 4096

ASPECTS: dict[str, tuple[int, int]] = {"9:16": (9, 16), "1:1": (1, 1), "16:9": (16, 9), "4:5": (4, 5)}
"""Output presets, width to height."""


def _no_number(value: Any) -> Any:
    if isinstance(value, int | float):
        raise ValueError(f'`{value}` is not a size; write "720x1280" or [720, 1280]')
    return value


class OutputDocument(Document):
    """The output file."""

    aspect: Literal["9:16", "1:1", "16:9", "4:5"] | None = Field(
        default=None, description="Preset shape; 9:16 if neither this nor `size` is given."
    )
    short_side: int = Field(
        default=720, ge=MIN_SIDE_PX, le=2160, description="Pixels of the shorter side of a preset."
    )
    size: Annotated[str | list[int] | None, BeforeValidator(_no_number)] = Field(
        default=None, description='Exact size instead of a preset: "720x1280" or [720, 1280].'
    )
    fps: Annotated[int | float | str, BeforeValidator(no_switch)] = Field(
        default=30,
        description="Frames per second: 30, 29.97 or 30000/1001; decimals of a standard rate mean that rate.",
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

    variants: int = Field(
        default=1,
        ge=1,
        le=1000,
        description="How many versions of this video are expected, edits included. With more than one, shots and"
        " transitions are encoded separately where that pays: a version then costs only its changes, and files grow by"
        " up to a fifth.",
    )

    @field_validator("fps")
    @classmethod
    def _fps(cls, value: int | float | str) -> int | float | str:
        parse_rate(value)
        return value

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

    def pixels(self) -> tuple[int, int]:
        """Return (width, height)."""
        if isinstance(self.size, list):
            return self.size[0], self.size[1]
        across, down = ASPECTS[self.aspect or "9:16"]
        short = self.short_side - self.short_side % 2
        long = 2 * round(short * max(across, down) / min(across, down) / 2)
        return (long, short) if across > down else (short, long)


class TemplateTextDocument(Document):
    """A template in the template language, as part of a job."""

    source: str = Field(min_length=1, max_length=200, description="Its file's name, for messages.")
    text: str = Field(min_length=1, max_length=200_000, description="Its text, YAML or JSON.")
    use: dict[str, Annotated[str, Field(max_length=200_000)]] = Field(
        default={}, max_length=8, description="The texts of the files that it uses, by their names."
    )


class TemplateJob(Document):
    """A template job: a template and the content of its slots."""

    name: PlainName = Field(default="", max_length=200, description="Its name; the file's name if left out.")
    template: Annotated[str, Field(min_length=1, max_length=300)] | TemplateTextDocument = Field(
        description="A template listed by `farm templates`, the path of a template file (./card.yaml), or its text."
    )
    slots: dict[str, Any] = Field(description="The template's slots; see `farm templates NAME`.")
    output: OutputDocument = Field(default_factory=lambda: OutputDocument.model_validate({}))


class TimelineJob(Document):
    """A timeline job: tracks of clips, no template."""

    name: PlainName = Field(default="", max_length=200, description="Its name; the file's name if left out.")
    timeline: TimelineDocument = Field(description="The tracks.")
    output: OutputDocument = Field(default_factory=lambda: OutputDocument.model_validate({}))


JobDocument: TypeAlias = TemplateJob | TimelineJob
