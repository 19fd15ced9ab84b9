"""The design system: canvas with safe area, colour roles, type scale."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from farm.plugin import BLACK, WHITE, Color, Photo

Form = Literal["tall", "square", "wide"]

READABLE: Final = 4.5
"""Minimum contrast of text (WCAG 2.2, success criterion 1.4.3)."""

KEEP_OUT_TALL: Final = (0.07, 0.10, 0.12, 0.19)
"""Shares (left, top, right, bottom) that TikTok, Reels and Shorts cover with names, captions and buttons."""


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle on the canvas, in pixels."""

    x: float
    """Left edge."""
    y: float
    """Top edge."""
    width: float
    """Width."""
    height: float
    """Height."""

    @property
    def right(self) -> float:
        """Right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Bottom edge."""
        return self.y + self.height

    @property
    def aspect(self) -> float:
        """Width over height."""
        return self.width / self.height

    def inset(self, dx: float, dy: float) -> Area:
        """Return the area reduced by ``dx`` at the left and right, and by ``dy`` at the top and bottom."""
        return Area(self.x + dx, self.y + dy, self.width - 2 * dx, self.height - 2 * dy)

    def between(self, top: float, bottom: float) -> Area:
        """Return the part between two y coordinates of the canvas."""
        return Area(self.x, top, self.width, bottom - top)

    def fitted(self, aspect: float, across: float = 0.5, down: float = 0.5) -> Area:
        """Return the largest area of ``aspect`` inside this one, positioned by shares of the spare space."""
        width = min(self.width, self.height * aspect)
        height = width / aspect
        return Area(
            self.x + (self.width - width) * across, self.y + (self.height - height) * down, width, height
        )

    def quad(self) -> list[float | str]:
        """Return [x, y, width, height] in whole pixels, as in documents."""
        left, top = round(self.x), round(self.y)
        return [left, top, max(2, round(self.right) - left), max(2, round(self.bottom) - top)]


@dataclass(frozen=True, slots=True)
class Canvas:
    """The output picture."""

    width: int
    """In pixels."""
    height: int
    """In pixels."""

    @property
    def form(self) -> Form:
        """The class of arrangements that suits its aspect."""
        aspect = self.width / self.height
        return "tall" if aspect < 0.7 else "square" if aspect < 1.25 else "wide"

    @property
    def short(self) -> int:
        """The shorter side, in pixels."""
        return min(self.width, self.height)

    @property
    def all(self) -> Area:
        """The whole canvas."""
        return Area(0, 0, self.width, self.height)

    @property
    def safe(self) -> Area:
        """The area that is safe for text."""
        w, h = self.width, self.height
        if self.form == "tall":
            left, top, right, bottom = KEEP_OUT_TALL
            return Area(w * left, h * top, w * (1 - left - right), h * (1 - top - bottom))
        margin = self.short * (0.075 if self.form == "square" else 0.085)
        return self.all.inset(margin, margin)

    def px(self, percent: float) -> float:
        """Return a percentage of the shorter side in pixels."""
        return self.short * percent / 100


def readable_on(background: Color, wished: Color) -> Color:
    """Return ``wished``, moved towards black or white until it is readable on ``background``."""
    goal = WHITE if WHITE.contrast(background) > BLACK.contrast(background) else BLACK
    for step in range(11):
        color = wished.mixed(goal, step / 10)
        if color.contrast(background) >= READABLE:
            return color
    return goal


def ink_on(color: Color) -> Color:
    """Return the ink for text on a pill or badge: white or near-black, whichever has more contrast."""
    dark = Color(0x14, 0x14, 0x18)
    return WHITE if WHITE.contrast(color) >= dark.contrast(color) else dark


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


@dataclass(frozen=True, slots=True)
class Ground:
    """A background with its text colours."""

    color: Color
    """The background."""
    ink: Color
    """Text."""
    accent: Color
    """Small marks and emphasised words, readable as well."""

    def quiet(self) -> Color:
        """Return the ink moved towards the background, still readable."""
        for share in (0.32, 0.24, 0.16, 0.08):
            color = self.ink.mixed(self.color, share)
            if color.contrast(self.color) >= READABLE:
                return color
        return self.ink


def ground_of(theme: Theme, color: Color) -> Ground:
    """Return a background of any colour, with the theme's inks."""
    dark = color.luminance() < 0.2
    ink = readable_on(color, WHITE if dark else theme.ink)
    accent = readable_on(color, theme.glow if dark else theme.mark)
    return Ground(color, ink, accent)


def accent_ground(theme: Theme) -> Ground:
    """Return the background of panels in the accent."""
    return Ground(theme.accent, theme.on_accent, theme.on_accent)
