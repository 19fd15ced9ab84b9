"""How clips move, as written in documents: entrances, exits, loops, paths."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from farm.model.document import Animated, AnimatedNumber, Document, Ease, Length, TimeValue
from farm.model.motion import LoopName, MotionName
from farm.model.path_data import parse_path


def _named(value: Any) -> Any:
    return {"kind": value} if isinstance(value, str) else value


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) or value is None else [value]


class MotionDocument(Document):
    """An entrance or an exit."""

    kind: MotionName = Field(description="Which movement.")
    duration: TimeValue = Field(default=0.5, description="Duration.")
    delay: TimeValue = Field(
        default=0, description="Time that it is hidden before an entrance, or after an exit."
    )
    distance: Length | None = Field(
        default=None,
        description="How far kinds travel that come from a side, or the blur of `blur`; percentages refer to the "
        "height. If left out, 5%, or as far as the edge of the canvas for kinds that come from beyond it.",
    )
    ease: Ease | None = Field(default=None, description="Its easing; that of its kind if left out.")


MotionValue: TypeAlias = Annotated[
    MotionDocument, BeforeValidator(_named, json_schema_input_type=MotionName | MotionDocument)
]


class LoopDocument(Document):
    """A movement that repeats as long as the clip is visible."""

    kind: LoopName = Field(description="Which movement.")
    period: TimeValue = Field(default=1.5, description="Time of one repetition.")
    amount: float = Field(default=1.0, ge=0, le=10, description="Strength.")
    distance: Length = Field(
        default="1%",
        description="How far kinds move that change the place; percentages refer to the canvas's shorter side.",
    )
    delay: TimeValue = Field(default=0, description="Time before it begins.")
    seed: int = Field(default=1, ge=0, le=1_000_000, description="Selects the path of the random kinds.")


LoopValue: TypeAlias = Annotated[
    LoopDocument, BeforeValidator(_named, json_schema_input_type=LoopName | LoopDocument)
]
LoopValues: TypeAlias = Annotated[
    list[LoopValue],
    Field(max_length=5),
    BeforeValidator(_listed, json_schema_input_type=LoopValue | list[LoopValue]),
]

PathData: TypeAlias = Annotated[str, AfterValidator(lambda text: (parse_path(text), text)[1])]
"""SVG path data."""

Point: TypeAlias = Annotated[list[Length], Field(min_length=2, max_length=2)]


class PathDocument(Document):
    """A path along which a clip moves, relative to where it rests."""

    points: list[Point] | None = Field(
        default=None,
        min_length=2,
        max_length=100,
        description="[x, y] shifts that it passes through, 2 to 100.",
    )
    d: PathData | None = Field(default=None, description="Or SVG path data, in pixels; at most 5,000 steps.")
    smooth: bool = Field(default=True, description="Whether points are joined by curves instead of lines.")
    along: AnimatedNumber | None = Field(
        default=None,
        description="How far along the path it is, 0 to 1; from 0 to 1 during the clip, in-out-sine, if left out.",
    )
    turn: bool = Field(default=False, description="Whether it points in the direction of the path.")

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if (self.points is None) == (self.d is None):
            raise ValueError("give exactly one of `points` (a list of [x, y]) and `d` (SVG path data)")
        return self


class CameraDocument(Document):
    """A camera before a group: its clips move by their `depth`, near ones more than far ones."""

    x: Animated = Field(
        default=0, description="Shift of a clip of depth 1 to the right, up to 4 canvas widths either way."
    )
    y: Animated = Field(
        default=0, description="Shift of a clip of depth 1 downwards, up to 4 canvas heights either way."
    )
    zoom: AnimatedNumber = Field(
        default=1, description="Enlargement of a clip of depth 1 about the canvas's middle, 0.1 to 10."
    )


KenBurnsName: TypeAlias = Literal[
    "in", "out", "left", "right", "up", "down",
    "in-left", "in-right", "in-up", "in-down", "out-left", "out-right", "drift", "punch",
]  # fmt: skip
"""A camera move over a still picture."""


class KenBurnsDocument(Document):
    """A camera move over a picture, made of `zoom` and `focus`."""

    kind: KenBurnsName = Field(description="Towards the focus, away from it, to a side, or both.")
    amount: float = Field(default=0.12, ge=0.01, le=2, description="How much it is enlarged.")
    ease: Ease = Field(default="in-out-sine", description="Its easing.")


KenBurnsValue: TypeAlias = Annotated[
    KenBurnsDocument, BeforeValidator(_named, json_schema_input_type=KenBurnsName | KenBurnsDocument)
]
