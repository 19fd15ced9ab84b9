"""Where a clip is shown and how it moves, as written in documents."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from farm.model.document import Animated, AnimatedNumber
from farm.model.item_document import Quad, TimedDocument
from farm.model.motion_document import LoopValues, MotionValue, PathDocument

Corner: TypeAlias = Annotated[list[Animated], Field(min_length=2, max_length=2)]
Corners: TypeAlias = Annotated[list[Corner], Field(min_length=4, max_length=4)]


class PlacedDocument(TimedDocument):
    """Where a clip is shown and how it moves."""

    box: Quad | None = Field(
        default=None,
        description="[x, y, width, height]; the whole canvas if left out. It may lie up to 32 canvases away, "
        "and be as large as 16.",
    )
    x: Animated = Field(default=0, description="Shift to the right, up to 4 canvas widths either way.")
    y: Animated = Field(default=0, description="Shift downwards, up to 4 canvas heights either way.")
    scale: AnimatedNumber = Field(default=1, description="Scale around the anchor, 0 to 20.")
    rotation: AnimatedNumber = Field(
        default=0, description="Degrees clockwise around the anchor, -36000 to 36000 (100 turns)."
    )
    anchor: Annotated[list[float], Field(min_length=2, max_length=2)] = Field(
        default=[0.5, 0.5], description="[across, down] in the box: 0 to 1 lies inside, -2 to 3 is allowed."
    )
    opacity: AnimatedNumber = Field(default=1, description="Opacity, 0 to 1.")
    enter: MotionValue | None = Field(default=None, description="Entrance.")
    exit: MotionValue | None = Field(default=None, description="Exit.")
    loops: LoopValues | None = Field(
        default=None, description="A movement that repeats as long as it is visible, or a list of them."
    )
    scale_x: AnimatedNumber = Field(default=1, description="Width, in addition to `scale`, 0 to 20.")
    scale_y: AnimatedNumber = Field(default=1, description="Height, in addition to `scale`, 0 to 20.")
    skew_x: AnimatedNumber = Field(
        default=0,
        description="Slant of vertical edges in degrees, -80 to 80; above 0 the top leans to the left.",
    )
    skew_y: AnimatedNumber = Field(default=0, description="Slant of horizontal edges in degrees, -80 to 80.")
    flip: Literal["none", "across", "down", "both"] = Field(
        default="none", description="Mirrored left to right (`across`), top to bottom (`down`) or both."
    )
    pin: Corners | None = Field(
        default=None,
        description="Where the box's corners are pulled to, in perspective: [x, y] of the top left, top right, bottom "
        "right and bottom left corner on the canvas, up to 8 canvases away; the sides must not "
        "cross. Replaces x, y, scale, rotation and skew.",
    )
    path: PathDocument | None = Field(default=None, description="A path along which it moves.")
    depth: float = Field(
        default=1.0,
        ge=0,
        le=20,
        description="In a group with a `camera`: how much the camera moves this clip, 0 to 20.",
    )
    shutter: float = Field(
        default=0,
        ge=0,
        le=720,
        description="Motion blur: degrees of a frame's time during which it is exposed; 180 is usual, 0 for none.",
    )

    def default_box(self, width: int, height: int) -> tuple[float, float, float, float]:
        """Return (x, y, width, height) in pixels of the box on a canvas of this size where `box` is left out."""
        return 0.0, 0.0, width, height
