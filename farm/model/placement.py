"""Where and how a clip's picture is shown: its box, how it moves, how its colours combine."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from farm.model.curve import Curve
from farm.model.look import Shadow, Stroke


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
class Crop:
    """What is cut off a picture, as shares of its size."""

    left: float = 0.0
    """Share of the width cut off the left."""
    top: float = 0.0
    """Share of the height cut off the top."""
    right: float = 0.0
    """Share of the width cut off the right."""
    bottom: float = 0.0
    """Share of the height cut off the bottom."""


NO_CROP = Crop()


@dataclass(frozen=True, slots=True)
class Pin:
    """Four corners that a box is pulled to, in perspective: a product on a screen or a billboard."""

    corners: tuple[Curve, ...]
    """x and y in canvas pixels of the top left, top right, bottom right and bottom left corner: eight curves."""


class Blend(StrEnum):
    """How a clip's colours combine with those below it (W3C Compositing and Blending Level 1)."""

    NORMAL = "normal"
    """The upper colour covers the lower one."""
    MULTIPLY = "multiply"
    """Darkens: the product of both; white leaves the lower colour alone."""
    SCREEN = "screen"
    """Lightens: the product of the complements; black leaves the lower colour alone."""
    OVERLAY = "overlay"
    """Multiplies dark lower colours and screens light ones: more contrast, tinted."""
    DARKEN = "darken"
    """The darker of both, channel by channel."""
    LIGHTEN = "lighten"
    """The lighter of both, channel by channel."""
    COLOR_DODGE = "color-dodge"
    """Brightens the lower colour towards the upper one; burns out to white."""
    COLOR_BURN = "color-burn"
    """Darkens the lower colour towards the upper one; sinks to black."""
    HARD_LIGHT = "hard-light"
    """As overlay, decided by the upper colour: like a harsh lamp."""
    SOFT_LIGHT = "soft-light"
    """Darkens or lightens gently: like a diffuse lamp."""
    DIFFERENCE = "difference"
    """The difference of both; white inverts the lower colour."""
    EXCLUSION = "exclusion"
    """As difference, with less contrast."""
    HUE = "hue"
    """The hue of the upper colour, saturation and luminosity of the lower one."""
    SATURATION = "saturation"
    """The saturation of the upper colour, hue and luminosity of the lower one."""
    COLOR = "color"
    """Hue and saturation of the upper colour, luminosity of the lower one: tints a photo."""
    LUMINOSITY = "luminosity"
    """The luminosity of the upper colour, hue and saturation of the lower one."""


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
    scale_x: Curve = ONE
    """Width about the anchor, in addition to ``scale``."""
    scale_y: Curve = ONE
    """Height about the anchor, in addition to ``scale``."""
    skew_x_deg: Curve = ZERO
    """Slant of vertical edges about the anchor; above 0 the top leans to the left."""
    skew_y_deg: Curve = ZERO
    """Slant of horizontal edges about the anchor."""
    flip_x: bool = False
    """Mirrored left to right."""
    flip_y: bool = False
    """Mirrored top to bottom."""
    crop: Crop = NO_CROP
    """What is cut off the picture before it is fitted."""
    pin: Pin | None = None
    """Where the box's corners are pulled to, instead of shift, scale, rotation and skew."""
    border: Stroke | None = None
    """A line along the inside of the box's edge, above the picture."""
    shadow: Shadow | None = None
    """A shadow of the box, below the picture."""

    @property
    def motion_curves(self) -> tuple[Curve, ...]:
        """What moves, turns, deforms or fades the clip as one picture."""
        corners = self.pin.corners if self.pin is not None else ()
        return (
            self.x, self.y, self.scale, self.rotation_deg, self.opacity,
            self.scale_x, self.scale_y, self.skew_x_deg, self.skew_y_deg, *corners,
        )  # fmt: skip

    @property
    def is_constant(self) -> bool:
        """Whether nothing changes over time."""
        return all(
            curve.is_constant for curve in (*self.motion_curves, self.zoom, self.focus_x, self.focus_y)
        )
