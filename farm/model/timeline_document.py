"""The timeline document: tracks of clips, captions and sound, as written by users, templates and importers."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from farm.model.clip_document import TrackDocument
from farm.model.document import ColorValue, Document, MediaRef, TimeValue
from farm.model.item_document import Quad


class CueDocument(Document):
    """One caption."""

    start: TimeValue = Field(description="Start time.")
    end: TimeValue = Field(description="End time.")
    text: str = Field(min_length=1, max_length=500, description="The words, at most 500 characters.")


class CaptionsDocument(Document):
    """Captions, from an SRT file or as cues.

    A cue that overlaps the next one ends where that begins, with a warning; if too little of it would be left to read,
    both are shown together.
    """

    src: MediaRef | None = Field(
        default=None, description="An SRT file; UTF-8, or another encoding if it is unambiguous."
    )
    cues: list[CueDocument] | None = Field(
        default=None, max_length=5000, description="Or the cues themselves, at most 5,000."
    )
    style: str = Field(default="basics.caption", description="A text style.")
    look: dict[str, Any] = Field(default={}, description="Fields of the text style to override.")
    box: Quad | None = Field(
        default=None, description="[x, y, width, height]; low on the canvas if left out."
    )

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.src is None) == (self.cues is None):
            raise ValueError("give exactly one of `src` (an SRT file) and `cues`")
        return self


class SoundDocument(Document):
    """How all sounds are mixed."""

    loudness: float | None = Field(
        default=-14.0, ge=-40, le=-5, description="Target loudness in LUFS; null leaves the mix unchanged."
    )
    duck_db: float = Field(
        default=12.0, ge=0, le=60, description="How much music is lowered under voices and clip sound."
    )


class TimelineDocument(Document):
    """A whole video."""

    duration: TimeValue | None = Field(
        default=None,
        description="Duration, at most 60 minutes; to the end of the last visible clip if left out.",
    )
    background: ColorValue = Field(
        default="#000000", description="Background, visible where there is no track."
    )
    tracks: list[TrackDocument] = Field(
        min_length=1, max_length=50, description="Tracks, bottom to top; at most 50."
    )
    captions: CaptionsDocument | None = Field(default=None, description="Captions above all tracks.")
    fonts: list[MediaRef] = Field(
        default=[],
        max_length=20,
        description="Font files of this video alone (.ttf, .otf, .ttc, .woff), at most 20: paths, URLs or sha256:…. "
        "Text styles may name their families, and they supply characters that no other font has.",
    )
    sound: SoundDocument = Field(default_factory=SoundDocument, description="How sounds are mixed.")
