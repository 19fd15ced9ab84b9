"""What a plugin's effect, transition, sticker and text style are: typed parameters and a pure function."""

from __future__ import annotations

from abc import ABC, abstractmethod
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from farm.model.document import fill
from farm.model.motion import MotionName
from farm.render.frame import Frame, Moment
from farm.render.media_picture import MediaPicture

EnterName: TypeAlias = MotionName
"""The name of an entrance or exit."""


class Element(BaseModel, ABC):
    """A named thing with typed, documented parameters: a frozen pydantic model whose fields are the parameters.

    Equal parameters promise equal pixels; an element keeps no state between calls.
    """

    # Deferred: a process uses few of the elements that plugins offer.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    name: ClassVar[str]
    """``plugin.element``, as documents write it."""

    if not TYPE_CHECKING:  # type checkers derive the constructor from the fields

        def __init__(self, /, *args: object, **data: Any) -> None:
            fill(self, args, data)

        __init__.__pydantic_base_init__ = True


class Effect(Element):
    """Maps a frame at a time to a frame."""

    steady: ClassVar[bool] = False
    """Whether the result depends on the frame alone and not on the time: frames in which nothing else changes are then
    composed once."""
    premultiplied: ClassVar[bool] = False
    """Whether it works on premultiplied frames, for effects that move or mix pixels, alpha among them.

    Otherwise frames with alpha are straight, and below their transparent pixels the picture's colours continue.
    """

    @abstractmethod
    def apply(self, frame: Frame, at: Moment) -> Frame:
        """Return the frame with the effect.

        ``frame`` may be shared and must not be written to. The result has the same size; where the frame has alpha, so
        has the result, of the same kind as the frame's: straight or premultiplied. Alpha planes may be passed on as
        they are.
        """


class Transition(Element):
    """Passes from one frame to another."""

    @abstractmethod
    def mix(self, old: Frame, new: Frame, progress: float) -> Frame:
        """Return the frame ``progress`` (0 only old, 1 only new, eased by the transition itself) of the way.

        Both frames have the same size, both are opaque or both carry premultiplied alpha; neither may be
        written to. The result is of the same kind.
        """


class Sticker(Element):
    """A drawing that is sharp at any size."""

    aspect: ClassVar[float] = 1.0
    """Width over height of the whole drawing."""
    fills: ClassVar[bool] = False
    """Whether it fills any box, instead of keeping its aspect."""

    @abstractmethod
    def draw(self, canvas: Any, width_px: float, height_px: float) -> None:
        """Paint onto a ``skia.Canvas`` whose clear area is ``width_px`` by ``height_px`` from the origin."""


class LivelySticker(Sticker):
    """A drawing that changes over time: drawn anew for every frame."""

    @abstractmethod
    def draw_at(self, canvas: Any, width_px: float, height_px: float, at: Moment) -> None:
        """Paint as :meth:`Sticker.draw` does, as of a moment of the clip."""

    def draw(self, canvas: Any, width_px: float, height_px: float) -> None:
        """Paint as of a third of two seconds: for lists and thumbnails."""
        self.draw_at(canvas, width_px, height_px, Moment(20, 60, Fraction(30)))


class StrokeStyle(BaseModel):
    """An outline of a text style."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    color: str = Field("#000000", description="Colour.")
    width_em: float = Field(
        0.12, ge=0, le=1, description="Whole width in font sizes; half of it shows outside."
    )


class ShadowStyle(BaseModel):
    """A shadow of a text style."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    color: str = Field("#00000080", description="Colour with opacity.")
    dx_em: float = Field(0.0, ge=-2, le=2, description="Offset to the right in font sizes.")
    dy_em: float = Field(0.06, ge=-2, le=2, description="Offset downwards in font sizes.")
    blur_em: float = Field(0.12, ge=0, le=2, description="Gaussian sigma in font sizes.")


class GradientStyle(BaseModel):
    """A gradient where a colour may stand."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    colors: list[str] = Field(min_length=2, max_length=8, description="Colours from start to end.")
    stops: list[float] | None = Field(
        None, description="Position of each colour, 0 to 1, ascending; evenly spaced if left out."
    )
    angle_deg: float = Field(90.0, ge=-360, le=360, description="0 runs left to right, 90 top to bottom.")
    radial: bool = Field(False, description="From the centre outwards instead of along the angle.")


class PlateStyle(BaseModel):
    """A box behind the text of a text style."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    fill: str | GradientStyle = Field("#000000a0", description="Colour or gradient.")
    pad_x_em: float = Field(0.5, ge=0, le=10, description="Room left and right in font sizes.")
    pad_y_em: float = Field(0.25, ge=0, le=10, description="Room above and below in font sizes.")
    radius_em: float = Field(0.2, ge=0, le=20, description="Corner radius in font sizes; large gives a pill.")
    full_width: bool = Field(False, description="As wide as the text's box.")
    lines: bool = Field(False, description="Follows each line instead of the whole block.")


class TextStyle(BaseModel):
    """How text is drawn, in units of the font size and the canvas, so that it suits any output size.

    A style element is an instance with its name; a document may override any field.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    if not TYPE_CHECKING:

        def __init__(self, /, *args: object, **data: Any) -> None:
            fill(self, args, data)

        __init__.__pydantic_base_init__ = True

    families: list[str] = Field(
        ["Outfit", "Noto Sans SC"], description="Font families in order of preference."
    )
    size: float | str = Field("6%", description="Font size: pixels, or percent of the canvas's shorter side.")
    min_size: float | str = Field("2.2%", description="Never shrunk below this to fit the box.")
    weight: int = Field(600, ge=100, le=900, description="100 thin to 900 black.")
    color: str | GradientStyle = Field("#ffffff", description="Colour or gradient.")
    stroke: StrokeStyle | list[StrokeStyle] | None = Field(
        None, description="Outline behind the fill, or several, the uppermost and narrowest first, at most 6."
    )
    shadow: ShadowStyle | list[ShadowStyle] | None = Field(
        None, description="Shadow below the text, or several, the uppermost first, at most 12."
    )
    plate: PlateStyle | None = Field(None, description="Box behind the text.")
    line_height: float = Field(1.2, ge=0.7, le=3, description="Line pitch in font sizes.")
    letter_spacing_em: float = Field(
        0.0, ge=-0.2, le=2, description="Extra room between letters in font sizes."
    )
    align: Literal["left", "center", "right"] = Field("center", description="Of the lines in the box.")
    valign: Literal["top", "middle", "bottom"] = Field(
        "middle", description="Of the lines in the box's height."
    )
    uppercase: bool = Field(False, description="Set in capitals.")
    strike: bool = Field(False, description="A line through the text.")
    underline: bool = Field(False, description="A line under the text.")
    italic: bool = Field(False, description="Slanted letters.")
    stretch: float | Literal["box"] = Field(
        1.0,
        description="Height of the letters as a multiple of their own, 0.25 to 4; `box` for as high as fills the "
        "box, at most 4 times.",
    )
    arc: float = Field(
        0.0,
        ge=-359,
        le=359,
        description="Degrees of the arc on which the text is set: above 0 it bulges upwards, below 0 downwards.",
    )
    vertical: bool = Field(
        False, description="Set from top to bottom, in columns from right to left, as Chinese and Japanese."
    )
    enter: EnterName = Field("none", description="Entrance when the clip names none.")
    exit: EnterName = Field("none", description="Exit when the clip names none.")


__all__ = [
    "Effect",
    "Element",
    "EnterName",
    "Frame",
    "GradientStyle",
    "LivelySticker",
    "MediaPicture",
    "Moment",
    "PlateStyle",
    "ShadowStyle",
    "Sticker",
    "StrokeStyle",
    "TextStyle",
    "Transition",
]
