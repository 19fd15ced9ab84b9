"""The basic transitions."""

from __future__ import annotations

from typing import Final

from farm.plugin import Transition
from farm_basics.cards import Carousel, Swap, ZoomThrough
from farm_basics.dissolves import Bars, Checker, Dots, Highlights, Ink, LumaWipe, Pixels, Strips, Tiles
from farm_basics.edges import Brush, Burn, Shine, TornPaper
from farm_basics.fades import BlurThrough, Dip, Fade, Flash
from farm_basics.glitches import Glitch, MosaicThrough, RgbSplit, Static
from farm_basics.lights import Additive, LightLeak, Overexpose, Shutter, Sink, Strobe
from farm_basics.liquids import Lens, Liquid, Ripple, Swirl
from farm_basics.moves import Cover, Push, Slide, Whip, Zoom
from farm_basics.pages import Page, Roll
from farm_basics.reveals import Barn, Clock, Diagonal, Fan, Iris, Spiral, Wave, Zigzag
from farm_basics.slides import FilmRoll, Slices, Split, Squeeze, Stretch, Uncover
from farm_basics.smears import Smear, Spin, ZoomBlur
from farm_basics.turns import Book, Cube, Doors, Flip, Pivot
from farm_basics.wipes import Blinds, Wipe

TRANSITIONS: Final[tuple[type[Transition], ...]] = (
    *(Fade, Dip, Flash, BlurThrough, Highlights, LumaWipe),
    *(Wipe, Blinds, Barn, Diagonal, Wave, Zigzag, Clock, Fan, Iris, Spiral),
    *(Bars, Checker, Dots, Ink, Pixels, Strips, Tiles),
    *(Brush, Burn, Shine, TornPaper),
    *(Cover, Push, Slide, Whip, Zoom, FilmRoll, Slices, Split, Squeeze, Stretch, Uncover),
    *(Book, Cube, Doors, Flip, Pivot),
    *(Page, Roll),
    *(Carousel, Swap, ZoomThrough, Smear, Spin, ZoomBlur),
    *(Additive, LightLeak, Overexpose, Shutter, Sink, Strobe),
    *(Lens, Liquid, Ripple, Swirl),
    *(Glitch, MosaicThrough, RgbSplit, Static),
)
