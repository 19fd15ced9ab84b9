"""Captions as written in documents: cues with the times of their words, and limits of reading."""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field, field_validator

from farm.model.document import Document, Length, TimeValue
from farm.model.text_document import SpanValue, plain_text

MAX_CAPTION: Final = 500
"""Characters of a caption; longer ones are refused."""

CueText: TypeAlias = (
    Annotated[str, Field(min_length=1, max_length=MAX_CAPTION)]
    | Annotated[list[SpanValue], Field(min_length=1, max_length=200)]
)
"""The words of a caption, or their runs."""
_Span: TypeAlias = Annotated[list[TimeValue], Field(min_length=2, max_length=2)]


class CueWordDocument(Document):
    """When a word of a caption is spoken."""

    text: str = Field(min_length=1, max_length=200, description="The word as it stands in the caption.")
    start: TimeValue = Field(description="When it begins, in the video's time.")
    end: TimeValue = Field(description="When it ends.")


class CueDocument(Document):
    """One caption."""

    start: TimeValue = Field(description="Start time.")
    end: TimeValue = Field(description="End time.")
    text: CueText = Field(
        description="The words, at most 500 characters, or a list of their runs, as in a text clip."
    )
    words: list[CueWordDocument | _Span] | None = Field(
        default=None,
        max_length=500,
        description="When its words are spoken, in order: {text, start, end} of a word or syllable as it stands in the "
        "text, or [start, end] of each word. In the video's time, as `start` and `end`.",
    )
    position: (
        Literal["top", "middle", "bottom"] | Annotated[list[Length], Field(min_length=2, max_length=2)]
    ) = Field(
        default="bottom",
        description="Where in the safe area it is shown, or [x, y] of its middle on the canvas.",
    )

    @field_validator("text")
    @classmethod
    def _check_length(cls, value: CueText) -> CueText:
        if (length := len(plain_text(value))) > MAX_CAPTION:
            raise ValueError(f"has {length:,} characters; at most {MAX_CAPTION} can be read")
        return value


class ReadingDocument(Document):
    """How much text is shown at once, and how fast it may be read."""

    speed: float = Field(
        default=17, ge=1, le=100, description="Characters a second; faster captions are reported."
    )
    chinese_speed: float = Field(
        default=5, ge=0.5, le=50, description="The same for Chinese and Japanese characters."
    )
    line: int = Field(
        default=42, ge=6, le=200, description="Characters a line at most; fewer where the box is narrow."
    )
    chinese_line: int = Field(
        default=16, ge=3, le=100, description="The same for Chinese and Japanese characters."
    )
    lines: int = Field(
        default=2, ge=1, le=10, description="Lines at most; longer captions are shown in parts."
    )
    words: int | None = Field(
        default=None,
        ge=1,
        le=100,
        description="Words at most, e.g. 3 for short captions; as many as fit if left out.",
    )
