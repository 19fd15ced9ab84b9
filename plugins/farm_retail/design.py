"""The design system: backgrounds with their inks."""

from __future__ import annotations

from dataclasses import dataclass

from farm.plugin import READABLE, WHITE, Color, Theme, readable_on


def ink_on(color: Color) -> Color:
    """Return the ink for text on a pill or badge: white or near-black, whichever has more contrast."""
    dark = Color(0x14, 0x14, 0x18)
    return WHITE if WHITE.contrast(color) >= dark.contrast(color) else dark


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
