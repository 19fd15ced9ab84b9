"""All basic effects."""

from __future__ import annotations

from typing import Final

from farm.plugin import Effect
from farm_basics.blurs import Bloom, BoxBlur, DirectionalBlur, LensBlur, SpinBlur, TiltShift, ZoomBlur
from farm_basics.curves import Curves
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
from farm_basics.lut import Lut
from farm_basics.optics import Blur, Glow, Grain, Mosaic, Shake, Sharpen, Vignette
from farm_basics.recolour import Hue, HueCycle, Invert, Posterise, Threshold
from farm_basics.tones import Duotone, Grade, Mono, Sepia

EFFECTS: Final[tuple[type[Effect], ...]] = (
    BleachBypass, Bloom, Blur, BoxBlur, ColourPop, CrossProcess, Curves, DirectionalBlur, Duotone, Glow, Grade,
    Grain, Hue, HueCycle, Invert, LensBlur, Levels, LiftGammaGain, Lut, Mono, Mosaic, Posterise, Sepia, Shake,
    Sharpen, Solarise, SpinBlur, SplitTone, Temperature, Threshold, TiltShift, Vibrance, Vignette, ZoomBlur,
)  # fmt: skip
