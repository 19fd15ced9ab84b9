"""Items of a track that show nothing: sounds, gaps and transitions."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from farm.model.document import AnimatedNumber, ElementValue, ItemDocument, Length, MediaRef, TimeValue

Quad: TypeAlias = Annotated[list[Length], Field(min_length=4, max_length=4)]
PitchName: TypeAlias = Literal["follow", "keep"]
"""Whether the pitch of a sound follows its speed or is kept."""


class TimedDocument(ItemDocument):
    """Fields common to timed items of a track."""

    name: str = Field(
        default="", max_length=200, description="A name for people and messages; it never affects the pixels."
    )
    at: TimeValue | None = Field(
        default=None, description="Start on the track; after the item before it if left out."
    )


class AudioClip(TimedDocument):
    """A sound."""

    kind: Literal["audio"] = "audio"
    src: MediaRef = Field(description="Path, URL or sha256:… of the sound.")
    duration: TimeValue | None = Field(
        default=None, description="Duration; to the video's end (or its own) if left out."
    )
    in_: TimeValue = Field(default=0, alias="in", description="Start in the sound.")
    speed: float = Field(default=1.0, ge=0.25, le=4, description="Sound seconds per second.")
    pitch: PitchName = Field(default="follow", description="Whether the pitch follows the speed or is kept.")
    loop: bool = Field(default=False, description="Whether it is repeated until `duration`.")
    gain_db: AnimatedNumber = Field(default=0, description="Gain in dB, -96 to 24.")
    fade_in: TimeValue = Field(default=0, description="Fade at its start.")
    fade_out: TimeValue = Field(default=0, description="Fade at its end.")
    role: Literal["music", "voice", "effect"] = Field(
        default="music", description="Whether music is lowered under voices."
    )


class GapItem(ItemDocument):
    """A gap between clips."""

    kind: Literal["gap"] = "gap"
    duration: TimeValue = Field(description="How long.")


class TransitionItem(ItemDocument):
    """A transition from the clip before it to the clip after it; the video's length does not change."""

    kind: Literal["transition"] = "transition"
    use: ElementValue = Field(description="A transition listed by `farm elements`.")
    duration: TimeValue = Field(default=0.5, description="How long.")
    before: TimeValue | None = Field(
        default=None, description="Its part before the cut; half of it if left out."
    )
