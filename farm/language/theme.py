"""Colour roles, from a brand's colour or from photos."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from farm.model.color import BLACK, WHITE, Color
from farm.plugins.template import Photo

READABLE: Final = 4.5
"""Minimum contrast of text (WCAG 2.2, success criterion 1.4.3)."""


def readable_on(background: Color, wished: Color) -> Color:
    """Return ``wished``, moved towards black or white until it is readable on ``background``."""
    goal = WHITE if WHITE.contrast(background) > BLACK.contrast(background) else BLACK
    for step in range(11):
        color = wished.mixed(goal, step / 10)
        if color.contrast(background) >= READABLE:
            return color
    return goal


def _vivid(color: Color) -> float:
    """Return how well a colour serves as an accent, 0 to 1: saturated, neither pale nor almost black."""
    hue, light, saturation = colorsys.rgb_to_hls(color.r / 255, color.g / 255, color.b / 255)
    chroma = saturation * (1 - abs(2 * light - 1))
    # Skin and cardboard: hues of 10 to 40 degrees at medium saturation look dull on panels.
    dull = 0.45 if 10 <= hue * 360 <= 42 and chroma < 0.6 else 1.0
    return chroma * dull


@dataclass(frozen=True, slots=True)
class Theme:
    """Colour roles."""

    accent: Color
    """Panels and marks that attract attention; white or near-black is readable on it."""
    on_accent: Color
    """Text on accent."""
    deep: Color
    """Dark backgrounds."""
    on_deep: Color
    """Text on deep."""
    glow: Color
    """The accent, light enough to be readable on deep."""
    paper: Color
    """Light backgrounds."""
    ink: Color
    """Text on paper."""
    mark: Color
    """The accent, dark enough to be readable on paper and on white."""


_INK_ONLY = Color(0x22, 0x2B, 0x3A)
"""The accent if neither the shop nor the photos have a colour: a neutral blue-black."""


def theme_of(brand: Color | None, photos: Sequence[Photo]) -> Theme:
    """Return the roles for the shop's colour, or for the most vivid frequent colour of the first photos."""
    accent = brand
    if accent is None:
        candidates = [(color, rank) for photo in photos[:3] for rank, color in enumerate(photo.palette[:5])]
        rated = [(_vivid(color) / (1 + 0.12 * rank), color) for color, rank in candidates]
        best = max(rated, default=(0.0, _INK_ONLY), key=lambda pair: pair[0])
        accent = best[1] if best[0] >= 0.2 else _INK_ONLY
    hue, light, saturation = colorsys.rgb_to_hls(accent.r / 255, accent.g / 255, accent.b / 255)
    if brand is None:
        # Panels need a clean tone: of medium lightness, and saturated enough to look intentional.
        light, saturation = (
            min(0.52, max(0.22, light)),
            min(0.85, max(saturation, 0.35 if saturation > 0.12 else 0.0)),
        )
        accent = _from_hls(hue, light, saturation)
        if not 42 <= hue * 360 <= 75:
            # White text on panels looks better than black, except on yellows.
            while WHITE.contrast(accent) < READABLE:
                light -= 0.02
                accent = _from_hls(hue, light, saturation)
    on_accent = WHITE if WHITE.contrast(accent) >= READABLE else Color(0x14, 0x14, 0x18)
    if on_accent.contrast(accent) < READABLE:
        accent = accent.mixed(WHITE, 0.25)
    deep = _from_hls(hue, 0.11, min(0.45, saturation * 0.7))
    paper = _from_hls(hue, 0.945, min(0.4, saturation * 0.5))
    ink = _from_hls(hue, 0.1, min(0.3, saturation * 0.5))
    glow = readable_on(deep, accent)
    return Theme(
        accent, on_accent, deep, readable_on(deep, WHITE), glow, paper, ink, readable_on(paper, accent)
    )


def _from_hls(hue: float, light: float, saturation: float) -> Color:
    r, g, b = colorsys.hls_to_rgb(hue, light, saturation)
    return Color(round(r * 255), round(g * 255), round(b * 255))
