"""Looks: everything that determines the pixels of text, shapes and gradients, resolved and in pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence
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

    @property
    def reach_px(self) -> float:
        """How far it can reach beyond its shape: three sigmas and the offset."""
        return 3 * self.blur_px + max(abs(self.dx_px), abs(self.dy_px))


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
    lines: bool | None = None
    """Whether it follows each line instead of the block; None for the block."""


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
    shown: float = 1.0
    """Share of its characters that are visible; the others keep their room."""
    struck: float = 0.0
    """Share of a line through the text that is drawn, in addition to ``strike``."""
    strike_line: Stroke | None = None
    """How that line is drawn; in the text's own colour if None."""
    outlines: tuple[Stroke, ...] | None = None
    """Further outlines below ``stroke``, the uppermost first; None for none, as in all fields below."""
    shadows: tuple[Shadow, ...] | None = None
    """Further shadows below ``shadow``, the uppermost first."""
    italic: bool | None = None
    """Whether letters are slanted; False where an italic text is set in the italics of its family."""
    underline: bool | None = None
    """Whether a line is drawn under the text."""
    stretch: float | None = None
    """Height of letters as a multiple of their own; 0 for as high as fills the box, up to 4."""
    arc_deg: float | None = None
    """Angle of the arc of a circle on which the text is set: above 0 it bulges upwards."""
    vertical: bool | None = None
    """Whether it is set from top to bottom, in columns from right to left."""

    @property
    def rich(self) -> bool:
        """Whether it asks for what plain setting does not do."""
        extras = self.outlines, self.shadows, self.italic, self.underline, self.stretch, self.arc_deg
        return any(extras) or self.stretch == 0 or bool(self.vertical or (self.plate and self.plate.lines))


ShapeForm = Literal["rect", "ellipse", "line", "polygon", "star", "arrow", "heart", "ring", "torn", "path"]
"""Outline of a shape."""
StrokeCap = Literal["butt", "round", "square"]
"""How a stroke ends: at its end, or half its width behind it in a semicircle or a square."""


@dataclass(frozen=True, slots=True)
class ShapeLook:
    """A drawn shape."""

    form: ShapeForm
    """Its outline; lines, and arrows without a fill, run from the left middle to the right middle of their box."""
    fill: Color | Gradient | None = None
    """Its paint; none for outline only."""
    stroke: Stroke | None = None
    """Its outline, inside the box."""
    radius_px: float = 0.0
    """Radius of its corners."""
    shadow: Shadow | None = None
    """Shadow below it."""
    points: int = 5
    """Corners of a polygon, or tips of a star."""
    inner: float = 0.5
    """Radius of a star's inner corners, or of a ring's hole, as a share of the outer radius."""
    path: str = ""
    """SVG path data of the form ``path``, in the units of ``view``."""
    view: tuple[float, float, float, float] | None = None
    """(left, top, width, height) of the path's own area, which is fitted into the box; its bounds if None."""
    stretched: bool = False
    """Whether the path's area fills the box instead of keeping its proportions."""
    start: float = 0.0
    """Share of the outline at which drawing begins."""
    stop: float = 1.0
    """Share of the outline at which drawing ends; a stroke draws itself as this rises from 0 to 1."""
    dash_px: tuple[float, ...] = ()
    """Lengths of dashes and gaps, an even number; none for a solid stroke."""
    dash_offset_px: float = 0.0
    """Where in the pattern of dashes the outline begins."""
    cap: StrokeCap | None = None
    """How strokes and dashes end; None for what suits the form."""
    sweep: float = 1.0
    """Share of a ring or ellipse that is filled, clockwise from the top."""
    extent: float = 1.0
    """Share of its box's width that a rect covers, from the left."""
    roughness_px: float = 0.0
    """How far the edge of torn paper deviates from a straight line."""
    seed: int = 1
    """Selects the edge of torn paper."""


@dataclass(frozen=True, slots=True)
class NumberForm:
    """How a number is written."""

    text: str = "{}"
    """Text around it; ``{}`` stands for the number."""
    decimals: int = 0
    """Decimal places."""
    thousands: str = ""
    """Separator of groups of three digits."""
    point: str = "."
    """Decimal separator."""
    digits: int = 1
    """Least number of digits before the decimal separator."""
    clock: bool = False
    """Whether it is a number of seconds, written as minutes and seconds."""
    widest_number: str = ""
    """The longest number that is shown, whose digits all keep their room."""

    @property
    def widest(self) -> str:
        """The longest text that is shown."""
        return self.text.replace("{}", self.widest_number)

    def number(self, value: float) -> str:
        """Return the number alone, rounded half up."""
        steps = 10**self.decimals
        whole = math.floor(abs(value) * steps + 0.5)
        sign = "-" if value < 0 and whole else ""
        units, rest = divmod(whole, steps)
        if self.clock:
            return (
                sign + self._clock(units) + (f"{self.point}{rest:0{self.decimals}d}" if self.decimals else "")
            )
        return sign + self._joined(f"{units:0{self.digits}d}", rest)

    def rolled(self, digits: Sequence[int], negative: bool) -> str:
        """Return a number of given digits, the decimal places last."""
        text = "".join(map(str, digits))
        whole = text[: len(text) - self.decimals] if self.decimals else text
        rest = int(text[len(text) - self.decimals :]) if self.decimals else 0
        return ("-" if negative else "") + self._joined(whole, rest)

    def _clock(self, units: int) -> str:
        minutes, seconds = divmod(units, 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes:0{self.digits}d}:{seconds:02d}"

    def _joined(self, whole: str, rest: int) -> str:
        """Return digits with separators."""
        if self.thousands:
            head = len(whole) % 3 or 3
            groups = [whole[:head], *(whole[at : at + 3] for at in range(head, len(whole), 3))]
            whole = self.thousands.join(groups)
        return f"{whole}{self.point}{rest:0{self.decimals}d}" if self.decimals else whole

    def written(self, value: float) -> str:
        """Return the whole text for a value."""
        return self.text.replace("{}", self.number(value))


@dataclass(frozen=True, slots=True)
class CodeLook:
    """A QR code."""

    text: str
    """What it says."""
    color: Color
    """Colour of its modules."""
    ground: Color
    """Colour between and around them."""
    correction: Literal["L", "M", "Q", "H"] = "M"
    """Error correction: 7, 15, 25 or 30 % of the code may be covered."""
    quiet: int = 4
    """Modules of ground around it; ISO/IEC 18004 asks for four."""
