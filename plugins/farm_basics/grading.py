"""Colour grading: effects on R'G'B' that are lookup tables."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from farm.plugin import ColorValue, parse_color
from farm_basics.colour_tables import (
    Graded,
    Real,
    linear_table,
    looked_up,
    luma_of,
    power_table,
    saturated,
    smooth,
    srgb_table,
)
from farm_basics.curves import curve_table


def rgb_of(color: str) -> Real:
    """Return a colour as R'G'B', 0 to 1."""
    found = parse_color(color)
    return np.array([found.r, found.g, found.b]) / 255


def _push(color: str) -> Real:
    """Return how far each channel of a colour is from its mean: the direction of a colour wheel."""
    rgb = rgb_of(color)
    push: Real = rgb - (rgb[0] + rgb[1] + rgb[2]) / 3
    return push


class LiftGammaGain(Graded):
    """The three-way colour corrector: shadows, mid-tones and highlights."""

    name: ClassVar[str] = "basics.lift_gamma_gain"

    lift: float = Field(
        0.0, ge=-0.5, le=0.5, description="Lift: above 0 it raises the shadows, below it lowers them."
    )
    gamma: float = Field(
        1.05, ge=0.2, le=5, description="Gamma: above 1 it brightens the mid-tones, below it darkens them."
    )
    gain: float = Field(1.03, ge=0, le=4, description="Gain: the highlights are multiplied by it.")
    lift_color: ColorValue = Field("#78808a", description="Tint of the shadows; a grey leaves them neutral.")
    gamma_color: ColorValue = Field(
        "#808080", description="Tint of the mid-tones; a grey leaves them neutral."
    )
    gain_color: ColorValue = Field(
        "#8a8076", description="Tint of the highlights; a grey leaves them neutral."
    )

    def grade(self, rgb: Real) -> Real:
        lift = self.lift + _push(self.lift_color)
        gain = self.gain * (1 + _push(self.gain_color))
        bent = self.gamma * (1 + _push(self.gamma_color))
        raised = (rgb + lift * (1 - rgb)) * gain
        channels = [looked_up(power_table(float(1 / max(0.05, bent[i]))), raised[..., i]) for i in range(3)]
        return np.stack(channels, axis=-1)


class Temperature(Graded):
    """White balance: warmer or colder light, greener or more magenta, at equal luminance of white."""

    name: ClassVar[str] = "basics.temperature"

    temperature: float = Field(
        0.25, ge=-1, le=1, description="Temperature of the light: towards amber above 0, towards blue below."
    )
    tint: float = Field(
        0.0, ge=-1, le=1, description="Tint of the light: towards magenta above 0, towards green below."
    )

    def grade(self, rgb: Real) -> Real:
        gains = np.array(
            [1 + 0.3 * self.temperature + 0.1 * self.tint, 1 - 0.2 * self.tint, 1 - 0.5 * self.temperature]
        )
        gains = gains / (0.2126 * gains[0] + 0.7152 * gains[1] + 0.0722 * gains[2])
        # Light mixes in linear values.
        lit = np.clip(looked_up(linear_table(), rgb) * gains, 0, 1)
        return looked_up(srgb_table(), np.sqrt(lit))


class Vibrance(Graded):
    """More colour where there is little of it; saturated colours and skin are spared."""

    name: ClassVar[str] = "basics.vibrance"

    vibrance: float = Field(
        0.5, ge=-1, le=1, description="How much colour pale parts gain; below 0 they lose some."
    )
    saturation: float = Field(
        1.0, ge=0, le=4, description="Saturation of all colours alike: 0 is grey, 1 leaves it unchanged."
    )
    skin: float = Field(0.6, ge=0, le=1, description="How much skin tones are spared.")

    def grade(self, rgb: Real) -> Real:
        high, low = rgb.max(axis=-1, keepdims=True), rgb.min(axis=-1, keepdims=True)
        spread = high - low
        off = rgb - luma_of(rgb)
        # The direction of skin: red 0.42, green -0.04, blue -0.38 from its luma, normalised; 1 is the hue itself.
        length = np.sqrt(off[..., 0:1] ** 2 + off[..., 1:2] ** 2 + off[..., 2:3] ** 2)
        toward = 0.74 * off[..., 0:1] - 0.07 * off[..., 1:2] - 0.67 * off[..., 2:3]
        near = smooth((toward / np.maximum(length, 1e-6) - 0.8) / 0.18)
        gain = self.vibrance * (1 - spread) * (1 - spread) * (1 - self.skin * near)
        return saturated(rgb, self.saturation * (1 + gain))


class Levels(Graded):
    """Black point, white point and mid-tones, before and after."""

    name: ClassVar[str] = "basics.levels"

    in_black: float = Field(0.04, ge=0, le=0.9, description="Brightness up to which values become black.")
    in_white: float = Field(0.94, ge=0.1, le=1, description="Brightness from which on values become white.")
    gamma: float = Field(
        1.0, ge=0.1, le=10, description="Gamma: above 1 it brightens the mid-tones, below it darkens them."
    )
    out_black: float = Field(0.0, ge=0, le=1, description="Brightness that black gets.")
    out_white: float = Field(1.0, ge=0, le=1, description="Brightness that white gets.")

    def grade(self, rgb: Real) -> Real:
        span = max(1 / 255, self.in_white - self.in_black)
        bent = looked_up(power_table(1 / self.gamma), (rgb - self.in_black) / span)
        return self.out_black + (self.out_white - self.out_black) * bent


class Solarise(Graded):
    """The tones of an over-exposed print: bright parts are reversed."""

    name: ClassVar[str] = "basics.solarise"

    threshold: float = Field(0.55, ge=0, le=1, description="Brightness above which tones are reversed.")

    def grade(self, rgb: Real) -> Real:
        peak = max(self.threshold, 1 / 255)
        folded = np.where(rgb <= peak, rgb, 2 * peak - rgb)
        return np.clip(folded, 0, None) / peak


class ColourPop(Graded):
    """One hue keeps its colour, everything else turns grey."""

    name: ClassVar[str] = "basics.colour_pop"

    color: ColorValue = Field("#d8262c", description="Colour whose hue is kept.")
    tolerance: float = Field(
        0.25, ge=0, le=1, description="How far other hues may be from the kept one; 1 is opposite."
    )
    softness: float = Field(0.15, ge=0, le=1, description="Width of the transition between colour and grey.")
    boost: float = Field(1.1, ge=0, le=3, description="Saturation of the kept hue; 1 leaves it unchanged.")

    def grade(self, rgb: Real) -> Real:
        def chroma(value: Real) -> tuple[Real, Real]:
            luma = luma_of(value)
            return (value[..., 2:3] - luma) / 1.8556, (value[..., 0:1] - luma) / 1.5748

        blue, red = chroma(rgb)
        wanted_blue, wanted_red = chroma(rgb_of(self.color))
        size = np.sqrt(blue * blue + red * red)
        wanted = max(1e-6, float(np.sqrt(wanted_blue * wanted_blue + wanted_red * wanted_red)[0]))
        cosine = (blue * wanted_blue + red * wanted_red) / np.maximum(size * wanted, 1e-9)
        # Half the distance between unit vectors, 0 to 1: no arc cosine, which machines round differently.
        away = np.sqrt(np.clip((1 - cosine) / 2, 0, 1))
        kept = 1 - smooth((away - self.tolerance) / max(self.softness, 1 / 255) + 0.5)
        return saturated(rgb, kept * self.boost)


class SplitTone(Graded):
    """One tint for the shadows, another for the highlights."""

    name: ClassVar[str] = "basics.split_tone"

    shadows: ColorValue = Field("#20506a", description="Tint of the shadows.")
    highlights: ColorValue = Field("#ffb870", description="Tint of the highlights.")
    strength: float = Field(0.3, ge=0, le=1, description="How much the tints show.")
    balance: float = Field(
        0.0,
        ge=-1,
        le=1,
        description="Balance of the tints: above 0 more of the highlights' shows, below 0 less.",
    )

    def grade(self, rgb: Real) -> Real:
        luma = luma_of(rgb)
        bright = smooth(luma + self.balance / 2)
        dark, light = (rgb_of(color) - luma_of(rgb_of(color)) for color in (self.shadows, self.highlights))
        # Black and white stay neutral.
        room = 4 * luma * (1 - luma) * 0.75 + 0.25 * np.minimum(1, 8 * np.minimum(luma, 1 - luma))
        tinted: Real = rgb + (dark * (1 - bright) + light * bright) * room * self.strength
        return tinted


class BleachBypass(Graded):
    """Silver left in the film: hard contrast, little colour."""

    name: ClassVar[str] = "basics.bleach_bypass"

    amount: float = Field(0.7, ge=0, le=1, description="Strength; 0 leaves the picture unchanged.")

    def grade(self, rgb: Real) -> Real:
        luma = luma_of(rgb)
        # Overlay of the grey picture on the coloured one.
        dark, light = 2 * rgb * luma, 1 - 2 * (1 - rgb) * (1 - luma)
        overlaid = dark + (light - dark) * smooth((luma - 0.3) / 0.4)
        return saturated(overlaid, 0.65)


class CrossProcess(Graded):
    """Slide film in the chemicals of negative film: green highlights, blue shadows, hard contrast."""

    name: ClassVar[str] = "basics.cross_process"

    amount: float = Field(0.75, ge=0, le=1, description="Strength; 0 leaves the picture unchanged.")

    def grade(self, rgb: Real) -> Real:
        curves = ("0,0 0.25,0.15 0.75,0.86 1,1", "0,0 0.25,0.2 0.75,0.84 1,1", "0,0.14 0.5,0.5 1,0.84")
        channels = [looked_up(curve_table(one), rgb[..., i]) for i, one in enumerate(curves)]
        return saturated(np.stack(channels, axis=-1), 1.05)
