"""The timeline: what to show, in frames and pixels, with all names resolved. Built by draft, segmented by plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import ClassVar, TypeAlias

from farm.model.asset import Asset
from farm.model.color import BLACK, Color
from farm.model.curve import Curve
from farm.model.look import ShapeLook, TextLook
from farm.model.sound import Sound

Param = str | int | float | bool | Asset | None
"""A value of an element's parameter in a resolved timeline; an asset for media."""


@dataclass(frozen=True, slots=True)
class ElementRef:
    """A plugin's element with all its parameters filled in."""

    name: str
    """Its registered name, e.g. ``basics.vignette``."""
    params: tuple[tuple[str, Param], ...] = ()
    """(parameter, value), sorted by parameter."""
    version: str = ""
    """Its plugin's name, version and file hash; part of every key that involves the element."""


class Fit(StrEnum):
    """How a picture fills its box."""

    COVER = "cover"
    """Fill the box and crop the overflow."""
    CONTAIN = "contain"
    """Show all of it; the rest of the box stays transparent."""
    BLUR = "blur"
    """Show all of it over a blurred copy of itself that covers the box."""
    FILL = "fill"
    """Stretch to the box."""


class MotionKind(StrEnum):
    """The movement of an entrance; an exit plays it backwards."""

    FADE = "fade"
    """Opacity."""
    RISE = "rise"
    """From below, with opacity."""
    DROP = "drop"
    """From above, with opacity."""
    LEFT = "left"
    """From the right towards the left, with opacity."""
    RIGHT = "right"
    """From the left towards the right, with opacity."""
    POP = "pop"
    """Grows from small with a little overshoot."""
    ZOOM = "zoom"
    """Shrinks from large to its size, with opacity."""
    WIPE = "wipe"
    """Uncovered from left to right."""


@dataclass(frozen=True, slots=True)
class Motion:
    """An entrance or an exit."""

    kind: MotionKind
    """The movement."""
    frames: int
    """Its length in frames."""
    distance_px: float = 0.0
    """How far RISE, DROP, LEFT and RIGHT travel."""
    delay: int = 0
    """Frames hidden before an entrance begins, or after an exit ends."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the canvas, in pixels."""

    x: float
    """Left edge."""
    y: float
    """Top edge."""
    width: float
    """Width."""
    height: float
    """Height."""


ONE = Curve.constant(1.0)
ZERO = Curve.constant(0.0)
HALF = Curve.constant(0.5)


@dataclass(frozen=True, slots=True)
class Placement:
    """Position and motion of a clip's box on the canvas; frames count from the clip's start."""

    box: Box
    """The box before scale and rotation, with ``x`` and ``y`` at zero."""
    fit: Fit = Fit.COVER
    """How a picture fills the box."""
    x: Curve = ZERO
    """Shift to the right, pixels."""
    y: Curve = ZERO
    """Shift downwards, pixels."""
    scale: Curve = ONE
    """Size about the anchor; 1 is the box's own size."""
    rotation_deg: Curve = ZERO
    """Clockwise about the anchor."""
    anchor_x: float = 0.5
    """Anchor across the box, 0 (left) to 1 (right)."""
    anchor_y: float = 0.5
    """Anchor down the box, 0 (top) to 1 (bottom)."""
    opacity: Curve = ONE
    """0 to 1."""
    zoom: Curve = ONE
    """Enlargement of the picture inside its box (Ken Burns); at least 1."""
    focus_x: Curve = HALF
    """Which part of the picture COVER and zoom keep: 0 left to 1 right."""
    focus_y: Curve = HALF
    """0 top to 1 bottom."""
    radius_px: float = 0.0
    """Rounded corners of the box."""

    @property
    def is_constant(self) -> bool:
        """Whether nothing changes over time."""
        curves = (self.x, self.y, self.scale, self.rotation_deg, self.opacity)
        return all(curve.is_constant for curve in (*curves, self.zoom, self.focus_x, self.focus_y))


@dataclass(frozen=True, slots=True)
class ImageSource:
    """A still picture."""

    advances: ClassVar[bool] = False
    """Whether its own pixels change over time, as opposed to where and how they are shown."""
    asset: Asset
    """The picture."""


@dataclass(frozen=True, slots=True)
class VideoSource:
    """An excerpt of a video."""

    advances: ClassVar[bool] = True
    """Whether its own pixels change over time, as opposed to where and how they are shown."""
    asset: Asset
    """The clip."""
    in_s: Fraction = Fraction(0)
    """Where in the clip the excerpt begins."""
    speed: Fraction = Fraction(1)
    """Clip seconds per timeline second; above 0."""


@dataclass(frozen=True, slots=True)
class TextSource:
    """Rendered text."""

    advances: ClassVar[bool] = False
    """Whether its own pixels change over time, as opposed to where and how they are shown."""
    text: str
    """The words; line feeds break lines."""
    look: TextLook
    """How they are drawn."""


@dataclass(frozen=True, slots=True)
class ShapeSource:
    """A drawn shape; plain colours and gradients are rects with no corner radius."""

    advances: ClassVar[bool] = False
    """Whether its own pixels change over time, as opposed to where and how they are shown."""
    look: ShapeLook
    """How it is drawn."""


@dataclass(frozen=True, slots=True)
class StickerSource:
    """A drawn sticker from a plugin."""

    advances: ClassVar[bool] = False
    """Whether its own pixels change over time, as opposed to where and how they are shown."""
    element: ElementRef
    """The sticker."""


@dataclass(frozen=True, slots=True)
class GroupSource:
    """Nested tracks, composed as one picture; frames count from the group's start."""

    tracks: tuple[Track, ...]
    """Bottom to top."""


AssetSource: TypeAlias = ImageSource | VideoSource
"""The sources that show a media file."""
DrawnSource: TypeAlias = TextSource | ShapeSource | StickerSource
"""The sources that farm draws."""
Source: TypeAlias = AssetSource | DrawnSource | GroupSource


@dataclass(frozen=True, slots=True)
class Clip:
    """A visible source for a length of time."""

    source: Source
    """What it shows."""
    start: int
    """First frame on its track."""
    duration: int
    """Frames between its cuts; transitions show it for longer."""
    placement: Placement
    """Where it is shown."""
    effects: tuple[ElementRef, ...] = ()
    """Applied in order to the clip's own picture."""
    enter: Motion | None = None
    """Its entrance."""
    exit: Motion | None = None
    """Its exit."""
    name: str = ""
    """For people and error messages; never part of a key."""
    path: str = ""
    """Where in the document, for error messages; never part of a key."""

    @property
    def stop(self) -> int:
        """The frame after its last."""
        return self.start + self.duration


@dataclass(frozen=True, slots=True)
class Transition:
    """A transition from one clip to the next."""

    at: int
    """The frame of the cut."""
    before: int
    """Frames of it before the cut; the incoming clip is held there."""
    after: int
    """Frames of it after the cut; the outgoing clip is held there."""
    element: ElementRef
    """Which transition."""
    path: str = ""
    """Where in the document, for error messages; never part of a key."""

    @property
    def start(self) -> int:
        """Its first frame."""
        return self.at - self.before

    @property
    def stop(self) -> int:
        """The frame after its last."""
        return self.at + self.after


@dataclass(frozen=True, slots=True)
class Track:
    """A sequence of clips; gaps are transparent."""

    clips: tuple[Clip, ...]
    """In order of start, never overlapping."""
    transitions: tuple[Transition, ...] = ()
    """In order, never overlapping, each where two clips touch."""
    effects: tuple[ElementRef, ...] = ()
    """Applied in order to the track's picture."""
    name: str = ""
    """For people; never part of a key."""
    path: str = ""
    """Where in the document, for error messages; never part of a key."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """A whole video."""

    width_px: int
    """Canvas width; even."""
    height_px: int
    """Canvas height; even."""
    rate: Fraction
    """Frames per second."""
    duration: int
    """Length in frames."""
    tracks: tuple[Track, ...]
    """Bottom to top."""
    background: Color = BLACK
    """Shown where no track covers it."""
    sound: Sound = field(default_factory=Sound)
    """What is heard."""

    @property
    def duration_s(self) -> Fraction:
        """Its exact length."""
        return Fraction(self.duration) / self.rate
