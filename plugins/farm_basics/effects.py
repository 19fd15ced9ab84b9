"""All basic effects."""

from __future__ import annotations

from typing import Final

from farm.plugin import Effect
from farm_basics.beats import Flicker, Strobe, ZoomPunch
from farm_basics.blurs import Bloom, BoxBlur, DirectionalBlur, LensBlur, SpinBlur, TiltShift, ZoomBlur
from farm_basics.cubes import CubeLut
from farm_basics.curves import Curves
from farm_basics.drawn_looks import Cartoon, Edges, Emboss, Halftone, Oil, Pencil
from farm_basics.grading import (
    BleachBypass,
    ColourPop,
    CrossProcess,
    Levels,
    LiftGammaGain,
    Solarise,
    SplitTone,
    Temperature,
    Vibrance,
)
from farm_basics.keys import ChromaKey, LumaKey
from farm_basics.lens import ChromaticAberration, LensDistortion, RgbSplit, Ripple, Swirl
from farm_basics.lut import Lut
from farm_basics.optics import Blur, Glow, Grain, Mosaic, Shake, Sharpen, Vignette
from farm_basics.overlays import Letterbox, LightLeak, LightSweep
from farm_basics.recolour import Hue, HueCycle, Invert, Posterise, Threshold
from farm_basics.reflections import Kaleidoscope, Mirror, Waves
from farm_basics.retro import Glitch, OldFilm, Scanlines, Vhs
from farm_basics.tones import Duotone, Grade, Mono, Sepia

EFFECTS: Final[tuple[type[Effect], ...]] = (
    BleachBypass, Bloom, Blur, BoxBlur, Cartoon, ChromaKey, ChromaticAberration, ColourPop, CrossProcess,
    CubeLut, Curves, DirectionalBlur, Duotone, Edges, Emboss, Flicker, Glitch, Glow, Grade, Grain, Halftone, Hue,
    HueCycle, Invert, Kaleidoscope, LensBlur, LensDistortion, Letterbox, Levels, LiftGammaGain, LightLeak,
    LightSweep, LumaKey, Lut, Mirror, Mono, Mosaic, Oil, OldFilm, Pencil, Posterise, RgbSplit, Ripple,
    Scanlines, Sepia, Shake, Sharpen, Solarise, SpinBlur, SplitTone, Strobe, Swirl, Temperature, Threshold,
    TiltShift, Vhs, Vibrance, Vignette, Waves, ZoomBlur, ZoomPunch,
)  # fmt: skip
