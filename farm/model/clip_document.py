"""Clips as written in documents."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field

from farm.model.document import (
    Animated,
    ColorValue,
    Document,
    ElementValue,
    ItemDocument,
    Length,
    MediaRef,
    TimeValue,
)

MotionName: TypeAlias = Literal["none", "fade", "rise", "drop", "left", "right", "pop", "zoom", "wipe"]


class MotionDocument(Document):
    """An entrance or an exit."""

    kind: MotionName = Field(description="Which movement.")
    duration: TimeValue = Field(default=0.5, description="Duration.")
    delay: TimeValue = Field(
        default=0, description="Time that it is hidden before an entrance, or after an exit."
    )
    distance: Length = Field(
        default="5%", description="Distance of rise, drop, left and right; percentages refer to the height."
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
        default=None, description="Position of each colour, 0 to 1, ascending; evenly spaced if left out."
    )
    angle: float = Field(
        default=90.0, ge=-360, le=360, description="Degrees; 0 runs left to right, 90 top to bottom."
    )
    radial: bool = Field(default=False, description="From the centre outwards.")


Paint: TypeAlias = ColorValue | GradientDocument


class ShadowDocument(Document):
    """A blurred shadow below a shape."""

    color: ColorValue = Field(default="#00000060", description="Colour with opacity.")
    dx: Length = Field(default=0, description="Offset to the right.")
    dy: Length = Field(default=8, description="Offset downwards.")
    blur: Length = Field(default=24, description="Gaussian sigma.")


class TimedDocument(ItemDocument):
    """Fields common to timed items of a track."""

    name: str = Field(
        default="", max_length=200, description="A name for people and messages; it never affects the pixels."
    )
    at: TimeValue | None = Field(
        default=None, description="Start on the track; after the item before it if left out."
    )


class VisualDocument(TimedDocument):
    """Fields common to all visible clips."""

    box: Quad | None = Field(default=None, description="[x, y, width, height]; the whole canvas if left out.")
    x: Animated = Field(default=0, description="Shift to the right.")
    y: Animated = Field(default=0, description="Shift downwards.")
    scale: Animated = Field(default=1, description="Scale around the anchor.")
    rotation: Animated = Field(default=0, description="Degrees clockwise around the anchor.")
    anchor: Annotated[list[float], Field(min_length=2, max_length=2)] = Field(
        default=[0.5, 0.5], description="[across, down] in the box, 0 to 1."
    )
    opacity: Animated = Field(default=1, description="Opacity, 0 to 1.")
    effects: list[ElementValue] = Field(default=[], max_length=20, description="Effects, applied in order.")
    enter: MotionValue | None = Field(default=None, description="Entrance.")
    exit: MotionValue | None = Field(default=None, description="Exit.")

    def default_box(self, width: int, height: int) -> tuple[float, float, float, float]:
        """Return (x, y, width, height) in pixels of the box on a canvas of this size where `box` is left out."""
        return 0.0, 0.0, width, height


class PictureDocument(VisualDocument):
    """Fields common to clips that show a media file."""

    src: MediaRef = Field(
        description="Path (relative to the document), http(s) URL or sha256:… of the media, with a name for messages "
        "after a #."
    )
    fit: Literal["cover", "contain", "blur", "fill"] = Field(
        default="cover", description="How the picture fills its box."
    )
    zoom: Animated = Field(default=1, description="Enlargement inside the box (Ken Burns), at least 1.")
    focus_x: Animated = Field(
        default=0.5, description="The part that cover and zoom keep: 0 (left) to 1 (right)."
    )
    focus_y: Animated = Field(default=0.5, description="The same, 0 (top) to 1 (bottom).")
    radius: Length = Field(
        default=0, description="Radius of the box's corners; percentages refer to its shorter side."
    )


class ImageClip(PictureDocument):
    """A still picture."""

    kind: Literal["image"] = "image"
    duration: TimeValue = Field(description="How long.")


class VideoClip(PictureDocument):
    """An excerpt of a video."""

    kind: Literal["video"] = "video"
    duration: TimeValue | None = Field(
        default=None, description="Duration; to `out` or the clip's end if left out."
    )
    in_: TimeValue = Field(default=0, alias="in", description="Start in the clip.")
    out: TimeValue | None = Field(default=None, description="End in the clip.")
    speed: float = Field(default=1.0, ge=0.05, le=20, description="Clip seconds per second.")
    sound: bool = Field(default=False, description="Whether the clip's own sound is kept.")
    gain_db: float = Field(default=0.0, ge=-60, le=24, description="Volume of its own sound.")


class TextClip(VisualDocument):
    """Rendered text."""

    box: Quad | None = Field(
        default=None,
        description="[x, y, width, height]; the whole canvas without 6% of its width on each side if left out.",
    )
    kind: Literal["text"] = "text"
    text: str = Field(min_length=1, max_length=2000, description="The text; line feeds start new lines.")
    duration: TimeValue = Field(description="How long.")
    style: str = Field(default="basics.title", description="A text style listed by `farm elements`.")
    look: dict[str, Any] = Field(
        default={}, description="Fields of the text style to override, e.g. {size: 64, color: red}."
    )

    def default_box(self, width: int, height: int) -> tuple[float, float, float, float]:
        """Return the canvas without 6% of its width on each side."""
        margin = 0.06 * width
        return margin, 0.0, width - 2 * margin, height


class ColorClip(VisualDocument):
    """A plain colour or gradient."""

    kind: Literal["color"] = "color"
    color: Paint = Field(description="Colour or gradient.")
    duration: TimeValue = Field(description="How long.")


class ShapeClip(VisualDocument):
    """A drawn shape."""

    kind: Literal["shape"] = "shape"
    form: Literal["rect", "ellipse", "line"] = Field(default="rect", description="Its outline.")
    fill: Paint | None = Field(default=None, description="Its fill; none for outline only.")
    stroke: ColorValue | None = Field(default=None, description="Colour of its outline.")
    stroke_width: Length = Field(
        default=4, description="Width of its outline; percentages refer to the canvas's shorter side."
    )
    radius: Length = Field(
        default=0, description="Corner radius of a rect; percentages refer to its shorter side."
    )
    shadow: ShadowDocument | None = Field(default=None, description="Shadow below it.")
    duration: TimeValue = Field(description="How long.")


class StickerClip(VisualDocument):
    """A sticker: drawn by a plugin, or an image with alpha."""

    box: Quad | None = Field(
        default=None,
        description="[x, y, width, height]; a square in the middle, 30% of the canvas's shorter side, if left out.",
    )
    kind: Literal["sticker"] = "sticker"
    sticker: ElementValue | None = Field(default=None, description="A sticker listed by `farm elements`.")
    src: MediaRef | None = Field(default=None, description="Or an image with alpha.")
    duration: TimeValue = Field(description="How long.")

    def default_box(self, width: int, height: int) -> tuple[float, float, float, float]:
        """Return a square in the middle, 30% of the canvas's shorter side."""
        side = 0.3 * min(width, height)
        return (width - side) / 2, (height - side) / 2, side, side


class GroupClip(VisualDocument):
    """Nested tracks that move, fade and change as one picture."""

    kind: Literal["group"] = "group"
    tracks: list[TrackDocument] = Field(
        min_length=1, max_length=50, description="Tracks, bottom to top; their time starts at 0."
    )
    duration: TimeValue = Field(description="How long.")


class AudioClip(TimedDocument):
    """A sound."""

    kind: Literal["audio"] = "audio"
    src: MediaRef = Field(description="Path, URL or sha256:… of the sound.")
    duration: TimeValue | None = Field(
        default=None, description="Duration; to the video's end (or its own) if left out."
    )
    in_: TimeValue = Field(default=0, alias="in", description="Start in the sound.")
    speed: float = Field(
        default=1.0, ge=0.25, le=4, description="Sound seconds per second; the pitch changes with it."
    )
    loop: bool = Field(default=False, description="Whether it is repeated until `duration`.")
    gain_db: Animated = Field(default=0, description="Gain in dB.")
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


SourceClip: TypeAlias = ImageClip | VideoClip | TextClip | ColorClip | ShapeClip | StickerClip
"""The kinds of clips that show something of their own."""
VisualClip: TypeAlias = SourceClip | GroupClip
"""The kinds of clips that are seen."""
Item: TypeAlias = Annotated[
    SourceClip | GroupClip | AudioClip | GapItem | TransitionItem, Field(discriminator="kind")
]


class TrackDocument(Document):
    """A sequence of items."""

    name: str = Field(default="", max_length=200, description="For people.")
    clips: list[Item] = Field(
        min_length=1, max_length=2000, description="Clips, gaps and transitions in order."
    )
    effects: list[ElementValue] = Field(default=[], max_length=20, description="Effects on the whole track.")


GroupClip.model_rebuild()
