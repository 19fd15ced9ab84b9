"""The timeline document: tracks of clips, captions and sound, as written by users, templates and importers."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from farm.model.caption_document import CueDocument, ReadingDocument
from farm.model.clip_document import TrackDocument
from farm.model.document import ColorValue, Document, ElementValue, MediaRef, TimeValue
from farm.model.item_document import Quad
from farm.model.safe_area import SafeName


class CaptionsDocument(Document):
    """Captions, from a file (SRT, WebVTT, ASS, SSA) or as cues.

    A cue that overlaps the next one in its place ends where that begins, with a warning; if too little of it would be
    left to read, both are shown together. `docs/captions.md` says what is kept of each format.
    """

    src: MediaRef | None = Field(
        default=None,
        description="An SRT, WebVTT, ASS or SSA file; UTF-8, or another encoding if it is unambiguous.",
    )
    cues: list[CueDocument] | None = Field(
        default=None, max_length=5000, description="Or the cues themselves, at most 5,000."
    )
    style: str = Field(default="basics.caption", description="A text style.")
    look: dict[str, Any] = Field(default={}, description="Fields of the text style to override.")
    box: Quad | None = Field(
        default=None,
        description="[x, y, width, height] of captions without a place of their own; the safe area if left out.",
    )
    safe: SafeName = Field(
        default="auto",
        description="Whose safe area captions stay in: a platform's, `all`, `none`, or `auto` for those that suit the "
        "canvas's shape.",
    )
    reading: ReadingDocument = Field(
        default_factory=ReadingDocument, description="How much is shown at once, and how fast it may be read."
    )
    highlight: ElementValue | None = Field(
        default=None,
        description="How words are shown as they are spoken: a highlight listed by `farm elements animators`. Times "
        "that the captions do not have are estimated, with a warning. If left out, karaoke of ASS is shown as its "
        "script says.",
    )
    styles: bool = Field(
        default=True, description="Whether colours, fonts, sizes and outlines of the file are kept."
    )
    positions: bool = Field(default=True, description="Whether positions of the file are kept.")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.src is None) == (self.cues is None):
            raise ValueError("give exactly one of `src` (a caption file) and `cues`")
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
