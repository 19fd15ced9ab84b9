"""The basic transitions."""

from __future__ import annotations

from typing import Final

from farm.plugin import Transition
from farm_basics.dissolves import Bars, Checker, Dots, Highlights, Ink, LumaWipe, Pixels, Strips, Tiles
from farm_basics.fades import BlurThrough, Dip, Fade, Flash
from farm_basics.moves import Cover, Push, Slide, Whip, Zoom
from farm_basics.reveals import Barn, Clock, Diagonal, Fan, Iris, Spiral, Wave, Zigzag
from farm_basics.wipes import Blinds, Wipe

TRANSITIONS: Final[tuple[type[Transition], ...]] = (
    Bars, Barn, Blinds, BlurThrough, Checker, Clock, Cover, Diagonal, Dip, Dots, Fade, Fan, Flash, Highlights,
    Ink, Iris, LumaWipe, Pixels, Push, Slide, Spiral, Strips, Tiles, Wave, Whip, Wipe, Zigzag, Zoom,
)  # fmt: skip
