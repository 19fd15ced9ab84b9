"""Looks: everything that determines the pixels of text, shapes and gradients, resolved and in pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from farm.model.color import WHITE, Color
from farm.model.font_file import FontFile

Align = Literal["left", "center", "right"]
"""Alignment of lines of text in their box."""
Valign = Literal["top", "middle", "bottom"]
"""Alignment of text in the height of its box."""


@dataclass(frozen=True, slots=True)
class Shadow:
    """A blurred copy below the shape."""

    color: Color
    """Its colour and opacity."""
    dx_px: float = 0.0
    """Offset to the right."""
    dy_px: float = 0.0
    """Offset downwards."""
    blur_px: float = 0.0
    """Gaussian sigma."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """An outline."""

    color: Color
    """Its colour."""
    width_px: float
    """Its full width; for text, half of it shows outside the glyph, behind the fill."""


@dataclass(frozen=True, slots=True)
class Gradient:
    """A linear or radial colour gradient."""

    stops: tuple[tuple[float, Color], ...]
    """(position 0 to 1, colour), rising, at least two."""
    angle_deg: float = 90.0
    """Direction of a linear gradient: 0 runs left to right, 90 top to bottom."""
    radial: bool = False
    """Whether it runs from the centre to the farthest corner instead of along the angle."""


@dataclass(frozen=True, slots=True)
class Plate:
    """A box behind text."""

    fill: Color | Gradient
    """Its paint."""
    pad_x_px: float = 0.0
    """Padding left and right of the text."""
    pad_y_px: float = 0.0
    """Padding above and below."""
    radius_px: float = 0.0
    """Corner radius; more than half the height gives a pill."""
    full_width: bool = False
    """Whether it spans the text's box instead of its longest line."""


@dataclass(frozen=True, slots=True)
class TextLook:
    """How text is drawn."""

    families: tuple[str, ...]
    """Font families in order of preference; the bundled Chinese and emoji fonts always follow, then those for other
    scripts if the text needs them."""
    size_px: float
    """Preferred font size."""
    min_size_px: float
    """The size below which text is never shrunk to fit its box."""
    weight: int = 500
    """100 (thin) to 900 (black)."""
    color: Color | Gradient = WHITE
    """Fill."""
    stroke: Stroke | None = None
    """Outline behind the fill."""
    shadow: Shadow | None = None
    """Shadow below text and outline."""
    plate: Plate | None = None
    """Box behind the text."""
    line_height: float = 1.2
    """Line pitch as a multiple of the font size."""
    letter_spacing_em: float = 0.0
    """Extra space between letters, in font sizes."""
    align: Align = "center"
    """Alignment of the lines in the box."""
    valign: Valign = "middle"
    """Vertical alignment of the block of lines in the box."""
    uppercase: bool = False
    """Whether the text is set in capitals."""
    strike: bool = False
    """Whether a line goes through the text, as for an old price."""
    fonts: tuple[FontFile, ...] = ()
    """Files added by the farm's operator that this text needs."""


@dataclass(frozen=True, slots=True)
class ShapeLook:
    """A drawn shape."""

    form: Literal["rect", "ellipse", "line"]
    """Its outline; a line runs from the left middle to the right middle of its box."""
    fill: Color | Gradient | None = None
    """Its paint; none for outline only."""
    stroke: Stroke | None = None
    """Its outline, inside the box."""
    radius_px: float = 0.0
    """Corner radius of a rect."""
    shadow: Shadow | None = None
    """Shadow below it."""
