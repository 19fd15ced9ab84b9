"""Shapes as written in documents."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from farm.model.document import Animated, AnimatedNumber, ColorValue, Document, Length
from farm.model.look import ShapeForm, StrokeCap
from farm.model.look_document import Paint, ShadowDocument
from farm.model.motion_document import PathData


class ShapeDocument(Document):
    """What a shape looks like."""

    form: ShapeForm = Field(default="rect", description="Its outline.")
    fill: Paint | None = Field(
        default=None,
        description="Its fill; none for outline only. A line has none; an arrow with one is a block arrow, and without "
        "one a line with a head.",
    )
    stroke: ColorValue | None = Field(default=None, description="Colour of its outline.")
    stroke_width: Animated = Field(
        default=4,
        description="Width of its outline, 0 to 200%; percentages refer to the canvas's shorter side.",
    )
    radius: Animated = Field(
        default=0,
        description="Radius of its corners, up to 4 times the canvas's shorter side; percentages refer to its own.",
    )
    shadow: ShadowDocument | None = Field(default=None, description="Shadow below it.")
    points: AnimatedNumber = Field(default=5, description="Corners of a polygon or tips of a star, 3 to 64.")
    inner: AnimatedNumber = Field(
        default=0.5,
        description="Radius of a star's inner corners, or of a ring's hole: 0.02 to 0.98 of the outer.",
    )
    d: PathData | None = Field(
        default=None,
        description="SVG path data of the form `path`, at most 5,000 steps; as large as fits into the box in its own "
        "proportions.",
    )
    stretch: bool = Field(
        default=False, description="Whether a path fills its box, however that changes its proportions."
    )
    view: Annotated[list[float], Field(min_length=4, max_length=4)] | None = Field(
        default=None,
        description="[left, top, width, height] of the path's own area, as an SVG's viewBox; its bounds if left out.",
    )
    start: AnimatedNumber = Field(
        default=0, description="Share of the outline at which the stroke begins, 0 to 1."
    )
    stop: AnimatedNumber = Field(
        default=1, description="Share at which it ends, 0 to 1: rising from 0 to 1 it draws itself."
    )
    dash: Annotated[list[Length], Field(min_length=2, max_length=8)] | None = Field(
        default=None,
        description="Lengths of dashes and gaps in turn, 2, 4, 6 or 8 of them; percentages refer to the canvas's "
        "shorter side.",
    )
    cap: StrokeCap | None = Field(
        default=None,
        description="How the stroke and its dashes end: at their end (`butt`), or half the stroke's width behind it in "
        "a semicircle (`round`) or a square (`square`). Dashes of length 0 with round ends are dots. If left out, "
        "round for lines, paths and round corners, butt otherwise and for dashed lines.",
    )
    dash_offset: Animated = Field(
        default=0, description="Where in the pattern of dashes the outline begins, -100000 to 100000 pixels."
    )
    sweep: AnimatedNumber = Field(
        default=1, description="Share of a ring or ellipse, clockwise from the top, 0 to 1."
    )
    extent: AnimatedNumber = Field(
        default=1, description="Share of the box's width that a rect covers, 0 to 1."
    )
    roughness: Animated = Field(
        default="2%",
        description="How far the edge of torn paper deviates, 0 to 100%; percentages refer to the canvas's shorter "
        "side.",
    )
    seed: AnimatedNumber = Field(default=1, description="Selects the edge of torn paper, 0 to 1000000.")
