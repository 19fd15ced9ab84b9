"""The basic elements of farm: text styles, effects, transitions and stickers.

Each hook imports its elements when it is called, so that skia (drawing) and numba (pixel loops) are loaded only where
they are needed.
"""

from __future__ import annotations

from farm.plugin import Effect, Sticker, TextStyle, Transition, hookimpl


@hookimpl
def farm_text_styles() -> dict[str, TextStyle]:
    """Return the basic text styles."""
    from farm_basics.text_styles import TEXT_STYLES

    return dict(TEXT_STYLES)


@hookimpl
def farm_effects() -> list[type[Effect]]:
    """Return the basic effects."""
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

    colours: list[type[Effect]] = [
        BleachBypass,
        ColourPop,
        CrossProcess,
        Curves,
        Duotone,
        Grade,
        Hue,
        HueCycle,
        Invert,
        Levels,
        LiftGammaGain,
        Lut,
        Mono,
        Posterise,
        Sepia,
        Solarise,
        SplitTone,
        Temperature,
        Threshold,
        Vibrance,
    ]
    blurs: list[type[Effect]] = [Blur, BoxBlur, DirectionalBlur, LensBlur, SpinBlur, TiltShift, ZoomBlur]
    lenses: list[type[Effect]] = [Bloom, Glow, Grain, Mosaic, Shake, Sharpen, Vignette]
    return [*colours, *blurs, *lenses]


@hookimpl
def farm_transitions() -> list[type[Transition]]:
    """Return the basic transitions."""
    from farm_basics.transitions import TRANSITIONS

    return list(TRANSITIONS)


@hookimpl
def farm_stickers() -> list[type[Sticker]]:
    """Return the basic stickers."""
    from farm_basics.marks import Arrow, Check, Confetti, Heart, Loop, Sparkle, Stars, Underline
    from farm_basics.stickers import Burst, Ribbon, Tag

    return [Arrow, Burst, Check, Confetti, Heart, Loop, Ribbon, Sparkle, Stars, Tag, Underline]
