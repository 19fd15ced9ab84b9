"""Clips as written in documents."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import BeforeValidator, Field

from farm.model.document import (
    Animated,
    AnimatedNumber,
    ColorValue,
    Document,
    ElementValue,
    Length,
    MediaRef,
    TimeValue,
)
from farm.model.item_document import AudioClip, GapItem, PitchName, Quad, TimedDocument, TransitionItem
from farm.model.look_document import BorderDocument, Paint, ShadowDocument
from farm.model.motion_document import CameraDocument, KenBurnsValue
from farm.model.placed_document import PlacedDocument
from farm.model.placement import Blend
from farm.model.shape_document import ShapeDocument
from farm.model.text_document import TextDocument

BlendName: TypeAlias = Literal[tuple(blend.value for blend in Blend)]  # type: ignore[valid-type]


class VisualDocument(PlacedDocument):
    """Fields common to all visible clips."""

    effects: list[ElementValue] = Field(
        default=[],
        max_length=20,
        description="Effects, applied in order; at most 20. What lies beside the canvas at rest is cut off.",
    )
    blend: BlendName = Field(
        default="normal",
        description="How its colours combine with those below it (the W3C's blend modes). In a transition, both clips "
        "combine as the one that is shown at that moment without it.",
    )
    mask: MaskDocument | None = Field(
        default=None, description="Decides where it is visible. Masks of masks are nested at most 4 deep."
    )


class PictureDocument(VisualDocument):
    """Fields common to clips that show a media file."""

    src: MediaRef = Field(
        description="Path (relative to the document), http(s) URL or sha256:… of the media, with a name for messages "
        "after a #."
    )
    fit: Literal["cover", "contain", "blur", "fill"] = Field(
        default="cover", description="How the picture fills its box."
    )
    zoom: AnimatedNumber = Field(default=1, description="Enlargement inside the box (Ken Burns), 1 to 10.")
    focus_x: AnimatedNumber = Field(
        default=0.5, description="The part that cover and zoom keep: 0 (left) to 1 (right)."
    )
    focus_y: AnimatedNumber = Field(default=0.5, description="The same, 0 (top) to 1 (bottom).")
    radius: Length = Field(
        default=0, description="Radius of the box's corners; percentages refer to its shorter side."
    )
    crop: Quad | None = Field(
        default=None,
        description="[left, top, right, bottom]: what is cut off the picture first, in its pixels or percent of it.",
    )
    border: BorderDocument | None = Field(
        default=None, description="A line along the edge of its box, or around what is visible of a cut-out."
    )
    shadow: ShadowDocument | None = Field(
        default=None, description="A shadow of its box, or of what is visible of a cut-out."
    )
    ken_burns: KenBurnsValue | None = Field(
        default=None, description="A camera move over the picture, instead of `zoom` and moving `focus`."
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
    out: TimeValue | None = Field(
        default=None,
        description="End in the clip: where it stops without `duration`, and where `reverse` and `repeat` turn. With a "
        "`duration` alone it must not be passed.",
    )
    speed: AnimatedNumber = Field(
        default=1,
        description="Clip seconds per second, 0 to 20; 0 holds the frame at `in`, and keyframes make a ramp.",
    )
    reverse: bool = Field(default=False, description="Whether it is played backwards, from `out` to `in`.")
    repeat: bool = Field(
        default=False, description="Whether the part from `in` to `out` is repeated for `duration`."
    )
    pitch: PitchName = Field(
        default="follow", description="Whether the pitch of its own sound follows the speed or is kept."
    )
    sound: bool = Field(default=False, description="Whether the clip's own sound is kept.")
    gain_db: float = Field(
        default=0.0, ge=-60, le=24, description="Volume of its own sound in dB, -60 to 24."
    )


def _inner_box(width: int, height: int) -> tuple[float, float, float, float]:
    margin = 0.06 * width
    return margin, 0.0, width - 2 * margin, height


class TextClip(TextDocument, VisualDocument):
    """Rendered text."""

    box: Quad | None = Field(
        default=None,
        description="[x, y, width, height]; the whole canvas without 6% of its width on each side if left out.",
    )
    kind: Literal["text"] = "text"
    duration: TimeValue = Field(description="How long.")

    def default_box(self, width: int, height: int) -> tuple[float, float, float, float]:
        """Return the canvas without 6% of its width on each side."""
        return _inner_box(width, height)


class ColorClip(VisualDocument):
    """A plain colour or gradient."""

    kind: Literal["color"] = "color"
    color: Paint = Field(description="Colour or gradient.")
    duration: TimeValue = Field(description="How long.")


class ShapeClip(ShapeDocument, VisualDocument):
    """A drawn shape."""

    kind: Literal["shape"] = "shape"
    duration: TimeValue = Field(description="How long.")


class CounterClip(VisualDocument):
    """A number that changes: a price that falls, a countdown."""

    box: Quad | None = Field(
        default=None,
        description="[x, y, width, height]; the whole canvas without 6% of its width on each side if left out.",
    )
    kind: Literal["counter"] = "counter"
    value: AnimatedNumber = Field(
        description="The number: keyframes from the old to the new one, -1e12 to 1e12; 0 to 1e12 with `roll`."
    )
    text: str = Field(
        default="{}",
        min_length=2,
        max_length=200,
        description="Text around it, on one line, at most 200 characters; {} stands for the number.",
    )
    decimals: int = Field(default=0, ge=0, le=6, description="Decimal places, 0 to 6.")
    thousands: str = Field(
        default="",
        max_length=2,
        description="Separator of groups of three digits, at most 2 characters; another than `point`.",
    )
    point: str = Field(default=".", max_length=2, description="Decimal separator, at most 2 characters.")
    digits: int = Field(
        default=1, ge=1, le=12, description="Least number of digits before the separator, 1 to 12."
    )
    clock: bool = Field(default=False, description="Whether it is seconds, written as minutes and seconds.")
    roll: bool = Field(
        default=False, description="Whether digits roll like a mileage counter's instead of being replaced."
    )
    style: str = Field(default="basics.price", description="A text style listed by `farm elements`.")
    look: dict[str, Any] = Field(default={}, description="Fields of the text style to override.")
    duration: TimeValue = Field(description="How long.")

    def default_box(self, width: int, height: int) -> tuple[float, float, float, float]:
        """Return the canvas without 6% of its width on each side."""
        return _inner_box(width, height)


class ProgressClip(VisualDocument):
    """A progress bar, or ring."""

    box: Quad | None = Field(
        default=None,
        description="[x, y, width, height]; a bar low on the canvas, or for a ring a square in its middle, if left "
        "out.",
    )
    kind: Literal["progress"] = "progress"
    form: Literal["bar", "ring"] = Field(default="bar", description="Its form.")
    value: AnimatedNumber | None = Field(
        default=None, description="How far it is, 0 to 1; from 0 to 1 during the clip, evenly, if left out."
    )
    color: Paint = Field(default="#ffffff", description="Colour or gradient of what is done.")
    track: ColorValue = Field(default="#ffffff40", description="Colour of what remains.")
    radius: Length = Field(
        default="50%", description="Radius of a bar's corners; percentages refer to its shorter side."
    )
    thickness: float = Field(
        default=0.2, gt=0, lt=1, description="Thickness of a ring, as a share of its radius."
    )
    duration: TimeValue = Field(description="How long.")

    def default_box(self, width: int, height: int) -> tuple[float, float, float, float]:
        """Return a bar low on the canvas, or a square in its middle."""
        if self.form == "bar":
            return 0.06 * width, 0.92 * height, 0.88 * width, max(4.0, 0.012 * min(width, height))
        side = 0.3 * min(width, height)
        return (width - side) / 2, (height - side) / 2, side, side


class QrClip(VisualDocument):
    """A QR code."""

    box: Quad | None = Field(
        default=None,
        description="[x, y, width, height]; a square in the middle, 40% of the canvas's shorter side, if left out.",
    )
    kind: Literal["qr"] = "qr"
    text: str = Field(
        min_length=1,
        max_length=2000,
        description="What it says, such as a URL; at most 2,000 characters, or as many as fit with its correction.",
    )
    color: ColorValue = Field(
        default="#000000",
        description="Colour of its modules; dark. Readers need a contrast of 4 : 1 with `background`.",
    )
    background: ColorValue = Field(default="#ffffff", description="Colour between and around them; light.")
    correction: Literal["L", "M", "Q", "H"] = Field(
        default="M", description="Error correction: 7, 15, 25 or 30 % of it may be covered or unreadable."
    )
    quiet: int = Field(
        default=4, ge=0, le=16, description="Modules of background around it, 0 to 16; readers expect 4."
    )
    duration: TimeValue = Field(description="How long.")

    def default_box(self, width: int, height: int) -> tuple[float, float, float, float]:
        """Return a square in the middle, 40% of the canvas's shorter side."""
        side = 0.4 * min(width, height)
        return (width - side) / 2, (height - side) / 2, side, side


class AdjustmentClip(TimedDocument):
    """Effects on everything below it, for a time."""

    kind: Literal["adjustment"] = "adjustment"
    effects: list[ElementValue] = Field(
        min_length=1, max_length=20, description="Effects, applied in order to what is below; at most 20."
    )
    box: Quad | None = Field(
        default=None,
        description="[x, y, width, height] within which they show; the whole canvas if left out.",
    )
    opacity: AnimatedNumber = Field(default=1, description="Strength of the effects, 0 to 1.")
    mask: MaskDocument | None = Field(default=None, description="Decides where they show.")
    duration: TimeValue = Field(description="How long.")

    def default_box(self, width: int, height: int) -> tuple[float, float, float, float]:
        """Return the whole canvas."""
        return 0.0, 0.0, width, height


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
    """Nested tracks that move, fade and change as one picture.

    Boxes within a group count from the corner of the canvas. What lies beside the canvas comes into view as the
    group moves, unless the group has effects, transitions, adjustments, a `flip` or a `pin`, which depend on the
    canvas's size: it is then cut at the canvas's edges first. A group is composed at the canvas's size; a `camera`
    that comes closer keeps texts sharp, where `scale` enlarges the picture.
    """

    kind: Literal["group"] = "group"
    box: Quad | None = Field(
        default=None,
        description="[x, y, width, height] that `anchor`, `flip` and `pin` refer to; it neither moves nor crops the "
        "clips, except that a `pin` shows only what lies in it. The whole canvas if left out.",
    )
    tracks: list[TrackDocument] = Field(
        min_length=1,
        max_length=50,
        description="Tracks, bottom to top, at most 50; their time starts at 0. Groups are nested at most 8 deep.",
    )
    camera: CameraDocument | None = Field(
        default=None, description="A camera that moves its clips by their `depth` (parallax)."
    )
    duration: TimeValue = Field(description="How long.")


class MaskDocument(Document):
    """A picture that decides where a clip is visible."""

    clip: MaskClip = Field(
        description="Any visible clip. Without `duration` it lasts as long as the clip that it masks, or, if it is a "
        "video, as long as that plays; its time starts with the clip's."
    )
    use: Literal["alpha", "luma"] = Field(
        default="alpha", description="What lets the clip through: the mask's opacity, or its brightness."
    )
    invert: bool = Field(default=False, description="Whether it hides where it would show.")
    feather: Animated = Field(
        default=0,
        description="Softness of its edge (Gaussian sigma), 0 to 100%; percentages refer to the canvas's shorter side.",
    )
    follow: bool = Field(
        default=False,
        description="Whether it moves with the clip, cut off at the canvas's edges at rest, instead of staying there.",
    )


ShownClip: TypeAlias = (
    ImageClip
    | VideoClip
    | TextClip
    | ColorClip
    | ShapeClip
    | StickerClip
    | CounterClip
    | ProgressClip
    | QrClip
)
"""The kinds of clips that show something of their own."""
SourceClip: TypeAlias = ShownClip | AdjustmentClip
"""The kinds of clips without tracks."""
VisualClip: TypeAlias = SourceClip | GroupClip
"""The kinds of clips that are seen."""
Item: TypeAlias = Annotated[
    SourceClip | GroupClip | AudioClip | GapItem | TransitionItem, Field(discriminator="kind")
]


def _lasting(value: Any) -> Any:
    """Give a mask's clip without a duration one that is replaced by that of the clip that it masks."""
    if isinstance(value, dict) and "duration" not in value and value.get("kind") != "video":
        return {**value, "duration": WHOLE}
    return value


WHOLE: Final = "0f"
"""The duration of a mask that lasts as long as the clip that it masks."""
MaskClip: TypeAlias = Annotated[
    Annotated[ShownClip | GroupClip, Field(discriminator="kind")],
    BeforeValidator(_lasting),
]
"""The kinds of clips that can be a mask."""


class TrackDocument(Document):
    """A sequence of items."""

    name: str = Field(default="", max_length=200, description="For people.")
    clips: list[Item] = Field(
        min_length=1, max_length=2000, description="Clips, gaps and transitions in order; at most 2,000."
    )
    effects: list[ElementValue] = Field(
        default=[], max_length=20, description="Effects on the whole track; at most 20."
    )
