"""How shapes and texts are drawn, as written in documents: gradients, borders, shadows, lines."""

from __future__ import annotations

from itertools import pairwise
from typing import TypeAlias

from pydantic import Field, ValidationInfo, field_validator

from farm.model.document import ColorValue, Document, Ease, Length, TimeValue


class GradientDocument(Document):
    """A colour gradient."""

    colors: list[ColorValue] = Field(min_length=2, max_length=8, description="From start to end, 2 to 8.")
    stops: list[float] | None = Field(
        default=None, description="Position of each colour, 0 to 1, ascending; evenly spaced if left out."
    )
    angle: float = Field(
        default=90.0, ge=-360, le=360, description="Degrees; 0 runs left to right, 90 top to bottom."
    )
    radial: bool = Field(default=False, description="From the centre outwards.")

    @field_validator("stops")
    @classmethod
    def _check_stops(cls, stops: list[float] | None, info: ValidationInfo) -> list[float] | None:
        colors = info.data.get("colors")  # missing if they are wrong themselves
        if stops is None or colors is None:
            return stops
        rising = all(one < other for one, other in pairwise(stops))
        if len(stops) != len(colors) or not rising or stops[0] < 0 or stops[-1] > 1:
            raise ValueError(f"must be {len(colors)} ascending numbers from 0 to 1, one per colour")
        return stops


Paint: TypeAlias = ColorValue | GradientDocument


class ShadowDocument(Document):
    """A blurred shadow below a shape."""

    color: ColorValue = Field(default="#00000060", description="Colour with opacity.")
    dx: Length = Field(
        default=0,
        description="Offset to the right, -200% to 200%; percentages here refer to the canvas's shorter side.",
    )
    dy: Length = Field(default=8, description="Offset downwards, -200% to 200%.")
    blur: Length = Field(default=24, description="Gaussian sigma, 0 to 50%.")


class BorderDocument(Document):
    """A line along the inside of a picture's box, or around a cut-out: a picture with transparency, or fitted whole."""

    color: ColorValue = Field(default="#ffffff", description="Its colour.")
    width: Length = Field(
        default="1%", description="Its width; percentages refer to the canvas's shorter side."
    )


class TypedDocument(Document):
    """How a text is typed."""

    delay: TimeValue = Field(default=0, description="Time before the first character.")
    duration: TimeValue = Field(default=1, description="Time in which all of it is typed.")
    ease: Ease = Field(default="linear", description="Its easing.")


class StruckDocument(Document):
    """A line that strikes a text out."""

    delay: TimeValue = Field(default=0.5, description="Time before the line is drawn.")
    duration: TimeValue = Field(default=0.3, description="Time in which it is drawn.")
    ease: Ease = Field(default="out-cubic", description="Its easing.")
    color: ColorValue | None = Field(default=None, description="Its colour; the text's if left out.")
    width_em: float = Field(default=0.075, gt=0, le=1, description="Its width in font sizes.")
