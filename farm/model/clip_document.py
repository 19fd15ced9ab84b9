"""Clips as written in documents."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field

from farm.model.document import (
    Animated,
    ColorValue,
    Document,
    ElementValue,
    Length,
    MediaRef,
    TimeValue,
)

MotionName: TypeAlias = Literal["none", "fade", "rise", "drop", "left", "right", "pop", "zoom", "wipe"]


class MotionDocument(Document):
    """An entrance or an exit."""

    kind: MotionName = Field(description="Which movement.")
    duration: TimeValue = Field(0.5, description="Duration.")
    delay: TimeValue = Field(0, description="Time that it is hidden before an entrance, or after an exit.")
    distance: Length = Field(
        "5%", description="Distance of rise, drop, left and right; percentages refer to the height."
    )


MotionValue: TypeAlias = Annotated[
    MotionDocument,
    BeforeValidator(
        lambda value: {"kind": value} if isinstance(value, str) else value,
        json_schema_input_type=MotionName | MotionDocument,
    ),
]
Quad: TypeAlias = Annotated[list[Length], Field(min_length=4, max_length=4)]


class GradientDocument(Document):
    """A colour gradient."""

    colors: list[ColorValue] = Field(min_length=2, max_length=8, description="From start to end.")
    stops: list[float] | None = Field(
        None, description="Position of each colour, 0 to 1, ascending; evenly spaced if left out."
    )
    angle: float = Field(
        90.0, ge=-360, le=360, description="Degrees; 0 runs left to right, 90 top to bottom."
    )
    radial: bool = Field(False, description="From the centre outwards.")


Paint: TypeAlias = ColorValue | GradientDocument


class ShadowDocument(Document):
    """A blurred shadow below a shape."""

    color: ColorValue = Field("#00000060", description="Colour with opacity.")
    dx: Length = Field(0, description="Offset to the right.")
    dy: Length = Field(8, description="Offset downwards.")
    blur: Length = Field(24, description="Gaussian sigma.")


class TimedDocument(Document):
    """Fields common to timed items of a track."""

    name: str = Field(
        "", max_length=200, description="A name for people and messages; it never affects the pixels."
    )
    at: TimeValue | None = Field(
        None, description="Start on the track; after the item before it if left out."
    )


class VisualDocument(TimedDocument):
    """Fields common to all visible clips."""

    box: Quad | None = Field(None, description="[x, y, width, height]; the whole canvas if left out.")
    x: Animated = Field(0, description="Shift to the right.")
    y: Animated = Field(0, description="Shift downwards.")
    scale: Animated = Field(1, description="Scale around the anchor.")
    rotation: Animated = Field(0, description="Degrees clockwise around the anchor.")
    anchor: Annotated[list[float], Field(min_length=2, max_length=2)] = Field(
        [0.5, 0.5], description="[across, down] in the box, 0 to 1."
    )
    opacity: Animated = Field(1, description="Opacity, 0 to 1.")
    effects: list[ElementValue] = Field([], max_length=20, description="Effects, applied in order.")
    enter: MotionValue | None = Field(None, description="Entrance.")
    exit: MotionValue | None = Field(None, description="Exit.")


class PictureDocument(VisualDocument):
    """Fields common to clips that show a media file."""

    src: MediaRef = Field(
        description="Path (relative to the document), http(s) URL or sha256:… of the media, with a name for messages "
        "after a #."
    )
    fit: Literal["cover", "contain", "blur", "fill"] = Field(
        "cover", description="How the picture fills its box."
    )
    zoom: Animated = Field(1, description="Enlargement inside the box (Ken Burns), at least 1.")
    focus_x: Animated = Field(0.5, description="The part that cover and zoom keep: 0 (left) to 1 (right).")
    focus_y: Animated = Field(0.5, description="The same, 0 (top) to 1 (bottom).")
    radius: Length = Field(
        0, description="Radius of the box's corners; percentages refer to its shorter side."
    )


class ImageClip(PictureDocument):
    """A still picture."""

    kind: Literal["image"]
    duration: TimeValue = Field(description="How long.")


class VideoClip(PictureDocument):
    """An excerpt of a video."""

    kind: Literal["video"]
    duration: TimeValue | None = Field(None, description="Duration; to `out` or the clip's end if left out.")
    in_: TimeValue = Field(0, alias="in", description="Start in the clip.")
    out: TimeValue | None = Field(None, description="End in the clip.")
    speed: float = Field(1.0, ge=0.05, le=20, description="Clip seconds per second.")
    sound: bool = Field(False, description="Whether the clip's own sound is kept.")
    gain_db: float = Field(0.0, ge=-60, le=24, description="Volume of its own sound.")


class TextClip(VisualDocument):
    """Rendered text."""

    box: Quad | None = Field(
        None,
        description="[x, y, width, height]; the whole canvas without 6% of its width on each side if left out.",
    )
    kind: Literal["text"]
    text: str = Field(min_length=1, max_length=2000, description="The text; line feeds start new lines.")
    duration: TimeValue = Field(description="How long.")
    style: str = Field("basics.title", description="A text style listed by `farm elements`.")
    look: dict[str, Any] = Field(
        {}, description="Fields of the text style to override, e.g. {size: 64, color: red}."
    )


class ColorClip(VisualDocument):
    """A plain colour or gradient."""

    kind: Literal["color"]
    color: Paint = Field(description="Colour or gradient.")
    duration: TimeValue = Field(description="How long.")


class ShapeClip(VisualDocument):
    """A drawn shape."""

    kind: Literal["shape"]
    form: Literal["rect", "ellipse", "line"] = Field("rect", description="Its outline.")
    fill: Paint | None = Field(None, description="Its fill; none for outline only.")
    stroke: ColorValue | None = Field(None, description="Colour of its outline.")
    stroke_width: Length = Field(
        4, description="Width of its outline; percentages refer to the canvas's shorter side."
    )
    radius: Length = Field(0, description="Corner radius of a rect; percentages refer to its shorter side.")
    shadow: ShadowDocument | None = Field(None, description="Shadow below it.")
    duration: TimeValue = Field(description="How long.")


class StickerClip(VisualDocument):
    """A sticker: drawn by a plugin, or an image with alpha."""

    box: Quad | None = Field(
        None,
        description="[x, y, width, height]; a square in the middle, 30% of the canvas's shorter side, if left out.",
    )
    kind: Literal["sticker"]
    sticker: ElementValue | None = Field(None, description="A sticker listed by `farm elements`.")
    src: MediaRef | None = Field(None, description="Or an image with alpha.")
    duration: TimeValue = Field(description="How long.")


class GroupClip(VisualDocument):
    """Nested tracks that move, fade and change as one picture."""

    kind: Literal["group"]
    tracks: list[TrackDocument] = Field(
        min_length=1, max_length=50, description="Tracks, bottom to top; their time starts at 0."
    )
    duration: TimeValue = Field(description="How long.")


class AudioClip(TimedDocument):
    """A sound."""

    kind: Literal["audio"]
    src: MediaRef = Field(description="Path, URL or sha256:… of the sound.")
    duration: TimeValue | None = Field(
        None, description="Duration; to the video's end (or its own) if left out."
    )
    in_: TimeValue = Field(0, alias="in", description="Start in the sound.")
    speed: float = Field(
        1.0, ge=0.25, le=4, description="Sound seconds per second; the pitch changes with it."
    )
    loop: bool = Field(False, description="Whether it is repeated until `duration`.")
    gain_db: Animated = Field(0, description="Gain in dB.")
    fade_in: TimeValue = Field(0, description="Fade at its start.")
    fade_out: TimeValue = Field(0, description="Fade at its end.")
    role: Literal["music", "voice", "effect"] = Field(
        "music", description="Whether music is lowered under voices."
    )


class GapItem(Document):
    """A gap between clips."""

    kind: Literal["gap"]
    duration: TimeValue = Field(description="How long.")


class TransitionItem(Document):
    """A transition from the clip before it to the clip after it; the video's length does not change."""

    kind: Literal["transition"]
    use: ElementValue = Field(description="A transition listed by `farm elements`.")
    duration: TimeValue = Field(0.5, description="How long.")
    before: TimeValue | None = Field(None, description="Its part before the cut; half of it if left out.")


Item: TypeAlias = Annotated[
    ImageClip
    | VideoClip
    | TextClip
    | ColorClip
    | ShapeClip
    | StickerClip
    | GroupClip
    | AudioClip
    | GapItem
    | TransitionItem,
    Field(discriminator="kind"),
]


class TrackDocument(Document):
    """A sequence of items."""

    name: str = Field("", max_length=200, description="For people.")
    clips: list[Item] = Field(
        min_length=1, max_length=2000, description="Clips, gaps and transitions in order."
    )
    effects: list[ElementValue] = Field([], max_length=20, description="Effects on the whole track.")


GroupClip.model_rebuild()

SourceClip: TypeAlias = ImageClip | VideoClip | TextClip | ColorClip | ShapeClip | StickerClip
VisualClip: TypeAlias = SourceClip | GroupClip
"""A clip that is seen."""
